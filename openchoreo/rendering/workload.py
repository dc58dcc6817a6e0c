"""The workload of a release: overridden by the binding, and as templates see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from openchoreo.document import Object
from openchoreo.rendering.shapes import items, mapping, number, text, texts


def with_overrides(workload: Object, overrides: Object) -> Object:
    """The workload with env and files of a ReleaseBinding; nothing else can be overridden."""
    container, over = mapping(workload, "container"), mapping(overrides, "container")
    changed: Object = {
        key: list(_merged(items(container, key), items(over, key)))
        for key in ("env", "files")
        if over.get(key)
    }
    return {**workload, "container": {**container, **changed}} if changed else workload


def _merged(base: Iterable[Object], over: Iterable[Object]) -> Iterator[Object]:
    """By key: a match takes the whole place of the entry, what is new follows in order.

    OpenChoreo's corner cases are kept: of a key written twice in the base only the first is
    replaced, by the last override of that key; a new key written twice is appended twice.
    """
    base, over = list(base), list(over)
    last = {text(entry, "key"): entry for entry in over}
    replaced: set[str] = set()
    for entry in base:
        key = text(entry, "key")
        yield last[key] if key in last and key not in replaced else entry
        replaced.add(key)
    yield from (entry for entry in over if text(entry, "key") not in replaced)


class Repetition(Struct, frozen=True):
    field: str
    index: int
    key: str


Setting = tuple[str, str]
"""env or files, and the key."""


def keys_of(holder: Object) -> frozenset[Setting]:
    """The variables and files of a workload's container, or of the overrides of one."""
    container = mapping(holder, "container")
    return frozenset(
        (field, text(entry, "key"))
        for field in ("env", "files")
        for entry in items(container, field)
    )


def repeated_keys(holder: Object) -> tuple[Repetition, ...]:
    """Those that are there more than once."""
    container = mapping(holder, "container")
    return tuple(
        Repetition(field, index, key)
        for field in ("env", "files")
        for index, key in _again([text(entry, "key") for entry in items(container, field)])
    )


def _again(keys: list[str]) -> Iterator[tuple[int, str]]:
    for index, key in enumerate(keys):
        if key in keys[:index]:
            yield index, key


def workload_context(workload: Object) -> Object:
    """`workload`: image, command and arguments, and the endpoints."""
    container = mapping(workload, "container")
    shown = ("image", "command", "args")
    endpoints = mapping(workload, "endpoints")
    return {
        "container": {key: container[key] for key in shown if container.get(key)},
        "endpoints": {name: _endpoint(mapping(endpoints, name)) for name in endpoints},
    }


def _endpoint(endpoint: Object) -> Object:
    port = number(endpoint, "port")
    optional = ("displayName", "basePath")
    return {
        **{key: endpoint[key] for key in optional if endpoint.get(key)},
        "port": port,
        "targetPort": number(endpoint, "targetPort") or port,
        "type": endpoint["type"],
        "visibility": list(dict.fromkeys(["project", *texts(endpoint, "visibility")])),
    }
