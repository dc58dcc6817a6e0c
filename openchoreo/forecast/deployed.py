"""The Kubernetes objects that a stack has, as the export of its state tells them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from openchoreo.delivery import PROJECTS, RESOURCES
from openchoreo.document import Document, Object
from openchoreo.rendering.shapes import items, mapping, text

PACKAGES = ("openchoreo-files", "kubernetes")
"""Of the providers that objects go to, files and clusters."""

_BINDINGS = {
    "openchoreo:index:ReleaseBinding": "",
    "openchoreo:index:ResourceReleaseBinding": f"{RESOURCES.kind.lower()}/",
    "openchoreo:index:ProjectReleaseBinding": f"{PROJECTS.kind.lower()}/",
}

Identity = tuple[str, str]
"""Pulumi's type and name of a resource."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """One object. `owner` is a component, resource/<key>, project/<key>, or empty for those of the
    environment itself.
    """

    identity: Identity
    owner: str
    manifest: Object
    retained: bool = False


def deployed_in(state: Mapping[str, Document]) -> tuple[Deployed, ...]:
    """From what `pulumi stack export` prints."""
    resources = items(mapping(dict(state), "deployment"), "resources")
    return tuple(
        Deployed(
            (text(one, "type"), _name(text(one, "urn"))),
            _owner(text(one, "parent")),
            _manifest(mapping(one, "inputs")),
            retained=one.get("retainOnDelete") is True,
        )
        for one in resources
        if _is_object(text(one, "type")) and one.get("delete") is not True
    )


def directories_in(state: Mapping[str, Document]) -> dict[str, str]:
    """Data plane -> directory to which its files were written."""
    resources = items(mapping(dict(state), "deployment"), "resources")
    return {
        _name(text(one, "urn")): text(mapping(one, "inputs"), "directory")
        for one in resources
        if text(one, "type") == "pulumi:providers:openchoreo-files"
    }


def outputs_in(state: Mapping[str, Document]) -> Object:
    """The outputs of the stack itself."""
    resources: Iterable[Object] = items(mapping(dict(state), "deployment"), "resources")
    roots = [one for one in resources if text(one, "type") == "pulumi:pulumi:Stack"]
    return mapping(roots[0], "outputs") if roots else {}


def _is_object(type_: str) -> bool:
    return type_.partition(":")[0] in PACKAGES


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


def _owner(parent: str) -> str:
    type_ = parent.rpartition("::")[0].rpartition("$")[2].rpartition("::")[2]
    return f"{_BINDINGS[type_]}{_name(parent)}" if type_ in _BINDINGS else ""


def _manifest(inputs: Object) -> Object:
    """Without what the engine keeps beside it."""
    return {key: value for key, value in inputs.items() if not key.startswith("__")}


def attempts_in(state: Mapping[str, Document]) -> dict[str, str]:
    """Owner -> the release on its binding, which is the one that was registered last."""
    resources = items(mapping(dict(state), "deployment"), "resources")
    found: dict[str, str] = {}
    for one in resources:
        type_ = text(one, "type")
        if type_ in _BINDINGS:
            inputs = mapping(one, "inputs")
            release = next((text(inputs, key) for key in _PINS if key in inputs), "")
            found[f"{_BINDINGS[type_]}{_name(text(one, 'urn'))}"] = release
    return found


_PINS = ("releaseName", "resourceRelease", "projectRelease")
