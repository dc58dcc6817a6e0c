"""What differs in two manifests, or two releases. Items of lists are found by their names, as people read them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from msgspec import Struct

from openchoreo.document import Document, Object


class Item(Struct, frozen=True):
    """The item of a list that has this name."""

    name: str


Step: TypeAlias = "str | int | Item"
Place: TypeAlias = tuple[Step, ...]


class Missing:
    """There is nothing; null is something."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()
Value: TypeAlias = "Document | Missing"

_NAMES = ("name", "key", "mountPath", "type", "id", "instanceName", "ref")
"""Fields that tell items of a list apart, the first that does."""


class Difference(Struct, frozen=True):
    path: Place
    old: Value
    new: Value


def differences(old: Object, new: Object) -> tuple[Difference, ...]:
    """The topmost fields that differ, in the order of their names."""
    return tuple(_compare(old, new, ()))


def value_at(document: Document, path: Place) -> Value:
    """What is there, by the names of items."""
    for step in path:
        found = _step(document, step)
        if isinstance(found, Missing):
            return MISSING
        document = found
    return document


def shown_path(path: Place) -> str:
    """spec.containers[app].env[LOG_LEVEL].value"""
    text = ""
    for step in path:
        if isinstance(step, Item):
            text += f"[{step.name}]"
        elif isinstance(step, int):
            text += f"[{step}]"
        elif set(step) & set(".[]/ "):
            text += f'["{step}"]'
        else:
            text += f".{step}" if text else step
    return text


def same(one: Value, other: Value) -> bool:
    """1 is not true, and missing is not null."""
    if isinstance(one, Missing) or isinstance(other, Missing):
        return one is other
    return next(_compare(one, other, ()), None) is None


def _step(document: Document, step: Step) -> Value:
    if isinstance(step, Item):
        return next((one for one in _objects(document) if _name(one) == step.name), MISSING)
    if isinstance(step, int):
        there = isinstance(document, list) and step < len(document)
        return document[step] if there and isinstance(document, list) else MISSING
    return document.get(step, MISSING) if isinstance(document, dict) else MISSING


def _compare(old: Document, new: Document, path: Place) -> Iterator[Difference]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from _pair(old.get(key, MISSING), new.get(key, MISSING), (*path, key))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _lists(old, new, path)
    elif old != new or isinstance(old, bool) != isinstance(new, bool):  # 1 == True in Python
        yield Difference(path, old, new)


def _pair(old: Value, new: Value, path: Place) -> Iterator[Difference]:
    if isinstance(old, Missing) or isinstance(new, Missing):
        if old is not new:
            yield Difference(path, old, new)
    else:
        yield from _compare(old, new, path)


def _lists(old: list[Document], new: list[Document], path: Place) -> Iterator[Difference]:
    before, after = _named(old), _named(new)
    if before is None or after is None:
        for index in range(max(len(old), len(new))):
            yield from _pair(_step(old, index), _step(new, index), (*path, index))
        return
    differ = False
    for name in dict.fromkeys((*before, *after)):
        inner = (*path, Item(name))
        for one in _pair(before.get(name, MISSING), after.get(name, MISSING), inner):
            differ = True
            yield one
    if not differ and [*before] != [*after]:  # only their order differs, which may matter
        order: tuple[list[Document], list[Document]] = [*before], [*after]
        yield Difference(path, *order)


def _named(values: list[Document]) -> dict[str, Document] | None:
    """None where not every item has a name of its own."""
    names = [_name(one) for one in _objects(values)]
    if len(names) != len(values) or "" in names or len(set(names)) != len(names):
        return None
    return dict(zip(names, values, strict=True))


def _objects(document: Document) -> list[Object]:
    return [one for one in document if isinstance(one, dict)] if isinstance(document, list) else []


def _name(item: Object) -> str:
    found = next((item[key] for key in _NAMES if isinstance(item.get(key), str)), "")
    return found if isinstance(found, str) else ""
