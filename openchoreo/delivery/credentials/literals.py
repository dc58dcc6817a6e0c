"""Every literal of a document, with the name that says what it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from openchoreo.document import Document, Object
from openchoreo.errors import Path, PathStep


class Literal(Struct, frozen=True):
    """`path` leads to it; `place` does so by the names of list entries, which stay the same when
    another entry is added before. `name` is what it is called.
    """

    path: Path
    place: Path
    name: str
    text: str


def literals(document: Document, path: Path = (), place: Path = ()) -> Iterator[Literal]:
    """Texts and whole numbers, at any depth."""
    name = str(place[-1]) if place else ""
    yield from _literals(document, path, place, name)


_REFERRING = frozenset({"envBindings", "fileBindings"})
"""Their values are the names of variables and files."""

_NAMES = ("key", "instanceName", "name", "id")
"""What tells the entries of a list apart."""


def _literals(document: Document, path: Path, place: Path, name: str) -> Iterator[Literal]:
    if isinstance(document, dict):
        yield from _of_mapping(document, path, place, name)
    elif isinstance(document, list):
        yield from _of_list(document, path, place, name)
    elif isinstance(document, str) or (
        isinstance(document, int) and not isinstance(document, bool)
    ):
        yield Literal(path, place, name, str(document))


def _of_mapping(document: Object, path: Path, place: Path, name: str) -> Iterator[Literal]:
    for key, value in document.items():
        if key in _REFERRING:
            continue
        named, where = _named(document, key, name), (*place, key)
        if key == "value" and place and place[-1] == named:
            where = place  # the entry is called what its value is
        yield from _literals(value, (*path, key), where, named)


def _named(document: Object, key: str, name: str) -> str:
    """A value beside a name is called that, and the default of a parameter as the parameter."""
    if key == "value":
        return _entry_name(document) or name
    return name if key == "default" and name else key


def _of_list(items: list[Document], path: Path, place: Path, name: str) -> Iterator[Literal]:
    names = [_entry_name(item) for item in items]
    counted = Counter(names)
    before: Document = None
    for index, item in enumerate(items):
        unique = names[index] and counted[names[index]] == 1
        step: PathStep = names[index] if unique else index
        flag = before if isinstance(before, str) and before.startswith("-") else ""
        called = flag if flag and isinstance(item, str) else name
        yield from _literals(item, (*path, index), (*place, step), called)
        before = item


def _entry_name(item: Document) -> str:
    if not isinstance(item, dict):
        return ""
    found = (item.get(key) for key in _NAMES)
    return next((name for name in found if isinstance(name, str) and name), "")
