"""The Kubernetes objects that a stack has, as the export of its state tells them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from openchoreo.delivery.chains import PROJECTS, RESOURCES
from openchoreo.document import Document, Object

PACKAGES = ("openchoreo-files", "kubernetes")
"""Of the providers that objects go to, files and clusters."""

ROOT = "pulumi:pulumi:Stack"
"""The type of the stack itself."""

PROVIDERS = "pulumi:providers:"
"""What the types of providers begin with; the package follows."""

_BINDINGS = {
    "openchoreo:index:ReleaseBinding": "",
    "openchoreo:index:ResourceReleaseBinding": f"{RESOURCES.kind.lower()}/",
    "openchoreo:index:ProjectReleaseBinding": f"{PROJECTS.kind.lower()}/",
}

Identity = tuple[str, str]
"""Pulumi's type and name of a resource."""


class Deployed(Struct, frozen=True):
    """One object. `owner` is a component, resource/<key>, project/<key>, or empty for those of the
    environment itself.
    """

    identity: Identity
    owner: str
    manifest: Object
    retained: bool = False


def deployed_in(state: Mapping[str, Document]) -> tuple[Deployed, ...]:
    """From what `pulumi stack export` prints."""
    resources = _items(_mapping(dict(state), "deployment"), "resources")
    return tuple(
        Deployed(
            (_text(one, "type"), name_in(_text(one, "urn"))),
            _owner(_text(one, "parent")),
            _manifest(_mapping(one, "inputs")),
            retained=one.get("retainOnDelete") is True,
        )
        for one in resources
        if is_object(_text(one, "type")) and one.get("delete") is not True
    )


def directories_in(state: Mapping[str, Document]) -> dict[str, str]:
    """Data plane -> directory to which its files were written."""
    return {plane: _text(one, "directory") for plane, one in _providers(state, PACKAGES[0])}


def contexts_in(state: Mapping[str, Document]) -> dict[str, tuple[str, str]]:
    """Data plane -> context and kubeconfig of the cluster that its objects went to."""
    return {
        plane: (_text(one, "context"), _text(one, "kubeconfig"))
        for plane, one in _providers(state, PACKAGES[1])
    }


def _providers(state: Mapping[str, Document], package: str) -> list[tuple[str, Object]]:
    """Data planes, and what their providers were told."""
    resources = _items(_mapping(dict(state), "deployment"), "resources")
    return [
        (name_in(_text(one, "urn")), _mapping(one, "inputs"))
        for one in resources
        if _text(one, "type") == f"{PROVIDERS}{package}"
    ]


def outputs_in(state: Mapping[str, Document]) -> Object:
    """The outputs of the stack itself."""
    resources: Iterable[Object] = _items(_mapping(dict(state), "deployment"), "resources")
    roots = [one for one in resources if _text(one, "type") == ROOT]
    return _mapping(roots[0], "outputs") if roots else {}


def is_object(type_: str) -> bool:
    """Whether resources of a type are Kubernetes objects."""
    return type_.partition(":")[0] in PACKAGES


def name_in(urn: str) -> str:
    """The name of the resource that a URN is of."""
    return urn.rpartition("::")[2]


def _owner(parent: str) -> str:
    type_ = parent.rpartition("::")[0].rpartition("$")[2].rpartition("::")[2]
    return f"{_BINDINGS[type_]}{name_in(parent)}" if type_ in _BINDINGS else ""


def _manifest(inputs: Object) -> Object:
    """Without what the engine keeps beside it."""
    return {key: value for key, value in inputs.items() if not key.startswith("__")}


def attempts_in(state: Mapping[str, Document]) -> dict[str, str]:
    """Owner -> the release on its binding, which is the one that was registered last."""
    resources = _items(_mapping(dict(state), "deployment"), "resources")
    found: dict[str, str] = {}
    for one in resources:
        type_ = _text(one, "type")
        if type_ in _BINDINGS:
            inputs = _mapping(one, "inputs")
            release = next((_text(inputs, key) for key in _PINS if key in inputs), "")
            found[f"{_BINDINGS[type_]}{name_in(_text(one, 'urn'))}"] = release
    return found


_PINS = ("releaseName", "resourceRelease", "projectRelease")


def _mapping(document: Object, key: str) -> Object:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _items(document: Object, key: str) -> list[Object]:
    value = document.get(key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(document: Object, key: str) -> str:
    value = document.get(key)
    return value if isinstance(value, str) else ""
