"""Equality, `in` and order across kinds (CEL specification, "Equality" and "Ordering")."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from openchoreo.cel.errors import Failure
from openchoreo.cel.instants import Duration, Timestamp
from openchoreo.cel.kinds import CelType
from openchoreo.cel.limits import Meter
from openchoreo.cel.values import Optional_, Uint, Value, kind_of

MISSING: Any = object()

_SCALARS = frozenset({str, int, float, bool, bytes, type(None), Uint, Timestamp, Duration, CelType})
_NUMBERS = frozenset({int, float, Uint})
_ORDERED = frozenset({str, int, float, bool, bytes, Uint, Timestamp, Duration})


def equal(left: Value, right: Value, meter: Callable[[], Meter]) -> bool:
    """`left == right`. Numbers compare by value, other kinds are never equal to each other."""
    kind, other = type(left), type(right)
    if kind is other and kind in _SCALARS:
        return left == right
    if kind in _NUMBERS and other in _NUMBERS:
        return left == right
    if kind in _SCALARS and other in _SCALARS:
        return False
    return _equal_deep(left, right, meter())


def _equal_deep(left: Value, right: Value, meter: Meter) -> bool:
    """Without recursion, so that no depth of input is too deep."""
    pending: list[tuple[Value, Value]] = [(left, right)]
    while pending:
        meter.spend(1)
        left, right = pending.pop()
        kind = kind_of(left)
        if kind == "list" and kind_of(right) == "list":
            if len(left) != len(right):
                return False
            pending.extend(zip(reversed(left), reversed(right), strict=True))
        elif kind == "map" and kind_of(right) == "map":
            if len(left) != len(right):
                return False
            for key, value in left.items():
                other = lookup(right, key)
                if other is MISSING:
                    return False
                pending.append((value, other))
        elif kind == "optional_type" and kind_of(right) == "optional_type":
            if left.present != right.present:
                return False
            pending.append((left.value, right.value))
        elif not _equal_scalars(left, right, kind):
            return False
    return True


def _equal_scalars(left: Value, right: Value, kind: str) -> bool:
    other = kind_of(right)
    numbers = {"int", "uint", "double"}
    if kind != other and not (kind in numbers and other in numbers):
        return False
    return bool(left == right)


def lookup(mapping: dict[Any, Value], key: Value) -> Value:
    """The value under a key, or MISSING. `1`, `1u` and `1.0` are one key, `true` is another."""
    kind = type(key)
    if kind is str:
        return mapping.get(key, MISSING)
    if kind in _NUMBERS or kind is bool:
        if key not in mapping:
            return MISSING
        if key == 0 or key == 1:  # noqa: PLR1714 (to Python, True == 1)
            stored = next((k for k in mapping if k == key), None)
            if isinstance(stored, bool) != (kind is bool):
                return MISSING
        return mapping[key]
    if kind in _SCALARS or isinstance(key, str):
        return mapping.get(key, MISSING)
    return MISSING


def contains(container: Value, element: Value, meter: Callable[[], Meter]) -> bool:
    """`element in container`."""
    if isinstance(container, (list, tuple)):
        if type(element) is str:
            return element in container
        if len(container) > 1000:  # noqa: PLR2004 (short lists need no budget)
            meter().spend(len(container))
        return any(equal(element, other, meter) for other in container)
    if isinstance(container, dict):
        return lookup(container, element) is not MISSING
    raise Failure(
        f"no such overload: _in_({kind_of(element)}, {kind_of(container)}); "
        "the right side must be a list or a map"
    )


def comparable(left: Value, right: Value) -> bool:
    """Can be ordered: the same kind of scalar, or two numbers."""
    kind, other = type(left), type(right)
    if kind is other:
        return kind in _ORDERED
    return kind in _NUMBERS and other in _NUMBERS


def sorted_keys(mapping: dict[Any, Value]) -> list[Any]:
    """The keys in an order that does not depend on how the map was made."""
    try:
        return sorted(mapping)
    except TypeError:
        return sorted(mapping, key=lambda key: (kind_of(key), str(key)))
