"""What the decisions of all three chains look at: the pipeline of a project, and its upstreams."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct, field

from openchoreo.delivery import Ledger, Pipeline, Redacted, ReleaseStore, Upstream, pipeline_of
from openchoreo.errors import OpenChoreoError, Problem, nearest
from openchoreo.model import DeploymentPipeline, Project
from openchoreo.plan.scope import Key, Scope


class Recalled(Struct, frozen=True, kw_only=True):
    """What this stack and those upstream of it recorded."""

    stack: str
    """The full name of this stack."""
    ledger: Ledger
    documents: ReleaseStore
    """Of this stack, of its upstreams, and of directories of exported releases."""
    kept: frozenset[str] = frozenset()
    """Digests of the documents that this stack keeps itself."""
    redacted: Mapping[str, Redacted] = field(default_factory=dict[str, Redacted])
    """Digests of releases whose documents must not be read from anywhere."""
    upstreams: Mapping[str, Upstream] = field(default_factory=dict[str, Upstream])
    """By environment."""

    @property
    def ledgers(self) -> tuple[Ledger, ...]:
        return self.ledger, *(one.ledger for one in self.upstreams.values() if one.ledger)


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


class Around(Struct, frozen=True):
    """What is known around one run."""

    scope: Scope
    recalled: Recalled
    pipelines: Pipelines

    def pipeline(self, namespace: str, name: str) -> tuple[Pipeline | None, str]:
        """The pipeline of a project, or why there is none."""
        project = self.scope.catalog.project(namespace, name)
        if project is None:
            return None, self._missing("Project", namespace, name)
        if not self.scope.covers(namespace, name):
            return None, (
                f"project {namespace}/{name} is not in the scope of this stack"
                " (openchoreo move hands it over to another one)"
            )
        pipeline = self.pipelines.of(project)
        reference = project.spec.deployment_pipeline_ref.name
        return pipeline, self._missing("DeploymentPipeline", namespace, reference)

    def upstreams(self, pipeline: Pipeline | None) -> tuple[Upstream, ...]:
        names = pipeline.upstreams(self.scope.environment) if pipeline else ()
        return tuple(self.recalled.upstreams[name] for name in names)

    def _missing(self, kind: str, namespace: str, name: str) -> str:
        hint = nearest(name, self.scope.catalog.names(kind, namespace))
        message = f"there is no {kind} {namespace}/{name}"
        # A list of all the others says nothing of one that has vanished.
        return f"{message}; {hint}" if hint.startswith("did you mean") else message
