"""Definitions as files of their own, in the folders that OpenChoreo's own tools use."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openchoreo.catalog import Catalog
from openchoreo.catalog.checks import owner_of
from openchoreo.catalog.files import NO_SOURCES
from openchoreo.delivery.snapshot import as_written
from openchoreo.document import Object
from openchoreo.model import CLUSTER_SCOPED, Resource, Workload

_OWN_FILES = {"Component": "component", "Resource": "resource", "Project": "project"}
_RELEASES = frozenset({"ComponentRelease", "ProjectRelease", "ResourceRelease"})
_BINDINGS = frozenset({"ReleaseBinding", "ProjectReleaseBinding", "ResourceReleaseBinding"})


def definition_files(catalog: Catalog) -> Iterator[tuple[str, Object]]:
    """Path and document of everything. Comments are not part of a document."""
    for resource in catalog.resources.values():
        yield f"{definition_path(catalog, resource)}.yaml", _document(resource)


def definition_path(catalog: Catalog, resource: Resource) -> str:
    """Without the ending."""
    owner = owner_of(resource)
    if resource.kind == "Project":
        return f"{_folder(resource, resource.name)}/project"
    if resource.kind in {"Component", "Resource"}:
        return f"{_folder(resource, owner[0], resource.name)}/{_OWN_FILES[resource.kind]}"
    if isinstance(resource, Workload):
        several = catalog.workload_of(resource.namespace, *owner) is None
        name = f"workload-{resource.name}" if several else "workload"
        return f"{_folder(resource, *owner)}/{name}"
    if resource.kind in _RELEASES:
        return f"{_folder(resource, *owner)}/releases/{resource.name}"
    if resource.kind in _BINDINGS:
        return f"{_folder(resource, *owner)}/release-bindings/{resource.name}"
    of_all = resource.kind in CLUSTER_SCOPED
    scope = "platform" if of_all else f"namespaces/{_readable(resource.namespace)}/platform"
    return f"{scope}/{_plural(resource.kind)}/{resource.name}"


def _folder(resource: Resource, project: str, name: str = "") -> str:
    """Of a project, or of a component or Resource in it."""
    folder = f"namespaces/{_readable(resource.namespace)}/projects/{_readable(project)}"
    if not name:
        return folder
    below = "resources" if resource.kind.startswith("Resource") else "components"
    return f"{folder}/{below}/{_readable(name)}"


def _readable(name: str) -> str:
    """Folders of some names are passed over where definitions are read: tools fill them."""
    return f"_{name}" if name in NO_SOURCES else name


def _plural(kind: str) -> str:
    return re.sub("(?<!^)(?=[A-Z])", "-", kind).lower() + "s"


def _document(resource: Resource) -> Object:
    return {"apiVersion": resource.api_version, "kind": resource.kind, **as_written(resource)}
