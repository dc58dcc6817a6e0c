"""Schemas and expressions of types and traits, looked at before anything is rendered.

What a type says literally is checked by the models. Here every expression is compiled, also
those that no component reaches today, so that an unknown name is found when a type is loaded.
Whether an expression fits the types of the schemas is not looked at: OpenChoreo's admission and
its renderer disagree there, and the renderer is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from msgspec.structs import replace

from openchoreo.errors import Problem, Stage
from openchoreo.model import ComponentType, ProjectType, Resource, ResourceType, Schema, Trait
from openchoreo.rendering import compiled
from openchoreo.rendering.expressions import (
    component_type_problems,
    project_type_problems,
    resource_type_problems,
    trait_problems,
)
from openchoreo.rendering.schema import check_schema

R = TypeVar("R", bound=Resource)


def check(resource: Resource) -> tuple[Problem, ...]:
    """What is wrong with a type or a trait, of any scope; nothing for other kinds."""
    if isinstance(resource, ComponentType):
        return _checked(resource, _component_type)
    if isinstance(resource, Trait):
        return _checked(resource, _trait)
    if isinstance(resource, ProjectType):
        return _checked(resource, _project_type)
    if isinstance(resource, ResourceType):
        return _checked(resource, _resource_type)
    return ()


def _component_type(resource: ComponentType) -> tuple[Problem, ...]:
    spec = resource.spec
    type_ = compiled.component_type(spec.document(), frozenset())
    return (
        *_schemas(resource, spec.parameters, spec.environment_configs),
        *component_type_problems(type_, str(resource)),
    )


def _trait(resource: Trait) -> tuple[Problem, ...]:
    spec = resource.spec
    return (
        *_schemas(resource, spec.parameters, spec.environment_configs),
        *trait_problems(compiled.trait(spec.document(), frozenset()), str(resource)),
    )


def _project_type(resource: ProjectType) -> tuple[Problem, ...]:
    spec = resource.spec
    type_ = compiled.project_type(spec.document(), frozenset())
    return (
        *_schemas(resource, spec.parameters, spec.environment_configs),
        *project_type_problems(type_, str(resource)),
    )


def _resource_type(resource: ResourceType) -> tuple[Problem, ...]:
    spec = resource.spec
    type_ = compiled.resource_type(spec.document(), frozenset())
    return (
        *_schemas(resource, spec.parameters, spec.environment_configs),
        *resource_type_problems(type_, str(resource)),
    )


def _checked(resource: R, look: Callable[[R], tuple[Problem, ...]]) -> tuple[Problem, ...]:
    try:
        return look(resource)
    except RecursionError:
        return (Problem(Stage.LOAD, str(resource), ("spec",), "is nested too deeply"),)


def _schemas(
    resource: Resource, parameters: Schema | None, configs: Schema | None
) -> Iterator[Problem]:
    for key, section in (("parameters", parameters), ("environmentConfigs", configs)):
        if section is not None and section.open_api_v3_schema is not None:
            for problem in check_schema(section.open_api_v3_schema):
                placed = problem.under("spec", key, "openAPIV3Schema")
                yield replace(placed, stage=Stage.LOAD, resource=str(resource))
