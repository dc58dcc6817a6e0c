"""Lines and columns of a file, as people and editors count them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import yaml


class Place(NamedTuple):
    """Both count from 1, and are 0 where nothing can be said."""

    line: int = 0
    column: int = 0


def place_of(event: yaml.Event) -> Place:
    mark = event.start_mark
    return Place(mark.line + 1, mark.column + 1) if mark else Place()
