"""The workload descriptor: `workload.yaml` beside source code, which has no kind.

A build turns it into a Workload; what it lacks is an image and an owner.
"""

from typing import Literal

from openchoreo.model.base import Items, Model
from openchoreo.model.resource import API_VERSION
from openchoreo.model.text import Port, Text
from openchoreo.model.workload import Dependencies, EndpointType, SecretKeyRef, Visibility


class DescriptorMetadata(Model):
    name: Text


class DescriptorEndpoint(Model):
    """An endpoint of a Workload, and the file that describes its API."""

    name: Text
    type: EndpointType
    port: Port
    target_port: Port | None = None
    display_name: str | None = None
    base_path: str | None = None
    visibility: Items[Visibility] = ()
    schema_file: str | None = None
    context: str | None = None
    """Read and not used, as in OpenChoreo."""


class DescriptorSource(Model):
    """`path` is a file beside the descriptor."""

    secret_key_ref: SecretKeyRef | None = None
    path: str | None = None


class DescriptorEnv(Model):
    name: Text
    value: str | None = None
    value_from: DescriptorSource | None = None


class DescriptorFile(DescriptorEnv):
    mount_path: Text


class DescriptorConfigurations(Model):
    env: Items[DescriptorEnv] = ()
    files: Items[DescriptorFile] = ()


class WorkloadDescriptor(Model):
    api_version: Literal["openchoreo.dev/v1alpha1"] = API_VERSION
    metadata: DescriptorMetadata | None = None
    endpoints: Items[DescriptorEndpoint] = ()
    dependencies: Dependencies | None = None
    configurations: DescriptorConfigurations | None = None
