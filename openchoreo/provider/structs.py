"""Between the engine's protobuf structs and documents.

The engine speaks of unknown values, secrets, assets and resources by marked texts and objects
(Pulumi's provider protocol, "property values"). A manifest may hold an unknown value in a preview
and none of the others, so those are found here, while the values are read anyway.
"""

from __future__ import annotations

from google.protobuf import struct_pb2
from msgspec import Struct

from openchoreo.document import Document, Object
from openchoreo.errors import Path, format_path

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Stands for a value that is known only after the update."""

_MARK = "4dabf18193072939515e22adb298388d"
_MARKED = {
    "1b47061264138c4ac30d75fd1eb44270": "a secret",
    "c44067f5952c0a294b673a41bacd8c17": "an asset",
    "0def7320c3a5731c473e5ecbe6d01bc7": "an archive",
    "5cf8f73096256a8f31e491e813e4eb8e": "a resource",
    "d0e6a833031e9bbcd3f4e8bde6ca49a4": "an output",
}
_OTHER = "a value that is not plain data"

_NULL = "null_value"
_NUMBER = "number_value"
_STRING = "string_value"
_BOOLEAN = "bool_value"
_OBJECT = "struct_value"


class Marked(Struct, frozen=True):
    """A value that no manifest can hold: where, and what it is."""

    path: Path
    what: str


class Properties(Struct, frozen=True):
    """The properties of a resource, read once."""

    document: Object
    has_unknowns: bool = False
    marked: tuple[Marked, ...] = ()


def read_struct(struct: struct_pb2.Struct) -> Properties:
    reader = _Reader()
    document = reader.object(struct, ())
    # The fields of a struct come in no particular order.
    marked = tuple(sorted(reader.marked, key=lambda each: format_path(each.path)))
    return Properties(document, has_unknowns=reader.unknowns, marked=marked)


def write_struct(document: Object) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(document)
    return struct


class _Reader:
    def __init__(self) -> None:
        self.unknowns = False
        self.marked: list[Marked] = []

    def object(self, struct: struct_pb2.Struct, path: Path) -> Object:
        fields = struct.fields
        if _MARK in fields:
            mark = fields[_MARK].string_value
            self.marked.append(Marked(path, _MARKED.get(mark, _OTHER)))
            return {}
        return {key: self._value(value, (*path, key)) for key, value in fields.items()}

    def _value(self, value: struct_pb2.Value, path: Path) -> Document:
        kind = value.WhichOneof("kind")
        if kind == _STRING:
            return self._string(value.string_value)
        if kind == _OBJECT:
            return self.object(value.struct_value, path)
        if kind == _NUMBER:
            return _number(value.number_value)
        if kind == _BOOLEAN:
            return value.bool_value
        if kind == _NULL or kind is None:
            return None
        items = value.list_value.values
        return [self._value(item, (*path, index)) for index, item in enumerate(items)]

    def _string(self, value: str) -> str:
        self.unknowns = self.unknowns or value == UNKNOWN
        return value


def _number(value: float) -> int | float:
    """Structs know only doubles; a whole number is the integer that was given."""
    return int(value) if value.is_integer() and abs(value) <= 2**53 else value
