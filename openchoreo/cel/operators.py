"""Operators as functions of values, and their types."""

from __future__ import annotations

from collections.abc import Callable

from openchoreo.cel.equality import NUMBERS, ORDERED, same_number_kind
from openchoreo.cel.errors import Failure
from openchoreo.cel.functions import Signature
from openchoreo.cel.instants import Duration, Timestamp
from openchoreo.cel.kinds import read_type
from openchoreo.cel.values import (
    INT_MAX,
    INT_MIN,
    UINT_MAX,
    Uint,
    Value,
    class_of,
    is_list,
    kind_of,
)


def no_overload(operator: str, *values: Value) -> Failure:
    return Failure(f"no such overload: _{operator}_({', '.join(map(kind_of, values))})")


def checked_int(value: int) -> int:
    if INT_MIN <= value <= INT_MAX:
        return value
    raise Failure("integer overflow: an int has 64 bits")


def checked_uint(value: int) -> Uint:
    if 0 <= value <= UINT_MAX:
        return Uint(value)
    raise Failure("unsigned integer overflow: a uint has 64 bits and no sign")


def add(a: Value, b: Value) -> Value:  # noqa: PLR0911 (one for each pair of kinds)
    kind = class_of(a)
    other = class_of(b)
    if kind is other:
        if kind is str or kind is float or kind is bytes:
            return a + b
        if kind is int:
            return checked_int(a + b)
        if kind is Uint:
            return checked_uint(int(a) + int(b))
        if kind is Duration:
            return Duration(a.nanoseconds + b.nanoseconds)
    if is_list(a) and is_list(b):
        return [*a, *b]
    if kind is Timestamp and other is Duration:
        return Timestamp(a.nanoseconds + b.nanoseconds, a.offset)
    if kind is Duration and other is Timestamp:
        return Timestamp(a.nanoseconds + b.nanoseconds, b.offset)
    if isinstance(a, str) and isinstance(b, str):
        return str(a) + str(b)
    raise no_overload("+", a, b)


def subtract(a: Value, b: Value) -> Value:
    kind = class_of(a)
    other = class_of(b)
    if kind is other:
        if kind is int:
            return checked_int(a - b)
        if kind is float:
            return a - b
        if kind is Uint:
            return checked_uint(int(a) - int(b))
        if kind is Duration or kind is Timestamp:
            return Duration(a.nanoseconds - b.nanoseconds)
    if kind is Timestamp and other is Duration:
        return Timestamp(a.nanoseconds - b.nanoseconds, a.offset)
    raise no_overload("-", a, b)


def multiply(a: Value, b: Value) -> Value:
    kind = class_of(a)
    if kind is type(b):
        if kind is int:
            return checked_int(a * b)
        if kind is float:
            return a * b
        if kind is Uint:
            return checked_uint(int(a) * int(b))
    raise no_overload("*", a, b)


def divide(a: Value, b: Value) -> Value:
    kind = class_of(a)
    if kind is type(b):
        if kind is float:
            return _divide_floats(a, b)
        if kind is int:
            if b == 0:
                raise Failure("division by zero")
            quotient = abs(a) // abs(b)
            return checked_int(quotient if (a < 0) == (b < 0) else -quotient)
        if kind is Uint:
            if b == 0:
                raise Failure("division by zero")
            return Uint(int(a) // int(b))
    raise no_overload("/", a, b)


def _divide_floats(a: float, b: float) -> float:
    if b:
        return a / b
    if a == 0 or a != a:  # noqa: PLR0124 (NaN)
        return float("nan")
    sign = (a > 0) == (str(b)[0] != "-")
    return float("inf") if sign else float("-inf")


def modulo(a: Value, b: Value) -> Value:
    kind = class_of(a)
    if kind is type(b) and (kind is int or kind is Uint):
        if b == 0:
            raise Failure("modulus by zero")
        if a == INT_MIN and b == -1:
            raise Failure("integer overflow: an int has 64 bits")
        rest = abs(a) % abs(b)
        return Uint(rest) if kind is Uint else -rest if a < 0 else rest
    raise no_overload("%", a, b)


def negate(a: Value) -> Value:
    kind = class_of(a)
    if kind is int:
        return checked_int(-a)
    if kind is float:
        return -a
    if kind is Duration:
        return Duration(-a.nanoseconds)
    raise no_overload("-", a)


def less(a: Value, b: Value) -> bool:
    a, b = ordered(a, b, "<")
    return a < b


def less_equal(a: Value, b: Value) -> bool:
    a, b = ordered(a, b, "<=")
    return a < b or a == b


def greater(a: Value, b: Value) -> bool:
    a, b = ordered(a, b, ">")
    return b < a


def greater_equal(a: Value, b: Value) -> bool:
    a, b = ordered(a, b, ">=")
    return b < a or a == b


def ordered(a: Value, b: Value, operator: str) -> tuple[Value, Value]:
    """The operands as values that can be ordered."""
    kind = class_of(a)
    other = class_of(b)
    if kind is other and kind in ORDERED:
        return a, b
    if kind in NUMBERS and other in NUMBERS:
        return same_number_kind(a, b)
    raise no_overload(operator, a, b)


BINARY: dict[str, Callable[[Value, Value], Value]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "%": modulo,
    "<": less,
    "<=": less_equal,
    ">": greater,
    ">=": greater_equal,
}


def _forms(*rows: tuple[str, ...]) -> tuple[Signature, ...]:
    signatures: list[Signature] = []
    for *parameters, result in rows:
        read = tuple(map(read_type, parameters))
        kind = read_type(result)
        signatures.append(Signature(read, kind, not (kind.ground and all(p.ground for p in read))))
    return tuple(signatures)


_T, _D = "timestamp", "duration"
_NUMERIC = tuple((t, t, t) for t in ("double", "int", "uint"))
_ORDERED_KINDS = ("bool", "int", "uint", "double", "string", "bytes", _T, _D)
_ORDER = _forms(*((t, t, "bool") for t in _ORDERED_KINDS))
_EQUAL = _forms(("A", "A", "bool"))

# The order counts where an operand's type is still open: it becomes that of the first form.
SIGNATURES: dict[str, tuple[Signature, ...]] = {
    "+": _forms(
        ("bytes",) * 3, ("double",) * 3, (_D, _D, _D), (_D, _T, _T), (_T, _D, _T),
        ("int",) * 3, ("list(A)",) * 3, ("string",) * 3, ("uint",) * 3,
    ),
    "-": _forms(
        ("double",) * 3, (_D, _D, _D), ("int",) * 3, (_T, _D, _T), (_T, _T, _D), ("uint",) * 3
    ),
    "*": _forms(*_NUMERIC),
    "/": _forms(*_NUMERIC),
    "%": _forms(*_NUMERIC[1:]),
    "<": _ORDER, "<=": _ORDER, ">": _ORDER, ">=": _ORDER,
    "==": _EQUAL, "!=": _EQUAL,
    "in": _forms(("A", "list(A)", "bool"), ("A", "map(A, B)", "bool")),
    "[]": _forms(
        ("list(A)", "int", "A"), ("map(A, B)", "A", "B"),
        ("optional(list(B))", "int", "optional(B)"),
        ("optional(map(A, B))", "A", "optional(B)"),
    ),
    "[?]": _forms(
        ("list(B)", "int", "optional(B)"), ("optional(list(B))", "int", "optional(B)"),
        ("map(A, B)", "A", "optional(B)"), ("optional(map(A, B))", "A", "optional(B)"),
    ),
    "-_": _forms(("double", "double"), ("int", "int")),
    "!_": _forms(("bool", "bool")),
    "&&": _forms(("bool", "bool", "bool")),
    "||": _forms(("bool", "bool", "bool")),
    "?:": _forms(("bool", "A", "A", "A")),
    "[sort]": _forms(
        *(("list(A)", f"list({t})", "list(A)")
          for t in ("int", "uint", "double", "bool", _D, _T, "string", "bytes"))
    ),
}  # fmt: skip
"""What the checker knows of each operator."""
