"""What is done to all manifests at the end: labels, resource hash, checks and order."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from msgspec.structs import replace

from openchoreo.document import WRITTEN_ONE_WAY, Document, Object, digest, normalised
from openchoreo.errors import Collector, OpenChoreoError, Path, Problem, Stage
from openchoreo.rendering.identity import LABEL_PREFIX
from openchoreo.rendering.manifests import Item, group_and_version
from openchoreo.rendering.rendered import DATA_PLANE, RenderedManifest
from openchoreo.rendering.resources import incomplete
from openchoreo.rendering.shapes import mapping, text

RESOURCE_HASH = f"{LABEL_PREFIX}dp-resource-hash"
HASH_LENGTH = 12

_MAIN_KINDS = {"deployment": "Deployment", "statefulset": "StatefulSet"}


def labelled(items: Sequence[Item], labels: Object, during: str) -> list[Item]:
    """The platform's labels on every manifest; they win, and replace what is no map."""
    broken = [problem for item in items for problem in _without_metadata(item, during)]
    if broken:
        raise OpenChoreoError(*broken)
    return [_labelled(item, labels) for item in items]


def _without_metadata(item: Item, during: str) -> list[Problem]:
    return [] if isinstance(item.manifest.get("metadata"), dict) else incomplete(item, during)


def _labelled(item: Item, labels: Object) -> Item:
    metadata = mapping(item.manifest, "metadata")
    own = metadata.get("labels")
    merged = {**own, **labels} if isinstance(own, dict) else labels
    return item.changed({**item.manifest, "metadata": {**metadata, "labels": merged}})


def with_resource_hash(items: Sequence[Item], workload_type: str, during: str) -> list[Item]:
    """The digest of what surrounds the workload, as an annotation of its pods.

    Pods start anew when a ConfigMap or the like changes. Only Deployments and StatefulSets have
    it, and only where there is something else in the data plane. The place is OpenChoreo's, the
    digest our own: theirs is over a dump of the memory of a Go program.
    """
    main = _MAIN_KINDS.get(workload_type)
    others = [
        item.manifest
        for item in items
        if item.target_plane == DATA_PLANE and item.manifest.get("kind") != main
    ]
    index = next((i for i, item in enumerate(items) if item.manifest.get("kind") == main), None)
    if main is None or index is None or not others:
        return [*items]
    return [
        _annotated(item, resource_hash(others), during) if i == index else item
        for i, item in enumerate(items)
    ]


def resource_hash(manifests: Iterable[Object]) -> str:
    """The first digits of the SHA-256 of the manifests without their metadata, in final order."""
    contents: list[Document] = [
        {key: value for key, value in manifest.items() if key != "metadata"}
        for manifest in sorted(manifests, key=sort_key)
    ]
    return digest(contents).removeprefix("sha256:")[:HASH_LENGTH]


def _annotated(item: Item, value: str, during: str) -> Item:
    if "spec" not in item.manifest:
        message = "the manifest was rendered without spec"
        raise OpenChoreoError(item.problem(during, ("spec",), message))
    path = ("spec", "template", "metadata", "annotations")
    return item.changed(_with_entry(item, item.manifest, path, value, during))


def _with_entry(item: Item, parent: Object, path: Path, value: str, during: str) -> Object:
    """A copy with the annotation, what is missing on the way to it being made."""
    if not path:
        return {**parent, RESOURCE_HASH: value}
    key, *rest = path
    child = parent.get(str(key))
    if child is not None and not isinstance(child, dict):
        message = f"{key} of the pods must be an object, to hold the annotation {RESOURCE_HASH}"
        raise OpenChoreoError(item.problem(during, (), message))
    return {**parent, str(key): _with_entry(item, child or {}, tuple(rest), value, during)}


def sort_key(manifest: Object) -> tuple[str, str, str, str]:
    """OpenChoreo's order: kind, apiVersion, namespace, name; what is absent goes first."""
    metadata = mapping(manifest, "metadata")
    return (
        text(manifest, "kind"),
        text(manifest, "apiVersion"),
        text(metadata, "namespace"),
        text(metadata, "name"),
    )


def completed(items: Sequence[Item], during: str) -> list[Item]:
    """In final order. Raises OpenChoreoError for everything that is no manifest."""
    problems = [problem for item in items for problem in incomplete(item, during)]
    if problems:
        raise OpenChoreoError(*problems)
    return sorted(items, key=lambda item: sort_key(item.manifest))


def duplicates(items: Sequence[Item], during: str) -> Iterator[Problem]:
    """Manifests that are one object to the cluster; OpenChoreo lets the last one win."""
    first: dict[tuple[str, ...], Item] = {}
    for item in items:
        kind, api_version, *named = sort_key(item.manifest)
        identity = (item.target_plane, group_and_version(api_version)[0], kind, *named)
        if identity in first:
            message = (
                f"{item.name} is rendered twice; the other one is from {first[identity].origin}"
            )
            hint = "give one of them another metadata.name"
            yield item.problem(during, ("metadata", "name"), message, hint)
        first.setdefault(identity, item)


def plain(items: Sequence[Item], during: str) -> list[Item]:
    """As JSON: doubles that are integers as integers, keys sorted, nothing shared with others.

    Raises OpenChoreoError for all numbers JSON cannot write.
    """
    found = Collector()
    written = [found.attempt(lambda item=item: _written(item, during)) for item in items]
    found.raise_if_any()
    return [item for item in written if item]


def manifests_of(items: Iterable[Item]) -> tuple[RenderedManifest, ...]:
    return tuple(RenderedManifest(item.target_plane, item.manifest) for item in items)


def _written(item: Item, during: str) -> Item:
    try:
        return item.changed(cast("Object", _plain(item.manifest)))
    except _NotWritableError:
        message = "the result is a number that JSON cannot write"
        problems = [
            replace(item.problem(during, path, message), stage=Stage.CONVERT)
            for path in _unwritable(item.manifest, ())
        ]
        raise OpenChoreoError(*problems) from None


class _NotWritableError(Exception):
    """There is a number that JSON cannot write."""


def _plain(value: Document) -> Document:
    """As `normalised` of a document, only that infinities are found on the way."""
    # Most values are scalars, for which no call is worth while.
    if isinstance(value, dict):
        return {
            key: entry if (entry := value[key]).__class__ in WRITTEN_ONE_WAY else _plain(entry)
            for key in sorted(value)
        }
    if isinstance(value, list):
        return [item if item.__class__ in WRITTEN_ONE_WAY else _plain(item) for item in value]
    if isinstance(value, float):
        if not math.isfinite(value):
            raise _NotWritableError
        return normalised(value)
    return value


def _unwritable(value: Document, path: Path) -> Iterator[Path]:
    if isinstance(value, float) and not math.isfinite(value):
        yield path
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from _unwritable(entry, (*path, key))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _unwritable(entry, (*path, index))
