"""From a release, a binding and an environment to manifests. Pure: a function of its input.

rendered = render_component(RenderInput(...))
"""

from openchoreo.rendering.checks import check
from openchoreo.rendering.component import render_component
from openchoreo.rendering.connections import (
    Connection,
    Target,
    connection_targets,
    resolve_connection,
)
from openchoreo.rendering.inputs import ProjectInput, RenderInput, ResourceInput
from openchoreo.rendering.notification_channels import RenderedChannel, render_channel
from openchoreo.rendering.project import render_project
from openchoreo.rendering.rendered import (
    DATA_PLANE,
    OBSERVABILITY_PLANE,
    Endpoint,
    GatewayUrls,
    Rendered,
    RenderedManifest,
    Url,
)
from openchoreo.rendering.resource import Applied, Resolved, ready, render_resource, resolve_outputs
from openchoreo.rendering.resource_dependencies import Output, ResourceDependency

__all__ = [
    "DATA_PLANE",
    "OBSERVABILITY_PLANE",
    "Applied",
    "Connection",
    "Endpoint",
    "GatewayUrls",
    "Output",
    "ProjectInput",
    "RenderInput",
    "Rendered",
    "RenderedChannel",
    "RenderedManifest",
    "Resolved",
    "ResourceDependency",
    "ResourceInput",
    "Target",
    "Url",
    "check",
    "connection_targets",
    "ready",
    "render_channel",
    "render_component",
    "render_project",
    "render_resource",
    "resolve_connection",
    "resolve_outputs",
]
