"""Where fields stand, found when a problem needs it: reading keeps no positions."""

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

from openchoreo.catalog.places import Place, place_of
from openchoreo.catalog.scalars import key_text, resolve
from openchoreo.catalog.yaml_reader import LOADER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openchoreo.errors import Path

Places = dict["Path", Place]
"""Path -> where the key or item begins that it leads to, in one document."""


def positions(data: bytes) -> tuple[Places, ...]:
    """For each document of a file that has been read before."""
    found: list[Places] = []
    events = yaml.parse(data, Loader=LOADER)
    try:
        for event in events:
            if isinstance(event, DocumentStartEvent):
                found.append({})
                first = next(events)
                _walk(events, first, place_of(first), (), found[-1])
    except yaml.YAMLError:  # a .json file that is not YAML has no places
        pass
    return tuple(found)


def nearest_place(places: Mapping[Path, Place], path: Path) -> Place:
    """The place of a field, or of the nearest thing around it that is there."""
    while path and path not in places:
        path = path[:-1]
    return places.get(path, Place())


def _walk(
    events: Iterator[yaml.Event], event: yaml.Event, place: Place, path: Path, places: Places
) -> None:
    places[path] = place
    if isinstance(event, MappingStartEvent):
        while not isinstance(key := next(events), MappingEndEvent):
            if isinstance(key, ScalarEvent):
                step = (*path, _text(key))
            else:  # a key that no resource can have
                step = (*path, "")
                _walk(events, key, place_of(key), step, {})
            _walk(events, next(events), place_of(key), step, places)
    elif isinstance(event, SequenceStartEvent):
        index = 0
        while not isinstance(item := next(events), SequenceEndEvent):
            _walk(events, item, place_of(item), (*path, index), places)
            index += 1


def _text(event: ScalarEvent) -> str:
    plain = event.implicit[0] and event.tag is None
    return (key_text(resolve(event.value)) or "") if plain else event.value
