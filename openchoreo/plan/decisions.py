"""For every component of a stack: what is known of it, and the decision made from that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from openchoreo.config import StackConfig
from openchoreo.delivery import (
    Action,
    Binding,
    Decision,
    Entry,
    Ledger,
    Pipeline,
    Record,
    Release,
    ReleaseStore,
    Situation,
    Snapshots,
    Upstream,
    binding_of,
    decide,
    pipeline_of,
)
from openchoreo.errors import OpenChoreoError, Problem, nearest
from openchoreo.model import Component, DeploymentPipeline, Project
from openchoreo.plan.releases import TypeChecks, snapshot_of
from openchoreo.plan.scope import Key, Scope, resolve_names, text

ISOLATED = "isolated"
"""The reason for keeping what is recorded of a component that something is wrong with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """What this stack and those upstream of it recorded."""

    stack: str
    """The full name of this stack."""
    ledger: Ledger
    documents: ReleaseStore
    """Of this stack, of its upstreams, and of directories of exported releases."""
    kept: frozenset[str] = frozenset()
    """Digests of the documents that this stack keeps itself."""
    upstreams: Mapping[str, Upstream] = field(default_factory=dict[str, Upstream])
    """By environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One component with its decision; `component` is None where it is no longer defined."""

    namespace: str
    project: str
    name: str
    component: Component | None
    binding: Binding
    today: Release | None
    decision: Decision

    @property
    def key(self) -> Key:
        return self.namespace, self.name


class Pipelines:
    """The pipeline of each project, read once; its problems are told once."""

    def __init__(self, scope: Scope, relaxed: frozenset[int]) -> None:
        self._catalog = scope.catalog
        self._relaxed = relaxed
        self._read: dict[Key, Pipeline | None] = {}
        self._problems: list[Problem] = []

    def of(self, project: Project) -> Pipeline | None:
        resource = self._catalog.pipeline_of(project)
        return self._of(resource) if resource else None

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(self._problems)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(w for pipeline in self._read.values() if pipeline for w in pipeline.warnings)

    def _of(self, resource: DeploymentPipeline) -> Pipeline | None:
        key = (resource.namespace, resource.name)
        if key not in self._read:
            environments = self._catalog.names("Environment", resource.namespace)
            try:
                self._read[key] = pipeline_of(resource, environments, relaxed=self._relaxed)
            except OpenChoreoError as error:
                self._read[key] = None
                self._problems += error.problems
        return self._read[key]


def upstream_environments(scope: Scope, pipelines: Pipelines) -> tuple[str, ...]:
    """The environments whose ledgers this one needs, of all projects in scope."""
    return _around(scope, pipelines, Pipeline.upstreams)


def downstream_environments(scope: Scope, pipelines: Pipelines) -> tuple[str, ...]:
    """The environments that get their releases from this one, of all projects in scope."""
    return _around(scope, pipelines, Pipeline.downstreams)


def _around(
    scope: Scope, pipelines: Pipelines, which: Callable[[Pipeline, str], tuple[str, ...]]
) -> tuple[str, ...]:
    found = (pipelines.of(project) for project in scope.projects)
    names = (name for one in found if one for name in which(one, scope.environment))
    return tuple(dict.fromkeys(names))


class Deciding:
    """Makes the decisions of one run."""

    def __init__(
        self, scope: Scope, config: StackConfig, recalled: Recalled, pipelines: Pipelines
    ) -> None:
        self._scope = scope
        self._config = config
        self._recalled = recalled
        self._pipelines = pipelines
        self._snapshots = Snapshots()
        self._type_checks = TypeChecks(scope.catalog)
        self._known = _known_keys(scope, recalled.ledger)
        self._named = Counter(name for _, name in self._known)
        self._bindings: dict[Key, str] = {}
        self._removed: frozenset[Key] = frozenset()

    @property
    def keys(self) -> tuple[Key, ...]:
        """Every component that is defined or recorded here."""
        return self._known

    def read_names(self) -> None:
        """Which component each name in the config means. Raises for names that mean none."""
        bindings = {name: ("bindings", name) for name in self._config.bindings}
        bound, problems = resolve_names(bindings, self._known)
        places = {name: ("removed", index) for index, name in enumerate(self._config.removed)}
        removed, more = resolve_names(places, self._known)
        if problems or more:
            raise OpenChoreoError(*problems, *more)
        self._bindings = {key: name for name, key in bound.items()}
        self._removed = frozenset(removed.values())

    def decide(self, key: Key) -> Decided:
        """The decision for one component. Raises OpenChoreoError where it is refused."""
        namespace, name = key
        component = self._scope.catalog.component(namespace, name)
        record = self._recalled.ledger.recorded(text(key))
        owner = component.project if component else record.project if record else ""
        binding = self._binding(key, owner)
        today, problems = self._today(component, record)
        pipeline, absent = self._pipeline(component)
        situation = Situation(
            namespace=namespace,
            project=owner,
            component=name,
            environment=self._scope.environment,
            stack=self._recalled.stack,
            binding=binding,
            defined=component is not None,
            auto_deploy=component is not None and component.spec.auto_deploy,
            pipeline=pipeline,
            absent=absent,
            today=today,
            today_problems=problems,
            recorded=record,
            upstreams=self._upstreams(pipeline),
            documents=self._recalled.documents,
            imported=self._imported(key, owner),
            removed=key in self._removed,
            removal=self._removal(key),
            lineage=self._recalled.ledger.lineage,
        )
        decision = decide(situation)
        return Decided(
            namespace=namespace,
            project=owner,
            name=name,
            component=component,
            binding=binding,
            today=today,
            decision=decision,
        )

    def keep(self, key: Key) -> Decided:
        """What is recorded of a component stays, whatever else is said of it."""
        record = self._recalled.ledger.recorded(text(key))
        component = self._scope.catalog.component(*key)
        current = record.current if record and record.running else None
        return Decided(
            namespace=key[0],
            project=record.project if record else component.project if component else "",
            name=key[1],
            component=component,
            binding=self._sound_binding(key, record.project if record else ""),
            today=None,
            decision=Decision(
                action=Action.KEEP if current else Action.NOTHING,
                reason=ISOLATED,
                release=self._recorded_release(key[1], current) if current else None,
            ),
        )

    def _sound_binding(self, key: Key, project: str) -> Binding:
        try:
            return self._binding(key, project)
        except OpenChoreoError:
            return Binding(key=self._short(key))

    def _recorded_release(self, component: str, entry: Entry) -> Release:
        """Without content where its document is not here."""
        documents, alias = self._recalled.documents, entry.alias or ""
        if entry.release in documents:
            return documents.release(entry.release, component, alias=alias)
        return Release(
            component=component, digest=entry.release, format=entry.format, spec={}, alias=alias
        )

    def _binding(self, key: Key, project: str) -> Binding:
        catalog, environment = self._scope.catalog, self._scope.environment
        written = self._bindings.get(key)
        config = self._config.bindings[written] if written else None
        documents = catalog.bindings_of(key[0], project, key[1], environment)
        name = written or self._short(key)
        hold = bool(config and config.hold)
        return binding_of(f"Component {text(key)}", name, documents, config, hold=hold)

    def _short(self, key: Key) -> str:
        """The bare name where it is unique, as people would write it."""
        return key[1] if self._named[key[1]] == 1 else text(key)

    def _today(
        self, component: Component | None, record: Record | None
    ) -> tuple[Release | None, tuple[Problem, ...]]:
        """The snapshot of today's definitions, or why there is none."""
        if component is None:
            return None, ()
        recorded = [(entry.format, entry.release) for entry in record.history] if record else ()
        catalog = self._scope.catalog
        release, problems = snapshot_of(catalog, component, self._snapshots, recorded)
        unsound = self._type_checks.of(component)
        return (None, (*problems, *unsound)) if unsound else (release, problems)

    def _pipeline(self, component: Component | None) -> tuple[Pipeline | None, str]:
        if component is None:
            return None, ""
        namespace, name = component.namespace, component.project
        project = self._scope.catalog.project(namespace, name)
        if project is None:
            return None, self._missing("Project", namespace, name)
        if not self._scope.covers(namespace, name):
            return None, f"project {namespace}/{name} is not in the scope of this stack"
        pipeline = self._pipelines.of(project)
        reference = project.spec.deployment_pipeline_ref.name
        return pipeline, self._missing("DeploymentPipeline", namespace, reference)

    def _missing(self, kind: str, namespace: str, name: str) -> str:
        hint = nearest(name, self._scope.catalog.names(kind, namespace))
        message = f"there is no {kind} {namespace}/{name}"
        # A list of all the others says nothing of one that has vanished.
        return f"{message}; {hint}" if hint.startswith("did you mean") else message

    def _upstreams(self, pipeline: Pipeline | None) -> tuple[Upstream, ...]:
        names = pipeline.upstreams(self._scope.environment) if pipeline else ()
        return tuple(self._recalled.upstreams[name] for name in names)

    def _imported(self, key: Key, project: str) -> tuple[Release, ...]:
        documents = self._scope.catalog.releases_of(key[0], project, key[1])
        known = self._recalled.documents.releases.keys()
        return tuple(self._snapshots.imported(document, known=known) for document in documents)

    def _removal(self, key: Key) -> int:
        names = self._config.removed
        written = [i for i, name in enumerate(names) if name in (key[1], text(key))]
        return written[0] if written else len(names)


def _known_keys(scope: Scope, ledger: Ledger) -> tuple[Key, ...]:
    recorded = [_key(recorded) for recorded in ledger.components]
    return tuple(sorted({*scope.component_keys, *recorded}))


def _key(written: str) -> Key:
    namespace, _, name = written.partition("/")
    return namespace, name
