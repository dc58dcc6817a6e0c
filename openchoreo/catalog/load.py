"""Files -> Catalog, with all problems of all files together."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Struct, field

from openchoreo.catalog import files
from openchoreo.catalog.broken import Broken, broken
from openchoreo.catalog.classify import WORKLOAD_DESCRIPTOR, Meaning, meaning_of
from openchoreo.catalog.duplicates import repeated_keys
from openchoreo.catalog.index import Catalog
from openchoreo.catalog.sources import Located
from openchoreo.catalog.strays import strays
from openchoreo.catalog.syntax import UnreadableError
from openchoreo.errors import OpenChoreoError, Problem, Stage
from openchoreo.model import CLUSTER_SCOPED, Key, Resource, label_of, parse, structure_problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from openchoreo.catalog.yaml_reader import YamlDocument
    from openchoreo.document import Object

DEFAULT_NAMESPACE = "default"
"""What kubectl takes where neither the resource nor the context names a namespace."""

UNKNOWN_KEYS, REPEATED_KEYS = 10, 26
"""Numbers of the differences from OpenChoreo that can be relaxed here."""


class Survey(Struct, frozen=True):
    """A catalog of whatever is sound, and what is wrong with the rest."""

    catalog: Catalog
    problems: tuple[Problem, ...]
    broken: Mapping[str, Broken] = field(default_factory=dict[str, Broken])
    """The resources that problems name, by that name; not what cannot be read at all."""


def load(paths: Sequence[Path], *, relaxed: frozenset[int] = frozenset()) -> Catalog:
    """All resources below the paths. Raises OpenChoreoError with every problem."""
    found = survey(paths, relaxed=relaxed)
    if found.problems:
        raise OpenChoreoError(*found.problems)
    return found.catalog


def survey(paths: Sequence[Path], *, relaxed: frozenset[int] = frozenset()) -> Survey:
    """As `load`, but one broken resource does not hide the others."""
    loading = _Loading(relaxed)
    found, loading.problems[:] = files.find(paths)
    for path in found:
        loading.read(path)
    catalog = Catalog(
        loading.resources,
        MappingProxyType(loading.sources),
        skipped=MappingProxyType(dict(sorted(loading.skipped.items()))),
        descriptors=tuple(loading.descriptors),
    )
    warnings = dict.fromkeys((*loading.warnings, *catalog.placed(strays(catalog))))
    return Survey(
        replace(catalog, warnings=tuple(warnings)),
        tuple(dict.fromkeys(loading.problems)),
        MappingProxyType(loading.broken),
    )


class _Loading(Struct):
    """What has been found so far."""

    relaxed: frozenset[int]
    resources: dict[Key, Resource] = field(default_factory=dict[Key, Resource])
    sources: dict[Key, Located] = field(default_factory=dict[Key, Located])
    problems: list[Problem] = field(default_factory=list[Problem])
    warnings: list[Problem] = field(default_factory=list[Problem])
    skipped: Counter[str] = field(default_factory=Counter[str])
    descriptors: list[str] = field(default_factory=list[str])
    broken: dict[str, Broken] = field(default_factory=dict[str, Broken])

    def read(self, path: Path) -> None:
        try:
            file = files.read(path)
            documents = files.documents(file)
        except UnreadableError as error:
            name = files.display_name(path)
            problem = Problem(Stage.LOAD, name, (), error.message, error.hint)
            self.problems.append(problem.at(name, error.line, error.column))
            return
        for document in documents:
            self._document(file, document)

    def _document(self, file: files.SourceFile, document: YamlDocument) -> None:
        value = document.value
        if value is None:
            return
        if not isinstance(value, dict):
            if file.is_json:
                self.skipped["not a resource"] += 1
                return
            message = "a document must be a mapping with apiVersion, kind, metadata and spec"
            self.problems.append(
                Problem(Stage.LOAD, file.name, (), message).at(file.name, document.line)
            )
            return
        for located in _items(Located(file, document.index, value)):
            self._meant(located, document)

    def _meant(self, located: Located, document: YamlDocument) -> None:
        found = meaning_of(located.value)
        if found.meaning is Meaning.SKIPPED:
            self.skipped[found.name] += 1
            if found.name == WORKLOAD_DESCRIPTOR:
                self.descriptors.append(located.file)
            return
        value, _ = _in_its_namespace(located.value)
        self._refuse(
            value,
            (
                Problem(Stage.LOAD, label_of(value), (), flaw.message, flaw.hint).at(
                    located.file, *flaw.place
                )
                for flaw in document.flaws
            ),
        )
        if found.problem is not None:
            self.problems.extend(located.place([found.problem]))
        elif not document.flaws:
            self._definition(located)

    def _definition(self, located: Located) -> None:
        value, notes = _in_its_namespace(located.value)
        try:
            parsed = parse(value, prune=UNKNOWN_KEYS in self.relaxed)
        except OpenChoreoError as error:
            self._refuse(value, located.place(error.problems))
            return
        resource = parsed.resource
        self.warnings.extend(located.place((*notes, *parsed.notes)))
        repeated = located.place(repeated_keys(resource))
        if REPEATED_KEYS in self.relaxed:
            self.warnings.extend(repeated)
        else:
            self._refuse(value, repeated)
        self._refuse(value, located.place(structure_problems(resource)))
        self._add(resource, located)

    def _refuse(self, document: Object, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self.problems.append(problem)
            self.broken[problem.resource] = broken(document)

    def _add(self, resource: Resource, located: Located) -> None:
        key = resource.key
        known = self.resources.get(key)
        if known is None:
            self.resources[key], self.sources[key] = resource, located
            return
        first = self.sources[key]
        where = f"{first.file}:{first.where(()).line}"
        if known == resource:
            message = f"is defined in the same words at {where}"
            note = Problem(Stage.LOAD, str(resource), (), message, "keep one of them")
            self.warnings.extend(located.place([note]))
            return
        message = f"is defined differently at {where}"
        hint = "keep one of them"
        problem = Problem(Stage.LOAD, str(resource), (), message, hint)
        self._refuse(_in_its_namespace(located.value)[0], located.place([problem]))


def _items(located: Located) -> Iterator[Located]:
    """The resources of a List, which is what kubectl get prints."""
    value = located.value
    items = value.get("items")
    if (
        value.get("kind") != "List"
        or value.get("apiVersion") != "v1"
        or not isinstance(items, list)
    ):
        yield located
        return
    for index, item in enumerate(items):
        if isinstance(item, dict):
            yield Located(located.text, located.index, item, ("items", index))


def _in_its_namespace(document: Object) -> tuple[Object, tuple[Problem, ...]]:
    """The document with the namespace it is stored in, as kubectl and the server see to it."""
    metadata, kind = document.get("metadata"), document.get("kind")
    if not isinstance(metadata, dict):
        return document, ()
    if kind not in CLUSTER_SCOPED:
        named = {**metadata, "namespace": metadata.get("namespace") or DEFAULT_NAMESPACE}
        return {**document, "metadata": named}, ()
    if metadata.get("namespace") is None:
        return document, ()
    kept = {**document, "metadata": {k: v for k, v in metadata.items() if k != "namespace"}}
    path = ("metadata", "namespace")
    message = f"is ignored: a {kind} belongs to no namespace"
    return kept, (Problem(Stage.LOAD, label_of(kept), path, message, "remove it"),)
