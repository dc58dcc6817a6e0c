"""Registers a plan as a tree of Pulumi resources and tells what was applied.

Environment -> Project -> Component -> ReleaseBinding -> Kubernetes objects, with the
ComponentRelease beside the binding; the same for Resources, and for the objects of the project
itself. Types, names and parents are part of every URN and therefore a contract: a change ships
an alias.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib import metadata
from itertools import groupby
from typing import Protocol

import pulumi

from openchoreo.delivery import COMPONENTS, PROJECTS, RESOURCES, Release, Words
from openchoreo.document import Object
from openchoreo.engine import stacks
from openchoreo.engine.registration import (
    Answer,
    Options,
    finish_component,
    register_component,
    register_custom,
    root_urn,
)
from openchoreo.errors import OpenChoreoError
from openchoreo.plan import (
    Cluster,
    Observed,
    Plan,
    Plane,
    PlannedComponent,
    PlannedObject,
    PlannedProject,
    PlannedResource,
    offered,
)
from openchoreo.rendering import Output

PACKAGE = "openchoreo-files"
"""The provider of the files target. Not `openchoreo`: the engine hands all `openchoreo:`
config to a provider of that name and stores it."""

CLUSTER_PACKAGE = "kubernetes"


Applicable = PlannedComponent | PlannedResource


class Watch(Protocol):
    """Looks at what is applied, in its clusters."""

    async def follow(self, component: Applicable) -> None:
        """Says what keeps it from becoming ready, until it is cancelled."""

    async def told(self, component: Applicable) -> None:
        """Says why it could not be applied."""

    async def observed(
        self, resource: PlannedResource, handed: Mapping[str, Output], *, wait: bool
    ) -> Observed:
        """What a cluster says of a Resource."""
        ...


class Hand(Protocol):
    """What the program gives to Resources."""

    async def outputs(self, resource: PlannedResource) -> Mapping[str, Output]:
        """Those that are known by now. Raises OpenChoreoError for what must not be given."""
        ...


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
class _Provided:
    """A Resource after its registration. `outputs` is None where some are not known."""

    ready: bool
    urns: tuple[str, ...] = ()
    outputs: Mapping[str, Output] | None = None


@dataclass
class _Run:
    """What is the same for everything, and what was found on the way."""

    plan: Plan
    providers: Mapping[str, _Provider]
    watch: Watch
    hand: Hand
    applied: set[str] = field(default_factory=set[str])
    outputs: dict[str, Mapping[str, Object]] = field(
        default_factory=dict[str, Mapping[str, Object]]
    )
    completed: dict[str, PlannedComponent] = field(default_factory=dict[str, PlannedComponent])
    problems: list[str] = field(default_factory=list[str])
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class Registered:
    """What was applied, told as in `Plan.keys`, and what became known by that.

    `problems` are those of which the engine knows nothing. `uncertain` is a preview in which
    something is known only later.
    """

    applied: frozenset[str]
    outputs: Mapping[str, Mapping[str, Object]]
    completed: Mapping[str, PlannedComponent]
    problems: tuple[str, ...]
    uncertain: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the objects of one project, Resource or component go."""

    parent: str
    run: _Run
    after: tuple[str, ...] = ()
    resources: Mapping[str, Awaitable[_Provided]] = field(
        default_factory=dict[str, Awaitable[_Provided]]
    )


async def register(plan: Plan, watch: Watch, hand: Hand) -> Registered:
    """Registers everything, and returns what of it has been applied."""
    root = await root_urn()
    run = _Run(plan, await _providers(plan, root), watch, hand)
    environment = await register_component(
        _index("Environment"), plan.environment, root, {"environment": plan.environment}
    )
    place = _Place(environment, run)
    await asyncio.gather(
        _objects(plan.objects, place), *(_project(one, place) for one in plan.projects)
    )
    await finish_component(environment)
    return Registered(
        frozenset(run.applied), run.outputs, run.completed, tuple(run.problems), run.uncertain
    )


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


async def _project(project: PlannedProject, place: _Place) -> None:
    parent = await register_component(
        _index("Project"), project.key, place.parent, {"project": project.name}
    )
    frozen = [await _release(PROJECTS, project, project.release, parent)] if project.release else []
    binding = await register_component(
        _index("ProjectReleaseBinding"), project.key, parent, {"environment": project.environment}
    )
    # The namespace comes first, so that a cluster never sees an object without its namespace.
    answers = await _objects(project.objects, replace(place, parent=binding))
    if all(answer.applied for answer in answers):
        place.run.applied.add(project.removal)
    inner = replace(place, parent=parent, after=tuple(answer.urn for answer in answers))
    resources = {one.key: asyncio.ensure_future(_resource(one, inner)) for one in project.resources}
    within = replace(inner, resources=resources)
    await asyncio.gather(
        *resources.values(), *(_component(component, within) for component in project.components)
    )
    for urn in (*frozen, binding, parent):
        await finish_component(urn)


async def _resource(resource: PlannedResource, place: _Place) -> _Provided:
    parent = await register_component(
        _index("Resource"), resource.key, place.parent, {"resource": resource.name}
    )
    frozen, binding = await _bound(RESOURCES, resource, parent)
    answers = await _applied(resource, replace(place, parent=binding))
    for urn in (frozen, binding, parent):
        await finish_component(urn)
    found = await _provided(resource, answers, place.run)
    if found.ready:
        place.run.applied.add(resource.removal)
    if found.outputs is not None:
        place.run.outputs[resource.key] = offered(found.outputs)
    return found


async def _provided(resource: PlannedResource, answers: list[Answer], run: _Run) -> _Provided:
    """What it offers, once it is ready."""
    urns = tuple(answer.urn for answer in answers)
    preview = pulumi.runtime.is_dry_run()
    if not (preview or all(answer.applied for answer in answers)):
        return _Provided(ready=False, urns=urns)
    try:
        handed = await run.hand.outputs(resource)
    except OpenChoreoError as error:
        run.problems.append(str(error))
        return _Provided(ready=False, urns=urns)
    outputs = {**resource.outputs, **handed}
    if resource.observe and not (preview and run.plan.changes(resource)):
        seen = await run.watch.observed(resource, handed, wait=not preview)
        outputs = {**resource.outputs, **seen.outputs}
        if seen.waiting and not preview:
            run.problems.append(_not_ready(resource, seen))
            return _Provided(ready=False, urns=urns)
    known = resource.late <= outputs.keys()
    return _Provided(ready=True, urns=urns, outputs=outputs if known else None)


def _not_ready(resource: PlannedResource, seen: Observed) -> str:
    lines = "\n".join(f"  {line}" for line in seen.waiting)
    return f"Resource {resource.key}: {resource.release.shown} is not ready\n{lines}"


async def _component(component: PlannedComponent, place: _Place) -> None:
    parent = await register_component(
        _index("Component"), component.key, place.parent, {"component": component.name}
    )
    frozen, binding = await _bound(COMPONENTS, component, parent)
    needed = {key: await place.resources[key] for key in component.needs}
    after = (*place.after, *(urn for one in needed.values() for urn in one.urns))
    here = replace(place, parent=binding, after=after)
    whole = _completed(component, needed, place.run)
    if whole is None:
        await _left(component, here)
    elif all(answer.applied for answer in await _applied(whole, here)):
        place.run.applied.add(component.key)
    for urn in (frozen, binding, parent):
        await finish_component(urn)


def _completed(
    component: PlannedComponent, needed: Mapping[str, _Provided], run: _Run
) -> PlannedComponent | None:
    """The component with everything it needs; None where it stays as it is."""
    if not all(one.ready for one in needed.values()):
        waiting = ", ".join(key for key, one in needed.items() if not one.ready)
        run.problems.append(f"{component.key}: left as it is, since {waiting} is not ready")
        return None
    if component.complete is None:
        return component
    if any(one.outputs is None for one in needed.values()):
        if pulumi.runtime.is_dry_run():
            run.uncertain = True
            return component
        run.problems.append(f"{component.key}: left as it is, since an output is not known")
        return None
    found = {_key(key): one.outputs or {} for key, one in needed.items()}
    try:
        run.completed[component.key] = component.complete(found)
    except OpenChoreoError as error:
        run.problems.append(str(error))
        return None
    return run.completed[component.key]


def _key(written: str) -> tuple[str, str]:
    namespace, _, name = written.partition("/")
    return namespace, name


async def _left(component: PlannedComponent, place: _Place) -> None:
    """Registers what the state has of it, unchanged: what is not registered is deleted."""
    own = _there(stacks.read_state())
    packages = {name: one.package for name, one in place.run.providers.items()}
    kept = [
        replace(one, frozen=True)
        for one in component.objects
        if (token(one.manifest, packages[one.plane]), one.name) in own
    ]
    await _objects(kept, place)


def _there(state: Mapping[str, Object]) -> frozenset[tuple[str, str]]:
    """Type and name of what the stack has: the last type and the last part of each URN."""
    return frozenset(
        (types.rpartition("$")[2], name)
        for _, types, name in (urn.rsplit("::", 2) for urn in state)
    )


async def _bound(words: Words, one: Applicable, parent: str) -> tuple[str, str]:
    """The release and the binding of one owner, both below it."""
    frozen = await _release(words, one, one.release, parent)
    inputs: Object = {"environment": one.environment, words.pin: one.release.shown}
    return frozen, await register_component(_index(words.binding_kind), one.key, parent, inputs)


async def _release(
    words: Words, one: Applicable | PlannedProject, release: Release, parent: str
) -> str:
    inputs: Object = {"release": release.shown, "digest": release.digest}
    name = f"{one.namespace}/{release.name}"
    return await register_component(_index(words.release_kind), name, parent, inputs)


async def _applied(one: Applicable, place: _Place) -> list[Answer]:
    """The answers of all its objects, while somebody looks at them."""
    following = asyncio.ensure_future(place.run.watch.follow(one))
    try:
        answers = await _objects(one.objects, place)
    finally:
        following.cancel()
    if not all(answer.applied for answer in answers):
        await place.run.watch.told(one)
    return answers


async def _objects(objects: Iterable[PlannedObject], place: _Place) -> list[Answer]:
    """Each wave waits for the one before it; files are all of one wave."""
    answers: list[Answer] = []
    for _, wave in groupby(sorted(objects, key=_wave), key=_wave):
        before = tuple(answer.urn for answer in answers)
        here = replace(place, after=(*place.after, *before))
        answers += await asyncio.gather(*(_object(one, here) for one in wave))
    return answers


async def _object(planned: PlannedObject, place: _Place) -> Answer:
    provider = place.run.providers[planned.plane]
    options = Options(
        provider.reference,
        place.after,
        planned.frozen,
        timeout=planned.timeout,
        live=provider.live,
        retained=planned.retained,
    )
    type_ = token(planned.manifest, provider.package)
    return await register_custom(type_, planned.name, place.parent, planned.manifest, options)


def _wave(planned: PlannedObject) -> int:
    return planned.wave


def _index(kind: str) -> str:
    return f"openchoreo:index:{kind}"
