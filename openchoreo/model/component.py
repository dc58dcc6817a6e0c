"""Component: what a developer wants to run, of which type and with which traits."""

from typing import Literal

from openchoreo.model.base import Items, Model, Raw, RawObject
from openchoreo.model.component_type import TraitKind
from openchoreo.model.owner import ProjectOwner
from openchoreo.model.resource import Resource
from openchoreo.model.text import ComponentTypeName, Text


class ComponentTypeRef(Model):
    kind: Literal["ComponentType", "ClusterComponentType"] = "ComponentType"
    name: ComponentTypeName

    @property
    def workload_type(self) -> str:
        return self.name.partition("/")[0]

    @property
    def type_name(self) -> str:
        """The metadata.name of the type."""
        return self.name.partition("/")[2]


class ComponentTrait(Model):
    kind: TraitKind = "Trait"
    name: Text
    instance_name: Text
    parameters: Raw = None


class ComponentWorkflow(Model):
    kind: Literal["Workflow", "ClusterWorkflow"] = "ClusterWorkflow"
    name: Text
    parameters: RawObject | None = None


class ComponentSpec(Model):
    owner: ProjectOwner
    component_type: ComponentTypeRef
    auto_deploy: bool = False
    auto_build: bool | None = None
    parameters: Raw = None
    traits: Items[ComponentTrait] = ()
    workflow: ComponentWorkflow | None = None


class Component(Resource):
    spec: ComponentSpec

    @property
    def project(self) -> str:
        return self.spec.owner.project_name
