"""What a plain YAML scalar means to Kubernetes.

Kubernetes reads YAML 1.1 with a library that kept some of its rules, dropped others and adds
those of Go's number parser, then passes everything through JSON. So `on` is a boolean, `010` is
eight, `08` is eight as well, `1e3` is a thousand, and dates and `1:30` are text.
"""

from __future__ import annotations

import math
import re
import struct
from decimal import Decimal

Scalar = None | bool | int | float | str

_MEANINGFUL = frozenset("yYnNtTfFoO~.+-0123456789")
"""First characters of everything that is not simply text."""

_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF"), False),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **{
        sign + word: math.copysign(math.inf, -1 if sign == "-" else 1)
        for sign in ("", "+", "-")
        for word in (".inf", ".Inf", ".INF")
    },
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
}
_INTEGER = re.compile(
    r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))", re.ASCII
)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_LONGEST = 70
"""No 64-bit integer is written with more characters; a float may be."""
_EXACT = 2**53
_DECIMAL = 10
_LARGEST_SINGLE = 3.4028234e38
_POSITIONAL = range(-4, 6)
"""Powers of ten that Go still writes without an exponent."""


def resolve(text: str) -> Scalar:
    """The value of a plain scalar without a tag; infinities and NaN come back as such."""
    if text and text[0] not in _MEANINGFUL:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if text[0] == ".":
        return _float(text)
    if text[0] in "+-0123456789":
        return number(text)
    return text


def number(text: str) -> int | float | str:
    """A number as Go reads it, or the text where it reads none."""
    plain = text.replace("_", "")
    integer = _integer(plain)
    if integer is None:
        value = _float(plain)
        return text if isinstance(value, str) else value
    return integer if -(2**63) <= integer < 2**63 else float(integer)


def key_text(value: Scalar) -> str | None:
    """A key as text, which is what keys of JSON are; None where a key cannot be that."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _single_precision(value) if abs(value) <= _LARGEST_SINGLE else None
    return None if value is None else str(value)


def _integer(plain: str) -> int | None:
    match = _INTEGER.fullmatch(plain) if len(plain) <= _LONGEST else None
    if match is None:
        return None
    sign, *digits = match.groups()
    base, text = next(
        (base, text) for base, text in zip((16, 2, 8, 10), digits, strict=True) if text
    )
    value = int(text, base)
    if base != _DECIMAL and value >= (2**63 if sign else 2**64):
        return None  # out of the range Go tries; only a decimal can still be a float
    return -value if sign == "-" else value


def _float(plain: str) -> int | float | str:
    if _FLOAT.fullmatch(plain) is None:
        return plain
    value = float(plain)
    return plain if math.isinf(value) else through_json(value)


def through_json(value: float) -> int | float:
    """An integral double becomes an integer: JSON writes it without a fraction."""
    if not value.is_integer() or abs(value) >= 2**63:
        return value
    return int(value) if abs(value) <= _EXACT else int(Decimal(repr(value)))


def _single_precision(value: float) -> str:
    """The way Go writes a fraction that is a key: the shortest digits of a 32-bit float."""
    single = struct.pack("f", value)
    digits = next(
        text
        for precision in range(9)
        if struct.pack("f", float(text := f"{value:.{precision}e}")) == single
    )
    mantissa, _, exponent = digits.partition("e")
    power = int(exponent)
    return f"{Decimal(digits):f}" if power in _POSITIONAL else f"{mantissa}e{power:+03d}"
