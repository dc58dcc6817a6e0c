"""Workload: what a component runs, what it offers and what it needs."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from openchoreo.model.base import Items, Model, first_duplicate, refuse
from openchoreo.model.owner import ComponentOwner
from openchoreo.model.resource import Resource
from openchoreo.model.text import Port, Text

EndpointType = Literal["HTTP", "gRPC", "GraphQL", "Websocket", "TCP", "UDP"]
Visibility = Literal["project", "namespace", "internal", "external"]


class SecretKeyRef(Model):
    name: Text
    key: Text


class ValueFrom(Model):
    secret_key_ref: SecretKeyRef | None = None


class EnvVar(Model):
    key: str
    value: str | None = None
    value_from: ValueFrom | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.value is not None and self.value_from is not None:
            message = f"{self.key} has both value and valueFrom; give one of them"
            raise refuse(message, path=("valueFrom",))
        return self


class FileVar(EnvVar):
    """A file is written like a variable, and has a place besides."""

    mount_path: str


class Configured(Model):
    """The part of a container that a ReleaseBinding can override."""

    env: Items[EnvVar] = ()
    files: Items[FileVar] = ()


class Container(Configured):
    image: Text
    command: Items[str] = ()
    args: Items[str] = ()


class EndpointSchema(Model):
    type: str | None = None
    content: str | None = None


class Endpoint(Model):
    type: EndpointType
    port: Port
    target_port: Port | None = None
    visibility: Items[Visibility] = ()
    display_name: str | None = None
    base_path: str | None = None
    schema_: EndpointSchema | None = Field(default=None, alias="schema")

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        found = first_duplicate(self.visibility)
        if found:
            raise refuse(f"{found[1]} is listed twice", path=("visibility", found[0]))
        return self


class EndpointBindings(Model):
    """Names of the environment variables that are to hold the parts of an address."""

    address: str | None = None
    host: str | None = None
    port: str | None = None
    base_path: str | None = None


class EndpointDependency(Model):
    component: Text
    name: Text
    project: str | None = None
    visibility: Literal["project", "namespace"]
    env_bindings: EndpointBindings


class ResourceDependency(Model):
    """Output of a Resource -> environment variable, or directory of the file it fills."""

    ref: Text
    env_bindings: Annotated[dict[str, str], Field(max_length=50)] = Field(default_factory=dict)
    file_bindings: Annotated[dict[str, str], Field(max_length=50)] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _nothing_empty(self) -> Self:
        for key, bindings in (
            ("envBindings", self.env_bindings),
            ("fileBindings", self.file_bindings),
        ):
            for output, name in bindings.items():
                if not output or not name:
                    message = "neither the output nor what it is bound to may be empty"
                    raise refuse(message, path=(key, output))
        return self


class Dependencies(Model):
    endpoints: Annotated[Items[EndpointDependency], Field(max_length=50)] = ()
    resources: Annotated[Items[ResourceDependency], Field(max_length=50)] = ()

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        found = first_duplicate(resource.ref for resource in self.resources)
        if found:
            raise refuse(f"{found[1]} is listed twice", path=("resources", found[0], "ref"))
        return self


class WorkloadTemplate(Model):
    """The workload of a release: the same without its owner."""

    container: Container
    endpoints: dict[str, Endpoint] = Field(default_factory=dict)
    dependencies: Dependencies | None = None


class WorkloadSpec(WorkloadTemplate):
    owner: ComponentOwner


class Workload(Resource):
    spec: WorkloadSpec
