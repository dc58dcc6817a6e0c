"""The lines of fields, found when a problem needs them: reading keeps no positions."""

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
from openchoreo.catalog.yaml_reader import LOADER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openchoreo.errors import Path

Lines = dict["Path", int]
"""Path -> line of the key or item that it leads to, in one document."""


def positions(data: bytes) -> tuple[Lines, ...]:
    """For each document of a file that has been read before."""
    found: list[Lines] = []
    events = yaml.parse(data, Loader=LOADER)
    try:
        for event in events:
            if isinstance(event, DocumentStartEvent):
                found.append({})
                first = next(events)
                _walk(events, first, _line(first), (), found[-1])
    except yaml.YAMLError:  # a .json file that is not YAML has no lines
        pass
    return tuple(found)


def nearest_line(lines: Mapping[Path, int], path: Path) -> int:
    """The line of a field, or of the nearest thing around it that is there."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 0)


def _walk(
    events: Iterator[yaml.Event], event: yaml.Event, line: int, path: Path, lines: Lines
) -> None:
    lines[path] = line
    if isinstance(event, MappingStartEvent):
        while not isinstance(key := next(events), MappingEndEvent):
            if isinstance(key, ScalarEvent):
                step = (*path, _text(key))
            else:  # a key that no resource can have
                step = (*path, "")
                _walk(events, key, _line(key), step, {})
            _walk(events, next(events), _line(key), step, lines)
    elif isinstance(event, SequenceStartEvent):
        index = 0
        while not isinstance(item := next(events), SequenceEndEvent):
            _walk(events, item, _line(item), (*path, index), lines)
            index += 1


def _text(event: ScalarEvent) -> str:
    plain = event.implicit[0] and event.tag is None
    return (key_text(resolve(event.value)) or "") if plain else event.value


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return mark.line + 1 if mark else 0
