"""Projects, their types, releases and bindings: what gives components their namespace."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from openchoreo.model.base import Items, Model, Raw, RawObject, first_duplicate, refuse
from openchoreo.model.owner import ProjectOwner
from openchoreo.model.resource import Resource
from openchoreo.model.template import ResourceTemplate, Rule, Schema
from openchoreo.model.text import ReferenceName, Text, TypeName


class PipelineRef(Model):
    kind: Literal["DeploymentPipeline"] = "DeploymentPipeline"
    name: ReferenceName


def _from_name(value: object) -> object:
    """OpenChoreo's own reader takes the bare name for the reference."""
    return {"name": value} if isinstance(value, str) else value


class ProjectTypeRef(Model):
    kind: Literal["ProjectType", "ClusterProjectType"] = "ProjectType"
    name: TypeName


DEFAULT_PROJECT_TYPE = ("ClusterProjectType", "default")
"""What OpenChoreo's API server fills in for projects created without a type."""


def _default_project_type() -> ProjectTypeRef:
    kind, name = DEFAULT_PROJECT_TYPE
    return ProjectTypeRef.model_validate({"kind": kind, "name": name})


class ProjectSpec(Model):
    deployment_pipeline_ref: Annotated[PipelineRef, BeforeValidator(_from_name)]
    type: ProjectTypeRef = Field(default_factory=_default_project_type)
    parameters: Raw = None


class Project(Resource):
    spec: ProjectSpec


class ProjectTypeSpec(Model):
    parameters: Schema | None = None
    environment_configs: Schema | None = None
    validations: Items[Rule] = ()
    resources: Annotated[Items[ResourceTemplate], Field(min_length=1)]

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        found = first_duplicate(resource.id for resource in self.resources)
        if found:
            message = f"another resource has the id {found[1]}"
            raise refuse(message, path=("resources", found[0], "id"))
        return self


class ProjectType(Resource):
    spec: ProjectTypeSpec


class FrozenProjectType(Model):
    kind: Literal["ProjectType", "ClusterProjectType"]
    name: Text
    spec: ProjectTypeSpec


class ProjectReleaseSpec(Model):
    owner: ProjectOwner
    project_type: FrozenProjectType
    parameters: Raw = None


class ProjectRelease(Resource):
    spec: ProjectReleaseSpec


class ProjectBindingValues(Model):
    """What a ProjectReleaseBinding says of one environment; stack config says the same things."""

    project_release: str | None = None
    environment_configs: RawObject | None = None


class ProjectReleaseBindingSpec(ProjectBindingValues):
    owner: ProjectOwner
    environment: Text


class ProjectReleaseBinding(Resource):
    spec: ProjectReleaseBindingSpec
