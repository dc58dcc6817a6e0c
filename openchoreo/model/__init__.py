"""OpenChoreo's kinds as users write them: frozen, unknown keys refused, defaults applied."""

from openchoreo.model.base import Model
from openchoreo.model.component import (
    Component,
    ComponentSpec,
    ComponentTrait,
    ComponentTypeRef,
)
from openchoreo.model.component_type import (
    ComponentType,
    ComponentTypeSpec,
    EmbeddedTrait,
    TraitRef,
)
from openchoreo.model.descriptor import WorkloadDescriptor
from openchoreo.model.environment import (
    DataPlane,
    DataPlaneRef,
    DeploymentPipeline,
    Environment,
    Gateway,
    GatewayEndpoint,
    GatewayNetwork,
    Listener,
    PromotionPath,
)
from openchoreo.model.history import REMOVED_KINDS
from openchoreo.model.kinds import CLUSTER_SCOPED, KINDS, NOT_DEPLOYED
from openchoreo.model.managed_resource import (
    Resource_,
    ResourceBindingValues,
    ResourceRelease,
    ResourceReleaseBinding,
    ResourceType,
)
from openchoreo.model.notification import NotificationChannel
from openchoreo.model.parse import Parsed, label_of, parse, read
from openchoreo.model.project import (
    DEFAULT_PROJECT_TYPE,
    Project,
    ProjectBindingValues,
    ProjectRelease,
    ProjectReleaseBinding,
    ProjectType,
)
from openchoreo.model.release import (
    BindingValues,
    ComponentRelease,
    ComponentReleaseSpec,
    ReleaseBinding,
    WorkloadOverrides,
)
from openchoreo.model.resource import API_VERSION, Key, Resource, label
from openchoreo.model.secret_reference import SecretReference
from openchoreo.model.structure import structure_problems
from openchoreo.model.template import (
    PostRenderRule,
    ResourceTemplate,
    Rule,
    Schema,
    Target,
    Template,
)
from openchoreo.model.trait import Operation, Patch, Removal, Trait, TraitSpec
from openchoreo.model.workload import (
    Container,
    Dependencies,
    Endpoint,
    EndpointDependency,
    EnvVar,
    FileVar,
    ResourceDependency,
    Workload,
    WorkloadSpec,
    WorkloadTemplate,
)

__all__ = [
    "API_VERSION",
    "CLUSTER_SCOPED",
    "DEFAULT_PROJECT_TYPE",
    "KINDS",
    "NOT_DEPLOYED",
    "REMOVED_KINDS",
    "BindingValues",
    "Component",
    "ComponentRelease",
    "ComponentReleaseSpec",
    "ComponentSpec",
    "ComponentTrait",
    "ComponentType",
    "ComponentTypeRef",
    "ComponentTypeSpec",
    "Container",
    "DataPlane",
    "DataPlaneRef",
    "Dependencies",
    "DeploymentPipeline",
    "EmbeddedTrait",
    "Endpoint",
    "EndpointDependency",
    "EnvVar",
    "Environment",
    "FileVar",
    "Gateway",
    "GatewayEndpoint",
    "GatewayNetwork",
    "Key",
    "Listener",
    "Model",
    "NotificationChannel",
    "Operation",
    "Parsed",
    "Patch",
    "PostRenderRule",
    "Project",
    "ProjectBindingValues",
    "ProjectRelease",
    "ProjectReleaseBinding",
    "ProjectType",
    "PromotionPath",
    "ReleaseBinding",
    "Removal",
    "Resource",
    "ResourceBindingValues",
    "ResourceDependency",
    "ResourceRelease",
    "ResourceReleaseBinding",
    "ResourceTemplate",
    "ResourceType",
    "Resource_",
    "Rule",
    "Schema",
    "SecretReference",
    "Target",
    "Template",
    "Trait",
    "TraitRef",
    "TraitSpec",
    "Workload",
    "WorkloadDescriptor",
    "WorkloadOverrides",
    "WorkloadSpec",
    "WorkloadTemplate",
    "label",
    "label_of",
    "parse",
    "read",
    "structure_problems",
]
