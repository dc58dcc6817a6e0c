"""The clauses of `format` (cel-go's extension library "strings", version 5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from openchoreo.cel.digits import plain
from openchoreo.cel.errors import Failure
from openchoreo.cel.instants import Timestamp
from openchoreo.cel.limits import Meter
from openchoreo.cel.values import Value, bare_key, kind_of

MAX_PRECISION = 100
_DEFAULT_PRECISION = 6


class Clause(NamedTuple):
    """Text between clauses (no verb), or a clause."""

    text: str
    verb: str = ""
    precision: int = _DEFAULT_PRECISION


_NUMBERS = frozenset({"int", "uint", "double"})
_WHOLE = frozenset({"int", "uint"})
_ANYTHING = _NUMBERS | {
    "bool", "bytes", "string", "null_type", "type", "list", "map",
    "google.protobuf.Timestamp", "google.protobuf.Duration",
}  # fmt: skip

ACCEPTS: dict[str, frozenset[str]] = {
    "s": _ANYTHING,
    "d": _NUMBERS,
    "f": _NUMBERS,
    "e": _NUMBERS,
    "b": _WHOLE | {"bool"},
    "o": _WHOLE,
    "x": _WHOLE | {"string", "bytes"},
    "X": _WHOLE | {"string", "bytes"},
}

_TAKES = {
    "s": "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, "
    "types, durations, and timestamps",
    "d": "decimal clause can only be used on ints, uints, and doubles",
    "f": "fixed-point clause can only be used on ints, uints, and doubles",
    "e": "scientific clause can only be used on ints, uints, and doubles",
    "b": "only ints, uints, and bools can be formatted as binary",
    "o": "octal clause can only be used on ints and uints",
    "x": "only ints, uints, bytes, and strings can be formatted as hex",
}


def refusal(verb: str, kind: str) -> str:
    return f"error during formatting: {_TAKES[verb.lower()]}, was given {kind}"


_CLAUSE = re.compile(r"%(?:%|(\.[0-9]*)?([\s\S]?))")


def split_format(text: str, count: int) -> Iterator[Clause]:
    """The parts of a format for `count` arguments."""
    end = 0
    used = 0
    for match in _CLAUSE.finditer(text):
        if match.start() > end:
            yield Clause(text[end : match.start()])
        end = match.end()
        if match[0] == "%%":
            yield Clause("%")
            continue
        yield _clause(match, used, count)
        used += 1
    if end < len(text):
        yield Clause(text[end:])


def _clause(match: re.Match[str], used: int, count: int) -> Clause:
    precision, verb = match[1], match[2]
    if not verb and precision is None:
        raise Failure("unexpected end of string")
    if used >= count:
        raise Failure(f"index {used} out of range")
    problem = ""
    places = _DEFAULT_PRECISION
    if precision is not None:
        digits = precision[1:]
        if not verb:
            problem = "could not find end of precision specifier"
        elif not digits:
            problem = "a precision has digits, as in %.3f"
        elif len(digits) > 9 or int(digits) > MAX_PRECISION:  # noqa: PLR2004 (surely too many)
            problem = f"precision {digits} exceeds maximum allowed precision {MAX_PRECISION}"
        else:
            places = int(digits)
        if problem:
            problem = f"error while parsing precision: {problem}"
    if not problem and verb not in ACCEPTS:
        problem = f'unrecognized formatting clause "{verb}"'
    if problem:
        raise Failure(f"could not parse formatting clause: {problem}")
    return Clause("", verb, places)


def format_text(meter: Meter, text: str, arguments: list[Value]) -> str:
    """`text.format(arguments)`."""
    made: list[str] = []
    length = 0
    used = 0
    for clause in split_format(text, len(arguments)):
        if not clause.verb:
            part = clause.text
        else:
            value = arguments[used]
            used += 1
            kind = kind_of(value)
            if kind not in ACCEPTS[clause.verb]:
                raise Failure(refusal(clause.verb, kind))
            part = _FORMATTERS[clause.verb](value, clause.precision, meter)
        length += len(part)
        meter.string(length)
        made.append(part)
    return "".join(made)


def _special(value: float) -> str:
    if value != value:  # noqa: PLR0124 (NaN)
        return "NaN"
    if value in {float("inf"), float("-inf")}:
        return "Infinity" if value > 0 else "-Infinity"
    return ""


def _decimal(value: Any, _: int, __: Meter) -> str:
    return (_special(value) or plain(value)) if isinstance(value, float) else str(int(value))


def _fixed(value: Any, precision: int, _: Meter) -> str:
    return _special(float(value)) or f"{float(value):.{precision}f}"


def _scientific(value: Any, precision: int, _: Meter) -> str:
    return _special(float(value)) or f"{float(value):.{precision}e}"


def _binary(value: Any, _: int, __: Meter) -> str:
    return f"{int(value):b}"


def _octal(value: Any, _: int, __: Meter) -> str:
    return f"{int(value):o}"


def _hex(value: Any, _: int, __: Meter) -> str:
    if isinstance(value, str):
        value = value.encode(errors="surrogatepass")
    return value.hex() if isinstance(value, bytes) else f"{int(value):x}"


def _upper_hex(value: Any, precision: int, meter: Meter) -> str:
    return _hex(value, precision, meter).upper()


def _string(value: Any, _: int, meter: Meter) -> str:
    return shown(value, meter)


def shown(value: Value, meter: Meter) -> str:
    """The text of a value of any kind, maps sorted."""
    meter.spend(1)
    kind = kind_of(value)
    if kind == "list":
        return f"[{', '.join(_all_shown(value, meter))}]"
    if kind == "map":
        pairs = zip(
            _all_shown(map(bare_key, value), meter), _all_shown(value.values(), meter), strict=True
        )
        return f"{{{', '.join(f'{key}: {item}' for key, item in sorted(pairs, key=_key))}}}"
    if kind not in _SCALARS:
        raise Failure(refusal("s", kind))
    return _SCALARS[kind](value)


def _key(pair: tuple[str, str]) -> str:
    return pair[0]


def _all_shown(values: Any, meter: Meter) -> list[str]:
    made: list[str] = []
    length = 0
    for value in values:
        made.append(shown(value, meter))
        length += len(made[-1]) + 2
        meter.string(length)
    return made


def _instant(moment: Timestamp) -> str:
    return str(Timestamp(moment.nanoseconds))


def _decoded(value: bytes) -> str:
    return value.decode(errors="replace")


def _bool(value: bool) -> str:
    return "true" if value else "false"


def _double(value: float) -> str:
    return _special(value) or plain(value)


def _whole(value: int) -> str:
    return str(int(value))


_SCALARS: dict[str, Callable[[Any], str]] = {
    "string": str,
    "bool": _bool,
    "int": _whole,
    "uint": _whole,
    "double": _double,
    "bytes": _decoded,
    "null_type": lambda _: "null",
    "type": str,
    "google.protobuf.Timestamp": _instant,
    "google.protobuf.Duration": str,
}

_FORMATTERS: dict[str, Callable[[Any, int, Meter], str]] = {
    "s": _string,
    "d": _decimal,
    "f": _fixed,
    "e": _scientific,
    "b": _binary,
    "o": _octal,
    "x": _hex,
    "X": _upper_hex,
}
