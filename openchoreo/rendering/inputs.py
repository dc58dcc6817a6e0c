"""What rendering is given: a release, and everything of one environment that it meets."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct, field

from openchoreo.document import Document, Object
from openchoreo.model import DataPlane, Environment, SecretReference
from openchoreo.rendering.connections import Connection
from openchoreo.rendering.resource_dependencies import ResourceDependency


class RenderInput(Struct, frozen=True, kw_only=True):
    """One release of one component for one environment; nothing in it is ever changed."""

    namespace: str
    project: str
    component: str
    environment: str
    component_uid: str
    project_uid: str
    environment_uid: str
    data_plane_uid: str
    release: Object
    """A ComponentRelease spec with the API's defaults: componentType, traits,
    componentProfile, workload."""
    environment_resource: Environment
    data_plane: DataPlane
    component_type_environment_configs: Object = field(default_factory=dict[str, Document])
    trait_environment_configs: Mapping[str, Object] = field(default_factory=dict[str, Object])
    workload_overrides: Object = field(default_factory=dict[str, Document])
    secret_references: Mapping[str, SecretReference] = field(
        default_factory=dict[str, SecretReference]
    )
    """By name, those of the component's namespace."""
    connections: tuple[Connection, ...] = ()
    """One for each endpoint the workload depends on, in the order of declaration."""
    resource_dependencies: tuple[ResourceDependency, ...] = ()
    """Those that are resolved; a pending one is left out, as in OpenChoreo."""
    default_notification_channel: str = ""
    relaxed: frozenset[int] = frozenset()
    """Deviations that warn and do as OpenChoreo does, by number."""
    workload_subject: str = ""
    """What problems call the workload: "Workload default/greeter"."""
    binding_subject: str = ""
    """What problems call the place of the environment's values."""
    read_yaml: Callable[[str], Document] | None = None
    """Reads the API description of an endpoint; YAML belongs to the edges."""


class ProjectInput(Struct, frozen=True, kw_only=True):
    """One project for one environment."""

    namespace: str
    project: str
    environment: str
    project_uid: str
    environment_uid: str
    data_plane_uid: str
    release: Object
    """A ProjectRelease spec: projectType, parameters."""
    environment_resource: Environment
    data_plane: DataPlane
    environment_configs: Object = field(default_factory=dict[str, Document])
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])
    """Those of the ProjectReleaseBinding."""
    relaxed: frozenset[int] = frozenset()


class ResourceInput(Struct, frozen=True, kw_only=True):
    """One Resource, such as a database, for one environment."""

    namespace: str
    project: str
    resource: str
    environment: str
    resource_uid: str
    project_uid: str
    environment_uid: str
    data_plane_uid: str
    release: Object
    """A ResourceRelease spec: resourceType, parameters."""
    environment_resource: Environment
    data_plane: DataPlane
    environment_configs: Object = field(default_factory=dict[str, Document])
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])
    """Those of the ResourceReleaseBinding."""
    relaxed: frozenset[int] = frozenset()
