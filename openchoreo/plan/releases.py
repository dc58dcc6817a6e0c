"""Releases made of the definitions."""

from __future__ import annotations

from collections.abc import Sequence

from openchoreo.catalog import Catalog
from openchoreo.delivery import Release, Snapshots
from openchoreo.errors import OpenChoreoError, Problem
from openchoreo.model import Component, Key, Resource
from openchoreo.rendering import check


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

    def _of(self, resource: Resource) -> tuple[Problem, ...]:
        if resource.key not in self._found:
            self._found[resource.key] = self._catalog.placed(check(resource))
        return self._found[resource.key]
