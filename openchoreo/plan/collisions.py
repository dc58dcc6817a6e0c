"""Objects that two of components, Resources and projects both claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from openchoreo.document import Document
from openchoreo.errors import Problem, Stage
from openchoreo.plan.planned import PlannedObject, PlannedProject
from openchoreo.plan.scope import Key
from openchoreo.rendering.manifests import group_and_version


class Collision(Struct, frozen=True):
    """`component` is the second to claim the object; None where a project is."""

    component: Key | None
    problem: Problem


def collisions(projects: Iterable[PlannedProject]) -> Iterator[Collision]:
    """Two components that render the same object would overwrite each other."""
    owners: dict[tuple[str, str, Document], str] = {}
    for project in projects:
        owned: list[tuple[str, Key | None, PlannedObject]] = [
            (f"Project {project.key}", None, one) for one in project.objects
        ]
        for component in project.components:
            key = (component.namespace, component.name)
            owned += [(f"Component {component.key}", key, one) for one in component.objects]
        for resource in project.resources:
            owned += [(f"Resource {resource.key}", None, one) for one in resource.objects]
        for owner, key, planned in owned:
            group = group_and_version(str(planned.manifest["apiVersion"]))[0]
            identity = (planned.name, group, planned.manifest["kind"])
            first = owners.setdefault(identity, owner)
            if first != owner:
                message = f"renders {identity[2]} {planned.name}, and so does {first}"
                hint = "let the templates make names that differ, as with ${metadata.name}"
                yield Collision(key, Problem(Stage.RENDER, owner, (), message, hint))
