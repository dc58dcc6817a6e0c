"""Workload descriptors, and the Workloads that `openchoreo workload create` makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import cast

from msgspec import Struct

from openchoreo.document import Document, Object
from openchoreo.errors import OpenChoreoError, Path, Problem, Stage
from openchoreo.model import API_VERSION, WorkloadDescriptor
from openchoreo.model.base import first_duplicate
from openchoreo.model.descriptor import DescriptorEndpoint, DescriptorEnv, DescriptorFile
from openchoreo.model.parse import read

SCHEMA_TYPES: Mapping[str, str] = MappingProxyType(
    {"HTTP": "openapi", "gRPC": "proto", "GraphQL": "graphql"}
)
"""Type of an endpoint -> what its schema is written in."""

ReadFile = Callable[[str], str]
"""The text of a file beside the descriptor. Raises OSError, and ValueError for one outside."""


class Owner(Struct, frozen=True):
    """The component that a Workload belongs to."""

    namespace: str
    project: str
    component: str


def read_descriptor(document: Document, file: str) -> WorkloadDescriptor:
    """Raises OpenChoreoError with every problem."""
    descriptor, _ = read(WorkloadDescriptor, document, resource=file)
    problems: list[Problem] = []
    configurations = descriptor.configurations
    named = {
        "endpoints": [one.name for one in descriptor.endpoints],
        "env": [one.name for one in configurations.env] if configurations else [],
        "files": [one.name for one in configurations.files] if configurations else [],
    }
    for key, names in named.items():
        found = first_duplicate(names)
        if found:
            path: Path = (key,) if key == "endpoints" else ("configurations", key)
            message = f"{found[1]} is listed twice"
            problems.append(Problem(Stage.LOAD, file, (*path, found[0], "name"), message))
    if problems:
        raise OpenChoreoError(*problems)
    return descriptor


def plain_workload(owner: Owner, image: str) -> Object:
    """A Workload of an image alone."""
    return {
        "apiVersion": API_VERSION,
        "kind": "Workload",
        "metadata": {"name": f"{owner.component}-workload", "namespace": owner.namespace},
        "spec": {
            "owner": {"projectName": owner.project, "componentName": owner.component},
            "container": {"image": image},
        },
    }


def workload_from(
    descriptor: WorkloadDescriptor, owner: Owner, image: str, file: str, read_file: ReadFile
) -> Object:
    """The Workload that a descriptor describes; files that it names become part of it.

    Raises OpenChoreoError for every file that cannot be read.
    """
    return _Conversion(file, read_file).workload(descriptor, plain_workload(owner, image))


class _Conversion:
    def __init__(self, file: str, read_file: ReadFile) -> None:
        self._file = file
        self._read_file = read_file
        self._problems: list[Problem] = []

    def workload(self, descriptor: WorkloadDescriptor, plain: Object) -> Object:
        spec = cast("Object", plain["spec"])
        container = dict(cast("Object", spec["container"]))
        configurations = descriptor.configurations
        if configurations:
            env: list[Document] = [self._variable(one) for one in configurations.env]
            files: list[Document] = [
                self._mounted(i, one) for i, one in enumerate(configurations.files)
            ]
            container |= {key: one for key, one in (("env", env), ("files", files)) if one}
        more: dict[str, Document] = {"container": container}
        if descriptor.endpoints:
            more["endpoints"] = {
                one.name: self._endpoint(i, one) for i, one in enumerate(descriptor.endpoints)
            }
        if descriptor.dependencies:
            more["dependencies"] = _written(descriptor.dependencies.document())
        if self._problems:
            raise OpenChoreoError(*self._problems)
        return {**plain, "spec": {**spec, **more}}

    def _endpoint(self, index: int, endpoint: DescriptorEndpoint) -> Object:
        written: Object = {
            "type": endpoint.type,
            "port": endpoint.port,
            "targetPort": endpoint.target_port,
            "displayName": endpoint.display_name,
            "basePath": endpoint.base_path,
            "visibility": [*endpoint.visibility] or None,
        }
        if endpoint.schema_file:
            content = self._text(endpoint.schema_file, ("endpoints", index, "schemaFile"))
            kind = SCHEMA_TYPES.get(endpoint.type, "")
            written["schema"] = {"type": kind or None, "content": content}
        return cast("Object", _written(written))

    def _variable(self, one: DescriptorEnv) -> Object:
        source = one.value_from.secret_key_ref if one.value_from else None
        if source:
            return {"key": one.name, "valueFrom": {"secretKeyRef": source.document()}}
        return {"key": one.name, **({"value": one.value} if one.value else {})}

    def _mounted(self, index: int, one: DescriptorFile) -> Object:
        """A secret goes before a file, and a file before text, as in OpenChoreo."""
        variable = {**self._variable(one), "mountPath": one.mount_path}
        path = one.value_from.path if one.value_from else None
        if path and "valueFrom" not in variable:
            place = ("configurations", "files", index, "valueFrom", "path")
            variable["value"] = self._text(path, place)
        return variable

    def _text(self, name: str, path: Path) -> str:
        try:
            return self._read_file(name)
        except (OSError, ValueError) as error:
            said = error.strerror if isinstance(error, OSError) else str(error)
            message = f"{name} cannot be read: {said}"
            hint = "name a file beside the descriptor or below its folder"
            self._problems.append(Problem(Stage.LOAD, self._file, path, message, hint))
            return ""


def _written(value: Document) -> Document:
    """Without what says nothing."""
    if isinstance(value, dict):
        kept = {key: _written(one) for key, one in value.items() if one is not None}
        return {key: one for key, one in kept.items() if one not in ({}, [])}
    return [_written(one) for one in value] if isinstance(value, list) else value
