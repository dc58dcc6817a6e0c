"""Values of expressions on their way into a document: only what JSON can hold gets out."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from openchoreo.cel import CelType, Duration, Opaque, Optional_, Timestamp, Uint
from openchoreo.document import Document
from openchoreo.template.text import general_text, json_text, number_text


class Omit(Opaque):
    """What `oc_omit()` gives: the value that takes its place in a document away."""

    __slots__ = ()
    kind = "omit"

    def __repr__(self) -> str:
        return "oc_omit()"


OMIT: Final = Omit()
"""The only one there is."""


class ConversionError(Exception):
    """A value that no document can hold."""


MOST_WRITTEN = 16_000_000
"""Characters and elements of one rendering; etcd takes objects of 1.5 million bytes."""

MOST_STEPS = 5_000_000
"""Steps of all expressions with loops in one rendering: some seconds, when nothing needs many."""


class Room:
    """How much one rendering may still write, characters and elements together, and compute."""

    __slots__ = ("left", "steps")

    def __init__(self, most: int = MOST_WRITTEN, steps: int = MOST_STEPS) -> None:
        self.left = most
        self.steps = steps

    def check(self) -> None:
        if self.left < 0:
            message = "the result is too large: no Kubernetes object may hold that much"
            raise ConversionError(message)


def to_document(value: Any, room: Room) -> Document | Omit:
    """A value of CEL as JSON.

    Null stays null. Optional values are unwrapped, the absent one to null. `oc_omit()` leaves
    lists and maps, which may become empty. Bytes become base64, timestamps RFC 3339,
    durations nanoseconds, types their names.
    """
    if value.__class__ is str and len(value) <= room.left:  # as most are
        room.left -= len(value)
        return value
    converted = _converted(value, room)
    room.check()
    return converted


def to_text(value: Any, room: Room) -> str:
    """A value inside other text: what is no text or number is written as JSON."""
    text: str = value if value.__class__ is str else _written(value, room)
    room.left -= len(text)
    room.check()
    return text


def _converted(value: Any, room: Room) -> Document | Omit:
    kind: type = value.__class__
    if kind is str:
        room.left -= len(value)
        return value
    if kind in _UNCHANGED:
        return value
    if kind is float:
        if not math.isfinite(value):
            message = f"{general_text(value)} cannot be written as JSON"
            raise ConversionError(message)
        return value
    if isinstance(value, dict):
        return _map(cast("dict[Any, Any]", value), room)
    if isinstance(value, list | tuple):
        return _list(cast("list[Any]", value), room)
    return _special(value, room)


_UNCHANGED = frozenset((bool, int, type(None)))


def _map(value: dict[Any, Any], room: Room) -> Document:
    room.left -= len(value)
    result: dict[str, Document] = {}
    for key, member in value.items():
        if member.__class__ is str and key.__class__ is str:  # as most are
            room.left -= len(member)
            result[key] = member
            continue
        converted = _converted(member, room)
        if not isinstance(converted, Omit):
            result[key if type(key) is str else _key(key)] = converted
    room.check()
    return result


def _list(value: list[Any], room: Room) -> Document:
    room.left -= len(value)
    result: list[Document] = []
    for item in value:
        converted = _converted(item, room)
        if not isinstance(converted, Omit):
            result.append(converted)
    room.check()
    return result


def _special(value: Any, room: Room) -> Document | Omit:
    """The kinds that JSON has no word for. An unsigned number is an int of its own kind."""
    kind: type = value.__class__
    write = _WRITERS.get(kind)
    if write is None:
        message = f"a value of kind {kind.__name__} cannot be written as JSON"
        raise ConversionError(message)
    return write(value, room)


def _bytes(value: bytes, room: Room) -> str:
    room.left -= len(value)
    return base64.b64encode(value).decode()


_WRITERS: Mapping[type, Callable[[Any, Room], Document | Omit]] = {
    Omit: lambda _, __: OMIT,
    Optional_: lambda value, room: _converted(value.value, room) if value.present else None,
    Uint: lambda value, _: int(value),
    bytes: _bytes,
    Timestamp: lambda value, _: str(value),
    Duration: lambda value, _: value.nanoseconds,
    # OpenChoreo's marker has no name for its type.
    CelType: lambda value, _: {} if value.name == Omit.kind else value.name,
}


def _key(key: Any) -> str:
    """Keys that are no strings, as Go prints them."""
    if key is None:
        return "NULL_VALUE"
    if isinstance(key, bool):
        return "true" if key else "false"
    return number_text(key) if isinstance(key, int | float) else str(key)


def _written(value: Any, room: Room) -> str:
    """Texts, numbers and types are bare; bytes and timestamps are JSON strings, in quotes."""
    if isinstance(value, Optional_):
        return _written(value.value, room) if value.present else "null"
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_text(value)
    document = _converted(value, room)
    if isinstance(value, CelType) and isinstance(document, str):
        return document
    return "{}" if isinstance(document, Omit) else json_text(document)
