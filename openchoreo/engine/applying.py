"""What everything that is registered has in common: providers, releases, bindings, objects.

Types, names and parents are part of every URN and therefore a contract: a change ships an alias.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Mapping
from itertools import groupby
from typing import Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from openchoreo.delivery import Release, Words
from openchoreo.document import Object
from openchoreo.engine.registration import Answer, Options, register_component, register_custom
from openchoreo.plan import (
    Observed,
    Plan,
    PlannedComponent,
    PlannedObject,
    PlannedProject,
    PlannedResource,
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


class Provider(Struct, frozen=True):
    package: str
    reference: str

    @property
    def live(self) -> bool:
        return self.package == CLUSTER_PACKAGE


class Provided(Struct, frozen=True):
    """A Resource after its registration. `outputs` is None where some are not known."""

    ready: bool
    urns: tuple[str, ...] = ()
    outputs: Mapping[str, Output] | None = None


class Run(Struct):
    """What is the same for everything, and what was found on the way."""

    plan: Plan
    providers: Mapping[str, Provider]
    watch: Watch
    hand: Hand
    applied: set[str] = field(default_factory=set[str])
    outputs: dict[str, Mapping[str, Object]] = field(
        default_factory=dict[str, Mapping[str, Object]]
    )
    completed: dict[str, PlannedComponent] = field(default_factory=dict[str, PlannedComponent])
    problems: list[str] = field(default_factory=list[str])
    uncertain: bool = False


class Place(Struct, frozen=True):
    """Where the objects of one project, Resource or component go."""

    parent: str
    run: Run
    after: tuple[str, ...] = ()
    resources: Mapping[str, Awaitable[Provided]] = field(
        default_factory=dict[str, Awaitable[Provided]]
    )


async def bound(words: Words, one: Applicable, parent: str) -> tuple[str, str]:
    """The release and the binding of one owner, both below it."""
    frozen = await release(words, one, one.release, parent)
    inputs: Object = {"environment": one.environment, words.pin: one.release.shown}
    return frozen, await register_component(index(words.binding_kind), one.key, parent, inputs)


async def release(
    words: Words, one: Applicable | PlannedProject, release: Release, parent: str
) -> str:
    inputs: Object = {"release": release.shown, "digest": release.digest}
    name = f"{one.namespace}/{release.name}"
    return await register_component(index(words.release_kind), name, parent, inputs)


async def applied(one: Applicable, place: Place) -> list[Answer]:
    """The answers of all its objects, while somebody looks at them."""
    following = asyncio.ensure_future(place.run.watch.follow(one))
    try:
        answers = await objects(one.objects, place)
    finally:
        following.cancel()
    if not all(answer.applied for answer in answers):
        await place.run.watch.told(one)
    return answers


async def objects(objects: Iterable[PlannedObject], place: Place) -> list[Answer]:
    """Each wave waits for the one before it; files are all of one wave."""
    answers: list[Answer] = []
    for _, wave in groupby(sorted(objects, key=_wave), key=_wave):
        before = tuple(answer.urn for answer in answers)
        here = replace(place, after=(*place.after, *before))
        answers += await asyncio.gather(*(_object(one, here) for one in wave))
    return answers


async def _object(planned: PlannedObject, place: Place) -> Answer:
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


def index(kind: str) -> str:
    return f"openchoreo:index:{kind}"
