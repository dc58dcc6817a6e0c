"""Every expression of a type or trait, compiled without any values: unknown names show."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator

from openchoreo.errors import Problem, Stage
from openchoreo.rendering.applied import observing, unknown_ids
from openchoreo.rendering.parts import (
    CompiledProjectType,
    CompiledResourceType,
    CompiledTrait,
    CompiledType,
    Loop,
    Patch,
    PostRenderRule,
    Removal,
    ResourceTemplate,
    Rule,
    Target,
)
from openchoreo.rendering.scope import Part
from openchoreo.template import TemplateError

Variables = frozenset[str]
Place = tuple[Part, Variables]

_PROJECT: Variables = frozenset(
    {"metadata", "parameters", "environmentConfigs", "dataplane", "environment", "gateway"}
)
_COMPONENT = _PROJECT | {"workload", "configurations", "dependencies", "derived"}
_TRAIT = _COMPONENT | {"trait"}


def component_type_problems(type_: CompiledType, resource: str) -> list[Problem]:
    """Of a component type, its rules and what it gives to its traits.

    `gateway` counts as known, though a rendering without gateways does not have it.
    """
    places = [
        *_rules(type_.rules.before, _COMPONENT),
        *_resources(type_.resources, _COMPONENT),
        *((one.parameters, _COMPONENT) for one in type_.traits),
        *((one.environment_configs, _COMPONENT) for one in type_.traits),
        *_post_render_rules(type_.rules.after, _COMPONENT),
    ]
    return _problems(places, resource)


def trait_problems(trait: CompiledTrait, resource: str) -> list[Problem]:
    places = [
        *_rules(trait.rules.before, _TRAIT),
        *_resources(trait.creates, _TRAIT),
        *_patches(trait.patches),
        *_removals(trait.removes),
        *_post_render_rules(trait.rules.after, _TRAIT),
    ]
    return _problems(places, resource)


def project_type_problems(type_: CompiledProjectType, resource: str) -> list[Problem]:
    places = [*_rules(type_.rules, _PROJECT), *_resources(type_.resources, _PROJECT)]
    return _problems(places, resource)


def resource_type_problems(type_: CompiledResourceType, resource: str) -> list[Problem]:
    places = [
        *_resources(type_.resources, _PROJECT),
        *((part, _PROJECT | {"applied"}) for part in observing(type_)),
    ]
    return [*_problems(places, resource), *unknown_ids(type_, resource)]


def _problems(places: Iterable[Place], resource: str) -> list[Problem]:
    found: list[Problem] = []
    for part, variables in places:
        try:
            part.template(variables)
        except TemplateError as error:
            found += [
                Problem(Stage.LOAD, resource, (*part.path, *problem.path), problem.message)
                for problem in error.problems
            ]
    return found


def _rules(rules: Iterable[Rule], variables: Variables) -> Iterator[Place]:
    return ((rule.rule, variables) for rule in rules)


def _resources(templates: Iterable[ResourceTemplate], variables: Variables) -> Iterator[Place]:
    for template in templates:
        if template.include_when is not None:
            yield template.include_when, variables
        inside = yield from _loop(template.loop, variables)
        yield template.template, inside


def _post_render_rules(rules: Iterable[PostRenderRule], variables: Variables) -> Iterator[Place]:
    for rule in rules:
        if rule.when is not None:
            yield rule.when, variables
        inside = yield from _loop(rule.loop, variables)
        yield from _target(rule.target, inside)
        yield rule.rule, inside | {"resource"}


def _patches(patches: Iterable[Patch]) -> Iterator[Place]:
    for patch in patches:
        inside = yield from _loop(patch.loop, _TRAIT)
        yield from _target(patch.target, inside)
        for operation in patch.operations:
            yield operation.where, inside
            yield operation.value, inside


def _removals(removals: Iterable[Removal]) -> Iterator[Place]:
    for removal in removals:
        inside = yield from _loop(removal.loop, _TRAIT)
        yield from _target(removal.target, inside)


def _target(target: Target, variables: Variables) -> Iterator[Place]:
    if target.where is not None:
        yield target.where, variables | {"resource"}


def _loop(loop: Loop, variables: Variables) -> Generator[Place, None, Variables]:
    """What the loop goes over, and the variables inside of it."""
    if loop.for_each is None:
        return variables
    yield loop.for_each, variables
    return variables | {loop.var}
