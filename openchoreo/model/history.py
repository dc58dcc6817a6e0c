"""What earlier generations of the OpenChoreo API called things, and what became of them.

Such resources are refused, since guessing at their meaning would deploy something else;
but whoever kept them in a repository learns what to write instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openchoreo.model.base import Model

REMOVED_KINDS = {
    "API": "endpoints are part of the Workload; an HTTPRoute comes from the ComponentType",
    "APIBinding": "endpoints are part of the Workload",
    "APIClass": "a Trait or ClusterTrait does this now",
    "Addon": "a Trait or ClusterTrait does this now",
    "Build": "builds are WorkflowRuns now",
    "BuildPlane": "it is called WorkflowPlane now",
    "ClusterBuildPlane": "it is called ClusterWorkflowPlane now",
    "ComponentDeployment": "write a ReleaseBinding",
    "ComponentEnvSnapshot": "a ComponentRelease holds what is frozen",
    "ComponentTypeDefinition": "it is called ComponentType now",
    "ComponentWorkflow": "it is called Workflow now",
    "ComponentWorkflowRun": "it is called WorkflowRun now",
    "ConfigurationGroup": "write values into the Workload and into ReleaseBinding.spec"
    ".workloadOverrides, secrets as SecretReference",
    "DeployableArtifact": "a ComponentRelease holds what is frozen",
    "Deployment": "write a ReleaseBinding",
    "DeploymentTrack": "a Component needs no track; its ReleaseBindings say what runs where",
    "Endpoint": "endpoints are part of the Workload",
    "EnvSettings": "write a ReleaseBinding",
    "GitCommitRequest": "it has no successor; leave it out",
    "Organization": "a control-plane namespace is the organization now",
    "Release": "it is called RenderedRelease now, and only controllers write it",
    "ScheduledTask": "write a Component of a type such as cronjob/scheduled-task",
    "ScheduledTaskBinding": "write a ReleaseBinding",
    "ScheduledTaskClass": "write a ComponentType",
    "Service": "write a Component of a type such as deployment/service",
    "ServiceBinding": "write a ReleaseBinding",
    "ServiceClass": "write a ComponentType",
    "WebApplication": "write a Component of a type such as deployment/web-application",
    "WebApplicationBinding": "write a ReleaseBinding",
    "WebApplicationClass": "write a ComponentType",
}
"""Kinds of openchoreo.dev that are gone -> what to write instead."""

_SCHEMA = (
    "since schemas are OpenAPI v3, write parameters.openAPIV3Schema and"
    " environmentConfigs.openAPIV3Schema (envOverrides became environmentConfigs)"
)
_SHORTHAND = "since the shorthand schema is gone, write openAPIV3Schema with type and properties"
_CONTAINER = "a workload has one container now: container: {image: ...}"
_DEPENDENCIES = (
    "connections became dependencies.endpoints, a list with component, name, visibility"
    " and envBindings"
)

_KEYS = {
    ("ComponentSpec", "type"): "componentType: {kind: ..., name: <workloadType>/<name>}"
    " took the place of type",
    ("ComponentSpec", "build"): "builds are described by workflow now",
    ("ComponentWorkflow", "schema"): "it is called parameters now",
    ("ComponentWorkflow", "systemParameters"): "they are among parameters now, where the"
    " Workflow's schema puts them",
    ("ComponentTypeSpec", "schema"): _SCHEMA,
    ("EmbeddedTrait", "envOverrides"): "it is called environmentConfigs now",
    ("TraitSpec", "schema"): _SCHEMA,
    ("Schema", "ocSchema"): _SHORTHAND,
    ("WorkloadSpec", "containers"): _CONTAINER,
    ("WorkloadSpec", "connections"): _DEPENDENCIES,
    ("WorkloadSpec", "type"): "the type is named by Component.spec.componentType only",
    ("WorkloadOverrides", "containers"): _CONTAINER,
    ("ValueFrom", "secretRef"): "it is called secretKeyRef now",
    ("ValueFrom", "configurationGroupRef"): "configuration groups are gone; write the value,"
    " or override it for an environment in a ReleaseBinding",
    ("ReleaseBindingSpec", "componentTypeEnvOverrides"): "it is called"
    " componentTypeEnvironmentConfigs now",
    ("ReleaseBindingSpec", "traitOverrides"): "it is called traitEnvironmentConfigs now",
    ("ReleaseBindingSpec", "configurationOverrides"): "it is called workloadOverrides now",
    ("DeploymentPipelineSpec", "environmentOrder"): "write promotionPaths, each with"
    " sourceEnvironmentRef and targetEnvironmentRefs",
    ("EnvironmentRef", "requiresApproval"): "approvals are rules of the platform team's policy,"
    " not of the pipeline",
    ("EnvironmentRef", "isManualApprovalRequired"): "approvals are rules of the platform team's"
    " policy, not of the pipeline",
    ("DataPlaneSpec", "kubernetesCluster"): "data planes connect through clusterAgent now",
    ("DataPlaneSpec", "registry"): "images are named in full by the Workload",
    ("DataPlaneSpec", "agent"): "it is called clusterAgent now",
    ("Gateway", "publicVirtualHost"): "write ingress.external with name, namespace and"
    " http or https listeners",
    ("Gateway", "organizationVirtualHost"): "write ingress.internal with name, namespace and"
    " http or https listeners",
    ("Gateway", "dnsPrefix"): "host names come from the listeners of ingress",
    ("ProjectSpec", "environmentOrder"): "the order comes from deploymentPipelineRef",
}
"""Model and key -> what the key became."""

_FORMER_STRINGS = {
    ("ComponentSpec", "componentType"): "componentType is a mapping now:"
    " {{kind: ComponentType or ClusterComponentType, name: {value}}}",
    ("ComponentTypeSpec", "allowedWorkflows"): "a reference is a mapping now:"
    " {{kind: ClusterWorkflow or Workflow, name: {value}}}",
    ("PromotionPath", "sourceEnvironmentRef"): "a reference is a mapping now:"
    " {{kind: Environment, name: {value}}}",
    ("PromotionPath", "targetEnvironmentRefs"): "a reference is a mapping now:"
    " {{kind: Environment, name: {value}}}",
    ("EnvironmentSpec", "dataPlaneRef"): "a reference is a mapping now:"
    " {{kind: DataPlane or ClusterDataPlane, name: {value}}}",
}
"""Model and key -> the mapping to write in place of the name alone."""


_FORMER_WORDS = {("Endpoint", "type", "REST"): "REST is called HTTP now"}
"""Model, key and value -> what the value became."""


def successor_of(model: type[Model] | None, key: str, value: object) -> str:
    """What a key, or the text that stands there, became; empty where nothing is known."""
    if model is None:
        return ""
    place = (model.__name__, key)
    if place in _KEYS:
        return _KEYS[place]
    if not isinstance(value, str):
        return ""
    return _FORMER_WORDS.get((*place, value), "") or _FORMER_STRINGS.get(place, "").format(
        value=value
    )
