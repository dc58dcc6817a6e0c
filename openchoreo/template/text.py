"""Values as text: numbers and JSON the way Go writes them, as OpenChoreo's manifests have them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

_EXACT = 2**53  # below it every integral double is the integer a person wrote
_ESCAPES = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def number_text(value: float) -> str:
    """A number inside text: `3`, `0.5`, `1e-05`; integral doubles stay plain integers.

    OpenChoreo itself writes 1000000 as `1e+06` there; integers below 2^53 are meant
    to be read as such (a port, a size), so here they are.
    """
    if isinstance(value, int):
        return str(int(value))  # unsigned numbers print otherwise
    if value.is_integer() and 0 < abs(value) < _EXACT:
        return str(int(value))
    return general_text(value)


def general_text(value: float) -> str:
    """Go's `%v` of a double: shortest digits, an exponent below 1e-4 and from 1e6 on."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    return _written(value, lowest=-4, highest=6, digits=2)


def json_text(document: object) -> str:
    """Compact JSON with sorted keys, and with `<`, `>` and `&` escaped.

    Raises ValueError for numbers that JSON cannot write (NaN, infinities).
    """
    if isinstance(document, str):
        return json.dumps(document, ensure_ascii=False).translate(_ESCAPES)
    if isinstance(document, bool) or document is None:
        return {True: "true", False: "false", None: "null"}[document]
    if isinstance(document, int):
        return str(document)
    if isinstance(document, float):
        return _json_number(document)
    if isinstance(document, Mapping):
        members = (f"{json_text(str(key))}:{json_text(document[key])}" for key in sorted(document))  # type: ignore[reportUnknown]
        return "{" + ",".join(members) + "}"
    assert isinstance(document, Sequence)
    return "[" + ",".join(json_text(item) for item in document) + "]"  # type: ignore[reportUnknown]


def _json_number(value: float) -> str:
    if not math.isfinite(value):
        message = f"{general_text(value)} is no JSON number"
        raise ValueError(message)
    return _written(value, lowest=-6, highest=21, digits=1)


def _written(value: float, *, lowest: int, highest: int, digits: int) -> str:
    """Shortest digits, with an exponent of at least `digits` digits outside the given range."""
    mantissa, _, power = f"{value!r}e".partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    shift = int(power.rstrip("e") or 0)
    all_digits = (whole + fraction).lstrip("0")
    exponent = len(whole) + shift - 1 - (len(whole + fraction) - len(all_digits))
    significant = all_digits.rstrip("0")
    if not significant:
        return sign + "0"
    if lowest <= exponent < highest:
        return sign + _plain(significant, exponent)
    tail = "." + significant[1:] if len(significant) > 1 else ""
    mark = "-" if exponent < 0 else "+"
    return f"{sign}{significant[0]}{tail}e{mark}{abs(exponent):0{digits}d}"


def _plain(significant: str, exponent: int) -> str:
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + significant
    if len(significant) <= exponent + 1:
        return significant + "0" * (exponent + 1 - len(significant))
    return significant[: exponent + 1] + "." + significant[exponent + 1 :]
