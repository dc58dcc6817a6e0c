"""Objects as the state of the stack has them, by the labels that say whose they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from openchoreo.document import Object
from openchoreo.plan.planned import PlannedObject
from openchoreo.plan.scope import Key
from openchoreo.rendering.identity import LABEL_PREFIX
from openchoreo.rendering.shapes import mapping, text

ReadState = Callable[[], Mapping[str, Object]]
"""URN -> outputs of every resource of this stack, as its last update left them."""

Owner = tuple[str, str, str]
"""Control-plane namespace, project and component; no component for a project's own objects."""


def objects_by_owner(state: Mapping[str, Object]) -> Mapping[Owner, tuple[PlannedObject, ...]]:
    """The objects of the data planes, frozen as they are."""
    found: dict[Owner, list[PlannedObject]] = {}
    for urn, outputs in sorted(state.items()):
        owner = _owner(outputs)
        if owner is None:
            continue
        plane = urn.rpartition("::")[2].partition("/")[0]
        found.setdefault(owner, []).append(PlannedObject(plane, outputs, frozen=True))
    return {owner: tuple(objects) for owner, objects in found.items()}


def of_component(key: Key, project: str) -> Owner:
    return key[0], project, key[1]


def of_project(key: Key) -> Owner:
    return (*key, "")


def _owner(outputs: Object) -> Owner | None:
    """None for what is no manifest, or has no labels of the platform."""
    metadata = outputs.get("metadata")
    if not isinstance(metadata, dict) or "kind" not in outputs or "apiVersion" not in outputs:
        return None
    labels = mapping(metadata, "labels") or _selected(mapping(outputs, "spec"))
    namespace, project, component, resource = (
        text(labels, LABEL_PREFIX + name)
        for name in ("namespace", "project", "component", "resource")
    )
    return (namespace, project, component) if namespace and project and not resource else None


def _selected(spec: Object) -> Object:
    """Network policies have no labels of their own; they select the pods of one component."""
    selector = mapping(spec, "podSelector") or mapping(spec, "endpointSelector")
    return mapping(selector, "matchLabels")
