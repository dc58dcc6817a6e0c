"""Keys that are given twice in the lists of one resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openchoreo.errors import Path, Problem, Stage
from openchoreo.model import ComponentRelease, ReleaseBinding, Resource, Workload

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from openchoreo.model import EnvVar
    from openchoreo.model.workload import Configured


def repeated_keys(resource: Resource) -> Iterator[Problem]:
    """Variables and files with one key: OpenChoreo fails on them amid a template."""
    path, container = _container_of(resource)
    if container is None:
        return
    lists: dict[str, Sequence[EnvVar]] = {"env": container.env, "files": container.files}
    for name, entries in lists.items():
        first: dict[str, int] = {}
        for index, entry in enumerate(entries):
            if entry.key in first:
                message = f"{entry.key} is given by {name}[{first[entry.key]}] already"
                where = (*path, name, index, "key")
                yield Problem(Stage.LOAD, str(resource), where, message, "keep one of them")
            first.setdefault(entry.key, index)


def _container_of(resource: Resource) -> tuple[Path, Configured | None]:
    if isinstance(resource, Workload):
        return ("spec", "container"), resource.spec.container
    if isinstance(resource, ComponentRelease):
        return ("spec", "workload", "container"), resource.spec.workload.container
    if isinstance(resource, ReleaseBinding):
        overrides = resource.spec.workload_overrides
        path = ("spec", "workloadOverrides", "container")
        return path, overrides.container if overrides else None
    return (), None
