"""Which fields of two documents differ, and how: for people who compare releases or manifests.

Entries of a list are found again by what names them (`key`, `id`, `name` and the like), so that a
variable that is added on top of ten others is one difference and not eleven.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from typing import cast

from openchoreo.document import Document, Object
from openchoreo.errors import Path, PathStep, format_path


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    """The entries of a list stand in another order; `old` and `new` are their names."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The topmost field that differs.

    `path` counts entries of lists as they stand in the new document, in the old one for an entry
    that is removed. `shown` names them: spec.workload.container.env[LOG_LEVEL].value.
    """

    path: Path
    shown: str
    change: Change
    old: Document = None
    new: Document = None

    def document(self) -> Object:
        """For programs: what is not there on one side is left out."""
        written: Object = {"path": self.shown, "change": str(self.change)}
        if self.change is not Change.ADDED:
            written["old"] = self.old
        if self.change is not Change.REMOVED:
            written["new"] = self.new
        return written


def differences(old: Document, new: Document) -> tuple[Difference, ...]:
    """All of them, sorted by keys; none where the documents are equal. 1.0 is 1, and true is not."""
    return tuple(_compared(old, new, _Place()))


_IDENTITIES = (
    ("key",),
    ("instanceName",),
    ("id",),
    ("kind", "name"),
    ("component", "name"),
    ("name",),
    ("ref",),
    ("mountPath",),
)
"""What tells the entries of a list apart: the first that all of them have, no two the same."""


@dataclass(frozen=True, slots=True)
class _Place:
    path: Path = ()
    shown: str = ""

    def at(self, step: PathStep, name: str = "") -> _Place:
        if name:
            return _Place((*self.path, step), f"{self.shown}[{name}]")
        below = format_path((step,))
        dot = "." if self.shown and not below.startswith("[") else ""
        return _Place((*self.path, step), f"{self.shown}{dot}{below}")

    def found(self, change: Change, old: Document = None, new: Document = None) -> Difference:
        return Difference(self.path, self.shown, change, old, new)


def _compared(old: Document, new: Document, place: _Place) -> Iterator[Difference]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from _field(old, new, key, place.at(key))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _entries(old, new, place)
    elif old != new or isinstance(old, bool) != isinstance(new, bool):  # 1 == True in Python
        yield place.found(Change.CHANGED, old, new)


def _field(old: Object, new: Object, key: str, place: _Place) -> Iterator[Difference]:
    if key not in old:
        yield place.found(Change.ADDED, new=new[key])
    elif key not in new:
        yield place.found(Change.REMOVED, old=old[key])
    else:
        yield from _compared(old[key], new[key], place)


def _entries(old: list[Document], new: list[Document], place: _Place) -> Iterator[Difference]:
    for identity in _IDENTITIES:
        before, after = _named(old, identity), _named(new, identity)
        if before is not None and after is not None:
            yield from _by_name(before, after, place)
            return
    yield from _by_place(old, new, place)


_Named = dict[str, tuple[int, Document]]


def _named(entries: list[Document], identity: tuple[str, ...]) -> _Named | None:
    """The entries by their names, with their places; None where something has none, or not its
    own.
    """
    found: _Named = {}
    for index, entry in enumerate(entries):
        parts = [entry.get(key) for key in identity] if isinstance(entry, dict) else [None]
        if not all(isinstance(part, str) for part in parts):
            return None
        found["/".join(cast("list[str]", parts))] = (index, entry)
    return found if len(found) == len(entries) else None


def _by_name(old: _Named, new: _Named, place: _Place) -> Iterator[Difference]:
    before = [name for name in old if name in new]
    after = [name for name in new if name in old]
    if before != after:
        yield place.found(Change.MOVED, [*before], [*after])
    for name, (index, entry) in old.items():
        if name not in new:
            yield place.at(index, name).found(Change.REMOVED, old=entry)
    for name, (index, entry) in new.items():
        below = place.at(index, name)
        if name in old:
            yield from _compared(old[name][1], entry, below)
        else:
            yield below.found(Change.ADDED, new=entry)


def _by_place(old: list[Document], new: list[Document], place: _Place) -> Iterator[Difference]:
    """What both begin and end with is equal; the rest is compared entry by entry."""
    shorter = min(len(old), len(new))
    begin = _alike(old, new, shorter)
    end = _alike(old[::-1], new[::-1], shorter - begin)
    middle = zip_longest(old[begin : len(old) - end], new[begin : len(new) - end], fillvalue=_GONE)
    for index, (before, after) in enumerate(middle, begin):
        below = place.at(index)
        if before is _GONE:
            yield below.found(Change.ADDED, new=cast("Document", after))
        elif after is _GONE:
            yield below.found(Change.REMOVED, old=cast("Document", before))
        else:
            yield from _compared(cast("Document", before), cast("Document", after), below)


_GONE = object()


def _alike(old: list[Document], new: list[Document], most: int) -> int:
    """How many entries are equal from the beginning."""
    for index in range(most):
        if next(_compared(old[index], new[index], _Place()), None) is not None:
            return index
    return most
