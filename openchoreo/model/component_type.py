"""ComponentType and ClusterComponentType: what the platform offers to be deployed."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self, cast

from pydantic import Field, model_validator

from openchoreo.document import Document, Object
from openchoreo.model.base import Items, Model, Raw, refuse
from openchoreo.model.resource import Resource
from openchoreo.model.template import PostRenderRule, ResourceTemplate, Rule, Schema
from openchoreo.model.text import Text, WorkloadType

TraitKind = Literal["Trait", "ClusterTrait"]


class EmbeddedTrait(Model):
    """A trait that comes with the type; its values are expressions over the component's."""

    kind: TraitKind = "Trait"
    name: Text
    instance_name: Text
    parameters: Raw = None
    environment_configs: Raw = None


class TraitRef(Model):
    kind: TraitKind = "Trait"
    name: Text


class WorkflowRef(Model):
    kind: Literal["Workflow", "ClusterWorkflow"] = "ClusterWorkflow"
    name: Text


class Validated(Model):
    """A type or a trait: schemas of its inputs, and rules before and after rendering."""

    parameters: Schema | None = None
    environment_configs: Schema | None = None
    validations: Items[Rule] = ()
    pre_render_validations: Items[Rule] = ()
    post_render_validations: Items[PostRenderRule] = ()

    @model_validator(mode="after")
    def _one_list_of_rules(self) -> Self:
        if self.validations and self.pre_render_validations:
            message = "validations is the old name of preRenderValidations; only one can be given"
            hint = "move the rules of validations into preRenderValidations"
            raise refuse(message, path=("validations",), hint=hint)
        return self


class ComponentTypeSpec(Validated):
    workload_type: WorkloadType
    allowed_workflows: Items[WorkflowRef] = ()
    traits: Items[EmbeddedTrait] = ()
    allowed_traits: Items[TraitRef] = ()
    resources: Annotated[Items[ResourceTemplate], Field(min_length=1)]

    @model_validator(mode="after")
    def _has_its_workload(self) -> Self:
        kind = self.workload_type
        if kind != "proxy" and all(resource.id != kind for resource in self.resources):
            message = f"no resource has the id {kind}, which workloadType: {kind} asks for"
            hint = f"give the template of the workload id: {kind}"
            raise refuse(message, path=("resources",), hint=hint)
        return self


class ComponentType(Resource):
    """A cluster-scoped type can only name cluster-scoped traits and workflows."""

    spec: ComponentTypeSpec

    @model_validator(mode="before")
    @classmethod
    def _cluster_default(cls, document: object) -> object:
        return _with_cluster_traits(document) if _is_cluster_type(document) else document

    @model_validator(mode="after")
    def _cluster_scoped_names(self) -> Self:
        if self.kind == "ClusterComponentType":
            lists = {
                "traits": self.spec.traits,
                "allowedTraits": self.spec.allowed_traits,
                "allowedWorkflows": self.spec.allowed_workflows,
            }
            for key, references in lists.items():
                _check_cluster_scoped(key, references)
        return self


def _check_cluster_scoped(
    key: str, references: Sequence[EmbeddedTrait | TraitRef | WorkflowRef]
) -> None:
    for index, reference in enumerate(references):
        due = "ClusterWorkflow" if isinstance(reference, WorkflowRef) else "ClusterTrait"
        explicit = "kind" in reference.model_fields_set
        if reference.kind != due or not explicit:
            found = f"the {reference.kind}" if explicit else "no kind for"
            message = f"a ClusterComponentType can only name a {due}, says {found} {reference.name}"
            raise refuse(message, path=("spec", key, index, "kind"), hint=f"write kind: {due}")


def _is_cluster_type(document: object) -> bool:
    return (
        isinstance(document, dict)
        and cast("Object", document).get("kind") == "ClusterComponentType"
    )


def _with_cluster_traits(document: object) -> object:
    """Traits embedded in a cluster-scoped type are ClusterTraits where they do not say so."""
    resource = cast("Object", document)
    spec = resource.get("spec")
    traits = spec.get("traits") if isinstance(spec, dict) else None
    if not isinstance(spec, dict) or not isinstance(traits, list):
        return resource
    named: list[Document] = [
        {"kind": "ClusterTrait", **trait} if isinstance(trait, dict) else trait for trait in traits
    ]
    return {**resource, "spec": {**spec, "traits": named}}
