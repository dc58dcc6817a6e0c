"""cel-go's extension library "math", version 2."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from openchoreo.cel.errors import Failure
from openchoreo.cel.functions import Function
from openchoreo.cel.operators import checked_int
from openchoreo.cel.values import UINT_MAX, Uint, Value, kind_of, same

_NUMBERS = ("int", "uint", "double")
_BITS = 64


def _extreme(name: str, better: Callable[[Value, Value], bool]) -> Iterator[Function]:
    def pair(a: Value, b: Value) -> Value:
        return b if better(b, a) else a

    def of_list(items: list[Value]) -> Value:
        if not items:
            raise Failure(f"{name}(list) argument must not be empty")
        for item in items:
            if kind_of(item) not in _NUMBERS:
                raise Failure(f"no such overload: {name} of a list with a {kind_of(item)}")
        best = items[0]
        for item in items[1:]:
            best = pair(best, item)
        return best

    for a in _NUMBERS:
        yield Function(name, (a,), a, same)
        yield Function(name, (f"list({a})",), a, of_list)
        for b in _NUMBERS:
            yield Function(name, (a, b), a if a == b else "dyn", pair)


def _round(value: float) -> float:
    """Half away from zero."""
    if not math.isfinite(value):
        return value
    whole = math.floor(abs(value))
    if abs(value) - whole >= 0.5:  # noqa: PLR2004 (a half)
        whole += 1
    return math.copysign(whole, value)


def _keeping_special(change: Callable[[float], int]) -> Callable[[float], float]:
    def apply(value: float) -> float:
        return math.copysign(change(value), value) if math.isfinite(value) else value

    return apply


def _sign(value: float) -> float:
    if value == 0 or value != value:  # noqa: PLR0124 (NaN)
        return value
    return math.copysign(1.0, value)


def _abs(value: int) -> int:
    return checked_int(abs(value))


def _sign_of_int(value: int) -> int:
    return (value > 0) - (value < 0)


def _sign_of_uint(value: int) -> Uint:
    return Uint(value > 0)


def _on_uints(combine: Callable[[int, int], int]) -> Callable[[int, int], Uint]:
    return lambda a, b: Uint(combine(int(a), int(b)))


def _turned(value: int) -> Uint:
    return Uint(~int(value) & UINT_MAX)


def _sqrt(value: float) -> float:
    return math.sqrt(value) if value >= 0 else math.nan


def _signed(value: int) -> int:
    value &= UINT_MAX
    return value - (1 << _BITS) if value >> (_BITS - 1) else value


def _amount(offset: int) -> int:
    if offset < 0:
        raise Failure(f"math.bitShift() negative offset: {offset}")
    return min(offset, _BITS)


def _shift_left(value: int, offset: int) -> int:
    return _signed(value << _amount(offset))


def _shift_left_uint(value: int, offset: int) -> Uint:
    return Uint((int(value) << _amount(offset)) & UINT_MAX)


def _shift_right(value: int, offset: int) -> int:
    """The sign is a bit like the others."""
    return _signed((value & UINT_MAX) >> _amount(offset))


def _shift_right_uint(value: int, offset: int) -> Uint:
    return Uint(int(value) >> _amount(offset))


def _row(
    name: str, parameters: tuple[str, ...], result: str, do: Callable[..., Value],
    summary: str = "", *examples: tuple[str, str],
) -> Function:  # fmt: skip
    return Function(f"math.{name}", parameters, result, do, summary=summary, examples=examples)


FUNCTIONS: tuple[Function, ...] = (
    *_extreme("math.@max", lambda a, b: a > b),
    *_extreme("math.@min", lambda a, b: a < b),
    _row("ceil", ("double",), "double", _keeping_special(math.ceil), "Up to a whole number.",
         ("math.ceil(1.2)", "2.0")),
    _row("floor", ("double",), "double", _keeping_special(math.floor), "Down to a whole number.",
         ("math.floor(-1.2)", "-2.0")),
    _row("round", ("double",), "double", _round, "To the nearest, half away from zero.",
         ("math.round(2.5)", "3.0"), ("math.round(-2.5)", "-3.0")),
    _row("trunc", ("double",), "double", _keeping_special(math.trunc), "Toward zero.",
         ("math.trunc(-1.7)", "-1.0")),
    _row("abs", ("double",), "double", abs, "Without the sign.", ("math.abs(-5)", "5"),
         ("math.abs(-1.5)", "1.5")),
    _row("abs", ("int",), "int", _abs),
    _row("abs", ("uint",), "uint", same),
    _row("sign", ("double",), "double", _sign, "-1, 0 or 1, of the same kind.",
         ("math.sign(-7)", "-1"), ("math.sign(2.5)", "1.0")),
    _row("sign", ("int",), "int", _sign_of_int),
    _row("sign", ("uint",), "uint", _sign_of_uint),
    _row("sqrt", ("double",), "double", _sqrt, "The square root.", ("math.sqrt(16)", "4.0")),
    _row("sqrt", ("int",), "double", _sqrt),
    _row("sqrt", ("uint",), "double", _sqrt),
    _row("isNaN", ("double",), "bool", math.isnan, "Whether it is no number.",
         ("math.isNaN(0.0 / 0.0)", "true")),
    _row("isInf", ("double",), "bool", math.isinf, "Whether it is infinite.",
         ("math.isInf(1.0 / 0.0)", "true")),
    _row("isFinite", ("double",), "bool", math.isfinite, "Whether it is neither.",
         ("math.isFinite(1.5)", "true")),
    _row("bitAnd", ("int", "int"), "int", int.__and__, "Bits set in both.",
         ("math.bitAnd(6, 3)", "2")),
    _row("bitAnd", ("uint", "uint"), "uint", _on_uints(int.__and__)),
    _row("bitOr", ("int", "int"), "int", int.__or__, "Bits set in one or both.",
         ("math.bitOr(6, 3)", "7")),
    _row("bitOr", ("uint", "uint"), "uint", _on_uints(int.__or__)),
    _row("bitXor", ("int", "int"), "int", int.__xor__, "Bits set in one only.",
         ("math.bitXor(6, 3)", "5")),
    _row("bitXor", ("uint", "uint"), "uint", _on_uints(int.__xor__)),
    _row("bitNot", ("int",), "int", int.__invert__, "All bits turned.", ("math.bitNot(1)", "-2")),
    _row("bitNot", ("uint",), "uint", _turned),
    _row("bitShiftLeft", ("int", "int"), "int", _shift_left, "Bits moved up.",
         ("math.bitShiftLeft(1, 4)", "16")),
    _row("bitShiftLeft", ("uint", "int"), "uint", _shift_left_uint),
    _row("bitShiftRight", ("int", "int"), "int", _shift_right, "Bits moved down, filled with 0.",
         ("math.bitShiftRight(16, 4)", "1"), ("math.bitShiftRight(-1, 63)", "1")),
    _row("bitShiftRight", ("uint", "int"), "uint", _shift_right_uint),
)  # fmt: skip
