"""Types: what the checker reckons with, and the values that `type()` gives."""

from __future__ import annotations

import re
from functools import lru_cache

MAX_SIZE = 64
"""Larger types are dyn: types may double at every level, and time with them."""


class CelType:
    """A type such as `int`, `list(string)` or `map(string, dyn)`.

    A name that begins with "_" is a type variable of the checker; a single capital letter is
    a parameter in a function's signature.
    """

    __slots__ = ("ground", "name", "parameters", "size", "variable")

    def __init__(self, name: str, parameters: tuple[CelType, ...] = ()) -> None:
        self.name = name
        self.variable = name[0] == "_" or (len(name) == 1 and name.isupper())
        size = 1
        ground = not self.variable
        for parameter in parameters:
            size += parameter.size
            ground = ground and parameter.ground
        if size > MAX_SIZE:
            parameters = tuple(DYN for _ in parameters)
            size, ground = 1 + len(parameters), True
        self.parameters = parameters
        self.size = size
        self.ground = ground

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, CelType)
            and self.name == other.name
            and self.parameters == other.parameters
        )

    def __hash__(self) -> int:
        return hash(self.name)

    def __str__(self) -> str:
        if self.name[0] == "_":
            return "dyn"
        if not self.parameters:
            return self.name
        return f"{self.name}({', '.join(map(str, self.parameters))})"

    def __repr__(self) -> str:
        return f"CelType({str(self)!r})"


DYN = CelType("dyn")
BOOL = CelType("bool")
INT = CelType("int")
UINT = CelType("uint")
DOUBLE = CelType("double")
STRING = CelType("string")
BYTES = CelType("bytes")
NULL = CelType("null_type")
TIMESTAMP = CelType("google.protobuf.Timestamp")
DURATION = CelType("google.protobuf.Duration")
TYPE = CelType("type")

_SHORT = {"timestamp": TIMESTAMP, "duration": DURATION, "null": NULL}
_PRIMITIVES = {
    t.name: t
    for t in (DYN, BOOL, INT, UINT, DOUBLE, STRING, BYTES, NULL, TIMESTAMP, DURATION, TYPE)
} | _SHORT

_BARE = {
    "list": CelType("list", (DYN,)),
    "map": CelType("map", (DYN, DYN)),
    "optional": CelType("optional_type", (DYN,)),
    "optional_type": CelType("optional_type", (DYN,)),
}

NAMED = {
    name: CelType(name)
    for name in (
        "bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type",
        "optional_type", "google.protobuf.Timestamp", "google.protobuf.Duration",
    )
}  # fmt: skip
"""The types that an expression can name: `type(x) == int`."""


def list_of(element: CelType) -> CelType:
    return CelType("list", (element,))


def map_of(key: CelType, value: CelType) -> CelType:
    return CelType("map", (key, value))


def optional_of(value: CelType) -> CelType:
    return CelType("optional_type", (value,))


_PART = re.compile(r"[\w.]+|[(),]")


@lru_cache(maxsize=512)
def read_type(text: str) -> CelType:
    """The type that a signature writes: `list(A)`, `map`, `optional(string)`, `timestamp`."""
    parts = _PART.findall(text)
    kind, rest = _read(parts)
    if rest:
        raise ValueError(f"{text!r} is no type")
    return kind


def _read(parts: list[str]) -> tuple[CelType, list[str]]:
    name, rest = parts[0], parts[1:]
    if rest[:1] != ["("]:
        return _PRIMITIVES.get(name) or _BARE.get(name) or CelType(name), rest
    parameters: list[CelType] = []
    while rest[0] != ")":
        parameter, rest = _read(rest[1:])
        parameters.append(parameter)
    return CelType("optional_type" if name == "optional" else name, tuple(parameters)), rest[1:]
