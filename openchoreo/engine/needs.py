"""Resources, and components that wait for what Resources offer."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from msgspec.structs import replace

from openchoreo.delivery import RESOURCES
from openchoreo.document import Object
from openchoreo.engine import stacks
from openchoreo.engine.applying import Place, Provided, Run, applied, bound, index, objects, token
from openchoreo.engine.registration import Answer, finish_component, register_component
from openchoreo.errors import OpenChoreoError
from openchoreo.plan import Observed, PlannedComponent, PlannedResource, offered


async def resource(resource: PlannedResource, place: Place) -> Provided:
    parent = await register_component(
        index("Resource"), resource.key, place.parent, {"resource": resource.name}
    )
    frozen, binding = await bound(RESOURCES, resource, parent)
    answers = await applied(resource, replace(place, parent=binding))
    for urn in (frozen, binding, parent):
        await finish_component(urn)
    found = await _provided(resource, answers, place.run)
    if found.ready:
        place.run.applied.add(resource.removal)
    if found.outputs is not None:
        place.run.outputs[resource.key] = offered(found.outputs)
    return found


async def _provided(resource: PlannedResource, answers: list[Answer], run: Run) -> Provided:
    """What it offers, once it is ready."""
    urns = tuple(answer.urn for answer in answers)
    preview = pulumi.runtime.is_dry_run()
    if not (preview or all(answer.applied for answer in answers)):
        return Provided(ready=False, urns=urns)
    try:
        handed = await run.hand.outputs(resource)
    except OpenChoreoError as error:
        run.problems.append(str(error))
        return Provided(ready=False, urns=urns)
    outputs = {**resource.outputs, **handed}
    if resource.observe and not (preview and run.plan.changes(resource)):
        seen = await run.watch.observed(resource, handed, wait=not preview)
        outputs = {**resource.outputs, **seen.outputs}
        if seen.waiting and not preview:
            run.problems.append(_not_ready(resource, seen))
            return Provided(ready=False, urns=urns)
    known = resource.late <= outputs.keys()
    return Provided(ready=True, urns=urns, outputs=outputs if known else None)


def _not_ready(resource: PlannedResource, seen: Observed) -> str:
    lines = "\n".join(f"  {line}" for line in seen.waiting)
    return f"Resource {resource.key}: {resource.release.shown} is not ready\n{lines}"


def completed(
    component: PlannedComponent, needed: Mapping[str, Provided], run: Run
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


async def left(component: PlannedComponent, place: Place) -> None:
    """Registers what the state has of it, unchanged: what is not registered is deleted."""
    own = _there(stacks.read_state())
    packages = {name: one.package for name, one in place.run.providers.items()}
    kept = [
        replace(one, frozen=True)
        for one in component.objects
        if (token(one.manifest, packages[one.plane]), one.name) in own
    ]
    await objects(kept, place)


def _there(state: Mapping[str, Object]) -> frozenset[tuple[str, str]]:
    """Type and name of what the stack has: the last type and the last part of each URN."""
    return frozenset(
        (types.rpartition("$")[2], name)
        for _, types, name in (urn.rsplit("::", 2) for urn in state)
    )
