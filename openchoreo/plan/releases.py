"""Releases made of the definitions."""

from __future__ import annotations

from collections.abc import Sequence

from openchoreo.catalog import Catalog
from openchoreo.delivery import Release, Snapshots
from openchoreo.errors import OpenChoreoError, Problem, Stage, nearest
from openchoreo.model import (
    Component,
    Key,
    Project,
    ProjectType,
    Resource,
    Resource_,
    ResourceType,
)
from openchoreo.rendering import check
from openchoreo.rendering.default_project_type import default_project_type


def snapshot_of(
    catalog: Catalog,
    component: Component,
    snapshots: Snapshots,
    recorded: Sequence[tuple[int, str]] = (),
) -> tuple[Release | None, tuple[Problem, ...]]:
    """The release that today's definitions make, or the problems that keep it from being one.

    `recorded` are format and digest of the releases that are recorded here, newest first.
    """
    problems = catalog.component_problems(component)
    found = catalog.component_type_of(component)
    workload = catalog.workload_of(component.namespace, component.project, component.name)
    if problems or found is None or workload is None:
        return None, problems
    references = [*found.spec.traits, *component.spec.traits]
    named = dict.fromkeys((reference.kind, reference.name) for reference in references)
    traits = [catalog.trait(kind, component.namespace, name) for kind, name in named]
    try:
        release = snapshots.today(
            component, found, [trait for trait in traits if trait], workload, recorded=recorded
        )
    except OpenChoreoError as error:
        return None, catalog.placed(error.problems)
    return release, ()


def project_snapshot(
    catalog: Catalog,
    project: Project,
    snapshots: Snapshots,
    recorded: Sequence[tuple[int, str]] = (),
) -> tuple[Release, ProjectType]:
    """The release that today's definitions make of a project, and its type.

    A repository without any project type gets the built-in one. Raises OpenChoreoError where the
    type does not exist.
    """
    reference = project.spec.type
    type_ = catalog.project_type(reference.kind, project.namespace, reference.name)
    if type_ is None:
        if catalog.of_kind("ProjectType", "ClusterProjectType"):
            problem = _no_type(catalog, project, Stage.PROJECT)
            raise OpenChoreoError(*catalog.placed([problem]))
        type_ = _built_in(reference.kind, reference.name)
    return snapshots.today_of_project(project, type_, recorded=recorded), type_


def resource_snapshot(
    catalog: Catalog,
    resource: Resource_,
    snapshots: Snapshots,
    recorded: Sequence[tuple[int, str]] = (),
) -> tuple[Release, ResourceType]:
    """The release that today's definitions make of a Resource, and its type.

    Raises OpenChoreoError where the type does not exist.
    """
    reference = resource.spec.type
    type_ = catalog.resource_type(reference.kind, resource.namespace, reference.name)
    if type_ is None:
        problem = _no_type(catalog, resource, Stage.RESOURCE)
        raise OpenChoreoError(*catalog.placed([problem]))
    return snapshots.today_of_resource(resource, type_, recorded=recorded), type_


def _built_in(kind: str, name: str) -> ProjectType:
    document = {"kind": kind, "metadata": {"name": name}, "spec": default_project_type()}
    return ProjectType.model_validate(document)


def _no_type(catalog: Catalog, owner: Project | Resource_, stage: Stage) -> Problem:
    reference = owner.spec.type
    message = f"there is no {reference.kind} {reference.name}"
    hint = nearest(reference.name, catalog.names(reference.kind, owner.namespace))
    return Problem(stage, str(owner), ("spec", "type", "name"), message, hint)


class TypeChecks:
    """Problems of the types and traits that components use, each looked at once.

    A snapshot freezes all of a type, so all of it must be sound, also what no component
    reaches today.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._found: dict[Key, tuple[Problem, ...]] = {}

    def of(self, component: Component) -> tuple[Problem, ...]:
        type_ = self._catalog.component_type_of(component)
        if type_ is None:
            return ()
        named = dict.fromkeys(
            (reference.kind, reference.name)
            for reference in (*type_.spec.traits, *component.spec.traits)
        )
        traits = (self._catalog.trait(kind, component.namespace, name) for kind, name in named)
        used = (type_, *(trait for trait in traits if trait))
        return tuple(problem for resource in used for problem in self._of(resource))

    def of_type(self, type_: Resource) -> tuple[Problem, ...]:
        """Those of one type; the built-in one is sound."""
        return self._of(type_)

    def _of(self, resource: Resource) -> tuple[Problem, ...]:
        if resource.key not in self._found:
            self._found[resource.key] = self._catalog.placed(check(resource))
        return self._found[resource.key]
