"""SecretReference: where the values of a secret are kept outside the cluster."""

from typing import Annotated, Literal

from pydantic import Field

from openchoreo.model.base import Items, Model
from openchoreo.model.resource import Resource
from openchoreo.model.text import Text


class SecretMetadata(Model):
    annotations: dict[str, str] = Field(default_factory=dict)
    labels: dict[str, str] = Field(default_factory=dict)


class SecretTemplate(Model):
    type: Literal[
        "Opaque",
        "kubernetes.io/dockerconfigjson",
        "kubernetes.io/dockercfg",
        "kubernetes.io/basic-auth",
        "kubernetes.io/ssh-auth",
        "kubernetes.io/tls",
        "bootstrap.kubernetes.io/token",
    ] = "Opaque"
    metadata: SecretMetadata | None = None


class RemoteRef(Model):
    key: Text
    property: str | None = None
    version: str | None = None


class SecretEntry(Model):
    secret_key: Text
    remote_ref: RemoteRef


class SecretTargetPlane(Model):
    kind: Literal["WorkflowPlane", "ClusterWorkflowPlane", "DataPlane", "ClusterDataPlane"]
    name: Text


class SecretReferenceSpec(Model):
    template: SecretTemplate
    data: Annotated[Items[SecretEntry], Field(min_length=1)]
    refresh_interval: str = "1h"
    target_plane: SecretTargetPlane | None = None


class SecretReference(Resource):
    spec: SecretReferenceSpec
