"""Objects that two components, or a project and a component, both claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from openchoreo.document import Document
from openchoreo.errors import Problem, Stage
from openchoreo.plan.planned import PlannedProject
from openchoreo.rendering.manifests import group_and_version


def collisions(projects: Iterable[PlannedProject]) -> Iterator[Problem]:
    """Two components that render the same object would overwrite each other."""
    owners: dict[tuple[str, str, Document], str] = {}
    for project in projects:
        owned = [(f"Project {project.key}", one) for one in project.objects]
        for component in project.components:
            owned += [(f"Component {component.key}", one) for one in component.objects]
        for owner, planned in owned:
            group = group_and_version(str(planned.manifest["apiVersion"]))[0]
            identity = (planned.name, group, planned.manifest["kind"])
            first = owners.setdefault(identity, owner)
            if first != owner:
                message = f"renders {identity[2]} {planned.name}, and so does {first}"
                hint = "let the templates make names that differ, as with ${metadata.name}"
                yield Problem(Stage.RENDER, owner, (), message, hint)
