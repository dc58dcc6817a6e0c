"""Releases made of the definitions."""

from __future__ import annotations

from openchoreo.catalog import Catalog
from openchoreo.delivery import Release, Snapshots
from openchoreo.errors import OpenChoreoError, Problem
from openchoreo.model import Component


def snapshot_of(
    catalog: Catalog,
    component: Component,
    snapshots: Snapshots,
    recorded: tuple[int, str] | None = None,
) -> tuple[Release | None, tuple[Problem, ...]]:
    """The release that today's definitions make, or the problems that keep it from being one.

    `recorded` is format and digest of the release that is recorded here.
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
