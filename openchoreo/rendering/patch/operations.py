"""add, replace and remove on a manifest, by copying only what changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import TypeAlias

from msgspec import Struct

from openchoreo.document import Document, Object
from openchoreo.rendering.patch.errors import PatchError, kind_of
from openchoreo.rendering.patch.expansion import APPEND, Pointer, expand
from openchoreo.rendering.patch.path import parse_path
from openchoreo.template import MOST_WRITTEN

Container: TypeAlias = "dict[str, Document] | list[Document]"


class Change(Struct, frozen=True):
    """One operation of a patch, its templates rendered. `add` without a value writes null."""

    op: str
    path: str
    value: Document = None


def apply(manifest: Object, changes: Iterable[Change]) -> Object:
    """The manifest after all changes, each seeing what the ones before it did.

    A path that means several places is resolved once, and then served from first to last:
    removing one of two elements of a list moves those behind it, as in OpenChoreo.
    Raises PatchError.
    """
    draft = _Draft(manifest)
    for index, change in enumerate(changes):
        try:
            draft.apply(change)
        except PatchError as error:
            raise error.of(change.path, index) from None
    return draft.document


class _Draft:
    """A manifest being changed: a container is copied the first time something in it changes."""

    def __init__(self, manifest: Object) -> None:
        self.document: Object = dict(manifest)
        self._own: dict[int, Container] = {id(self.document): self.document}
        self._room = MOST_WRITTEN

    def apply(self, change: Change) -> None:
        write = _WRITERS.get(change.op)
        if write is None:
            raise PatchError(f"{change.op} is no operation", "use add, replace or remove")
        pointers = expand(self.document, parse_path(change.path))
        self._room -= len(pointers) * _weight(change.value)
        if self._room < 0:
            raise PatchError(
                "the manifest becomes too large: no Kubernetes object may hold that much"
            )
        for pointer in pointers:
            if not pointer:
                raise PatchError(f"{change.op} cannot be applied to a whole manifest")
            if change.op == "add":
                self._make_parents(pointer)
            write(self._parent(pointer), pointer[-1], change.value)

    def _parent(self, pointer: Pointer) -> Container:
        """The container of the last step, as a copy that may be changed."""
        current: Container = self.document
        for step, following in pairwise(pointer):
            child = self._child(current, step)
            if isinstance(child, list) and isinstance(current, list):
                raise PatchError("a list directly in a list cannot be changed")
            _check_step(child, following)
            current = child
        _check_step(current, pointer[-1])
        return current

    def _child(self, parent: Container, step: str | int) -> Container:
        child = _value_at(parent, step)
        if not isinstance(child, dict | list):
            raise PatchError(f"{step} is {kind_of(child)}, which nothing can be changed in")
        if id(child) in self._own:
            return child
        copy: Container = dict(child) if isinstance(child, dict) else list(child)
        self._put(parent, step, copy)
        return copy

    def _put(self, parent: Container, step: str | int, value: Container) -> None:
        self._own[id(value)] = value
        _set(parent, step, value)

    def _make_parents(self, pointer: Pointer) -> None:
        """Objects for missing or null members on the way, and a list before an append."""
        current: Container = self.document
        for step, following in pairwise(pointer):
            if isinstance(current, dict) and current.get(str(step)) is None:
                self._put(current, step, [] if following == APPEND else {})
            current = self._child(current, step)


def _weight(value: Document) -> int:
    """Characters and elements, counted no further than a manifest may have."""
    weight = 0
    pending = [value]
    while pending and weight <= MOST_WRITTEN:
        value = pending.pop()
        weight += len(value) if isinstance(value, str | list | dict) else 1
        if isinstance(value, dict):
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
    return weight


def _check_step(container: Container, step: str | int) -> None:
    if (isinstance(step, int) or step == APPEND) != isinstance(container, list):
        raise PatchError(f"{step} is looked up in {kind_of(container)}")


def _value_at(parent: Container, step: str | int) -> Document:
    if isinstance(parent, dict):
        if step not in parent:
            raise PatchError(f"there is no {step}")
        return parent[str(step)]
    if not isinstance(step, int) or not 0 <= step < len(parent):
        raise PatchError(f"index {step} is out of bounds, the list has {len(parent)}")
    return parent[step]


def _set(parent: Container, step: str | int, value: Document) -> None:
    if isinstance(parent, dict):
        parent[str(step)] = value
    else:
        parent[int(step)] = value


def _add(parent: Container, step: str | int, value: Document) -> None:
    if isinstance(parent, dict):
        parent[str(step)] = value
    elif step == APPEND:
        parent.append(value)
    else:
        parent.insert(int(step), value)


def _replace(parent: Container, step: str | int, value: Document) -> None:
    _refuse_end("replace", step)
    if isinstance(parent, dict) and step not in parent:
        raise PatchError(f"there is no {step} to replace", "use add to set it in any case")
    _value_at(parent, step)
    _set(parent, step, value)


def _remove(parent: Container, step: str | int, _: Document) -> None:
    """A missing member of an object is no error: it is not there afterwards either."""
    _refuse_end("remove", step)
    if isinstance(parent, dict):
        parent.pop(str(step), None)
    else:
        _value_at(parent, step)
        del parent[int(step)]


def _refuse_end(op: str, step: str | int) -> None:
    if step == APPEND:
        raise PatchError(f"{op} cannot be applied to the end of a list", "name an index")


_WRITERS: Mapping[str, Callable[[Container, str | int, Document], None]] = {
    "add": _add,
    "replace": _replace,
    "remove": _remove,
}
