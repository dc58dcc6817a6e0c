"""`metadata`: who a component, project or Resource is, in this environment."""

from __future__ import annotations

from typing import TypeAlias

from openchoreo.document import Object
from openchoreo.rendering.identity import (
    LABEL_PREFIX,
    data_plane_namespace,
    object_name,
    resource_object_name,
)
from openchoreo.rendering.inputs import ProjectInput, RenderInput, ResourceInput

_Given: TypeAlias = "RenderInput | ProjectInput | ResourceInput"


def component_metadata(given: RenderInput) -> Object:
    labels = _labels(given, **{"component": given.component, "component-uid": given.component_uid})
    return {
        **_place(given),
        "name": object_name(given.component, given.environment),
        "componentNamespace": given.namespace,
        "componentName": given.component,
        "componentUID": given.component_uid,
        "labels": labels,
        "annotations": {},
        "podSelectors": labels,
    }


def project_metadata(given: ProjectInput) -> Object:
    return {
        **_place(given),
        "projectNamespace": given.namespace,
        "labels": _labels(given),
        "annotations": dict(given.annotations),
    }


def resource_metadata(given: ResourceInput) -> Object:
    return {
        **_place(given),
        "name": resource_object_name(given.resource, given.environment),
        "resourceNamespace": given.namespace,
        "resourceName": given.resource,
        "resourceUID": given.resource_uid,
        "labels": _labels(
            given, **{"resource": given.resource, "resource-uid": given.resource_uid}
        ),
        "annotations": dict(given.annotations),
    }


def _place(given: _Given) -> Object:
    """The project, environment and data plane that all three kinds are rendered for."""
    return {
        "namespace": data_plane_namespace(given.namespace, given.project, given.environment),
        "projectName": given.project,
        "projectUID": given.project_uid,
        "environmentName": given.environment,
        "environmentUID": given.environment_uid,
        "dataPlaneName": given.data_plane.name,
        "dataPlaneUID": given.data_plane_uid,
    }


def _labels(given: _Given, **own: str) -> Object:
    """Of the place, and of what is rendered there."""
    values = {
        "namespace": given.namespace,
        "project": given.project,
        "project-uid": given.project_uid,
        "environment": given.environment,
        "environment-uid": given.environment_uid,
        **own,
    }
    return {LABEL_PREFIX + name: values[name] for name in sorted(values)}
