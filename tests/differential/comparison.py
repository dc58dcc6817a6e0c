"""What is compared, and what the listed differences allow to differ."""

from __future__ import annotations

from openchoreo.rendering import Rendered
from openchoreo.rendering.finish import RESOURCE_HASH

POLICIES = frozenset({"NetworkPolicy", "CiliumNetworkPolicy"})


def differences(expected: dict, rendered: Rendered) -> list[str]:
    """Where two results differ, object by object; nothing where they are the same."""
    ours = [(one.target_plane, one.manifest) for one in rendered.manifests]
    found = manifest_differences(expected, ours)
    endpoints = [endpoint.document() for endpoint in rendered.endpoints]
    found += unequal(expected.get("endpoints") or [], endpoints, "status.endpoints")
    found += unequal(expected["metadata"], rendered.metadata, "metadata")
    return found


def manifest_differences(expected: dict, ours: list[tuple[str, dict]]) -> list[str]:
    """The same for manifests alone, each with the plane it is for."""
    found: list[str] = []
    theirs = [
        *zip(expected["targetPlanes"], expected["resources"], strict=True),
        *(("dataplane", policy) for policy in expected.get("networkPolicies") or ()),
    ]
    names = [_name(manifest) for _, manifest in theirs], [_name(manifest) for _, manifest in ours]
    if names[0] != names[1]:
        found.append(f"objects: {names[0]} != {names[1]}")
    for (plane, due), (our_plane, manifest) in zip(theirs, ours, strict=False):
        if plane != our_plane:
            found.append(f"{_name(due)}: plane {plane} != {our_plane}")
        found += unequal(_normalised(due), _normalised(manifest), _name(due))
    return found


def unequal(due: object, found: object, path: str) -> list[str]:
    """Every leaf that differs."""
    if isinstance(due, dict) and isinstance(found, dict):
        return [
            line
            for key in sorted({*due, *found})
            for line in (
                unequal(due[key], found[key], f"{path}.{key}")
                if key in due and key in found
                else [f"{path}.{key}: {due.get(key, 'absent')!r} != {found.get(key, 'absent')!r}"]
            )
        ]
    if isinstance(due, list) and isinstance(found, list) and len(due) == len(found):
        pairs = enumerate(zip(due, found, strict=True))
        return [line for i, (a, b) in pairs for line in unequal(a, b, f"{path}[{i}]")]
    same = due == found and type(due) is type(found)
    return [] if same else [f"{path}: {due!r} != {found!r}"]


def _name(manifest: dict) -> str:
    return f"{manifest['kind']}/{manifest['metadata']['name']}"


def _normalised(manifest: dict) -> object:
    """Without what the differences 9 and 17 are about."""
    if manifest["kind"] in POLICIES:
        return _without_ports(manifest)
    return _without_hash(manifest)


def _without_hash(value: object) -> object:
    if isinstance(value, dict):
        return {
            key: "" if key == RESOURCE_HASH else _without_hash(entry)
            for key, entry in value.items()
        }
    return [_without_hash(item) for item in value] if isinstance(value, list) else value


def _without_ports(value: object) -> object:
    if isinstance(value, dict):
        return {key: "" if key == "port" else _without_ports(entry) for key, entry in value.items()}
    return [_without_ports(item) for item in value] if isinstance(value, list) else value
