"""ComponentRelease, frozen for good, and ReleaseBinding, which runs one in an environment."""

from typing import Annotated, Literal

from pydantic import Field

from openchoreo.model.base import Items, Model, Raw, RawObject
from openchoreo.model.component_type import ComponentTypeSpec, TraitKind
from openchoreo.model.owner import ComponentOwner
from openchoreo.model.resource import Resource
from openchoreo.model.text import Text
from openchoreo.model.trait import TraitSpec
from openchoreo.model.workload import Configured, WorkloadTemplate


class FrozenComponentType(Model):
    kind: Literal["ComponentType", "ClusterComponentType"]
    name: Text
    spec: ComponentTypeSpec


class FrozenTrait(Model):
    kind: TraitKind
    name: Text
    spec: TraitSpec


class ProfileTrait(Model):
    kind: TraitKind
    name: Text
    instance_name: Text
    parameters: Raw = None


class ComponentProfile(Model):
    parameters: Raw = None
    traits: Items[ProfileTrait] = ()


class ComponentReleaseSpec(Model):
    owner: ComponentOwner
    component_type: FrozenComponentType
    traits: Annotated[Items[FrozenTrait], Field(max_length=100)] = ()
    component_profile: ComponentProfile | None = None
    workload: WorkloadTemplate


class ComponentRelease(Resource):
    spec: ComponentReleaseSpec


class WorkloadOverrides(Model):
    container: Configured | None = None


class BindingValues(Model):
    """What a ReleaseBinding says of one environment; stack config says the same things."""

    release_name: str | None = None
    state: Literal["Active", "Undeploy"] = "Active"
    component_type_environment_configs: RawObject | None = None
    trait_environment_configs: dict[str, RawObject] = Field(default_factory=dict)
    workload_overrides: WorkloadOverrides | None = None


class ReleaseBindingSpec(BindingValues):
    owner: ComponentOwner
    environment: str


class ReleaseBinding(Resource):
    spec: ReleaseBindingSpec
