"""Risks that are seen in one object that changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from openchoreo.document import Document, Object, canonical
from openchoreo.forecast.causes import UNDEPLOYED
from openchoreo.forecast.changes import ObjectChange, Op
from openchoreo.forecast.fields import same
from openchoreo.forecast.immutable import immutable
from openchoreo.forecast.risks.risk import Risk, RiskName
from openchoreo.rendering.shapes import items, mapping, text

_RESTARTED = frozenset({"DaemonSet", "Deployment", "StatefulSet"})
_ROUTES = frozenset({"GRPCRoute", "HTTPRoute", "Ingress", "TCPRoute", "TLSRoute", "UDPRoute"})
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_SECRETS = ("secretKeyRef", "secretRef", "secretName", "remoteRef")
_DIGEST = "@sha256:"


def of_object(change: ObjectChange) -> Iterator[Risk]:
    """In the order in which they are declared."""
    for name, seen in _SEEN.items():
        for said in seen(change):
            yield Risk(name, change.owner, f"{change.kind} {change.name}", said)


def _restarts(change: ObjectChange) -> Iterator[str]:
    if change.kind not in _RESTARTED or change.op not in {Op.UPDATE, Op.REPLACE}:
        return
    fields = [one.shown for one in change.fields if one.path[:2] == ("spec", "template")]
    if fields:
        yield f"its pods restart: {_first(fields)}"


def _replaced(change: ObjectChange) -> Iterator[str]:
    """Also where files are written: whoever applies them meets the API server's refusal."""
    if change.op not in {Op.UPDATE, Op.REPLACE}:
        return
    fields = [one.shown for one in change.fields if immutable(change.manifest, one.path)]
    if fields:
        yield f"{_first(fields)} cannot be changed: the object is deleted and created anew"


def _unrouted(change: ObjectChange) -> Iterator[str]:
    if change.kind not in _ROUTES or change.before is None:
        return
    if change.op is Op.DELETE:
        yield "the route is removed"
        return
    for what, read in (("host", _hosts), ("path", _paths)):
        gone = [one for one in read(change.before) if one not in read(change.manifest)]
        if gone:
            yield f"{what} {', '.join(gone)} is no longer served"


def _widened(change: ObjectChange) -> Iterator[str]:
    if not change.kind.endswith("NetworkPolicy") or change.before is None:
        return
    if change.op is Op.DELETE:
        if change.cause != UNDEPLOYED:  # with the pods that it protects
            yield "the policy is removed: what it kept out is let in"
        return
    for direction in ("ingress", "egress"):
        before, after = (
            items(mapping(one, "spec"), direction) for one in (change.before, change.manifest)
        )
        known = {canonical(rule) for rule in before}
        added = [rule for rule in after if canonical(rule) not in known]
        if added and not all(_narrower(rule, before) for rule in added):
            yield f"{direction} lets in more than before"
    types = [text_ for one in (change.before, change.manifest) for text_ in [_types(one)]]
    for dropped in types[0] - types[1]:
        yield f"{dropped} is no longer restricted"


def _narrower(rule: Object, before: list[Object]) -> bool:
    """Whether an old rule had all peers and ports of this one."""
    return any(all(_subset(rule, old, key) for key in ("from", "to", "ports")) for old in before)


def _subset(rule: Object, old: Object, key: str) -> bool:
    """No list means everybody, or every port."""
    new, known = items(rule, key), items(old, key)
    if not known:
        return True
    return bool(new) and {canonical(one) for one in new} <= {canonical(one) for one in known}


def _types(manifest: Object) -> set[str]:
    found = mapping(manifest, "spec").get("policyTypes")
    return {str(one) for one in found} if isinstance(found, list) else set()


def _probes(change: ObjectChange) -> Iterator[str]:
    for name, before, after in _containers(change):
        for probe in _PROBES:
            if probe in before and probe not in after:
                yield f"container {name} has no {probe} any more"


def _limits(change: ObjectChange) -> Iterator[str]:
    for name, before, after in _containers(change):
        for kind in ("limits", "requests"):
            old, new = (mapping(mapping(one, "resources"), kind) for one in (before, after))
            for resource in old:
                if resource not in new:
                    yield f"container {name} has no {resource} in {kind} any more"


def _fewer(change: ObjectChange) -> Iterator[str]:
    if change.before is None or change.op is Op.DELETE:
        return
    keys = ("minReplicas", "maxReplicas", "minReplicaCount", "maxReplicaCount", "replicas")
    for key in keys:
        old, new = (mapping(one, "spec").get(key) for one in (change.before, change.manifest))
        if _is_number(old) and _is_number(new) and int(str(new)) < int(str(old)):
            yield f"{key} goes from {old} to {new}"


def _is_number(value: Document) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _tagged(change: ObjectChange) -> Iterator[str]:
    """New images that a tag names, which may be another image tomorrow."""
    if change.op is Op.DELETE:
        return
    before = {text(one, "image") for one in _pods(change.before or {})}
    for container in _pods(change.manifest):
        image = text(container, "image")
        if image and _DIGEST not in image and image not in before:
            yield f"container {text(container, 'name')} names {image} without a digest"


def _secrets(change: ObjectChange) -> Iterator[str]:
    if change.op not in {Op.UPDATE, Op.REPLACE}:
        return
    if change.kind in {"ExternalSecret", "SecretStore", "ClusterSecretStore"}:
        fields = [one.shown for one in change.fields if one.path[:1] == ("spec",)]
        if fields:
            yield f"the secret is fetched in another way: {_first(fields)}"
        return
    for field in change.fields:
        values = (field.old, field.new)
        named = any(step in _SECRETS for step in field.path)
        if named or any(_names_secret(one) for one in values if isinstance(one, dict | list)):
            yield f"{field.shown} names another secret"


def _names_secret(value: Document) -> bool:
    if isinstance(value, dict):
        return any(key in _SECRETS or _names_secret(inner) for key, inner in value.items())
    return isinstance(value, list) and any(map(_names_secret, value))


_SEEN: Mapping[RiskName, Callable[[ObjectChange], Iterator[str]]] = MappingProxyType(
    {
        "pods-restart": _restarts,
        "replacement": _replaced,
        "route-removed": _unrouted,
        "network-policy-widened": _widened,
        "probe-dropped": _probes,
        "limit-dropped": _limits,
        "replicas-down": _fewer,
        "image-by-tag": _tagged,
        "secret-changed": _secrets,
    }
)


def _containers(change: ObjectChange) -> Iterator[tuple[str, Object, Object]]:
    """Containers that were there and stay."""
    if change.before is None or change.op is Op.DELETE:
        return
    after = {text(one, "name"): one for one in _pods(change.manifest)}
    for one in _pods(change.before):
        name = text(one, "name")
        if name in after and not same(one, after[name]):
            yield name, one, after[name]


def _pods(manifest: Object) -> list[Object]:
    """The containers of whatever makes pods."""
    spec = mapping(manifest, "spec")
    spec = mapping(mapping(spec, "jobTemplate"), "spec") or spec
    pod = mapping(mapping(spec, "template"), "spec")
    return [*items(pod, "initContainers"), *items(pod, "containers")]


def _hosts(manifest: Object) -> list[str]:
    spec = mapping(manifest, "spec")
    names = spec.get("hostnames")
    found = [str(one) for one in names] if isinstance(names, list) else []
    return found + [text(rule, "host") for rule in items(spec, "rules") if text(rule, "host")]


def _paths(manifest: Object) -> list[str]:
    found: list[str] = []
    for rule in items(mapping(manifest, "spec"), "rules"):
        found += [text(mapping(one, "path"), "value") for one in items(rule, "matches")]
        found += [text(one, "path") for one in items(mapping(rule, "http"), "paths")]
    return [one for one in found if one]


def _first(fields: list[str]) -> str:
    more = len(fields) - 1
    return fields[0] + (f" and {more} more" if more else "")
