"""Components, Resources and what they need of each other, in the environments of the pipelines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from openchoreo.catalog import Catalog
from openchoreo.delivery import Pipeline
from openchoreo.document import Object
from openchoreo.errors import Problem, Stage
from openchoreo.model import Component, Resource_, Workload
from openchoreo.plan.offers import resource_needs
from openchoreo.plan.scope import Key
from openchoreo.plan.soundness import Checked, Sound
from openchoreo.rendering import connection_targets


class Offered(Struct, frozen=True):
    """An endpoint of a component, and from where it may be called besides its own project."""

    name: str
    type: str
    port: int
    visibility: tuple[str, ...]


class Node(Struct, frozen=True, kw_only=True):
    """A component or a Resource of the definitions."""

    namespace: str
    project: str
    name: str
    type: str
    is_resource: bool = False
    endpoints: tuple[Offered, ...] = ()
    undeployed: tuple[str, ...] = ()
    """Environments in which it is undeployed."""
    looked_at: bool = True
    """False where its own problems keep it from being rendered."""


class Edge(Struct, frozen=True, kw_only=True, order=True):
    """What a component needs: an endpoint of a component, or outputs of a Resource."""

    source: Key
    project: str
    target: Key
    endpoint: str = ""
    """Empty for a Resource."""
    visibility: str = ""

    @property
    def needed(self) -> str:
        """As problems call it."""
        if self.endpoint:
            return f"the endpoint {self.endpoint} of {self.project}/{self.target[1]}"
        return f"the Resource {self.target[1]}"


class Unmet(Struct, frozen=True):
    """Why a dependency is not met; in these environments, or in all where none is named."""

    reason: str
    hint: str
    environments: tuple[str, ...] = ()


class Way(Struct, frozen=True):
    """A pipeline, and the projects that take it."""

    pipeline: Pipeline
    projects: tuple[str, ...]


class Graph(Struct, frozen=True):
    nodes: tuple[Node, ...]
    edges: Mapping[Edge, tuple[Unmet, ...]]
    ways: tuple[Way, ...]
    environments: tuple[str, ...]
    """Those that were looked at."""


def graph_of(catalog: Catalog, sound: Sound, environments: Mapping[str, list[Checked]]) -> Graph:
    """Of all definitions; `environments` are those to look at, and what was found there."""
    found = _Found(catalog)
    for name, many in environments.items():
        for checked in many:
            found.add(name, checked)
    components = tuple(found.component(one) for one in catalog.components)
    resources = [one for one in catalog.of_kind("Resource") if isinstance(one, Resource_)]
    return Graph(
        (*components, *map(_resource, resources)),
        {edge: found.unmet(edge, len(environments)) for edge in sorted(found.edges)},
        tuple(_way(catalog, pipeline) for pipeline in sound.pipelines),
        tuple(environments),
    )


class _Found(Struct):
    """Edges, with what is said of them and where."""

    catalog: Catalog
    edges: dict[Edge, dict[tuple[str, str], dict[str, None]]] = field(
        default_factory=dict[Edge, dict[tuple[str, str], dict[str, None]]]
    )
    undeployed: dict[Key, list[str]] = field(default_factory=dict[Key, list[str]])
    looked_at: set[Key] = field(default_factory=set[Key])

    def add(self, environment: str, checked: Checked) -> None:
        offline = checked.offline
        if offline is None:
            return
        for key in offline.undeployed:
            self.undeployed.setdefault(key, []).append(environment)
        told = [one for one in (*checked.problems, *checked.warnings) if _is_need(one)]
        for one in offline.running:
            self.looked_at.add(one.key)
            for edge, place in _edges(one.key, one.project, one.workload):
                said = self.edges.setdefault(edge, {})
                for problem in told:
                    if problem.resource == one.subject and problem.path[2:4] == place:
                        reason = _reason(problem, edge), problem.hint
                        said.setdefault(reason, {}).setdefault(environment)

    def component(self, one: Component) -> Node:
        """What is not rendered anywhere has its edges from its Workload."""
        key = (one.namespace, one.name)
        workload = self.catalog.workload_of(one.namespace, one.project, one.name)
        looked_at = key in self.looked_at or key in self.undeployed
        if key not in self.looked_at and workload:
            for edge, _ in _edges(key, one.project, workload.spec.document()):
                self.edges.setdefault(edge, {})
        return Node(
            namespace=one.namespace,
            project=one.project,
            name=one.name,
            type=one.spec.component_type.name,
            endpoints=_offered(workload) if workload else (),
            undeployed=tuple(self.undeployed.get(key, ())),
            looked_at=looked_at,
        )

    def unmet(self, edge: Edge, environments: int) -> tuple[Unmet, ...]:
        return tuple(
            Unmet(reason, hint, () if len(where) == environments else tuple(where))
            for (reason, hint), where in self.edges[edge].items()
        )


def _edges(
    source: Key, project: str, workload: Object
) -> Iterator[tuple[Edge, tuple[str | int, ...]]]:
    """What a workload needs, and where below its dependencies."""
    for index, target in enumerate(connection_targets(source[0], project, workload)):
        edge = Edge(
            source=source,
            project=target.project,
            target=(target.namespace, target.component),
            endpoint=target.endpoint,
            visibility=target.visibility,
        )
        yield edge, ("endpoints", index)
    for need in resource_needs("", source[0], project, workload):
        edge = Edge(source=source, project=project, target=need.resource)
        yield edge, ("resources", need.index)


def _is_need(problem: Problem) -> bool:
    return problem.stage is Stage.DEPENDENCIES and problem.path[:2] == ("spec", "dependencies")


def _reason(problem: Problem, edge: Edge) -> str:
    """As a sentence of its own, without what the edge says itself."""
    said = problem.message.removeprefix("needs ").removeprefix(edge.needed).lstrip(",: ")
    for relative, alone in (("whose ", "its "), ("which ", "it ")):
        if said.startswith(relative):
            return alone + said.removeprefix(relative)
    return said


def _offered(workload: Workload) -> tuple[Offered, ...]:
    return tuple(
        Offered(name, one.type, one.port, one.visibility)
        for name, one in sorted(workload.spec.endpoints.items())
    )


def _resource(one: Resource_) -> Node:
    return Node(
        namespace=one.namespace,
        project=one.project,
        name=one.name,
        type=one.spec.type.name,
        is_resource=True,
    )


def _way(catalog: Catalog, pipeline: Pipeline) -> Way:
    projects = tuple(
        one.name
        for one in catalog.projects
        if one.namespace == pipeline.namespace
        and one.spec.deployment_pipeline_ref.name == pipeline.name
    )
    return Way(pipeline, projects)
