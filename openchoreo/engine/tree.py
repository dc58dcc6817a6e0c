"""Registers a plan as a tree of Pulumi resources and tells which components were applied.

Environment -> Project -> Component -> ReleaseBinding -> Kubernetes objects, with the
ComponentRelease beside the binding. Types, names and parents are part of every URN and
therefore a contract: a change ships an alias.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from openchoreo.document import Object
from openchoreo.engine.registration import (
    Answer,
    Options,
    finish_component,
    register_component,
    register_custom,
    root_urn,
)
from openchoreo.plan import Plan, PlannedComponent, PlannedObject, PlannedProject

PACKAGE = "openchoreo-files"
"""The provider of the files target. Not `openchoreo`: the engine hands all `openchoreo:`
config to a provider of that name and stores it."""


def token(manifest: Object) -> str:
    """The Pulumi type of a manifest: openchoreo-files:apps/v1:Deployment, ...:core/v1:Service."""
    version = str(manifest["apiVersion"])
    group_version = version if "/" in version else f"core/{version}"
    return f"{PACKAGE}:{group_version}:{manifest['kind']}"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the objects of one project or component go."""

    parent: str
    providers: Mapping[str, str]
    after: tuple[str, ...] = ()


async def register(plan: Plan) -> frozenset[str]:
    """Registers everything and returns the components whose objects have all been applied.

    Components are told by their key "<namespace>/<name>".
    """
    root = await root_urn()
    providers = await _providers(plan, root)
    environment = await register_component(
        _index("Environment"), plan.environment, root, {"environment": plan.environment}
    )
    applied = await asyncio.gather(
        *(_project(project, environment, providers) for project in plan.projects)
    )
    await finish_component(environment)
    return frozenset(key for keys in applied for key in keys)


async def _providers(plan: Plan, root: str) -> dict[str, str]:
    """One provider per plane: plane name -> provider reference."""
    answers = await asyncio.gather(
        *(
            register_custom(
                f"pulumi:providers:{PACKAGE}", plane.name, root, {"directory": plane.directory}
            )
            for plane in plan.planes
        )
    )
    return {
        plane.name: answer.reference for plane, answer in zip(plan.planes, answers, strict=True)
    }


async def _project(
    project: PlannedProject, environment: str, providers: Mapping[str, str]
) -> list[str]:
    parent = await register_component(
        _index("Project"), project.key, environment, {"project": project.name}
    )
    binding = await register_component(
        _index("ProjectReleaseBinding"), project.key, parent, {"environment": project.environment}
    )
    # The namespace comes first, so that a cluster never sees an object without its namespace.
    answers = await _objects(project.objects, _Place(binding, providers))
    place = _Place(parent, providers, tuple(answer.urn for answer in answers))
    applied = await asyncio.gather(
        *(_component(component, place) for component in project.components)
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
    answers = await _objects(component.objects, _Place(binding, place.providers, place.after))
    for urn in (frozen, binding, parent):
        await finish_component(urn)
    return all(answer.applied for answer in answers)


async def _objects(objects: Iterable[PlannedObject], place: _Place) -> list[Answer]:
    return list(
        await asyncio.gather(
            *(
                register_custom(
                    token(planned.manifest),
                    planned.name,
                    place.parent,
                    planned.manifest,
                    Options(place.providers[planned.plane], place.after, planned.frozen),
                )
                for planned in objects
            )
        )
    )


def _index(kind: str) -> str:
    return f"openchoreo:index:{kind}"
