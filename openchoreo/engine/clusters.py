"""What a run asks of clusters itself: before the first object, and of pods afterwards."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterable, Mapping

import pulumi

from openchoreo import cluster
from openchoreo.cluster import Api, ClusterError, Kinds
from openchoreo.document import Object
from openchoreo.engine import stacks
from openchoreo.engine.applying import CLUSTER_PACKAGE, token
from openchoreo.errors import OpenChoreoError, Problem
from openchoreo.plan import (
    Observed,
    Plan,
    Plane,
    PlannedComponent,
    PlannedObject,
    PlannedProject,
    PlannedResource,
)
from openchoreo.rendering import Output
from openchoreo.workspace.identity import cluster_problem, connected

_BETWEEN_LOOKS = 20.0  # seconds
_BETWEEN_QUESTIONS = 1.0  # seconds
_READY_WITHIN = 600  # seconds, as the provider waits for most kinds
_PART_OF_LIMIT = 0.6  # so that a short time limit does not end before the first look
_DIGITS = re.compile(r"\d+")


class Clusters:
    """The clusters of one plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._planes = [plane for plane in plan.planes if plane.cluster]
        self._kinds: dict[str, Kinds] = {}

    def check(self) -> None:
        """Raises OpenChoreoError with everything that a cluster would refuse, as far as it says."""
        problems: list[Problem] = []
        for plane in self._planes:
            try:
                problems += self._check(plane)
            except ClusterError as error:
                problems.append(cluster_problem(plane.name, error.message, error.hint))
        if problems:
            raise OpenChoreoError(*problems)

    async def observed(
        self, resource: PlannedResource, handed: Mapping[str, Output], *, wait: bool
    ) -> Observed:
        """What the cluster says of a Resource; with `wait`, once it is ready or its time is over."""
        assert resource.observe is not None
        limit = max((one.timeout for one in resource.objects), default=0) or _READY_WITHIN
        end = time.monotonic() + limit
        while True:
            try:
                found = await asyncio.to_thread(self._statuses, resource)
            except ClusterError as error:
                found, trouble = {}, (error.message,)
            else:
                trouble = ()
            seen = resource.observe(found, handed)
            waiting = (*trouble, *seen.waiting)
            if not waiting or not wait or time.monotonic() > end:
                return Observed(seen.outputs, waiting)
            await asyncio.sleep(_BETWEEN_QUESTIONS)

    def _statuses(self, resource: PlannedResource) -> dict[str, Object]:
        """Id of the template -> `status` of its object, which is empty where there is none."""
        found: dict[str, Object] = {}
        for plane in self._planes:
            mine = [one for one in resource.objects if one.plane == plane.name]
            answers = cluster.statuses(
                _api(plane), self._kinds_of(plane), [one.manifest for one in mine]
            )
            found.update({one.id: status for one, status in zip(mine, answers, strict=True)})
        return found

    async def follow(self, component: PlannedComponent | PlannedResource) -> None:
        """Says what keeps the pods of a component from becoming ready, whenever that changes."""
        if pulumi.runtime.is_dry_run() or not self._planes:
            return
        limits = [one.timeout for one in component.objects if one.timeout]
        pause = min([_BETWEEN_LOOKS, *(limit * _PART_OF_LIMIT for limit in limits)])
        before = ""
        while True:
            await asyncio.sleep(pause)
            text = "\n".join(f"  {line}" for line in await self._lines(component))
            if text and _DIGITS.sub("", text) != before:
                pulumi.log.warn(f"{component.key}: waiting for {component.release.shown}\n{text}")
            before = _DIGITS.sub("", text)

    async def told(self, component: PlannedComponent | PlannedResource) -> None:
        """Says why the pods of a component have not become ready, and what is recorded."""
        if pulumi.runtime.is_dry_run():
            return
        lines = await self._lines(component)
        if lines:
            record = self._plan.record_of(component)
            kept = record.current.shown if record and record.running else "none"
            heading = f"{component.key}: {component.release.shown} is not ready"
            text = "\n".join(f"  {line}" for line in lines)
            pulumi.log.error(f"{heading}; the record stays at {kept}\n{text}")

    async def _lines(self, component: PlannedComponent | PlannedResource) -> list[str]:
        found: list[str] = []
        for plane in self._planes:
            try:
                look = await asyncio.to_thread(self._look, plane, component)
            except ClusterError as error:
                found.append(f"{plane.name}: {error.message}")
                continue
            found += [*look.troubles, *look.running] if look.troubles else []
        return found

    async def images(self, plan: Plan, applied: Iterable[str]) -> dict[str, Mapping[str, str]]:
        """Component -> image IDs that its ready pods run, of those of which that is new.

        `plan` is that of the run, with everything that became known on the way.
        """
        wanted = frozenset(applied)
        asked = [
            (component, plane)
            for component in plan.components
            for plane in self._planes
            if component.key in wanted and plan.changes(component)
        ]
        looks = await asyncio.gather(*(self._images(plane, one) for one, plane in asked))
        found: dict[str, Mapping[str, str]] = {}
        for (component, _), images in zip(asked, looks, strict=True):
            found[component.key] = {**found.get(component.key, {}), **images}
        return found

    async def _images(self, plane: Plane, component: PlannedComponent) -> Mapping[str, str]:
        try:
            return (await asyncio.to_thread(self._look, plane, component)).images
        except ClusterError as error:
            pulumi.log.warn(f"{component.key}: which images run is not known: {error.message}")
            return {}

    def _look(self, plane: Plane, component: PlannedComponent | PlannedResource) -> cluster.Look:
        mine = [one.manifest for one in component.objects if one.plane == plane.name]
        return cluster.look(_api(plane), self._kinds_of(plane), mine)

    def _check(self, plane: Plane) -> list[Problem]:
        objects = [one for one in self._objects() if one.plane == plane.name]
        manifests = [one.manifest for one in objects]
        api, kinds = _api(plane), self._kinds_of(plane)
        missing = list(_missing(plane, kinds, manifests))
        known = [one for one in manifests if kinds.find(str(one["apiVersion"]), str(one["kind"]))]
        return [
            *missing,
            *_denied(plane, api, kinds, known),
            *self._there_already(plane, api, kinds, objects),
        ]

    def _there_already(
        self, plane: Plane, api: Api, kinds: Kinds, objects: list[PlannedObject]
    ) -> list[Problem]:
        """Objects that this stack has not made."""
        own = _owned(stacks.read_state())
        strange = [
            one.manifest
            for one in objects
            if (token(one.manifest, CLUSTER_PACKAGE), one.name) not in own
            and kinds.find(str(one.manifest["apiVersion"]), str(one.manifest["kind"]))
        ]
        problems = [
            cluster_problem(
                plane.name, f"its namespace {name} is being deleted", "wait until it is gone"
            )
            for name in cluster.terminating(api, sorted(_namespaces(objects)))
        ]
        if self._plan.adopt:
            return problems
        found = cluster.existing(api, kinds, strange)
        return [*problems, *(_exists(plane, manifest) for manifest in found)]

    def _kinds_of(self, plane: Plane) -> Kinds:
        if plane.name not in self._kinds:
            versions = {
                str(one.manifest["apiVersion"])
                for one in self._objects()
                if one.plane == plane.name
            }
            # The pods of a workload are found through these.
            versions |= {"v1", "apps/v1", "batch/v1"}
            self._kinds[plane.name] = cluster.discover(_api(plane), sorted(versions))
        return self._kinds[plane.name]

    def _objects(self) -> Iterable[PlannedObject]:
        yield from self._plan.objects
        for project in self._plan.projects:
            yield from _all_of(project)


def _all_of(project: PlannedProject) -> Iterable[PlannedObject]:
    yield from project.objects
    for resource in project.resources:
        yield from resource.objects
    for component in project.components:
        yield from component.objects


def _api(plane: Plane) -> Api:
    assert plane.cluster is not None
    return connected(plane.cluster.kubeconfig, plane.cluster.context)


def _namespaces(objects: Iterable[PlannedObject]) -> set[str]:
    found: set[str] = set()
    for planned in objects:
        metadata = planned.manifest["metadata"]
        if isinstance(metadata, dict):
            name = metadata.get("namespace")
            found |= {name} if isinstance(name, str) else set()
    return found


def _owned(state: Mapping[str, Object]) -> frozenset[tuple[str, str]]:
    """Type and name of what the stack has: the last type and the last part of each URN."""
    return frozenset(
        (types.rpartition("$")[2], name)
        for _, types, name in (urn.rsplit("::", 2) for urn in state)
    )


def _missing(plane: Plane, kinds: Kinds, manifests: list[Object]) -> Iterable[Problem]:
    for api_version, kind, count in cluster.missing_kinds(kinds, manifests):
        message = (
            f"its cluster has no kind {kind} of {api_version}, and {count} object(s) are to be"
        )
        yield cluster_problem(
            plane.name, message, "python -m openchoreo doctor says where to get it"
        )


def _denied(plane: Plane, api: Api, kinds: Kinds, manifests: list[Object]) -> Iterable[Problem]:
    for one in cluster.denied(api, kinds, manifests):
        where = f" in namespace {one.namespace}" if one.namespace else ""
        context = plane.cluster.context if plane.cluster else ""
        message = f"the user of context {context} may not {one.verb} {one.resource}{where}"
        yield cluster_problem(plane.name, message, "ask whoever runs the cluster for that right")


def _exists(plane: Plane, manifest: Object) -> Problem:
    metadata = manifest["metadata"]
    assert isinstance(metadata, dict)
    name = "/".join(str(metadata[key]) for key in ("namespace", "name") if metadata.get(key))
    message = f"{manifest['kind']} {name} is there already, and this stack has not made it"
    hint = (
        "remove it, or take it over with all fields that the manifest has: "
        "pulumi config set openchoreo:adopt true"
    )
    return cluster_problem(plane.name, message, hint)
