"""Rules of OpenChoreo's admission for templates, on component types and traits.

They are about what a type says literally; expressions are looked at when a type is compiled.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from openchoreo.errors import Path, Problem, Stage
from openchoreo.model.base import first_duplicate
from openchoreo.model.component_type import ComponentType
from openchoreo.model.trait import Operation, Trait

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from openchoreo.document import Document, Object
    from openchoreo.model.resource import Resource

_WORKLOAD_KINDS = frozenset({"deployment", "statefulset", "daemonset", "cronjob", "job"})
_WORKLOAD_GROUPS = frozenset({"apps", "batch"})
_OWN_NAMESPACE = re.compile(r"\s*\$\{\s*metadata\.namespace\s*\}\s*")

Found = tuple[Path, str, str]
"""Path, message, hint."""


def structure_problems(resource: Resource) -> tuple[Problem, ...]:
    if isinstance(resource, ComponentType):
        found = [*_templates_of_type(resource), *_workload(resource), *_references(resource)]
    elif isinstance(resource, Trait):
        found = [*_creates(resource), *_patches(resource), *_removes(resource)]
    else:
        return ()
    return tuple(
        Problem(Stage.LOAD, str(resource), path, message, hint) for path, message, hint in found
    )


def _templates_of_type(resource: ComponentType) -> Iterator[Found]:
    for index, entry in enumerate(resource.spec.resources):
        yield from _template(("spec", "resources", index, "template"), entry.template)


def _workload(resource: ComponentType) -> Iterator[Found]:
    """A type has exactly one workload, of its workload type; a proxy has none."""
    due = resource.spec.workload_type
    own: list[int] = []
    for index, entry in enumerate(resource.spec.resources):
        kind = _kind(entry.template)
        if kind == due:
            own.append(index)
        elif kind in _WORKLOAD_KINDS:
            hint = "a type has one workload; put others into types of their own"
            message = f"workloadType: {due} allows no template of the kind {_said(entry.template)}"
            yield (("spec", "resources", index, "template", "kind"), message, hint)
    if due != "proxy" and not own:
        message = f"no template is of the kind {due}, which workloadType: {due} asks for"
        yield (("spec", "resources"), message, "")
    for index in own[1:]:
        message = f"resources[{own[0]}] is a {due} already; a type has one workload"
        yield (("spec", "resources", index, "template", "kind"), message, "")


def _references(resource: ComponentType) -> Iterator[Found]:
    """Instance names of embedded traits, and lists of what is allowed, name nothing twice."""
    embedded = resource.spec.traits
    if found := first_duplicate(trait.instance_name for trait in embedded):
        path: Path = ("spec", "traits", found[0], "instanceName")
        yield (path, f"another trait has the instance name {found[1]}", "")
    lists = {
        "allowedTraits": resource.spec.allowed_traits,
        "allowedWorkflows": resource.spec.allowed_workflows,
    }
    for key, references in lists.items():
        if found := first_duplicate(f"{ref.kind} {ref.name}" for ref in references):
            yield (("spec", key, found[0]), f"{found[1]} is listed twice", "remove one of them")
    comes_with_it = {(trait.kind, trait.name) for trait in embedded}
    for index, ref in enumerate(resource.spec.allowed_traits):
        if (ref.kind, ref.name) in comes_with_it:
            message = f"the {ref.kind} {ref.name} comes with the type; it cannot be allowed as well"
            hint = "remove it here or in traits"
            yield (("spec", "allowedTraits", index), message, hint)


def _creates(resource: Trait) -> Iterator[Found]:
    for index, entry in enumerate(resource.spec.creates):
        path: Path = ("spec", "creates", index, "template")
        yield from _template(path, entry.template)
        if _kind(entry.template) in _WORKLOAD_KINDS:
            message = f"a trait cannot create a {_said(entry.template)}"
            hint = "workloads come from component types; a trait may patch them"
            yield ((*path, "kind"), message, hint)


def _patches(resource: Trait) -> Iterator[Found]:
    for index, patch in enumerate(resource.spec.patches):
        for number, operation in enumerate(patch.operations):
            path: Path = ("spec", "patches", index, "operations", number)
            yield from _operation(path, operation)


def _operation(path: Path, operation: Operation) -> Iterator[Found]:
    has_value = "value" in operation.model_fields_set
    if not operation.path:
        yield ((*path, "path"), "must not be empty", "write for example /spec/replicas")
    if operation.op == "remove" and has_value:
        yield ((*path, "value"), "op: remove takes no value", "remove it, or write op: replace")
    elif operation.op != "remove" and not has_value:
        yield ((*path, "value"), f"is required for op: {operation.op}, but missing", "")


def _removes(resource: Trait) -> Iterator[Found]:
    for index, removal in enumerate(resource.spec.removes):
        target = removal.target
        if target.group in _WORKLOAD_GROUPS and target.kind.lower() in _WORKLOAD_KINDS:
            path: Path = ("spec", "removes", index, "target", "kind")
            hint = "workloads come from component types; a trait may patch them"
            yield (path, f"a trait cannot remove a {target.kind}", hint)


def _template(path: Path, template: Object) -> Iterator[Found]:
    metadata = template.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    needed: Iterable[tuple[Path, Document]] = (
        (("apiVersion",), template.get("apiVersion")),
        (("kind",), template.get("kind")),
        (("metadata", "name"), metadata.get("name")),
    )
    for step, value in needed:
        if not isinstance(value, str) or not value:
            yield ((*path, *step), "is required in a template, but missing", "")
    if "${" in _said(template):
        message = "must be written literally, without an expression"
        yield ((*path, "kind"), message, "use includeWhen to choose between templates")
    namespace = metadata.get("namespace")
    if namespace is not None and not _is_own_namespace(namespace):
        hint = "write ${metadata.namespace}, or leave it out for a cluster-scoped kind"
        message = "must be the component's own namespace"
        yield ((*path, "metadata", "namespace"), message, hint)


def _is_own_namespace(namespace: Document) -> bool:
    return isinstance(namespace, str) and _OWN_NAMESPACE.fullmatch(namespace) is not None


def _said(template: Object) -> str:
    kind = template.get("kind")
    return kind if isinstance(kind, str) else ""


def _kind(template: Object) -> str:
    return _said(template).lower()
