"""What a policy forbids in rendered manifests, whatever they are deployed to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias

from openchoreo.document import Document, Object

Check: TypeAlias = Literal[
    "privileged", "hostNamespaces", "missingLimits", "missingProbes", "openNetwork", "imageByTag"
]

_POD_TEMPLATES = frozenset({"DaemonSet", "Deployment", "Job", "ReplicaSet", "StatefulSet"})
_LONG_RUNNING = frozenset({"DaemonSet", "Deployment", "StatefulSet"})
_HOST = ("hostNetwork", "hostPID", "hostIPC")
_NO_DIGEST = "@sha256:"


def violations(check: Check, manifest: Object) -> Iterator[str]:
    """What of a manifest the check forbids, in words."""
    yield from CHECKS[check](manifest)


def _privileged(manifest: Object) -> Iterator[str]:
    for container in _containers(manifest):
        security = _mapping(container.get("securityContext"))
        if security.get("privileged") is True:
            yield f"container {_name(container)} is privileged"
        if security.get("allowPrivilegeEscalation") is True:
            yield f"container {_name(container)} may gain privileges"


def _host_namespaces(manifest: Object) -> Iterator[str]:
    pod = _pod(manifest)
    for key in _HOST:
        if pod.get(key) is True:
            yield f"its pods share the node's {key}"
    for volume in _list(pod.get("volumes")):
        if "hostPath" in volume:
            yield f"volume {_name(volume)} is a folder of the node"


def _missing_limits(manifest: Object) -> Iterator[str]:
    for container in _containers(manifest):
        limits = _mapping(_mapping(container.get("resources")).get("limits"))
        missing = [key for key in ("cpu", "memory") if key not in limits]
        if missing:
            yield f"container {_name(container)} has no limit of {' and '.join(missing)}"


def _missing_probes(manifest: Object) -> Iterator[str]:
    """Init containers end, and Jobs do: they have none."""
    if manifest.get("kind") not in _LONG_RUNNING:
        return
    for container in _list(_pod(manifest).get("containers")):
        if "readinessProbe" not in container:
            yield f"container {_name(container)} has no readinessProbe"


def _open_network(manifest: Object) -> Iterator[str]:
    if manifest.get("kind") != "NetworkPolicy":
        return
    for rule in _list(_mapping(manifest.get("spec")).get("ingress")):
        peers = _list(rule.get("from"))
        if not peers or any(_everybody(peer) for peer in peers):
            yield "it lets every pod in"


def _everybody(peer: Object) -> bool:
    block = _mapping(peer.get("ipBlock"))
    if block:
        return block.get("cidr") in {"0.0.0.0/0", "::/0"} and not block.get("except")
    return peer.get("namespaceSelector") == {} and not peer.get("podSelector")


def _image_by_tag(manifest: Object) -> Iterator[str]:
    for container in _containers(manifest):
        image = str(container.get("image", ""))
        if _NO_DIGEST not in image:
            yield f"container {_name(container)} names {image} without a digest"


CHECKS: Mapping[Check, Callable[[Object], Iterator[str]]] = MappingProxyType(
    {
        "privileged": _privileged,
        "hostNamespaces": _host_namespaces,
        "missingLimits": _missing_limits,
        "missingProbes": _missing_probes,
        "openNetwork": _open_network,
        "imageByTag": _image_by_tag,
    }
)


def _pod(manifest: Object) -> Object:
    """The pod spec of whatever makes pods; empty for anything else."""
    spec = _mapping(manifest.get("spec"))
    kind = manifest.get("kind")
    if kind == "Pod":
        return spec
    if kind == "CronJob":
        spec = _mapping(_mapping(spec.get("jobTemplate")).get("spec"))
        return _mapping(_mapping(spec.get("template")).get("spec"))
    return _mapping(_mapping(spec.get("template")).get("spec")) if kind in _POD_TEMPLATES else {}


def _containers(manifest: Object) -> Iterator[Object]:
    pod = _pod(manifest)
    for key in ("initContainers", "containers", "ephemeralContainers"):
        yield from _list(pod.get(key))


def _name(container: Object) -> str:
    return str(container.get("name", ""))


def _mapping(value: Document) -> Object:
    return value if isinstance(value, dict) else {}


def _list(value: Document) -> list[Object]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
