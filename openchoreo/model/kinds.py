"""The kinds a definition can have."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from openchoreo.model.component import Component
from openchoreo.model.component_type import ComponentType
from openchoreo.model.environment import (
    DataPlane,
    DeploymentPipeline,
    Environment,
)
from openchoreo.model.managed_resource import (
    Resource_,
    ResourceRelease,
    ResourceReleaseBinding,
    ResourceType,
)
from openchoreo.model.notification import NotificationChannel
from openchoreo.model.project import (
    Project,
    ProjectRelease,
    ProjectReleaseBinding,
    ProjectType,
)
from openchoreo.model.release import ComponentRelease, ReleaseBinding
from openchoreo.model.secret_reference import SecretReference
from openchoreo.model.trait import Trait
from openchoreo.model.workload import Workload

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openchoreo.model.resource import Resource

KINDS: Mapping[str, type[Resource]] = MappingProxyType(
    {
        "ClusterComponentType": ComponentType,
        "ClusterDataPlane": DataPlane,
        "ClusterProjectType": ProjectType,
        "ClusterResourceType": ResourceType,
        "ClusterTrait": Trait,
        "Component": Component,
        "ComponentRelease": ComponentRelease,
        "ComponentType": ComponentType,
        "DataPlane": DataPlane,
        "DeploymentPipeline": DeploymentPipeline,
        "Environment": Environment,
        "ObservabilityAlertsNotificationChannel": NotificationChannel,
        "Project": Project,
        "ProjectRelease": ProjectRelease,
        "ProjectReleaseBinding": ProjectReleaseBinding,
        "ProjectType": ProjectType,
        "ReleaseBinding": ReleaseBinding,
        "Resource": Resource_,
        "ResourceRelease": ResourceRelease,
        "ResourceReleaseBinding": ResourceReleaseBinding,
        "ResourceType": ResourceType,
        "SecretReference": SecretReference,
        "Trait": Trait,
        "Workload": Workload,
    }
)

CLUSTER_SCOPED = frozenset(
    {
        "ClusterComponentType",
        "ClusterDataPlane",
        "ClusterProjectType",
        "ClusterResourceType",
        "ClusterTrait",
    }
)

NOT_DEPLOYED = frozenset(
    {
        "AuthzRole",
        "AuthzRoleBinding",
        "ClusterAuthzRole",
        "ClusterAuthzRoleBinding",
        "ClusterObservabilityPlane",
        "ClusterWorkflow",
        "ClusterWorkflowPlane",
        "ObservabilityAlertRule",
        "ObservabilityPlane",
        "RenderedRelease",
        "Workflow",
        "WorkflowPlane",
        "WorkflowRun",
    }
)
"""Kinds of OpenChoreo that have no part in rendering: builds, access, what controllers write."""
