"""Registers a plan as a tree of Pulumi resources and tells which components were applied.

Environment -> Project -> Component -> ReleaseBinding -> Kubernetes objects, with the
ComponentRelease beside the binding. Types, names and parents are part of every URN and
therefore a contract: a change ships an alias.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib import metadata
from itertools import groupby
from typing import Protocol

from openchoreo.document import Object
from openchoreo.engine.registration import (
    Answer,
    Options,
    finish_component,
    register_component,
    register_custom,
    root_urn,
)
from openchoreo.plan import (
    Cluster,
    Plan,
    Plane,
    PlannedComponent,
    PlannedObject,
    PlannedProject,
)

PACKAGE = "openchoreo-files"
"""The provider of the files target. Not `openchoreo`: the engine hands all `openchoreo:`
config to a provider of that name and stores it."""

CLUSTER_PACKAGE = "kubernetes"


class Watch(Protocol):
    """Looks at components while they are applied."""

    async def follow(self, component: PlannedComponent) -> None:
        """Says what keeps it from becoming ready, until it is cancelled."""

    async def told(self, component: PlannedComponent) -> None:
        """Says why it could not be applied."""


def token(manifest: Object, package: str = PACKAGE) -> str:
    """The Pulumi type of a manifest: openchoreo-files:apps/v1:Deployment, ...:core/v1:Service."""
    version = str(manifest["apiVersion"])
    group_version = version if "/" in version else f"core/{version}"
    return f"{package}:{group_version}:{manifest['kind']}"


@dataclass(frozen=True, slots=True)
class _Provider:
    package: str
    reference: str

    @property
    def live(self) -> bool:
        return self.package == CLUSTER_PACKAGE


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the objects of one project or component go."""

    parent: str
    providers: Mapping[str, _Provider]
    watch: Watch
    after: tuple[str, ...] = ()


async def register(plan: Plan, watch: Watch) -> frozenset[str]:
    """Registers everything and returns the components whose objects have all been applied.

    Components are told by their key "<namespace>/<name>".
    """
    root = await root_urn()
    providers = await _providers(plan, root)
    environment = await register_component(
        _index("Environment"), plan.environment, root, {"environment": plan.environment}
    )
    applied = await asyncio.gather(
        *(_project(one, _Place(environment, providers, watch)) for one in plan.projects)
    )
    await finish_component(environment)
    return frozenset(key for keys in applied for key in keys)


async def _providers(plan: Plan, root: str) -> dict[str, _Provider]:
    """One provider per plane, by the plane's name."""
    providers = await asyncio.gather(*(_provider(plane, plan, root) for plane in plan.planes))
    return {plane.name: one for plane, one in zip(plan.planes, providers, strict=True)}


async def _provider(plane: Plane, plan: Plan, root: str) -> _Provider:
    package, options = PACKAGE, Options()
    inputs: Object = {"directory": plane.directory}
    if plane.cluster:
        package, inputs = CLUSTER_PACKAGE, _of_cluster(plane.cluster, adopt=plan.adopt)
        options = Options(version=metadata.version("pulumi-kubernetes"))
    answer = await register_custom(f"pulumi:providers:{package}", plane.name, root, inputs, options)
    return _Provider(package, answer.reference)


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


async def _project(project: PlannedProject, place: _Place) -> list[str]:
    parent = await register_component(
        _index("Project"), project.key, place.parent, {"project": project.name}
    )
    binding = await register_component(
        _index("ProjectReleaseBinding"), project.key, parent, {"environment": project.environment}
    )
    # The namespace comes first, so that a cluster never sees an object without its namespace.
    answers = await _objects(project.objects, replace(place, parent=binding))
    inner = replace(place, parent=parent, after=tuple(answer.urn for answer in answers))
    applied = await asyncio.gather(
        *(_component(component, inner) for component in project.components)
    )
    await finish_component(binding)
    await finish_component(parent)
    keys = [component.key for component in project.components]
    return [key for key, done in zip(keys, applied, strict=True) if done]


async def _component(component: PlannedComponent, place: _Place) -> bool:
    """Whether every object of the component has been applied."""
    parent = await register_component(
        _index("Component"), component.key, place.parent, {"component": component.name}
    )
    release = component.release
    frozen = await register_component(
        _index("ComponentRelease"),
        f"{component.namespace}/{release.name}",
        parent,
        {"release": release.shown, "digest": release.digest},
    )
    binding = await register_component(
        _index("ReleaseBinding"),
        component.key,
        parent,
        {"environment": component.environment, "releaseName": release.shown},
    )
    following = asyncio.ensure_future(place.watch.follow(component))
    try:
        answers = await _objects(component.objects, replace(place, parent=binding))
    finally:
        following.cancel()
    applied = all(answer.applied for answer in answers)
    if not applied:
        await place.watch.told(component)
    for urn in (frozen, binding, parent):
        await finish_component(urn)
    return applied


async def _objects(objects: Iterable[PlannedObject], place: _Place) -> list[Answer]:
    """Each wave waits for the one before it; files are all of one wave."""
    answers: list[Answer] = []
    for _, wave in groupby(sorted(objects, key=_wave), key=_wave):
        before = tuple(answer.urn for answer in answers)
        here = replace(place, after=(*place.after, *before))
        answers += await asyncio.gather(*(_object(one, here) for one in wave))
    return answers


async def _object(planned: PlannedObject, place: _Place) -> Answer:
    provider = place.providers[planned.plane]
    options = Options(
        provider.reference,
        place.after,
        planned.frozen,
        timeout=planned.timeout,
        live=provider.live,
    )
    type_ = token(planned.manifest, provider.package)
    return await register_custom(type_, planned.name, place.parent, planned.manifest, options)


def _wave(planned: PlannedObject) -> int:
    return planned.wave


def _index(kind: str) -> str:
    return f"openchoreo:index:{kind}"
