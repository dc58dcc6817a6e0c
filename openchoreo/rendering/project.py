"""Renders one project for one environment: above all, the namespace its components live in."""

from __future__ import annotations

from openchoreo.document import Object
from openchoreo.errors import OpenChoreoError
from openchoreo.model import label
from openchoreo.rendering import compiled
from openchoreo.rendering.finish import duplicates, manifests_of, plain
from openchoreo.rendering.inputs import ProjectInput
from openchoreo.rendering.manifests import Item
from openchoreo.rendering.metadata import project_metadata
from openchoreo.rendering.parts import CompiledProjectType
from openchoreo.rendering.planes import project_plane_variables
from openchoreo.rendering.rendered import DATA_PLANE, Rendered
from openchoreo.rendering.resources import rendered_templates
from openchoreo.rendering.rules import check_before
from openchoreo.rendering.scope import Scope, new_room, too_deep
from openchoreo.rendering.shapes import mapping, text
from openchoreo.rendering.strictness import DUPLICATE_MANIFESTS, Strictness
from openchoreo.rendering.values import Values


def render_project(given: ProjectInput) -> Rendered:
    """Manifests in the order of the templates, without labels of ours, all for the data plane.

    Raises OpenChoreoError with all problems of the step that failed.
    """
    try:
        return _rendered(given)
    except RecursionError:
        project = label("Project", given.namespace, given.project)
        raise OpenChoreoError(too_deep(project)) from None


def _rendered(given: ProjectInput) -> Rendered:
    during = f"while rendering Project {given.namespace}/{given.project} for {given.environment}"
    strictness = Strictness(given.relaxed)
    frozen = mapping(given.release, "projectType")
    type_ = compiled.project_type(mapping(frozen, "spec"), given.relaxed)
    metadata = project_metadata(given)
    scope = _scope(given, type_, metadata, Values(during, strictness))
    check_before(type_.rules, scope)
    items = rendered_templates(type_.resources, scope)
    _check_namespace(items, text(metadata, "namespace"), scope)
    strictness.add(DUPLICATE_MANIFESTS, *duplicates(items, during))
    strictness.raise_if_any()
    return Rendered(
        manifests=manifests_of(item.on(DATA_PLANE) for item in plain(items, during)),
        metadata=metadata,
        warnings=strictness.warnings,
    )


def _scope(
    given: ProjectInput, type_: CompiledProjectType, metadata: Object, values: Values
) -> Scope:
    resource = _type_label(given, mapping(given.release, "projectType"))
    sections = type_.sections
    supplied = mapping(given.release, "parameters")
    configs = given.environment_configs
    context = {
        "metadata": metadata,
        "parameters": values.defaulted(sections.parameters, resource, supplied),
        "environmentConfigs": values.defaulted(sections.environment_configs, resource, configs),
        **project_plane_variables(given.environment_resource, given.data_plane),
    }
    values.raise_if_any()
    return Scope.of(context, resource=resource, during=values.during, room=new_room())


def _type_label(given: ProjectInput, frozen: Object) -> str:
    kind = text(frozen, "kind") or "ProjectType"
    namespace = "" if kind == "ClusterProjectType" else given.namespace
    return label(kind, namespace, text(frozen, "name"))


def _check_namespace(items: list[Item], namespace: str, scope: Scope) -> None:
    """Everything of the project is applied into this namespace, so something must make it."""
    if any(_is_namespace(item.manifest, namespace) for item in items):
        return
    message = f"no resource is the Namespace {namespace}, which the components need"
    hint = "add a v1 Namespace with the name ${metadata.namespace}"
    raise OpenChoreoError(scope.problem(("spec", "resources"), message, hint))


def _is_namespace(manifest: Object, name: str) -> bool:
    of_kind = manifest["apiVersion"] == "v1" and manifest["kind"] == "Namespace"
    return of_kind and mapping(manifest, "metadata")["name"] == name
