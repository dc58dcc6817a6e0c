"""The objects of a project in one environment: its namespace, and what its type adds."""

from __future__ import annotations

from openchoreo.delivery import Binding
from openchoreo.document import Object
from openchoreo.model import Project
from openchoreo.plan.surroundings import Surroundings, uid_of
from openchoreo.rendering import ProjectInput, Rendered, render_project


def rendered_project(
    project: Project, release: Object, binding: Binding, around: Surroundings
) -> Rendered:
    """`release` is a ProjectRelease spec without owner. Raises OpenChoreoError with every problem."""
    return render_project(
        ProjectInput(
            namespace=project.namespace,
            project=project.name,
            environment=around.environment.name,
            project_uid=uid_of(project),
            environment_uid=around.environment_uid,
            data_plane_uid=around.data_plane_uid,
            release=release,
            environment_resource=around.environment,
            data_plane=around.data_plane,
            environment_configs=binding.environment_configs,
            annotations=binding.annotations,
            relaxed=around.relaxed,
        )
    )
