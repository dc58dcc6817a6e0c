"""CEL's values that Python has no type for, and the kind of every value.

int, float, bool, str, bytes, None, list (or tuple) and dict are used as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from openchoreo.cel.errors import Failure
from openchoreo.cel.instants import Duration, Timestamp
from openchoreo.cel.kinds import CelType

Value = Any
"""A CEL value. Python's own types are used, so there is no narrower name for it."""

INT_MIN = -(2**63)
INT_MAX = 2**63 - 1
UINT_MAX = 2**64 - 1


class Uint(int):
    """An unsigned number. Equal to the int or double of the same value, as CEL says."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{int(self)}u"


class Optional_:  # noqa: N801 (typing.Optional is something else)
    """`optional.of(value)`; the one without a value is `NONE`."""

    __slots__ = ("present", "value")

    def __init__(self, value: Value, *, present: bool = True) -> None:
        self.value = value
        self.present = present

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Optional_)
            and self.present == other.present
            and self.value == other.value
        )

    def __hash__(self) -> int:
        return hash(self.present)

    def __repr__(self) -> str:
        return f"optional.of({self.value!r})" if self.present else "optional.none()"


NONE = Optional_(None, present=False)


class BoolKey:
    """A bool as a key of a map that also has the equal number (to Python, `True == 1`).

    Only such maps hold it; everywhere else a bool key is a bool.
    """

    __slots__ = ("value",)

    def __init__(self, value: bool) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BoolKey) and self.value == other.value

    def __hash__(self) -> int:
        return hash((BoolKey, self.value))

    def __repr__(self) -> str:
        return "true" if self.value else "false"


def bare_key(key: Value) -> Value:
    return key.value if type(key) is BoolKey else key


class Opaque:
    """Base of the caller's own kinds: CEL carries them and compares them by their `__eq__`."""

    __slots__ = ()
    kind: ClassVar[str] = "opaque"


KINDS: dict[type, str] = {
    str: "string",
    int: "int",
    float: "double",
    bool: "bool",
    type(None): "null_type",
    list: "list",
    tuple: "list",
    dict: "map",
    bytes: "bytes",
    Uint: "uint",
    Optional_: "optional_type",
    Timestamp: "google.protobuf.Timestamp",
    Duration: "google.protobuf.Duration",
    CelType: "type",
}

# In this order, because a bool is an int and a Uint is an int.
_FAMILIES = (str, bool, Uint, int, float, bytes, list, tuple, dict)


def kind_of(value: Value) -> str:
    """The name of the value's kind, as `type()` gives it."""
    kind = KINDS.get(class_of(value))
    if kind is not None:
        return kind
    if isinstance(value, Opaque):
        return value.kind
    for family in _FAMILIES:
        if isinstance(value, family):
            return KINDS[family]
    raise Failure(f"no such overload: a Python {type(value).__name__} is no CEL value")


class_of: Callable[[Any], Any] = type
# Without narrowing: a value stays Any to the type checker, as it is everywhere in this package.
DICT: Any = dict
LIST: Any = list


def is_list(value: Value) -> bool:
    return isinstance(value, (list, tuple))


def is_map(value: Value) -> bool:
    return isinstance(value, dict)


def same(value: Value) -> Value:
    return value
