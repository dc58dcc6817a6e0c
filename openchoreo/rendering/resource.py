"""Renders one Resource for one environment, and reads from its status what it offers."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from openchoreo.document import Document, Object
from openchoreo.errors import Collector, OpenChoreoError, Problem
from openchoreo.model import label
from openchoreo.rendering import compiled
from openchoreo.rendering.finish import duplicates, manifests_of, plain
from openchoreo.rendering.inputs import ResourceInput
from openchoreo.rendering.metadata import resource_metadata
from openchoreo.rendering.parts import CompiledResourceType, OutputTemplate
from openchoreo.rendering.planes import resource_plane_variables
from openchoreo.rendering.rendered import DATA_PLANE, Rendered
from openchoreo.rendering.resource_dependencies import Output
from openchoreo.rendering.resources import rendered_templates
from openchoreo.rendering.scope import Part, Scope, kind_of, new_room, too_deep
from openchoreo.rendering.shapes import doubles, mapping, text
from openchoreo.rendering.strictness import DUPLICATE_MANIFESTS, Strictness
from openchoreo.rendering.values import Values

Applied = Mapping[str, Object]
"""What the cluster says of the manifests: id of the template -> `status`."""


class Resolved(Struct, frozen=True):
    """The outputs there are, in the order of declaration, and why the others are not."""

    outputs: Mapping[str, Output]
    problems: tuple[Problem, ...]


def render_resource(given: ResourceInput) -> Rendered:
    """Manifests in the order of the templates, without labels of ours, all for the data plane.

    Raises OpenChoreoError with all problems of the step that failed.
    """
    try:
        return _rendered(given)
    except RecursionError:
        raise _too_deep(given) from None


def resolve_outputs(given: ResourceInput, applied: Applied) -> Resolved:
    """What the Resource offers by now; an output that fails does not keep back the others.

    Raises OpenChoreoError where not even the variables of the templates can be made.
    """
    try:
        type_, scope = _observed(given, applied)
        found = Collector()
        outputs = {
            one.name: found.attempt(lambda one=one: _output(one, scope)) for one in type_.outputs
        }
    except RecursionError:
        raise _too_deep(given) from None
    there = {name: output for name, output in outputs.items() if output}
    return Resolved(there, found.problems)


def ready(given: ResourceInput, applied: Applied, template_id: str) -> bool:
    """Whether `readyWhen` of a template holds, as it does where there is none.

    Raises OpenChoreoError also where it asks for a status that is not there yet.
    """
    try:
        type_, scope = _observed(given, applied)
        conditions = {one.id: one.ready_when for one in type_.resources}
        condition = conditions[template_id]
        return condition is None or scope.truth(condition)
    except RecursionError:
        raise _too_deep(given) from None


def _rendered(given: ResourceInput) -> Rendered:
    strictness = Strictness(given.relaxed)
    type_, scope = _prepared(given, strictness)
    items = rendered_templates(type_.resources, scope)
    strictness.add(DUPLICATE_MANIFESTS, *duplicates(items, scope.during))
    strictness.raise_if_any()
    ids = {one.template.path: one.id for one in type_.resources}
    return Rendered(
        manifests=manifests_of(item.on(DATA_PLANE) for item in plain(items, scope.during)),
        metadata=resource_metadata(given),
        warnings=strictness.warnings,
        ids=tuple(ids[item.path] for item in items),
    )


def _observed(given: ResourceInput, applied: Applied) -> tuple[CompiledResourceType, Scope]:
    """With `applied`, which holds nothing but what has been observed."""
    type_, scope = _prepared(given, Strictness(given.relaxed))
    statuses: Document = {name: {"status": doubles(status)} for name, status in applied.items()}
    return type_, scope.binding("applied", statuses)


def _prepared(given: ResourceInput, strictness: Strictness) -> tuple[CompiledResourceType, Scope]:
    during = f"while rendering Resource {given.namespace}/{given.resource} for {given.environment}"
    frozen = mapping(given.release, "resourceType")
    type_ = compiled.resource_type(mapping(frozen, "spec"), given.relaxed)
    resource = _type_label(given, frozen)
    values = Values(during, strictness)
    sections, configs = type_.sections, given.environment_configs
    supplied = mapping(given.release, "parameters")
    context = {
        "metadata": resource_metadata(given),
        "parameters": values.defaulted(sections.parameters, resource, supplied),
        "environmentConfigs": values.defaulted(sections.environment_configs, resource, configs),
        **resource_plane_variables(given.environment_resource, given.data_plane),
    }
    values.raise_if_any()
    return type_, Scope.of(context, resource=resource, during=during, room=new_room())


def _type_label(given: ResourceInput, frozen: Object) -> str:
    kind = text(frozen, "kind") or "ResourceType"
    namespace = "" if kind == "ClusterResourceType" else given.namespace
    return label(kind, namespace, text(frozen, "name"))


def _output(template: OutputTemplate, scope: Scope) -> Output:
    found = Collector()
    texts = [found.attempt(lambda part=part: _text(part, scope)) for part in template.parts]
    found.raise_if_any()
    if template.source == "value":
        return Output(value=texts[0] or "")
    name, key = texts
    return Output(source=template.source, name=name or "", key=key or "")


def _text(part: Part, scope: Scope) -> str:
    value = scope.render(part)
    if isinstance(value, str):
        return value
    message = f"{part.document} must evaluate to string, not {kind_of(value)}"
    raise OpenChoreoError(scope.problem(part.path, message, "write string(...) around it"))


def _too_deep(given: ResourceInput) -> OpenChoreoError:
    return OpenChoreoError(too_deep(label("Resource", given.namespace, given.resource)))
