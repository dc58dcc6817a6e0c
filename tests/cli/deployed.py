"""Stacks as `pulumi stack export` tells of them: the component greeter in a cluster or in files."""

from __future__ import annotations

import json
from typing import Any

from openchoreo.document import Object
from tests.cli.stacks import LIST

STACKS = ("development", "staging")
LABELS = {
    "openchoreo.dev/component": "greeter",
    "openchoreo.dev/environment": "staging",
    "openchoreo.dev/namespace": "default",
}
_ROOT = "pulumi:pulumi:Stack"
_BINDING = (
    "openchoreo:index:Environment$openchoreo:index:Project$openchoreo:index:Component"
    "$openchoreo:index:ReleaseBinding"
)


def workload(kind: str = "Deployment", version: str = "apps/v1", **spec: Any) -> dict[str, Any]:
    labels = {"app": "greeter"}
    usual = {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}}}
    return made(kind, version, **{**usual, **spec})


def made(kind: str, version: str, **spec: Any) -> dict[str, Any]:
    metadata = {"name": "greeter", "namespace": "shop"}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


def export(
    *manifests: Object, package: str = "kubernetes", component: str = "default/greeter", **more: Any
) -> dict:
    """What the stack staging has of a component; `outputs` are those of the stack."""
    provider = {"context": "before"} if package == "kubernetes" else {"directory": "manifests/x"}
    resources = [
        _resource(_ROOT, "shop-staging", outputs=more.get("outputs", {})),
        _resource(f"pulumi:providers:{package}", "default", inputs=provider),
        _resource(_BINDING, component),
    ]
    for one in manifests:
        version = str(one["apiVersion"])
        token = f"{package}:{version if '/' in version else f'core/{version}'}:{one['kind']}"
        name = f"default/shop/{one['metadata']['name']}"
        parent = f"urn:pulumi:staging::shop::{_BINDING}::{component}"
        resources.append(_resource(token, name, inputs={**one, "__defaults": []}, parent=parent))
    return {"version": 3, "deployment": {"resources": resources}}


def together(*exports: dict) -> dict:
    """Several components of one stack."""
    every = [one for each in exports for one in each["deployment"]["resources"]]
    return {"version": 3, "deployment": {"resources": every}}


def answers(state: dict, **ledgers: dict) -> dict[str, tuple[int, str]]:
    """Of pulumi; `ledgers` are the outputs of other stacks."""
    names = [f"organization/shop/{stack}" for stack in (*STACKS, *ledgers)]
    unique = list(dict.fromkeys(names))
    return {
        LIST: (0, json.dumps([{"name": name} for name in unique])),
        "stack export --stack staging --non-interactive": (0, json.dumps(state)),
        **{
            f"stack output --stack {name.rpartition('/')[2]} --json --non-interactive": (
                0,
                json.dumps(ledgers.get(name.rpartition("/")[2], {})),
            )
            for name in unique
        },
    }


def _resource(type_: str, name: str, **more: Any) -> dict[str, Any]:
    return {"urn": f"urn:pulumi:staging::shop::{type_}::{name}", "type": type_, **more}
