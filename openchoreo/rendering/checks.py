"""What can be known of types and traits before anything is rendered.

OpenChoreo's admission refuses these when a type is applied; here they are found when it is
loaded, without any component that uses it. Whether an expression fits the types of the schemas
is not looked at: admission and rendering disagree there, and rendering is right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from openchoreo.document import Document, Object
from openchoreo.errors import Path, Problem, Stage
from openchoreo.model import ComponentType, Operation, ProjectType, Resource, Schema, Trait
from openchoreo.rendering import compiled
from openchoreo.rendering.expressions import (
    component_type_problems,
    project_type_problems,
    trait_problems,
)
from openchoreo.rendering.schema import check_schema

_WORKLOAD_KINDS = frozenset({"deployment", "statefulset", "daemonset", "cronjob", "job"})
_WORKLOAD_GROUPS = frozenset({"apps", "batch"})
_NAMESPACE = re.compile(r"\s*\$\{\s*metadata\.namespace\s*\}\s*")
_EXPRESSION = "${"

Templates = Sequence[tuple[Path, Object]]
R = TypeVar("R", bound=Resource)


def check_component_type(resource: ComponentType) -> tuple[Problem, ...]:
    """Everything wrong with a ComponentType or ClusterComponentType."""
    return _checked(resource, _component_type)


def _component_type(resource: ComponentType) -> tuple[Problem, ...]:
    spec = resource.spec
    templates = [
        (("spec", "resources", index, "template"), entry.template)
        for index, entry in enumerate(spec.resources)
    ]
    type_ = compiled.component_type(spec.document(), frozenset())
    return (
        *_schemas(resource, spec.parameters, spec.environment_configs),
        *_templates(resource, templates),
        *_workload(resource, spec.workload_type, templates),
        *_references(resource),
        *component_type_problems(type_, str(resource)),
    )


def check_trait(resource: Trait) -> tuple[Problem, ...]:
    """Everything wrong with a Trait or ClusterTrait."""
    return _checked(resource, _trait)


def _trait(resource: Trait) -> tuple[Problem, ...]:
    spec = resource.spec
    creates = [
        (("spec", "creates", index, "template"), entry.template)
        for index, entry in enumerate(spec.creates)
    ]
    return (
        *_schemas(resource, spec.parameters, spec.environment_configs),
        *_templates(resource, creates),
        *_no_workloads(resource, creates, "a trait cannot create"),
        *_operations(resource),
        *_removed_workloads(resource),
        *trait_problems(compiled.trait(spec.document(), frozenset()), str(resource)),
    )


def check_project_type(resource: ProjectType) -> tuple[Problem, ...]:
    """Everything wrong with a ProjectType or ClusterProjectType."""
    return _checked(resource, _project_type)


def _project_type(resource: ProjectType) -> tuple[Problem, ...]:
    spec = resource.spec
    type_ = compiled.project_type(spec.document(), frozenset())
    return (
        *_schemas(resource, spec.parameters, spec.environment_configs),
        *project_type_problems(type_, str(resource)),
    )


def _checked(resource: R, check: Callable[[R], tuple[Problem, ...]]) -> tuple[Problem, ...]:
    try:
        return check(resource)
    except RecursionError:
        return (_problem(resource, ("spec",), "is nested too deeply"),)


def _schemas(
    resource: Resource, parameters: Schema | None, configs: Schema | None
) -> Iterator[Problem]:
    for key, section in (("parameters", parameters), ("environmentConfigs", configs)):
        if section is not None and section.open_api_v3_schema is not None:
            for problem in check_schema(section.open_api_v3_schema):
                placed = problem.under("spec", key, "openAPIV3Schema")
                yield replace(placed, stage=Stage.LOAD, resource=str(resource))


def _templates(resource: Resource, templates: Templates) -> Iterator[Problem]:
    """What a template must say for its manifest to have an identity."""
    for path, template in templates:
        metadata = template.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        required = {
            "apiVersion": template.get("apiVersion"),
            "kind": template.get("kind"),
            "metadata.name": metadata.get("name"),
        }
        for key, value in required.items():
            if not value:
                yield _problem(resource, path, f"the template has no {key}")
        if _EXPRESSION in str(required["kind"]):
            message = "kind cannot be an expression: what a type makes is known beforehand"
            yield _problem(resource, (*path, "kind"), message)
        if "namespace" in metadata and not _is_own_namespace(metadata["namespace"]):
            message = f"namespace is {metadata['namespace']}; objects live in one namespace only"
            hint = "write ${metadata.namespace}, or leave it out for cluster-scoped kinds"
            yield _problem(resource, (*path, "metadata", "namespace"), message, hint)


def _is_own_namespace(value: Document) -> bool:
    return isinstance(value, str) and _NAMESPACE.fullmatch(value) is not None


def _workload(resource: Resource, workload_type: str, templates: Templates) -> Iterator[Problem]:
    """One object of the kind the type is for, none of another that runs pods."""
    if workload_type == "proxy":
        yield from _no_workloads(resource, templates, "a proxy cannot have")
        return
    main = [(path, template) for path, template in templates if _kind(template) == workload_type]
    others = [(path, template) for path, template in templates if _kind(template) != workload_type]
    if not main:
        message = f"no template is of the kind that workloadType: {workload_type} asks for"
        yield _problem(resource, ("spec", "resources"), message)
    for path, template in main[1:]:
        message = f"a second {template['kind']}; a type has one"
        yield _problem(resource, (*path, "kind"), message)
    yield from _no_workloads(resource, others, f"a type for a {workload_type} cannot have")


def _no_workloads(resource: Resource, templates: Templates, what: str) -> Iterator[Problem]:
    for path, template in templates:
        if _kind(template) in _WORKLOAD_KINDS:
            yield _problem(resource, (*path, "kind"), f"{what} a {template['kind']}")


def _kind(template: Object) -> str:
    return str(template.get("kind", "")).lower()


def _references(resource: ComponentType) -> Iterator[Problem]:
    """Traits and workflows that are named twice."""
    spec = resource.spec
    embedded = [(one.kind, one.name) for one in spec.traits]
    allowed = [(one.kind, one.name) for one in spec.allowed_traits]
    workflows = [(one.kind, one.name) for one in spec.allowed_workflows]
    instances = [one.instance_name for one in spec.traits]
    for index in _again(instances):
        message = f"another trait instance is called {instances[index]}"
        yield _problem(resource, ("spec", "traits", index, "instanceName"), message)
    for key, names in (("allowedTraits", allowed), ("allowedWorkflows", workflows)):
        for index in _again(names):
            yield _problem(resource, ("spec", key, index), f"{_shown(names[index])} is there twice")
    for index, name in enumerate(allowed):
        if name in embedded:
            message = f"{_shown(name)} comes with the type, so components cannot choose it"
            yield _problem(resource, ("spec", "allowedTraits", index), message)


def _shown(name: tuple[str, str]) -> str:
    return " ".join(name)


def _again(names: Sequence[Hashable]) -> Iterator[int]:
    return (index for index, name in enumerate(names) if name in names[:index])


def _operations(resource: Trait) -> Iterator[Problem]:
    for index, patch in enumerate(resource.spec.patches):
        for number, operation in enumerate(patch.operations):
            path = ("spec", "patches", index, "operations", number)
            yield from (_problem(resource, path, fault) for fault in _faults(operation))


def _faults(operation: Operation) -> Iterable[str]:
    given = "value" in operation.model_fields_set
    if not operation.path:
        yield "path is empty; it leads to the field that is to change"
    if operation.op != "remove" and not given:
        yield f"{operation.op} needs a value"
    if operation.op == "remove" and given:
        yield "remove takes no value"


def _removed_workloads(resource: Trait) -> Iterator[Problem]:
    for index, removal in enumerate(resource.spec.removes):
        target = removal.target
        if target.group in _WORKLOAD_GROUPS and target.kind.lower() in _WORKLOAD_KINDS:
            path = ("spec", "removes", index, "target", "kind")
            yield _problem(resource, path, f"a trait cannot remove a {target.kind}")


def _problem(resource: Resource, path: Path, message: str, hint: str = "") -> Problem:
    return Problem(Stage.LOAD, str(resource), path, message, hint)
