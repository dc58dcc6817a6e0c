"""Resource, its type, releases and bindings: databases, queues and the like."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from openchoreo.model.base import Items, Model, Raw, RawObject, first_duplicate, refuse
from openchoreo.model.owner import ProjectOwner, ResourceOwner
from openchoreo.model.resource import Resource
from openchoreo.model.template import Schema
from openchoreo.model.text import Expression, RetainPolicy, Text, TypeName
from openchoreo.model.workload import SecretKeyRef


class ResourceTypeRef(Model):
    kind: Literal["ResourceType", "ClusterResourceType"] = "ResourceType"
    name: TypeName


class ManagedResourceSpec(Model):
    owner: ProjectOwner
    type: ResourceTypeRef
    parameters: Raw = None


class Resource_(Resource):  # noqa: N801 - the kind is called Resource, as is every resource here
    spec: ManagedResourceSpec

    @property
    def project(self) -> str:
        return self.spec.owner.project_name


class Output(Model):
    name: Text
    value: str | None = None
    secret_key_ref: SecretKeyRef | None = None
    config_map_key_ref: SecretKeyRef | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        sources = (self.value, self.secret_key_ref, self.config_map_key_ref)
        if sum(source is not None for source in sources) != 1:
            message = (
                f"output {self.name} needs exactly one of value, secretKeyRef, configMapKeyRef"
            )
            raise refuse(message)
        return self


class ManifestTemplate(Model):
    id: Text
    include_when: Expression | None = None
    ready_when: Expression | None = None
    template: RawObject


class ResourceTypeSpec(Model):
    parameters: Schema | None = None
    environment_configs: Schema | None = None
    retain_policy: RetainPolicy = "Delete"
    outputs: Items[Output] = ()
    resources: Annotated[Items[ManifestTemplate], Field(min_length=1)]

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        found = first_duplicate(resource.id for resource in self.resources)
        if found:
            message = f"another resource has the id {found[1]}"
            raise refuse(message, path=("resources", found[0], "id"))
        found = first_duplicate(output.name for output in self.outputs)
        if found:
            message = f"another output has the name {found[1]}"
            raise refuse(message, path=("outputs", found[0], "name"))
        return self


class ResourceType(Resource):
    spec: ResourceTypeSpec


class FrozenResourceType(Model):
    kind: Literal["ResourceType", "ClusterResourceType"]
    name: Text
    spec: ResourceTypeSpec


class ResourceReleaseSpec(Model):
    owner: ResourceOwner
    resource_type: FrozenResourceType
    parameters: Raw = None


class ResourceRelease(Resource):
    spec: ResourceReleaseSpec


class ResourceBindingValues(Model):
    """What a ResourceReleaseBinding says of one environment; stack config says the same things."""

    resource_release: str | None = None
    retain_policy: RetainPolicy | None = None
    resource_type_environment_configs: RawObject | None = None


class ResourceReleaseBindingSpec(ResourceBindingValues):
    owner: ResourceOwner
    environment: Text


class ResourceReleaseBinding(Resource):
    spec: ResourceReleaseBindingSpec
