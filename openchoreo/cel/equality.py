"""Equality, `in` and order across kinds (CEL specification, "Equality" and "Ordering")."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from openchoreo.cel.errors import Failure
from openchoreo.cel.instants import Duration, Timestamp
from openchoreo.cel.kinds import CelType
from openchoreo.cel.limits import Meter
from openchoreo.cel.values import BoolKey, Uint, Value, bare_key, class_of, is_list, is_map, kind_of

MISSING: Any = object()

_SCALARS = frozenset({str, int, float, bool, bytes, type(None), Uint, Timestamp, Duration, CelType})
NUMBERS = frozenset({int, float, Uint})
_NUMBER_KINDS = frozenset({"int", "uint", "double"})
ORDERED = frozenset({str, int, float, bool, bytes, Uint, Timestamp, Duration})


def equal(left: Value, right: Value, meter: Callable[[], Meter]) -> bool:
    """`left == right`. Numbers compare by value, other kinds are never equal to each other."""
    kind = class_of(left)
    other = class_of(right)
    if kind is other and kind in _SCALARS:
        return left == right
    if kind in NUMBERS and other in NUMBERS:
        left, right = same_number_kind(left, right)
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
        parts = _PARTS.get(kind)
        if parts is None:
            if not _equal_scalars(left, right, kind):
                return False
        elif kind != kind_of(right) or not parts(left, right, pending):
            return False
    return True


_Pairs = list[tuple[Value, Value]]


def _list_parts(left: Value, right: Value, pending: _Pairs) -> bool:
    if len(left) != len(right):
        return False
    pending.extend(zip(reversed(left), reversed(right), strict=True))
    return True


def _map_parts(left: Value, right: Value, pending: _Pairs) -> bool:
    if len(left) != len(right):
        return False
    for key, value in left.items():
        other = lookup(right, bare_key(key))
        if other is MISSING:
            return False
        pending.append((value, other))
    return True


def _optional_parts(left: Value, right: Value, pending: _Pairs) -> bool:
    pending.append((left.value, right.value))
    return left.present == right.present


_PARTS = {"list": _list_parts, "map": _map_parts, "optional_type": _optional_parts}
"""How to compare the parts of a container: whether they can be equal, and which pairs must be."""


def _equal_scalars(left: Value, right: Value, kind: str) -> bool:
    other = kind_of(right)
    if kind == other:
        return bool(left == right)
    if kind in _NUMBER_KINDS and other in _NUMBER_KINDS:
        left, right = same_number_kind(left, right)
        return left == right
    return False


def lookup(mapping: dict[Any, Value], key: Value) -> Value:
    """The value under a key, or MISSING. `1`, `1u` and `1.0` are one key, `true` is another."""
    kind = class_of(key)
    if kind is str:
        return mapping.get(key, MISSING)
    if kind in NUMBERS or kind is bool:
        if key not in mapping:
            return MISSING
        if is_shared_key(key) and isinstance(_stored(mapping, key), bool) != (kind is bool):
            return mapping.get(BoolKey(key), MISSING) if kind is bool else MISSING
        return mapping[key]
    if kind in _SCALARS or isinstance(key, str):
        return mapping.get(key, MISSING)
    return MISSING


def is_shared_key(key: Value) -> bool:
    """To Python `True == 1` and `False == 0`, so these need a second look."""
    return key == 0 or key == 1  # noqa: PLR1714 (a set would ask for their hash)


def _stored(mapping: dict[Any, Value], key: Value) -> Value:
    return next(k for k in mapping if k == key)


def insert(mapping: dict[Any, Value], key: Value, value: Value) -> None:
    """Puts the value under the key; a bool beside an equal number gets a key of its own."""
    if type(key) is not str:
        if kind_of(key) not in _KEYS:
            raise Failure(f"unsupported key type: {kind_of(key)}")
        if key in mapping and is_shared_key(key):
            stored = _stored(mapping, key)
            if isinstance(stored, bool) and not isinstance(key, bool):
                mapping[BoolKey(stored)] = mapping.pop(stored)
            elif isinstance(key, bool) and not isinstance(stored, bool):
                key = BoolKey(key)
    mapping[key] = value


_KEYS = frozenset({"string", "int", "uint", "bool", "double", "null_type"})


def contains(container: Value, element: Value, meter: Callable[[], Meter]) -> bool:
    """`element in container`."""
    if is_list(container):
        if type(element) is str:
            return element in container
        if len(container) > 1000:  # noqa: PLR2004 (short lists need no budget)
            meter().spend(len(container))
        return any(equal(element, other, meter) for other in container)
    if is_map(container):
        return lookup(container, element) is not MISSING
    raise Failure(
        f"no such overload: _in_({kind_of(element)}, {kind_of(container)}); "
        "the right side must be a list or a map"
    )


def same_number_kind(a: Value, b: Value) -> tuple[Value, Value]:
    """Two numbers, as doubles if one of them is: 2^63 - 1 is not less than 2^63 as a double."""
    if type(a) is float or type(b) is float:
        return float(a), float(b)
    return a, b


def sorted_keys(mapping: dict[Any, Value]) -> list[Any]:
    """The keys in an order that does not depend on how the map was made."""
    try:
        return sorted(mapping)
    except TypeError:
        keys = [bare_key(key) for key in mapping]
        return sorted(keys, key=lambda key: (kind_of(key), str(key)))
