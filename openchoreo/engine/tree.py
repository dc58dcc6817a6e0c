"""Registers a plan as a tree of Pulumi resources and tells what was applied.

Environment -> Project -> Component -> ReleaseBinding -> Kubernetes objects, with the
ComponentRelease beside the binding; the same for Resources, and for the objects of the project
itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from importlib import metadata

from msgspec import Struct
from msgspec.structs import replace

from openchoreo.delivery import COMPONENTS, PROJECTS
from openchoreo.document import Object
from openchoreo.engine.applying import (
    CLUSTER_PACKAGE,
    PACKAGE,
    Hand,
    Place,
    Provider,
    Run,
    Watch,
    applied,
    bound,
    index,
    objects,
    release,
)
from openchoreo.engine.needs import completed, left, resource
from openchoreo.engine.registration import (
    Options,
    finish_component,
    register_component,
    register_custom,
    root_urn,
)
from openchoreo.plan import ENVIRONMENT, Cluster, Plan, Plane, PlannedComponent, PlannedProject


class Registered(Struct, frozen=True):
    """What was applied, told as in `Plan.keys`, and what became known by that.

    `problems` are those of which the engine knows nothing. `uncertain` is a preview in which
    something is known only later.
    """

    applied: frozenset[str]
    outputs: Mapping[str, Mapping[str, Object]]
    completed: Mapping[str, PlannedComponent]
    problems: tuple[str, ...]
    uncertain: bool


async def register(plan: Plan, watch: Watch, hand: Hand) -> Registered:
    """Registers everything, and returns what of it has been applied."""
    root = await root_urn()
    run = Run(plan, await _providers(plan, root), watch, hand)
    environment = await register_component(
        index("Environment"), plan.environment, root, {"environment": plan.environment}
    )
    place = Place(environment, run)
    await asyncio.gather(
        _own_objects(plan, place), *(_project(one, place) for one in plan.projects)
    )
    await finish_component(environment)
    return Registered(
        frozenset(run.applied), run.outputs, run.completed, tuple(run.problems), run.uncertain
    )


async def _own_objects(plan: Plan, place: Place) -> None:
    if all(answer.applied for answer in await objects(plan.objects, place)):
        place.run.applied.add(ENVIRONMENT)


async def _providers(plan: Plan, root: str) -> dict[str, Provider]:
    """One provider per plane, by the plane's name."""
    providers = await asyncio.gather(*(_provider(plane, plan, root) for plane in plan.planes))
    return {plane.name: one for plane, one in zip(plan.planes, providers, strict=True)}


async def _provider(plane: Plane, plan: Plan, root: str) -> Provider:
    package, options = PACKAGE, Options()
    inputs: Object = {"directory": plane.directory}
    if plane.cluster:
        package, inputs = CLUSTER_PACKAGE, _of_cluster(plane.cluster, adopt=plan.adopt)
        options = Options(version=metadata.version("pulumi-kubernetes"))
    answer = await register_custom(f"pulumi:providers:{package}", plane.name, root, inputs, options)
    return Provider(package, answer.reference)


def _of_cluster(cluster: Cluster, *, adopt: bool) -> Object:
    """The provider takes booleans as text; its own default for each of these is another."""
    inputs: Object = {
        "context": cluster.context,
        "clusterIdentifier": cluster.identifier,
        "enableServerSideApply": "true",
        # A change is an update, and pods are restarted by the hash that their template carries.
        "enableConfigMapMutable": "true",
        "enableSecretMutable": "true",
    }
    if cluster.kubeconfig:
        inputs["kubeconfig"] = cluster.kubeconfig
    if adopt:
        inputs["upsertExistingObjects"] = inputs["enablePatchForce"] = "true"
    return inputs


async def _project(project: PlannedProject, place: Place) -> None:
    parent = await register_component(
        index("Project"), project.key, place.parent, {"project": project.name}
    )
    frozen = [await release(PROJECTS, project, project.release, parent)] if project.release else []
    binding = await register_component(
        index("ProjectReleaseBinding"), project.key, parent, {"environment": project.environment}
    )
    # The namespace comes first, so that a cluster never sees an object without its namespace.
    answers = await objects(project.objects, replace(place, parent=binding))
    if all(answer.applied for answer in answers):
        place.run.applied.add(project.removal)
    inner = replace(place, parent=parent, after=tuple(answer.urn for answer in answers))
    resources = {one.key: asyncio.ensure_future(resource(one, inner)) for one in project.resources}
    within = replace(inner, resources=resources)
    await asyncio.gather(
        *resources.values(), *(_component(component, within) for component in project.components)
    )
    for urn in (*frozen, binding, parent):
        await finish_component(urn)


async def _component(component: PlannedComponent, place: Place) -> None:
    parent = await register_component(
        index("Component"), component.key, place.parent, {"component": component.name}
    )
    frozen, binding = await bound(COMPONENTS, component, parent)
    needed = {key: await place.resources[key] for key in component.needs}
    after = (*place.after, *(urn for one in needed.values() for urn in one.urns))
    here = replace(place, parent=binding, after=after)
    whole = completed(component, needed, place.run)
    if whole is None:
        await left(component, here)
    elif all(answer.applied for answer in await applied(whole, here)):
        place.run.applied.add(component.key)
    # What runs already is not shown, so the engine need not hear when its parts are whole.
    parts = () if _runs_already(component, place.run.plan) else (frozen, binding)
    for urn in (*parts, parent):
        await finish_component(urn)


def _runs_already(component: PlannedComponent, plan: Plan) -> bool:
    record = plan.ledger.recorded(component.key)
    if record is None or not record.running:
        return False
    return record.current.release == component.release.digest
