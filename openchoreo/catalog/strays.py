"""Resources that say they belong to something that is not there: misspelt, most often.

They do no harm, and whoever removes a component may leave its bindings; so these are warnings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openchoreo.catalog.checks import owner_of
from openchoreo.errors import Path, Problem, Stage, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openchoreo.catalog.index import Catalog
    from openchoreo.model import Resource

_OWNED_BY = {
    "ComponentRelease": "Component",
    "ReleaseBinding": "Component",
    "Workload": "Component",
    "ProjectRelease": "Project",
    "ProjectReleaseBinding": "Project",
    "ResourceRelease": "Resource",
    "ResourceReleaseBinding": "Resource",
}


def strays(catalog: Catalog) -> Iterator[Problem]:
    for kind, owner_kind in _OWNED_BY.items():
        for resource in catalog.of_kind(kind):
            yield from _owner_problem(catalog, resource, owner_kind)
            yield from _environment_problem(catalog, resource)


def _owner_problem(catalog: Catalog, resource: Resource, kind: str) -> Iterator[Problem]:
    project, *rest = owner_of(resource)
    name = rest[0] if rest else project
    found = catalog.get(kind, resource.namespace, name)
    if found is not None and (not rest or owner_of(found) == (project,)):
        return
    key = {"Component": "componentName", "Project": "projectName", "Resource": "resourceName"}
    message = f"there is no {kind} {name}" + (f" in project {project}" if rest else "")
    if found is not None:
        hint = f"the {kind} {name} belongs to project {owner_of(found)[0]}"
    else:
        hint = nearest(name, catalog.names(kind, resource.namespace))
    yield _warning(resource, ("spec", "owner", key[kind]), message, hint)


def _environment_problem(catalog: Catalog, resource: Resource) -> Iterator[Problem]:
    name = getattr(getattr(resource, "spec", None), "environment", None)
    if name is None or catalog.environment(resource.namespace, name):
        return
    message = f"there is no Environment {name} in namespace {resource.namespace}"
    hint = nearest(name, catalog.names("Environment", resource.namespace))
    yield _warning(resource, ("spec", "environment"), message, hint)


def _warning(resource: Resource, path: Path, message: str, hint: str) -> Problem:
    return Problem(Stage.LOAD, str(resource), path, message, hint)
