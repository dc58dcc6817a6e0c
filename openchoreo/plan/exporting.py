"""What an environment runs, as the documents that OpenChoreo has for it: releases, and bindings
with all that definitions and stack config say of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from openchoreo.catalog import Catalog
from openchoreo.config import StackConfig
from openchoreo.delivery import (
    COMPONENTS,
    PROJECTS,
    RESOURCES,
    Binding,
    Ledger,
    Record,
    ReleaseStore,
    Snapshots,
    Words,
    binding_document,
    binding_of,
    owner_document,
    project_binding_of,
    release_document,
    resource_binding_of,
)
from openchoreo.document import Object
from openchoreo.errors import Collector, OpenChoreoError, Problem, Stage
from openchoreo.model import (
    ComponentRelease,
    ProjectRelease,
    Resource,
    ResourceRelease,
    parse,
    structure_problems,
)
from openchoreo.plan.scope import Key, Scope, by_key, text


class ExportedDocument(Struct, frozen=True):
    """A release, or the binding of one; `owner` is the name of what it is of."""

    document: Object
    resource: Resource
    words: Words
    project: str
    owner: str

    @property
    def is_release(self) -> bool:
        return self.resource.kind == self.words.release_kind


def exported_documents(
    scope: Scope, config: StackConfig, ledger: Ledger, documents: ReleaseStore
) -> tuple[ExportedDocument, ...]:
    """Of one environment. Raises OpenChoreoError with everything that stands in the way.

    What a component runs is what is recorded, not what a pin asks for that was not deployed yet.
    One that is undeployed has a binding that says so; projects and Resources that are undeployed
    have none, for theirs cannot say it.
    """
    exporting = _Exporting(scope, config, ledger, documents)
    found = Collector()
    kept = [
        one
        for words in (PROJECTS, RESOURCES, COMPONENTS)
        for key, record in sorted(ledger.records(words.chain).items())
        for one in found.attempt(
            lambda words=words, key=key, record=record: exporting.of(words, key, record)
        )
        or ()
    ]
    found.raise_if_any()
    return tuple(kept)


def with_exported(catalog: Catalog, documents: Iterable[ExportedDocument]) -> Catalog:
    """The definitions as they are once the documents are among them."""
    resources = {one.resource.key: one.resource for one in documents}
    return catalog.with_resources(resources)


def collisions(documents: Iterable[ExportedDocument], catalog: Catalog) -> Iterator[Problem]:
    """Documents of one name that are not the same."""
    found: dict[tuple[str, str, str], ExportedDocument] = {}
    for one in documents:
        first = found.setdefault(one.resource.key, one)
        known = catalog.get(*one.resource.key)
        if first.resource != one.resource:
            yield _twice(one, f"is exported for {first.owner} as well, and is not the same there")
        elif known is not None and _belongs(known) != _belongs(one.resource):
            yield _twice(one, "has the name of another one in the definitions")


def _twice(one: ExportedDocument, message: str) -> Problem:
    hint = f"write a {one.words.binding_kind} of {one.owner} that has a name of its own"
    return Problem(Stage.BINDING, str(one.resource), ("metadata", "name"), message, hint)


def _belongs(resource: Resource) -> tuple[object, object]:
    """Owner and, of bindings, environment."""
    spec = getattr(resource, "spec", None)
    return getattr(spec, "owner", None), getattr(spec, "environment", None)


class _Exporting:
    def __init__(
        self, scope: Scope, config: StackConfig, ledger: Ledger, documents: ReleaseStore
    ) -> None:
        self._scope = scope
        self._catalog = scope.catalog
        self._ledger = ledger
        self._store = documents
        self._snapshots = Snapshots()
        components = self._known(COMPONENTS, scope.component_keys)
        projects = self._known(PROJECTS, ((one.namespace, one.name) for one in scope.projects))
        resources = self._known(RESOURCES, ((one.namespace, one.name) for one in scope.managed))
        self._components = by_key(config.bindings, components, "bindings", "component")
        self._projects = by_key(config.project_bindings, projects, "projectBindings", "Project")
        self._resources = by_key(
            config.resource_bindings, resources, "resourceBindings", "Resource"
        )

    def of(self, words: Words, key: str, record: Record) -> list[ExportedDocument]:
        """None of what is neither running nor defined."""
        namespace, _, name = key.partition("/")
        defined = self._catalog.get(words.kind, namespace, name) is not None
        if not record.running and (words is not COMPONENTS or not defined):
            return []
        if not defined:
            raise OpenChoreoError(_vanished(words, key, record, self._scope.environment))
        entry = record.current
        release = self._store.release(entry.release, name, alias=entry.alias or "")
        documents = (
            release_document(words, namespace, record.project, release),
            self._binding(words, (namespace, name), record),
        )
        exported = [
            ExportedDocument(one, _checked(one), words, record.project, name) for one in documents
        ]
        self._check_digest(exported[0].resource, entry.release)
        return exported

    def _binding(self, words: Words, key: Key, record: Record) -> Object:
        """With the name and the labels of the document in the definitions, where there is one."""
        binding, written = self._bound(words, key, record.project)
        binding = replace(binding, undeploy=not record.running)
        metadata: Object = {"name": f"{key[1]}-{self._scope.environment}", "namespace": key[0]}
        if written:
            found = written[0].metadata
            metadata["name"] = found.name
            for field, said in (("labels", found.labels), ("annotations", found.annotations)):
                if said:
                    metadata[field] = {**said}
        owner = owner_document(words, record.project, key[1])
        environment, release = self._scope.environment, record.current.shown
        return binding_document(binding, metadata, owner, environment, release)

    def _bound(self, words: Words, key: Key, project: str) -> tuple[Binding, tuple[Resource, ...]]:
        subject, environment = f"{words.kind} {text(key)}", self._scope.environment
        names = (key[0], project)
        if words is PROJECTS:
            of_project = self._catalog.project_bindings_of(*key, environment)
            config = self._projects.get(key)
            return project_binding_of(subject, key[1], of_project, config), of_project
        if words is RESOURCES:
            of_resource = self._catalog.resource_bindings_of(*names, key[1], environment)
            said = self._resources.get(key)
            return resource_binding_of(subject, key[1], of_resource, said), of_resource
        of_component = self._catalog.bindings_of(*names, key[1], environment)
        values = self._components.get(key)
        return binding_of(subject, key[1], of_component, values), of_component

    def _known(self, words: Words, defined: Iterable[Key]) -> list[Key]:
        recorded = (key.partition("/") for key in self._ledger.records(words.chain))
        return [*defined, *((namespace, name) for namespace, _, name in recorded)]

    def _check_digest(self, resource: Resource, digest: str) -> None:
        """What is read back has to be the release that is recorded."""
        assert isinstance(resource, ComponentRelease | ProjectRelease | ResourceRelease)
        if self._snapshots.imported(resource, known=[digest]).digest != digest:
            message = f"is not read back as {digest}, which is recorded"
            raise OpenChoreoError(Problem(Stage.LEDGER, str(resource), (), message))


def _checked(document: Object) -> Resource:
    """As any reader of definitions takes it. Raises OpenChoreoError where none would."""
    resource = parse(document).resource
    problems = structure_problems(resource)
    if problems:
        raise OpenChoreoError(*problems)
    return resource


def _vanished(words: Words, key: str, record: Record, environment: str) -> Problem:
    message = f"runs {record.current.shown} in {environment}, but is no longer defined"
    hint = f"restore its definition, or remove it: openchoreo:removed: [{words.removal(key)}]"
    return Problem(Stage.DECIDE, f"{words.kind} {key}", (), message, hint)
