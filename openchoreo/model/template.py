"""Parts that component types, traits and project types share: schemas, rules, templates."""

from typing import Self

from pydantic import Field, model_validator

from openchoreo.model.base import Model, RawObject, refuse
from openchoreo.model.text import Expression, TargetPlane, Text, Variable


class Schema(Model):
    """A section of `parameters` or `environmentConfigs`."""

    open_api_v3_schema: RawObject | None = Field(default=None, alias="openAPIV3Schema")


class Rule(Model):
    rule: Expression
    message: Text


class Repeated(Model):
    """One entry for each item of `forEach`, the item being called `var`."""

    for_each: Expression | None = None
    var: Variable | None = None

    @model_validator(mode="after")
    def _named_item(self) -> Self:
        if self.for_each is not None and self.var is None:
            message = "forEach needs var, the name an item has in the expressions"
            raise refuse(message, path=("forEach",), hint="add for example var: item")
        return self


class Template(Repeated):
    """What a trait creates, and what the resources of a type have in common."""

    target_plane: TargetPlane = "dataplane"
    include_when: Expression | None = None
    template: RawObject


class ResourceTemplate(Template):
    id: Text


class Target(Model):
    """Which rendered objects an operation is about; an empty group is the core group."""

    group: str
    version: Text
    kind: Text
    where: Expression | None = None


class RuleTarget(Target):
    must_match: bool = True


class PostRenderRule(Repeated):
    when: Expression | None = None
    target: RuleTarget
    target_plane: TargetPlane = "dataplane"
    rule: Expression
    message: Text
