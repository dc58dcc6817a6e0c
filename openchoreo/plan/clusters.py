"""Manifests as they are registered for a cluster: in waves, and without other owners' fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from openchoreo.delivery import Applied
from openchoreo.document import Object
from openchoreo.errors import Problem, Stage
from openchoreo.plan.planned import (
    PlannedComponent,
    PlannedObject,
    PlannedProject,
    PlannedResource,
)
from openchoreo.plan.scope import Key
from openchoreo.plan.waves import wave_of
from openchoreo.rendering import Output
from openchoreo.rendering.shapes import mapping

FIELD_MANAGER = "openchoreo"
"""The owner of all fields that are applied, in every run: so that an object can be taken over."""

Complete = Callable[[Mapping[Key, Mapping[str, Output]]], PlannedComponent]

_ACCEPTED = '.status.parents[*].conditions[?(@.type=="Accepted")].status'
_AWAITED: Mapping[str, str] = {
    "ExternalSecret": "condition=Ready",
    "GRPCRoute": f"jsonpath={{{_ACCEPTED}}}=True",
    "HTTPRoute": f"jsonpath={{{_ACCEPTED}}}=True",
    "HorizontalPodAutoscaler": "condition=AbleToScale",
}


class Way(Struct, frozen=True):
    """How objects go to the planes that are clusters."""

    clusters: frozenset[str]
    timeouts: Mapping[str, int]
    """Kind, or "default", -> seconds."""
    wait_for: frozenset[str]

    def project(self, project: PlannedProject) -> PlannedProject:
        return replace(
            project,
            objects=self.objects(project.objects),
            done=self._proven(project.done, project.objects),
            components=tuple(self._component(one) for one in project.components),
            resources=tuple(self._resource(one) for one in project.resources),
        )

    def _component(self, component: PlannedComponent) -> PlannedComponent:
        return replace(
            component,
            objects=self.objects(component.objects),
            done=self._proven(component.done, component.objects),
            complete=self._completing(component.complete),
        )

    def _completing(self, complete: Complete | None) -> Complete | None:
        if complete is None:
            return None
        return lambda outputs: self._component(complete(outputs))

    def _resource(self, resource: PlannedResource) -> PlannedResource:
        """What is written to files can be asked nothing."""
        everywhere = {one.plane for one in resource.objects} <= self.clusters
        return replace(
            resource,
            objects=self.objects(resource.objects),
            done=self._proven(resource.done, resource.objects),
            observe=resource.observe if everywhere else None,
        )

    def _proven(self, done: Applied | None, objects: tuple[PlannedObject, ...]) -> Applied | None:
        everywhere = {one.plane for one in objects} <= self.clusters
        return (
            done.model_copy(update={"proof": "applied"})
            if done and objects and everywhere
            else done
        )

    def objects(self, objects: tuple[PlannedObject, ...]) -> tuple[PlannedObject, ...]:
        scaled = frozenset(_scaled(one.manifest for one in objects))
        return tuple(
            self._object(one, scaled) if one.plane in self.clusters else one for one in objects
        )

    def _object(self, planned: PlannedObject, scaled: frozenset[tuple[str, str]]) -> PlannedObject:
        kind = str(planned.manifest["kind"])
        wave = wave_of(planned.manifest)
        timeout = self.timeouts.get(kind, self.timeouts.get("default", 0))
        if planned.frozen:
            return replace(planned, wave=wave, timeout=timeout)
        manifest = planned.manifest
        if _named(manifest) in scaled:
            manifest = _without_replicas(manifest)
        return replace(
            planned, manifest=_annotated(manifest, self._notes(kind)), wave=wave, timeout=timeout
        )

    def _notes(self, kind: str) -> dict[str, str]:
        notes = {"pulumi.com/patchFieldManager": FIELD_MANAGER}
        if kind in self.wait_for:
            notes["pulumi.com/waitFor"] = _AWAITED[kind]
        return notes


def secrets_in_clear(
    projects: Iterable[PlannedProject], clusters: frozenset[str]
) -> Iterator[Problem]:
    """Secrets with data that would go to a cluster, and with it into the state."""
    for project in projects:
        owned = [(f"Project {project.key}", one) for one in project.objects]
        for component in project.components:
            owned += [(f"Component {component.key}", one) for one in component.objects]
        for resource in project.resources:
            owned += [(f"Resource {resource.key}", one) for one in resource.objects]
        for owner, planned in owned:
            manifest = planned.manifest
            held = [field for field in ("data", "stringData") if manifest.get(field)]
            secret = (manifest["apiVersion"], manifest["kind"]) == ("v1", "Secret")
            if secret and held and planned.plane in clusters:
                message = (
                    f"renders Secret {planned.name} with {held[0]}, which would be in the state"
                )
                hint = (
                    "write an OpenChoreo SecretReference, which names the key in the secret store; "
                    "the cluster fetches the value"
                )
                yield Problem(Stage.RENDER, owner, (), message, hint)


def left_to_autoscalers(manifests: Iterable[Object]) -> list[Object]:
    """Without the replicas that an autoscaler among them sees to."""
    every = list(manifests)
    scaled = frozenset(_scaled(every))
    return [_without_replicas(one) if _named(one) in scaled else one for one in every]


def _scaled(manifests: Iterable[Object]) -> Iterable[tuple[str, str]]:
    """Kinds and names of workloads whose replicas are an autoscaler's business."""
    for manifest in manifests:
        target = mapping(mapping(manifest, "spec"), "scaleTargetRef")
        if target.get("name"):  # KEDA means a Deployment where it says no kind
            yield str(target.get("kind") or "Deployment"), str(target["name"])


def _named(manifest: Object) -> tuple[str, str]:
    return str(manifest["kind"]), str(mapping(manifest, "metadata").get("name"))


def _without_replicas(manifest: Object) -> Object:
    spec = {key: value for key, value in mapping(manifest, "spec").items() if key != "replicas"}
    return {**manifest, "spec": spec}


def _annotated(manifest: Object, notes: Mapping[str, str]) -> Object:
    """What a template says itself goes first."""
    metadata = mapping(manifest, "metadata")
    annotations: Object = {**notes, **mapping(metadata, "annotations")}
    return {**manifest, "metadata": {**metadata, "annotations": annotations}}
