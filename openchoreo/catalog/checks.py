"""Rules that several resources have to keep together, as functions that return problems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openchoreo.errors import Path, Problem, Stage, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openchoreo.catalog.index import Catalog
    from openchoreo.model import Component, ComponentType, Resource


def owner_of(resource: Resource) -> tuple[str, ...]:
    """Project and, where it has one, component or resource; empty for what nobody owns."""
    owner = getattr(getattr(resource, "spec", None), "owner", None)
    names = ("project_name", "component_name", "resource_name")
    return tuple(str(getattr(owner, name)) for name in names if hasattr(owner, name))


def component_problems(catalog: Catalog, component: Component) -> tuple[Problem, ...]:
    """What OpenChoreo's component controller checks before it cuts a release."""
    found = catalog.component_type_of(component)
    return (
        *_type_problems(catalog, component, found),
        *_workload_problems(catalog, component),
        *_trait_problems(catalog, component, found),
        *_project_problems(catalog, component),
    )


def binding_problems(catalog: Catalog, component: Component) -> tuple[Problem, ...]:
    """An environment runs a component once, so only one ReleaseBinding can say how."""
    first: dict[str, Resource] = {}
    problems: list[Problem] = []
    for binding in catalog.bindings_of(component.namespace, component.project, component.name):
        environment = binding.spec.environment
        if environment in first:
            known = first[environment]
            message = f"{known} binds {component.name} in {environment} as well"
            path: Path = ("spec", "environment")
            hint = "keep one of them"
            problems.append(Problem(Stage.BINDING, str(binding), path, message, hint))
        first.setdefault(environment, binding)
    return tuple(problems)


def _type_problems(
    catalog: Catalog, component: Component, found: ComponentType | None
) -> Iterator[Problem]:
    ref = component.spec.component_type
    path: Path = ("spec", "componentType", "name")
    if found is None:
        message = f"there is no {ref.kind} {ref.type_name}{_in_namespace(ref.kind, component)}"
        hint = _other_kind(catalog, component) or _nearest(
            catalog, ref.kind, component.namespace, ref.type_name
        )
        yield _problem(component, path, message, hint)
    elif found.spec.workload_type != ref.workload_type:
        message = f"{found} is of workload type {found.spec.workload_type}, not {ref.workload_type}"
        hint = f"write {found.spec.workload_type}/{ref.type_name}"
        yield _problem(component, path, message, hint)


def _other_kind(catalog: Catalog, component: Component) -> str:
    """Most often it is the kind that was forgotten, since it defaults to ComponentType."""
    ref = component.spec.component_type
    kind = "ClusterComponentType" if ref.kind == "ComponentType" else "ComponentType"
    found = catalog.get(kind, component.namespace, ref.type_name)
    return f"there is a {kind} of this name: write kind: {kind}" if found else ""


def _workload_problems(catalog: Catalog, component: Component) -> Iterator[Problem]:
    project, name = component.project, component.name
    workloads = catalog.workloads_of(component.namespace, project, name)
    if len(workloads) > 1:
        names = ", ".join(workload.name for workload in workloads)
        message = f"has {len(workloads)} Workloads: {names}"
        yield _problem(component, (), message, "a component has exactly one; remove the others")
    elif not workloads:
        owner = f"owner: {{projectName: {project}, componentName: {name}}}"
        hint = f"write a Workload with {owner} in namespace {component.namespace}"
        yield _problem(
            component, (), "has no Workload", _from_descriptor(catalog, component) or hint
        )


def _from_descriptor(catalog: Catalog, component: Component) -> str:
    """The command that makes a Workload of the descriptor beside the component, if there is one."""
    folder = catalog.locate(*component.key)[0].rpartition("/")[0]
    beside = [file for file in catalog.descriptors if file.rpartition("/")[0] == folder]
    if len(beside) != 1:
        return ""
    command = (
        f"python -m openchoreo workload create --component {component.name} "
        f"--descriptor {beside[0]} --image <image> --output {folder}/{component.name}-workload.yaml"
    )
    return f"{beside[0]} is a workload descriptor, which names no image; make one of it: {command}"


def _trait_problems(
    catalog: Catalog, component: Component, found: ComponentType | None
) -> Iterator[Problem]:
    embedded = found.spec.traits if found else ()
    yield from _instance_name_problems(component, found)
    for index, trait in enumerate(component.spec.traits):
        path: Path = ("spec", "traits", index, "name")
        if found is not None:
            allowed = [(ref.kind, ref.name) for ref in found.spec.allowed_traits]
            if (trait.kind, trait.name) not in allowed:
                names = ", ".join(f"{kind} {name}" for kind, name in allowed)
                message = f"{found} does not allow the {trait.kind} {trait.name}"
                hint = f"it allows {names}" if allowed else "it allows no traits"
                yield _problem(component, path, message, hint)
        if catalog.trait(trait.kind, component.namespace, trait.name) is None:
            yield _missing_trait(catalog, component, component, path, trait.kind, trait.name)
    for index, trait in enumerate(embedded):
        if found and catalog.trait(trait.kind, component.namespace, trait.name) is None:
            path = ("spec", "traits", index, "name")
            yield _missing_trait(catalog, component, found, path, trait.kind, trait.name)


def _missing_trait(
    catalog: Catalog, component: Component, named_by: Resource, path: Path, kind: str, name: str
) -> Problem:
    message = f"there is no {kind} {name}{_in_namespace(kind, component)}"
    hint = _nearest(catalog, kind, component.namespace, name)
    return _problem(named_by, path, message, hint)


def _instance_name_problems(component: Component, found: ComponentType | None) -> Iterator[Problem]:
    seen = {trait.instance_name: str(found) for trait in (found.spec.traits if found else ())}
    for index, trait in enumerate(component.spec.traits):
        name = trait.instance_name
        if name in seen:
            message = f"{seen[name]} has a trait with the instance name {name} as well"
            hint = "instance names are unique in a component; choose another"
            yield _problem(component, ("spec", "traits", index, "instanceName"), message, hint)
        seen.setdefault(name, "the component")


def _project_problems(catalog: Catalog, component: Component) -> Iterator[Problem]:
    namespace, name = component.namespace, component.project
    project = catalog.project(namespace, name)
    if project is None:
        message = f"there is no Project {name} in namespace {namespace}"
        hint = _nearest(catalog, "Project", namespace, name)
        yield _problem(component, ("spec", "owner", "projectName"), message, hint)
        return
    if catalog.pipeline_of(project) is None:
        pipeline = project.spec.deployment_pipeline_ref.name
        message = f"there is no DeploymentPipeline {pipeline} in namespace {namespace}"
        hint = _nearest(catalog, "DeploymentPipeline", namespace, pipeline)
        yield _problem(project, ("spec", "deploymentPipelineRef", "name"), message, hint)


def _nearest(catalog: Catalog, kind: str, namespace: str, name: str) -> str:
    return nearest(name, catalog.names(kind, namespace)) or f"there is no {kind} at all"


def _in_namespace(kind: str, resource: Resource) -> str:
    return "" if kind.startswith("Cluster") else f" in namespace {resource.namespace}"


def _problem(resource: Resource, path: Path, message: str, hint: str = "") -> Problem:
    return Problem(Stage.COMPONENT, str(resource), path, message, hint)
