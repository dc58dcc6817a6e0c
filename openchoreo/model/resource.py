"""What every resource has: a kind, and the metadata of a Kubernetes object."""

from typing import Annotated, Literal, cast

from pydantic import BeforeValidator, Field

from openchoreo.model.base import Model
from openchoreo.model.text import NamespaceName, ResourceName

API_VERSION = "openchoreo.dev/v1alpha1"

KEPT_BY_THE_SERVER = frozenset(
    {
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "finalizers",
        "generateName",
        "generation",
        "managedFields",
        "ownerReferences",
        "resourceVersion",
        "selfLink",
    }
)
"""Metadata that says something about an object in a cluster and nothing about the resource."""


Key = tuple[str, str, str]
"""Kind, namespace (empty for cluster-scoped kinds), name."""


def _without(keys: frozenset[str]) -> BeforeValidator:
    def strip(value: object) -> object:
        if not isinstance(value, dict) or keys.isdisjoint(cast("dict[str, object]", value)):
            return cast("object", value)
        entries = cast("dict[str, object]", value)
        return {key: entry for key, entry in entries.items() if key not in keys}

    return BeforeValidator(strip)


class Metadata(Model):
    name: ResourceName
    namespace: NamespaceName | None = None
    uid: str | None = None
    labels: dict[str, str] = Field(default_factory=dict)
    annotations: dict[str, str] = Field(default_factory=dict)


class Resource(Model):
    """A resource of the OpenChoreo API. Its status, which only a server writes, is dropped."""

    api_version: Literal["openchoreo.dev/v1alpha1"] = API_VERSION
    kind: str
    metadata: Annotated[Metadata, _without(KEPT_BY_THE_SERVER)]

    @property
    def name(self) -> str:
        return self.metadata.name

    @property
    def namespace(self) -> str:
        """Empty for cluster-scoped kinds."""
        return self.metadata.namespace or ""

    @property
    def key(self) -> Key:
        return self.kind, self.namespace, self.name

    def __str__(self) -> str:
        return label(*self.key)


def label(kind: str, namespace: str, name: str) -> str:
    """How problems call a resource: "Component default/greeter", "ClusterTrait backup"."""
    return f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}"
