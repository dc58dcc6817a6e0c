"""The objects of a project in one environment: its namespace, and what its type adds."""

from __future__ import annotations

from openchoreo.catalog import Catalog
from openchoreo.delivery import release_name
from openchoreo.document import Document, Object, digest
from openchoreo.errors import OpenChoreoError, Problem, Stage, nearest
from openchoreo.model import Project, ProjectReleaseBinding, ProjectType
from openchoreo.plan.surroundings import Surroundings, uid_of
from openchoreo.rendering import ProjectInput, Rendered, render_project
from openchoreo.rendering.default_project_type import default_project_type

_FORMAT = 1


def project_release(catalog: Catalog, project: Project) -> Object:
    """A ProjectRelease spec without owner, made of today's definitions.

    Raises OpenChoreoError where the type of the project does not exist.
    """
    reference = project.spec.type
    found = catalog.project_type(reference.kind, project.namespace, reference.name)
    release: Object = {
        "projectType": {
            "kind": reference.kind,
            "name": reference.name,
            "spec": _type_spec(catalog, project, found),
        }
    }
    if project.spec.parameters is not None:
        release["parameters"] = project.spec.parameters
    return release


def project_release_name(project: Project, release: Object) -> str:
    return release_name(project.name, digest({"format": _FORMAT, "spec": release}))


def rendered_project(catalog: Catalog, project: Project, around: Surroundings) -> Rendered:
    """Raises OpenChoreoError with every problem."""
    environment = around.environment.name
    bindings = catalog.project_bindings_of(project.namespace, project.name, environment)
    if len(bindings) > 1:
        raise OpenChoreoError(*catalog.placed(_several(bindings)))
    configs = bindings[0].spec.environment_configs if bindings else None
    return render_project(
        ProjectInput(
            namespace=project.namespace,
            project=project.name,
            environment=environment,
            project_uid=uid_of(project),
            environment_uid=around.environment_uid,
            data_plane_uid=around.data_plane_uid,
            release=project_release(catalog, project),
            environment_resource=around.environment,
            data_plane=around.data_plane,
            environment_configs=configs if isinstance(configs, dict) else {},
            annotations=bindings[0].metadata.annotations if bindings else {},
            relaxed=around.relaxed,
        )
    )


def _type_spec(catalog: Catalog, project: Project, found: ProjectType | None) -> Document:
    """A repository without any project type gets the built-in one."""
    if found is not None:
        return found.spec.document()
    if not catalog.of_kind("ProjectType", "ClusterProjectType"):
        return default_project_type()
    reference = project.spec.type
    message = f"there is no {reference.kind} {reference.name}"
    hint = nearest(reference.name, catalog.names(reference.kind, project.namespace))
    problem = Problem(Stage.PROJECT, str(project), ("spec", "type", "name"), message, hint)
    raise OpenChoreoError(*catalog.placed([problem]))


def _several(bindings: tuple[ProjectReleaseBinding, ...]) -> list[Problem]:
    return [
        Problem(
            Stage.BINDING,
            str(binding),
            ("spec",),
            f"{bindings[0]} binds {binding.spec.owner.project_name} to "
            f"{binding.spec.environment} as well",
            "remove one of the two",
        )
        for binding in bindings[1:]
    ]
