"""cel-go's extension library "lists", version 3."""

from __future__ import annotations

from typing import Any

from openchoreo.cel.equality import equal
from openchoreo.cel.errors import Failure
from openchoreo.cel.functions import Function
from openchoreo.cel.instants import Duration, Timestamp
from openchoreo.cel.limits import Meter
from openchoreo.cel.values import Uint, Value, class_of, is_list, kind_of

_SORTABLE = ("int", "uint", "double", "bool", "duration", "timestamp", "string", "bytes")
_KINDS = frozenset({bool, int, Uint, float, str, bytes, Timestamp, Duration})
_HASHABLE = frozenset({str, bytes, int, Uint, bool})


def sort_by_keys(meter: Meter, items: list[Value], keys: list[Value]) -> list[Value]:
    """The items in the order of their keys, which must be of one kind. Equal keys keep theirs."""
    meter.list(len(items))
    if not items:
        return []
    kind = class_of(keys[0])
    if kind not in _KINDS:
        raise Failure(f"list elements must be comparable, not of kind {kind_of(keys[0])}")
    for key in keys:
        if type(key) is not kind:
            raise Failure(
                f"list elements must have the same type, not {kind_of(keys[0])} and {kind_of(key)}"
            )
    order = sorted(range(len(items)), key=keys.__getitem__)
    return [items[place] for place in order]


def _sort(meter: Meter, items: list[Value]) -> list[Value]:
    return sort_by_keys(meter, items, items)


def _slice(items: list[Value], start: int, end: int) -> list[Value]:
    problem = ""
    if start < 0 or end < 0:
        problem = "negative indexes not supported"
    elif start > end:
        problem = "start index must be less than or equal to end index"
    elif end > len(items):
        problem = f"list is length {len(items)}"
    if problem:
        raise Failure(f"cannot slice({start}, {end}), {problem}")
    return list(items[start:end])


def _flatten(meter: Meter, items: list[Value]) -> list[Value]:
    return _flatten_to(meter, items, 1)


def _flatten_to(meter: Meter, items: list[Value], depth: int) -> list[Value]:
    if depth < 0:
        raise Failure("level must be non-negative")
    made: list[Value] = []
    pending: list[tuple[Value, int]] = [(item, depth) for item in reversed(items)]
    meter.list(len(items))
    while pending:
        item, left = pending.pop()
        if left and is_list(item):
            meter.list(len(made) + len(item))
            pending.extend((inner, left - 1) for inner in reversed(item))
        else:
            made.append(item)
    return made


def _distinct(meter: Meter, items: list[Value]) -> list[Value]:
    """The first of equal elements. Texts and whole numbers are found by hash."""
    made: list[Value] = []
    seen: set[Any] = set()
    others: list[Value] = []
    for item in items:
        meter.spend(1)
        if type(item) in _HASHABLE:
            key = (type(item) is bool, item)
            if key in seen:
                continue
            if not others or not _among(meter, item, others):
                seen.add(key)
                made.append(item)
        elif not _among(meter, item, made):
            others.append(item)
            made.append(item)
    return made


def _among(meter: Meter, item: Value, others: list[Value]) -> bool:
    meter.spend(len(others))
    return any(equal(item, other, lambda: meter) for other in others)


def _range(meter: Meter, count: int) -> list[int]:
    meter.list(max(count, 0))
    return list(range(count))


def _reverse(items: list[Value]) -> list[Value]:
    return list(items[::-1])


FUNCTIONS: tuple[Function, ...] = (
    Function("slice", ("list(A)", "int", "int"), "list(A)", _slice, True,
             summary="The elements from a place up to another.",
             examples=(("[1, 2, 3].slice(0, 2)", "[1, 2]"),)),
    Function("flatten", ("list(list(A))",), "list(A)", _flatten, True, True,
             summary="With lists inside replaced by their elements, one level or several.",
             examples=(("[[1], [2, [3]]].flatten()", "[1, 2, [3]]"),
                       ("[[1], [2, [3]]].flatten(2)", "[1, 2, 3]"))),
    Function("flatten", ("list(dyn)", "int"), "list(dyn)", _flatten_to, True, True),
    *(
        Function("sort", (f"list({kind})",), f"list({kind})", _sort, True, True,
                 summary="In order; all elements of one kind." if kind == "int" else "",
                 examples=(("[3, 1, 2].sort()", "[1, 2, 3]"),) if kind == "int" else ())
        for kind in _SORTABLE
    ),
    Function("distinct", ("list(A)",), "list(A)", _distinct, True, True,
             summary="Without repetitions.",
             examples=(("[1, 2, 1].distinct()", "[1, 2]"), ("[1, dyn(1.0), 'a'].distinct()", '[1, "a"]'))),
    Function("lists.range", ("int",), "list(int)", _range, metered=True,
             summary="0 and up, so many numbers.", examples=(("lists.range(3)", "[0, 1, 2]"),)),
    Function("reverse", ("list(A)",), "list(A)", _reverse, True,
             summary="Last element first.", examples=(("[1, 2].reverse()", "[2, 1]"),)),
)  # fmt: skip
