"""For every project and Resource of a stack: what is known of it, and the decision made from that."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from openchoreo.config import ProjectBindingConfig, ResourceBindingConfig, StackConfig
from openchoreo.delivery import (
    PROJECTS,
    RESOURCES,
    Action,
    Binding,
    Decision,
    Record,
    Release,
    Situation,
    Snapshots,
    Words,
    decide,
    project_binding_of,
    resource_binding_of,
)
from openchoreo.delivery.gates import Opened
from openchoreo.document import Object
from openchoreo.errors import OpenChoreoError, Problem
from openchoreo.model import Project, ProjectRelease, Resource_, ResourceRelease
from openchoreo.plan.around import Around
from openchoreo.plan.decisions import ISOLATED, removed_of
from openchoreo.plan.gating import Asking
from openchoreo.plan.releases import TypeChecks, project_snapshot, resource_snapshot
from openchoreo.plan.scope import Key, resolve_names, text
from openchoreo.plan.sets import NamedSet
from openchoreo.rendering.shapes import mapping


class DecidedOwner(Struct, frozen=True, kw_only=True):
    """A project or a Resource with its decision; `resource` is None where it is not defined."""

    namespace: str
    project: str
    name: str
    resource: Project | Resource_ | None
    binding: Binding
    decision: Decision
    opened: Opened = field(default_factory=Opened)

    @property
    def key(self) -> Key:
        return self.namespace, self.name


class DecidingOwners:
    """Makes the decisions of one run for the projects and Resources of it."""

    def __init__(self, around: Around, config: StackConfig, asking: Asking) -> None:
        self._asking = asking
        self._around = around
        self._config = config
        self._snapshots = Snapshots()
        self._type_checks = TypeChecks(around.scope.catalog)
        self._names: dict[Words, dict[Key, str]] = {}
        self._removed: dict[Words, dict[Key, int]] = {}
        self._set = NamedSet()

    @property
    def resource_keys(self) -> tuple[Key, ...]:
        """Every Resource that is defined or recorded here."""
        scope = self._around.scope
        defined = ((one.namespace, one.name) for one in scope.managed)
        return self._known(RESOURCES, defined)

    @property
    def project_keys(self) -> tuple[Key, ...]:
        defined = ((one.namespace, one.name) for one in self._around.scope.projects)
        return self._known(PROJECTS, defined)

    @property
    def running_projects(self) -> frozenset[Key]:
        """Those recorded here that have not been removed."""
        records = self._around.recalled.ledger.projects
        return frozenset(_key(written) for written, one in records.items() if one.running)

    def read_names(self, named: NamedSet) -> None:
        """What each name in the config means. Raises OpenChoreoError for names that mean nothing."""
        self._set = named
        problems: list[Problem] = []
        for words, kind, key, names, known in (
            (
                PROJECTS,
                "project",
                "projectBindings",
                self._config.project_bindings,
                self.project_keys,
            ),
            (
                RESOURCES,
                "Resource",
                "resourceBindings",
                self._config.resource_bindings,
                self.resource_keys,
            ),
        ):
            bound, wrong = resolve_names({name: (key, name) for name in names}, known, kind)
            places = removed_of(words, self._config)
            gone, more = resolve_names(
                {name: ("removed", index) for name, index in places.items()}, known, kind
            )
            problems += (*wrong, *more)
            self._names[words] = {key: name for name, key in bound.items()}
            self._removed[words] = {key: places[name] for name, key in gone.items()}
        if problems:
            raise OpenChoreoError(*problems)

    def project(self, key: Key) -> DecidedOwner:
        """The decision for one project. Raises OpenChoreoError where it is refused."""
        project = self._around.scope.catalog.project(*key)
        return self._decided(self.project_situation(key), project)

    def resource(self, key: Key) -> DecidedOwner:
        """The decision for one Resource. Raises OpenChoreoError where it is refused."""
        return self._decided(self.resource_situation(key), self._resource(key))

    def _decided(self, situation: Situation, owner: Project | Resource_ | None) -> DecidedOwner:
        decision = decide(situation)
        return DecidedOwner(
            namespace=situation.namespace,
            project=situation.project,
            name=situation.component,
            resource=owner,
            binding=situation.binding,
            decision=decision,
            opened=self._asking.ask(situation, decision),
        )

    def project_situation(self, key: Key) -> Situation:
        """All that is known of one project. Raises OpenChoreoError where its binding is wrong."""
        scope = self._around.scope
        project = scope.catalog.project(*key)
        name = self._names[PROJECTS].get(key)
        documents = scope.catalog.project_bindings_of(*key, scope.environment)
        config: ProjectBindingConfig | None = self._config.project_bindings[name] if name else None
        hold = config.hold if config else False
        shown = name or self._short(key, self.project_keys)
        binding = project_binding_of(f"Project {text(key)}", shown, documents, config, hold=hold)
        imported = scope.catalog.project_releases_of(*key)
        today = self._project_today(project, self._record(PROJECTS, key))
        return self._set.situated(self._situation(key, key[1], binding, today, imported))

    def resource_situation(self, key: Key) -> Situation:
        """All that is known of one Resource. Raises OpenChoreoError where its binding is wrong."""
        resource, record = self._resource(key), self._record(RESOURCES, key)
        project = resource.project if resource else record.project if record else ""
        binding = self._resource_binding(key, project)
        imported = self._around.scope.catalog.resource_releases_of(key[0], project, key[1])
        today = self._resource_today(resource, record)
        return self._set.situated(self._situation(key, project, binding, today, imported))

    def _resource(self, key: Key) -> Resource_ | None:
        found = self._around.scope.catalog.get("Resource", *key)
        return found if isinstance(found, Resource_) else None

    def keep_resource(self, key: Key) -> DecidedOwner | None:
        """What is recorded of a Resource, whatever else is said of it; None where nothing runs."""
        record = self._record(RESOURCES, key)
        if record is None or not record.running:
            return None
        entry, documents = record.current, self._around.recalled.documents
        release = documents.release(entry.release, key[1], alias=entry.alias or "")
        found = self._around.scope.catalog.get("Resource", *key)
        return DecidedOwner(
            namespace=key[0],
            project=record.project,
            name=key[1],
            resource=found if isinstance(found, Resource_) else None,
            binding=self._resource_binding(key, record.project),
            decision=Decision(action=Action.KEEP, reason=ISOLATED, release=release),
        )

    def _resource_binding(self, key: Key, project: str) -> Binding:
        scope = self._around.scope
        name = self._names[RESOURCES].get(key)
        config: ResourceBindingConfig | None = (
            self._config.resource_bindings[name] if name else None
        )
        documents = scope.catalog.resource_bindings_of(key[0], project, key[1], scope.environment)
        return resource_binding_of(
            f"Resource {text(key)}",
            name or self._short(key, self.resource_keys),
            documents,
            config,
            hold=config.hold if config else False,
        )

    def _situation(
        self,
        key: Key,
        project: str,
        binding: Binding,
        today: tuple[Release | None, tuple[Problem, ...]],
        imported: Iterable[ProjectRelease | ResourceRelease],
    ) -> Situation:
        words, recalled, scope = binding.words, self._around.recalled, self._around.scope
        is_project = words is PROJECTS
        owner = scope.catalog.get(words.kind, *key)
        pipeline, absent = self._around.pipeline(key[0], project) if owner else (None, "")
        known = recalled.documents.releases.keys()
        removed = self._removed[words]
        return Situation(
            namespace=key[0],
            project=project,
            component=key[1],
            environment=scope.environment,
            stack=recalled.stack,
            binding=binding,
            defined=owner is not None,
            auto_deploy=is_project or binding.bound,
            seeded=is_project,
            pipeline=pipeline,
            absent=absent,
            today=today[0],
            today_problems=today[1],
            recorded=self._record(words, key),
            upstreams=self._around.upstreams(pipeline),
            documents=recalled.documents,
            imported=tuple(self._snapshots.imported(one, known=known) for one in imported),
            removed=key in removed,
            removal=removed.get(key, len(self._config.removed)),
            lineage=recalled.ledger.lineage,
            redacted=recalled.redacted,
        )

    def _project_today(
        self, project: Project | None, record: Record | None
    ) -> tuple[Release | None, tuple[Problem, ...]]:
        if project is None:
            return None, ()
        try:
            release, type_ = project_snapshot(
                self._around.scope.catalog, project, self._snapshots, _releases(record)
            )
        except OpenChoreoError as error:
            return None, error.problems
        unsound = self._type_checks.of_type(type_)
        return (None, unsound) if unsound else (release, ())

    def _resource_today(
        self, resource: Resource_ | None, record: Record | None
    ) -> tuple[Release | None, tuple[Problem, ...]]:
        if resource is None:
            return None, ()
        try:
            release, type_ = resource_snapshot(
                self._around.scope.catalog, resource, self._snapshots, _releases(record)
            )
        except OpenChoreoError as error:
            return None, error.problems
        unsound = self._type_checks.of_type(type_)
        return (None, unsound) if unsound else (release, ())

    def _record(self, words: Words, key: Key) -> Record | None:
        return self._around.recalled.ledger.recorded(text(key), chain=words.chain)

    def _known(self, words: Words, defined: Iterable[Key]) -> tuple[Key, ...]:
        records = self._around.recalled.ledger.records(words.chain)
        recorded = [_key(written) for written in records]
        return tuple(sorted({*defined, *recorded}))

    @staticmethod
    def _short(key: Key, known: Iterable[Key]) -> str:
        """The bare name where it is unique, as people would write it."""
        return key[1] if sum(one[1] == key[1] for one in known) == 1 else text(key)


def _releases(record: Record | None) -> list[tuple[int, str]]:
    return [(entry.format, entry.release) for entry in record.history] if record else []


def _key(written: str) -> Key:
    namespace, _, name = written.partition("/")
    return namespace, name


def retained(binding: Binding, release: Object) -> bool:
    """Whether what is deployed is left behind when it is undeployed: the binding says so, else the
    type.
    """
    spec = mapping(mapping(release, "resourceType"), "spec")
    return (binding.retain_policy or spec.get("retainPolicy")) == "Retain"
