"""Doubles as text, the way Go writes them, since manifests hold such texts."""

from __future__ import annotations

import math

_SMALLEST_PLAIN = -4
_FIRST_EXPONENT = 6


def _parts(value: float) -> tuple[str, str, int]:
    """Sign, shortest digits, and the exponent of the first digit."""
    sign = "-" if math.copysign(1.0, value) < 0 else ""
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    power = len(whole) - 1 + int(exponent or 0)
    if whole == "0":
        stripped = fraction.lstrip("0")
        power = -(len(fraction) - len(stripped)) - 1 + int(exponent or 0)
    return sign, digits.rstrip("0"), power


def _special(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return "-0" if math.copysign(1.0, value) < 0 else "0"


def shortest(value: float) -> str:
    """As `string(double)`: 123456.5, but 1e+06, since six places before the point are plain."""
    if value == 0 or not math.isfinite(value):
        return _special(value)
    sign, digits, power = _parts(value)
    if _SMALLEST_PLAIN <= power < _FIRST_EXPONENT:
        return sign + _plain(digits, power)
    return sign + _scientific(digits, power)


def plain(value: float) -> str:
    """As `'%s'.format([double])`: decimals only, never an exponent."""
    if value == 0 or not math.isfinite(value):
        return _special(value)
    sign, digits, power = _parts(value)
    return sign + _plain(digits, power)


def _plain(digits: str, power: int) -> str:
    if power < 0:
        return "0." + "0" * (-power - 1) + digits
    whole = digits[: power + 1].ljust(power + 1, "0")
    fraction = digits[power + 1 :]
    return f"{whole}.{fraction}" if fraction else whole


def _scientific(digits: str, power: int) -> str:
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{mantissa}e{'-' if power < 0 else '+'}{abs(power):02d}"
