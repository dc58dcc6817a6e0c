"""What the policy says of literals that look like credentials."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from openchoreo.model.base import Items, Model

Owner = Literal[
    "Component",
    "Project",
    "Resource",
    "ComponentType",
    "ClusterComponentType",
    "Trait",
    "ClusterTrait",
    "ProjectType",
    "ClusterProjectType",
    "ResourceType",
    "ClusterResourceType",
]
"""What literals belong to: Workloads and bindings to their component."""


class AllowedCredential(Model):
    """A literal that looks like a credential and is none.

    It is named by its place and not by a digest of its value, from which a short one can be
    guessed.
    """

    kind: Owner
    name: Annotated[str, Field(min_length=1)]
    path: Annotated[str, Field(min_length=1)]
    reason: Annotated[str, Field(min_length=1)]


class CredentialRules(Model):
    allowed: Items[AllowedCredential] = ()
