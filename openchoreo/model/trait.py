"""Trait and ClusterTrait: what can be added to components, by creating and by patching."""

from typing import Annotated, Literal

from pydantic import Field

from openchoreo.model.base import Items, Model, Raw
from openchoreo.model.component_type import Validated
from openchoreo.model.resource import Resource
from openchoreo.model.template import Repeated, Target, Template
from openchoreo.model.text import TargetPlane


class Operation(Model):
    op: Literal["add", "replace", "remove"]
    path: str
    value: Raw = None


class Removal(Repeated):
    target: Target
    target_plane: TargetPlane = "dataplane"


class Patch(Removal):
    operations: Annotated[Items[Operation], Field(min_length=1)]


class TraitSpec(Validated):
    creates: Items[Template] = ()
    patches: Items[Patch] = ()
    removes: Items[Removal] = ()


class Trait(Resource):
    spec: TraitSpec = Field(default_factory=TraitSpec)
