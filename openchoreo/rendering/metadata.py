"""`metadata`: who a component, project or Resource is, in this environment."""

from __future__ import annotations

from openchoreo.document import Object
from openchoreo.rendering.identity import (
    LABEL_PREFIX,
    data_plane_namespace,
    object_name,
    resource_object_name,
)
from openchoreo.rendering.inputs import ProjectInput, RenderInput, ResourceInput


def component_metadata(given: RenderInput) -> Object:
    labels = _labels(
        namespace=given.namespace,
        project=given.project,
        component=given.component,
        environment=given.environment,
        **{
            "component-uid": given.component_uid,
            "environment-uid": given.environment_uid,
            "project-uid": given.project_uid,
        },
    )
    return {
        "name": object_name(given.component, given.environment),
        "namespace": data_plane_namespace(given.namespace, given.project, given.environment),
        "componentNamespace": given.namespace,
        "componentName": given.component,
        "componentUID": given.component_uid,
        "projectName": given.project,
        "projectUID": given.project_uid,
        "environmentName": given.environment,
        "environmentUID": given.environment_uid,
        "dataPlaneName": given.data_plane.name,
        "dataPlaneUID": given.data_plane_uid,
        "labels": labels,
        "annotations": {},
        "podSelectors": labels,
    }


def project_metadata(given: ProjectInput) -> Object:
    labels = _labels(
        namespace=given.namespace,
        project=given.project,
        environment=given.environment,
        **{"environment-uid": given.environment_uid, "project-uid": given.project_uid},
    )
    return {
        "namespace": data_plane_namespace(given.namespace, given.project, given.environment),
        "projectNamespace": given.namespace,
        "projectName": given.project,
        "projectUID": given.project_uid,
        "environmentName": given.environment,
        "environmentUID": given.environment_uid,
        "dataPlaneName": given.data_plane.name,
        "dataPlaneUID": given.data_plane_uid,
        "labels": labels,
        "annotations": dict(given.annotations),
    }


def resource_metadata(given: ResourceInput) -> Object:
    labels = _labels(
        namespace=given.namespace,
        project=given.project,
        resource=given.resource,
        environment=given.environment,
        **{
            "resource-uid": given.resource_uid,
            "environment-uid": given.environment_uid,
            "project-uid": given.project_uid,
        },
    )
    return {
        "name": resource_object_name(given.resource, given.environment),
        "namespace": data_plane_namespace(given.namespace, given.project, given.environment),
        "resourceNamespace": given.namespace,
        "resourceName": given.resource,
        "resourceUID": given.resource_uid,
        "projectName": given.project,
        "projectUID": given.project_uid,
        "environmentName": given.environment,
        "environmentUID": given.environment_uid,
        "dataPlaneName": given.data_plane.name,
        "dataPlaneUID": given.data_plane_uid,
        "labels": labels,
        "annotations": dict(given.annotations),
    }


def _labels(**values: str) -> Object:
    return {LABEL_PREFIX + name: value for name, value in values.items()}
