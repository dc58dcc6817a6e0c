"""cel-go's extension library "sets": lists compared without order and repetition."""

from __future__ import annotations

from openchoreo.cel.equality import contains
from openchoreo.cel.functions import Function
from openchoreo.cel.limits import Meter
from openchoreo.cel.values import Value


def _contains(meter: Meter, items: list[Value], part: list[Value]) -> bool:
    meter.spend(len(items) * len(part))
    return all(contains(items, item, lambda: meter) for item in part)


def _equivalent(meter: Meter, first: list[Value], second: list[Value]) -> bool:
    return _contains(meter, first, second) and _contains(meter, second, first)


def _intersects(meter: Meter, first: list[Value], second: list[Value]) -> bool:
    meter.spend(len(first) * len(second))
    return any(contains(second, item, lambda: meter) for item in first)


FUNCTIONS: tuple[Function, ...] = (
    Function("sets.contains", ("list(A)", "list(A)"), "bool", _contains, metered=True,
             summary="Whether the first list has all elements of the second.",
             examples=(("sets.contains([1, 2], [2])", "true"), ("sets.contains([1], [])", "true"))),
    Function("sets.equivalent", ("list(A)", "list(A)"), "bool", _equivalent, metered=True,
             summary="Whether each has all elements of the other.",
             examples=(("sets.equivalent([1, 2, 1], [2, 1])", "true"),)),
    Function("sets.intersects", ("list(A)", "list(A)"), "bool", _intersects, metered=True,
             summary="Whether they have an element in common.",
             examples=(("sets.intersects([1, 2], [2, 3])", "true"),)),
)  # fmt: skip
