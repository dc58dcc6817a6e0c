"""YAML text -> documents, with the values Kubernetes would see.

Built on libyaml's events: values are made in one pass, without a tree of nodes. What is wrong
with a value (a key given twice, a number JSON cannot hold) is noted with its line and reading
goes on; what is wrong with the text ends it.
"""

from __future__ import annotations

import base64
import binascii
import math
from typing import TYPE_CHECKING, cast

import yaml
from msgspec import Struct
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from openchoreo.catalog.places import Place, place_of
from openchoreo.catalog.scalars import Scalar, key_text, number, resolve
from openchoreo.catalog.syntax import UnreadableError, explain

if TYPE_CHECKING:
    from collections.abc import Callable

    from openchoreo.document import Document, Object

LOADER = cast("type[yaml.CSafeLoader]", getattr(yaml, "CSafeLoader", yaml.SafeLoader))
"""libyaml where PyYAML has it; its own parser is the same, and slow."""

_TAG = "tag:yaml.org,2002:"
DEEPEST = 100
_MOST_VALUES = 500_000
_MISSING = object()


class Flaw(Struct, frozen=True):
    """Something written there that no resource can hold."""

    place: Place
    message: str
    hint: str = ""


class YamlDocument(Struct, frozen=True):
    """One document of a file; `line` is where it begins, counting from 1."""

    index: int
    line: int
    value: Document
    flaws: tuple[Flaw, ...] = ()


class _Anchored(Struct, frozen=True):
    value: Document
    size: int


class Reader:
    """Reads one stream; values of plain scalars are remembered across streams."""

    def __init__(self, data: bytes) -> None:
        loader = LOADER(data)
        self._data = data
        self._next = cast("Callable[[], yaml.Event]", loader.get_event)
        self._text = data.decode() if b"\\/" in data else ""
        self._anchors: dict[str, _Anchored | None] = {}
        self._flaws: list[Flaw] = []
        self._size = 0

    def documents(self) -> list[YamlDocument]:
        """Raises UnreadableError where the text is not YAML."""
        found: list[YamlDocument] = []
        try:
            while not isinstance(event := self._next(), StreamEndEvent):
                if isinstance(event, DocumentStartEvent):
                    found.append(self._document(len(found)))
        except yaml.YAMLError as error:
            raise explain(error, self._data) from error
        return found

    def _document(self, index: int) -> YamlDocument:
        self._anchors, self._flaws, self._size = {}, [], 0
        first = self._next()
        value = self._value(first, 0)
        self._next()
        return YamlDocument(index, place_of(first).line, value, tuple(self._flaws))

    def _value(self, event: yaml.Event, depth: int) -> Document:
        self._size += 1
        kind = type(event)
        if kind is ScalarEvent:
            scalar = cast("ScalarEvent", event)
            value = self._scalar(scalar)
            if scalar.anchor is not None:
                self._anchors[scalar.anchor] = _Anchored(value, 1)
            return value
        if kind is AliasEvent:
            return self._alias(cast("AliasEvent", event))
        if depth >= DEEPEST:
            message = f"lists and mappings are nested more than {DEEPEST} deep"
            raise _unreadable(event, message)
        return self._collection(cast("MappingStartEvent", event), depth)

    def _collection(self, event: MappingStartEvent | SequenceStartEvent, depth: int) -> Document:
        before, anchor = self._size, event.anchor
        if anchor is not None:
            self._anchors[anchor] = None  # until it is complete, nothing can repeat it
        made = self._mapping if isinstance(event, MappingStartEvent) else self._sequence
        value = made(depth + 1)
        if anchor is not None:
            self._anchors[anchor] = _Anchored(value, self._size - before + 1)
        if self._size > _MOST_VALUES:
            message = f"the document has more than {_MOST_VALUES:,} values"
            raise _unreadable(event, message, "repeat less through aliases")
        return value

    def _sequence(self, depth: int) -> Document:
        items: list[Document] = []
        while type(event := self._next()) is not SequenceEndEvent:
            items.append(self._value(event, depth))
        return items

    def _mapping(self, depth: int) -> Document:
        entries: Object = {}
        merged: Object = {}
        while type(event := self._next()) is not MappingEndEvent:
            if _is_merge(event):
                merged.update(self._merged(depth))
                entries.update(merged)
                continue
            key = self._key(event, depth)
            value = self._value(self._next(), depth)
            if key is None:
                continue
            if key in entries and key not in merged:
                message = f"the key {key} is given twice in one mapping"
                self._flaws.append(Flaw(place_of(event), message))
            merged.pop(key, None)
            entries[key] = value
        return entries

    def _key(self, event: yaml.Event, depth: int) -> str | None:
        """The key as text; a key that cannot be one is noted, and its value left out."""
        if (
            type(event) is ScalarEvent
            and not event.implicit[0]
            and event.tag is None
            and event.anchor is None
        ):
            return event.value
        value = self._value(event, depth)
        key = value if isinstance(value, str) else None
        if key is None and not isinstance(value, list | dict):
            key = key_text(value)
        if key is None:
            what = "null" if value is None else "a list, a mapping or not a finite number"
            hint = "a key without text before the colon is null; quote it to make it text"
            self._flaws.append(Flaw(place_of(event), f"a key is {what}", "" if value else hint))
        return key

    def _merged(self, depth: int) -> Object:
        """What `<<` brings in; of several mappings the first goes before the others.

        It also goes before keys written above it in the same mapping, as in Kubernetes.
        """
        event = self._next()
        value = self._value(event, depth)
        parts = value if isinstance(value, list) else [value]
        if not all(isinstance(part, dict) for part in parts):
            message = "<< can only merge a mapping or a list of mappings"
            self._flaws.append(Flaw(place_of(event), message))
        merged: Object = {}
        for part in reversed(parts):
            merged.update(part if isinstance(part, dict) else {})
        return merged

    def _alias(self, event: AliasEvent) -> Document:
        name = event.anchor
        if name not in self._anchors:
            raise _unreadable(event, f"*{name} repeats an anchor that is not there")
        anchored = self._anchors[name]
        if anchored is None:
            raise _unreadable(event, f"&{name} contains itself")
        self._size += anchored.size
        if self._size > _MOST_VALUES:
            message = f"the document has more than {_MOST_VALUES:,} values with its aliases"
            raise _unreadable(event, message, "repeat less through aliases")
        return anchored.value

    def _scalar(self, event: ScalarEvent) -> Document:
        text = event.value
        if event.tag is not None:
            return self._tagged(event.tag, text, event)
        if not event.implicit[0]:
            self._check_escapes(event)
            return text
        value = _RESOLVED.get(text, _MISSING)
        if value is _MISSING:
            value = resolve(text)
            if len(text) <= _LONGEST_REMEMBERED and len(_RESOLVED) < _MOST_REMEMBERED:
                _RESOLVED[text] = value
        if type(value) is float and not math.isfinite(value):
            self._flaws.append(Flaw(place_of(event), f"{text} is no number that JSON can hold"))
        return cast("Scalar", value)

    def _check_escapes(self, event: ScalarEvent) -> None:
        r"""YAML 1.1, which Kubernetes reads, has no escape \/; libyaml knows it from YAML 1.2."""
        start, end = event.start_mark, event.end_mark
        if not self._text or event.style != '"' or not start or not end:
            return
        written = self._text[start.index : end.index]
        if "\\/" in written.replace("\\\\", ""):
            self._flaws.append(
                Flaw(place_of(event), r"\/ is no escape in YAML 1.1", "write / alone")
            )

    def _tagged(self, tag: str, text: str, event: ScalarEvent) -> Document:
        kind = tag.removeprefix(_TAG)
        if kind == "binary":
            return self._binary(text, event)
        allowed = _TAGGED.get(kind)
        if allowed is None:
            return text  # of tags it does not know, Kubernetes takes the text
        value = number(text) if kind == "float" else resolve(text)
        if isinstance(value, allowed) and not (kind == "int" and isinstance(value, bool)):
            return value
        self._flaws.append(Flaw(place_of(event), f"{text} cannot be read as !!{kind}"))
        return None

    def _binary(self, text: str, event: ScalarEvent) -> Document:
        try:
            return base64.b64decode("".join(text.split()), validate=True).decode(errors="replace")
        except binascii.Error:
            self._flaws.append(Flaw(place_of(event), "!!binary is not valid base64"))
            return None


_RESOLVED: dict[str, object] = {}
_MOST_REMEMBERED, _LONGEST_REMEMBERED = 100_000, 64
_TAGGED: dict[str, type | tuple[type, ...]] = {
    "bool": bool,
    "float": (int, float),
    "int": int,
    "null": type(None),
}


def _is_merge(event: yaml.Event) -> bool:
    """Whether a key is `<<` and means what that means in YAML 1.1."""
    return (
        type(event) is ScalarEvent
        and event.value == "<<"
        and (event.implicit[0] or event.tag is not None)
    )


def _unreadable(event: yaml.Event, message: str, hint: str = "") -> UnreadableError:
    line, column = place_of(event)
    return UnreadableError(line, message, hint, column)
