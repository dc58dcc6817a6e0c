"""Whether definitions are sound as they stand: all that can be said without ledgers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from msgspec import Struct

from openchoreo.catalog import Catalog
from openchoreo.config import StackConfig
from openchoreo.delivery import Pipeline, Snapshots, outside_all, pipeline_of
from openchoreo.errors import Collector, Problem, Stage
from openchoreo.model import Component, Resource_
from openchoreo.plan.offline import Offline, render_offline
from openchoreo.plan.offline_inputs import OfflineInputs
from openchoreo.plan.releases import TypeChecks, project_snapshot, resource_snapshot, snapshot_of
from openchoreo.plan.scope import Key, Scope, resolve_names, scope_of
from openchoreo.plan.sound_part import Part, without
from openchoreo.plan.surroundings import ReadYaml
from openchoreo.rendering.shapes import items, mapping, text

V = TypeVar("V")

TYPES = (
    "ClusterComponentType",
    "ClusterProjectType",
    "ClusterResourceType",
    "ClusterTrait",
    "ComponentType",
    "ProjectType",
    "ResourceType",
    "Trait",
)

_ENDPOINTS = ("spec", "dependencies", "endpoints")


class Checked(Struct, frozen=True):
    """What is wrong, and what to be warned of."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    offline: Offline | None = None
    """What an environment renders to."""


class Sound(Struct, frozen=True):
    """What is the same in every environment, and the definitions that can be rendered."""

    checked: Checked
    part: Part
    pipelines: tuple[Pipeline, ...]


class Assumed(Struct, frozen=True, kw_only=True):
    """What is taken for granted where it cannot be looked at.

    `handed` is whether the program itself gives outputs of Resources.
    """

    relaxed: frozenset[int] = frozenset()
    read_yaml: ReadYaml | None = None
    handed: bool = False


def check_definitions(part: Part, relaxed: frozenset[int]) -> Sound:
    """Types, pipelines, and whether everything makes a snapshot."""
    catalog = part.catalog
    found, snapshots, types = Collector(), Snapshots(), TypeChecks(catalog)
    for type_ in catalog.of_kind(*TYPES):
        found.add(*types.of_type(type_))
    pipelines = read_pipelines(catalog, relaxed, found)
    failed: set[Key] = set()
    for component in catalog.components:
        problems = _component_problems(catalog, component, snapshots)
        found.add(*problems)
        if problems or types.of(component):
            failed.add((component.namespace, component.name))
    for project in catalog.projects:
        found.attempt(lambda project=project: project_snapshot(catalog, project, snapshots))
    for one in catalog.of_kind("Resource"):
        if isinstance(one, Resource_):
            found.attempt(lambda one=one: resource_snapshot(catalog, one, snapshots))
    warnings = (warning for pipeline in pipelines for warning in pipeline.warnings)
    checked = Checked(catalog.placed(found.problems), catalog.placed(warnings))
    return Sound(checked, without(catalog, failed | part.dropped), pipelines)


def read_pipelines(
    catalog: Catalog, relaxed: frozenset[int], found: Collector
) -> tuple[Pipeline, ...]:
    """All that can be read; what is wrong with the others is noted in `found`."""
    read = (
        found.attempt(
            lambda one=one: pipeline_of(
                one, catalog.names("Environment", one.namespace), relaxed=relaxed
            )
        )
        for one in catalog.pipelines
    )
    return tuple(one for one in read if one)


def _component_problems(
    catalog: Catalog, component: Component, snapshots: Snapshots
) -> tuple[Problem, ...]:
    release, problems = snapshot_of(catalog, component, snapshots)
    return (*catalog.binding_problems(component), *(problems if release is None else ()))


def check_environment(sound: Sound, config: StackConfig, assumed: Assumed) -> Checked:
    """Whether a stack with this config could render all of its environment."""
    found = Collector()
    scope = found.attempt(lambda: scope_of(sound.part.catalog, config))
    if scope is None:
        return Checked(found.problems, ())
    if len(sound.pipelines) == len(sound.part.catalog.pipelines):
        outside = outside_all(config.environment, sound.pipelines)
        found.add(*([outside] if outside else []))
    rendered = render_offline(_inputs(sound, scope, config, assumed, found))
    types = {
        one.resource for one in sound.checked.problems if one.resource.partition(" ")[0] in TYPES
    }
    found.add(
        *(
            one
            for one in rendered.problems
            if one.resource not in types and not _met_elsewhere(one, scope, config)
        )
    )
    # Whether a pinned release is known, only ledgers can tell.
    warnings = tuple(one for one in rendered.warnings if one.stage is not Stage.DECIDE)
    return Checked(found.problems, warnings, rendered)


def _inputs(
    sound: Sound, scope: Scope, config: StackConfig, assumed: Assumed, found: Collector
) -> OfflineInputs:
    names = _Names(found, sound.part.dropped)
    projects = [(one.namespace, one.name) for one in scope.projects]
    managed = [(one.namespace, one.name) for one in scope.managed]
    return OfflineInputs(
        scope=scope,
        bindings=names.known("bindings", "component", config.bindings, scope.component_keys),
        project_bindings=names.known(
            "projectBindings", "project", config.project_bindings, projects
        ),
        resource_bindings=names.known(
            "resourceBindings", "Resource", config.resource_bindings, managed
        ),
        relaxed=assumed.relaxed,
        read_yaml=assumed.read_yaml,
        live=_live(scope, config, assumed),
    )


class _Names(Struct, frozen=True):
    """Names in stack config; `dropped` are components that are told of elsewhere."""

    found: Collector
    dropped: frozenset[Key]

    def known(
        self, key: str, kind: str, bindings: Mapping[str, V], keys: Iterable[Key]
    ) -> dict[str, V]:
        """Those of what is defined; one that only undeploys may be about what is no longer."""
        here = frozenset(keys)
        also = self.dropped if kind == "component" else frozenset[Key]()
        resolved, problems = resolve_names({one: (key, one) for one in bindings}, here | also, kind)
        undeployed = {n for n, one in bindings.items() if getattr(one, "state", "") == "Undeploy"}
        self.found.add(*(one for one in problems if str(one.path[-1]) not in undeployed))
        return {name: bindings[name] for name, found in resolved.items() if found in here}


def _live(scope: Scope, config: StackConfig, assumed: Assumed) -> frozenset[str]:
    """Data planes of which everything is known in a run: clusters, or all where it is handed."""
    planes = (scope.data_plane_of(namespace) for namespace in scope.namespaces)
    names = {plane.name for plane in planes if plane}
    clusters = {name for name, target in config.data_planes.items() if target.context}
    return frozenset(names if assumed.handed else names & clusters)


def _met_elsewhere(problem: Problem, scope: Scope, config: StackConfig) -> bool:
    """Whether it is about an endpoint that the stack of another project has to offer."""
    if problem.stage is not Stage.DEPENDENCIES or problem.path[:3] != _ENDPOINTS:
        return False
    kind, _, key = problem.resource.partition(" ")
    namespace, _, name = key.partition("/")
    found = scope.catalog.get(kind, namespace, name)
    spec = found.document() if found else {}
    inner = mapping(spec, "spec")
    workload = mapping(inner, "workload") or inner
    index = problem.path[len(_ENDPOINTS)]
    dependencies = items(mapping(workload, "dependencies"), "endpoints")
    project = text(dependencies[index], "project") if isinstance(index, int) else ""
    named = {project, f"{namespace}/{project}"}
    return bool(project) and not named.isdisjoint(config.project_stacks)
