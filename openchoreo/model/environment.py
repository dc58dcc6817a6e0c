"""Environments, the data planes they run on, and the pipelines that connect them."""

from typing import Literal, Self

from pydantic import Field, model_validator

from openchoreo.model.base import Items, Model, refuse
from openchoreo.model.resource import Resource
from openchoreo.model.text import PlaneName, Port, ReferenceName


class Listener(Model):
    listener_name: str | None = None
    port: Port
    host: str


class GatewayEndpoint(Model):
    name: str
    namespace: str
    http: Listener | None = None
    https: Listener | None = None
    tls: Listener | None = None


class GatewayNetwork(Model):
    external: GatewayEndpoint | None = None
    internal: GatewayEndpoint | None = None


class Gateway(Model):
    ingress: GatewayNetwork | None = None
    egress: GatewayNetwork | None = None


class DataPlaneRef(Model):
    kind: Literal["DataPlane", "ClusterDataPlane"]
    name: str


class EnvironmentSpec(Model):
    data_plane_ref: DataPlaneRef | None = None
    is_production: bool = False
    gateway: Gateway | None = None


class Environment(Resource):
    spec: EnvironmentSpec = Field(default_factory=EnvironmentSpec)


class NamespacedSecretKeyRef(Model):
    name: str
    key: str
    namespace: str | None = None


class ValueOrSecret(Model):
    value: str | None = None
    secret_key_ref: NamespacedSecretKeyRef | None = None


class ClusterAgent(Model):
    client_ca: ValueOrSecret = Field(alias="clientCA")


class SecretStoreRef(Model):
    name: str


class ObservabilityPlaneRef(Model):
    kind: Literal["ObservabilityPlane", "ClusterObservabilityPlane"]
    name: PlaneName


class DataPlaneSpec(Model):
    plane_id: PlaneName | None = Field(default=None, alias="planeID")
    cluster_agent: ClusterAgent
    gateway: Gateway | None = None
    secret_store_ref: SecretStoreRef | None = None
    observability_plane_ref: ObservabilityPlaneRef | None = None


class DataPlane(Resource):
    spec: DataPlaneSpec

    @model_validator(mode="after")
    def _cluster_scoped(self) -> Self:
        if self.kind != "ClusterDataPlane":
            return self
        if self.spec.plane_id is None:
            path = ("spec", "planeID")
            raise refuse("is required for a ClusterDataPlane, but missing", path=path)
        plane = self.spec.observability_plane_ref
        if plane is not None and plane.kind != "ClusterObservabilityPlane":
            message = (
                "a ClusterDataPlane can only name a ClusterObservabilityPlane,"
                f" not the {plane.kind} {plane.name}"
            )
            raise refuse(message, path=("spec", "observabilityPlaneRef", "kind"))
        return self


class EnvironmentRef(Model):
    kind: Literal["Environment"] = "Environment"
    name: ReferenceName


class PromotionPath(Model):
    source_environment_ref: EnvironmentRef
    target_environment_refs: Items[EnvironmentRef]


class DeploymentPipelineSpec(Model):
    promotion_paths: Items[PromotionPath] = ()


class DeploymentPipeline(Resource):
    spec: DeploymentPipelineSpec = Field(default_factory=DeploymentPipelineSpec)
