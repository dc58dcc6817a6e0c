"""What an API server says of manifests that it is asked to check and not to keep."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tools.kube_api import APPLY, Api

DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
# As a deployment would ask, but with nothing kept and no unknown field let through.
QUESTION = "fieldManager=openchoreo-test&force=true&dryRun=All&fieldValidation=Strict"

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    prefix: str
    plural: str
    namespaced: bool

    def path(self, metadata: Manifest) -> str:
        namespace = f"/namespaces/{metadata['namespace']}" if self.namespaced else ""
        return f"{self.prefix}{namespace}/{self.plural}/{metadata['name']}"


def kinds(api: Api) -> dict[tuple[str, str], Kind]:
    """Every kind that the server has, by API version and name."""
    found = {}
    for root in ("/api", "/apis"):
        answer = api.get(root, DISCOVERY)
        assert answer.good, answer.message
        for group in answer.body["items"]:
            name = group["metadata"].get("name", "")
            for version in group["versions"]:
                whole = "/".join(part for part in (name, version["version"]) if part)
                for one in version["resources"]:
                    if one.get("responseKind"):
                        kind = Kind(f"{root}/{whole}", one["resource"], one["scope"] != "Cluster")
                        found[whole, one["responseKind"]["kind"]] = kind
    return found


def kind_of(manifest: Manifest) -> tuple[str, str]:
    return manifest["apiVersion"], manifest["kind"]


def namespaces(manifests: Iterable[Manifest]) -> set[str]:
    """A dry run keeps no namespace either, so they have to be there before."""
    return {name for each in manifests if (name := each["metadata"].get("namespace"))}


def refusal(api: Api, kind: Kind, manifest: Manifest) -> str:
    """The server's words, empty where it accepts."""
    path = f"{kind.path(manifest['metadata'])}?{QUESTION}"
    answer = api.request("PATCH", path, body=manifest, content=APPLY)
    return "" if answer.good else answer.message
