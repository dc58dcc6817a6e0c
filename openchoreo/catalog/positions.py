"""The line of a field, looked up when a problem needs it: reading keeps no positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml
from yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from openchoreo.catalog.scalars import key_text, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openchoreo.errors import Path


def line_of(data: bytes, document: int, path: Path) -> int:
    """The line of the key or item that `path` leads to, or of the last step that is there.

    `document` counts the documents of the file from 0. Zero where nothing can be said.
    """
    events = _events(data)
    try:
        for event in events:
            if isinstance(event, DocumentStartEvent):
                if document == 0:
                    return _descend(events, path)
                document -= 1
    except yaml.YAMLError:  # a .json file that is not YAML
        return 0
    return 0


def _descend(events: Iterator[yaml.Event], path: Path) -> int:
    event = next(events)
    line = _line(event)
    for step in path:
        if isinstance(event, MappingStartEvent) and isinstance(step, str):
            found = _find_key(events, step)
        elif isinstance(event, SequenceStartEvent) and isinstance(step, int):
            found = _find_item(events, step)
        else:
            return line
        if found is None:
            return line
        line, event = found
    return line


def _find_key(events: Iterator[yaml.Event], key: str) -> tuple[int, yaml.Event] | None:
    """The line of a key, and the event that begins its value."""
    while not isinstance(event := next(events), MappingEndEvent):
        if isinstance(event, ScalarEvent) and _text(event) == key:
            return _line(event), next(events)
        _skip(events, event)
        _skip(events, next(events))
    return None


def _find_item(events: Iterator[yaml.Event], index: int) -> tuple[int, yaml.Event] | None:
    while not isinstance(event := next(events), SequenceEndEvent):
        if index == 0:
            return _line(event), event
        index -= 1
        _skip(events, event)
    return None


def _skip(events: Iterator[yaml.Event], event: yaml.Event) -> None:
    """Past the value that `event` begins."""
    depth = 0
    while True:
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            depth += 1
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            depth -= 1
        if depth == 0:
            return
        event = next(events)


def _text(event: ScalarEvent) -> str | None:
    if event.implicit[0] and event.tag is None:
        return key_text(resolve(event.value))
    return event.value


def _events(data: bytes) -> Iterator[yaml.Event]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.parse(data, Loader=loader)


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return mark.line + 1 if mark else 0
