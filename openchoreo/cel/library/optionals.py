"""cel-go's optional types, version 2."""

from __future__ import annotations

from openchoreo.cel.errors import Failure
from openchoreo.cel.functions import Function
from openchoreo.cel.instants import Duration, Timestamp
from openchoreo.cel.values import NONE, Optional_, Value, kind_of

_YEAR_1 = -62_135_596_800_000_000_000


def _is_zero(value: Value) -> bool:
    if value is None or isinstance(value, (bool, int, float)):
        return not value
    if isinstance(value, (str, bytes, list, tuple, dict)):
        return value in ("", b"", [], (), {})
    if isinstance(value, Duration):
        return value.nanoseconds == 0
    return isinstance(value, Timestamp) and value.nanoseconds == _YEAR_1


def _of_non_zero(value: Value) -> Optional_:
    return NONE if _is_zero(value) else Optional_(value)


def _value(optional: Optional_) -> Value:
    if not optional.present:
        raise Failure("optional.none() dereference; give a default with orValue(...)")
    return optional.value


def _has_value(optional: Optional_) -> bool:
    return optional.present


def _or(first: Optional_, second: Optional_) -> Optional_:
    return first if first.present else second


def _or_value(first: Optional_, default: Value) -> Value:
    return first.value if first.present else default


def _first(items: list[Value]) -> Optional_:
    return Optional_(items[0]) if items else NONE


def _last(items: list[Value]) -> Optional_:
    return Optional_(items[-1]) if items else NONE


def _unwrap(items: list[Value]) -> list[Value]:
    made: list[Value] = []
    for item in items:
        if not isinstance(item, Optional_):
            raise Failure(f"a value of kind {kind_of(item)} is not optional")
        if item.present:
            made.append(item.value)
    return made


FUNCTIONS: tuple[Function, ...] = (
    Function("optional.of", ("A",), "optional(A)", Optional_,
             summary="An optional with the value.",
             examples=(("optional.of(1)", "optional.of(1)"),)),
    Function("optional.none", (), "optional(A)", lambda: NONE,
             summary="An optional without a value.",
             examples=(("optional.none()", "optional.none()"),)),
    Function("optional.ofNonZeroValue", ("A",), "optional(A)", _of_non_zero,
             summary="None for null, false, 0 and what is empty.",
             examples=(("optional.ofNonZeroValue('')", "optional.none()"),
                       ("optional.ofNonZeroValue('a')", 'optional.of("a")'))),
    Function("value", ("optional(A)",), "A", _value, True,
             summary="The value; an error if there is none.",
             examples=(("optional.of(1).value()", "1"),)),
    Function("hasValue", ("optional(A)",), "bool", _has_value, True,
             summary="Whether there is a value.", examples=(("{}.?a.hasValue()", "false"),)),
    Function("or", ("optional(A)", "optional(A)"), "optional(A)", _or, True,
             summary="The first if it has a value, else the second.",
             examples=(("optional.none().or(optional.of(1))", "optional.of(1)"),)),
    Function("orValue", ("optional(A)", "A"), "A", _or_value, True,
             summary="The value, or a default.",
             examples=(("{'a': 1}.?b.orValue(2)", "2"),)),
    Function("first", ("list(A)",), "optional(A)", _first, True,
             summary="The first element, if there is one.",
             examples=(("[1, 2].first()", "optional.of(1)"), ("[].first()", "optional.none()"))),
    Function("last", ("list(A)",), "optional(A)", _last, True,
             summary="The last element, if there is one.",
             examples=(("[1, 2].last()", "optional.of(2)"),)),
    Function("optional.unwrap", ("list(optional(A))",), "list(A)", _unwrap,
             summary="The values of those that have one.",
             examples=(("optional.unwrap([optional.of(1), optional.none()])", "[1]"),)),
    Function("unwrapOpt", ("list(optional(A))",), "list(A)", _unwrap, True,
             summary="The same.", examples=(("[optional.of(1)].unwrapOpt()", "[1]"),)),
)  # fmt: skip
