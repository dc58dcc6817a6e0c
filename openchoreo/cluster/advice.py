"""Where kinds come from that a cluster lacks."""

from __future__ import annotations

from collections.abc import Iterable

from openchoreo.cluster.api import Api, items
from openchoreo.cluster.kinds import Kind, discover
from openchoreo.document import Object

_ORIGINS = {
    "gateway.networking.k8s.io": "Gateway API, standard channel: https://gateway-api.sigs.k8s.io",
    "external-secrets.io": "External Secrets Operator: https://external-secrets.io",
    "cert-manager.io": "cert-manager: https://cert-manager.io",
    "keda.sh": "KEDA: https://keda.sh",
    "http.keda.sh": "the HTTP add-on of KEDA: https://keda.sh",
    "monitoring.coreos.com": "Prometheus Operator: https://prometheus-operator.dev",
    "cilium.io": "Cilium: https://cilium.io",
}


def doctor(api: Api, needs: Iterable[Kind]) -> list[str]:
    """A sentence for each kind that is needed and not there. Raises ClusterError."""
    wanted = sorted(set(needs))
    kinds = discover(api, sorted({version for version, _ in wanted}))
    lacking = [kind for kind in wanted if kinds.find(*kind) is None]
    if not lacking:
        return []
    groups = items_of_groups(api.get("/apis"))
    return [_sentence(version, kind, groups) for version, kind in lacking]


def items_of_groups(listed: Object | None) -> dict[str, list[str]]:
    """Group -> versions that the cluster serves of it."""
    found = (listed or {}).get("groups")
    groups = items({"items": found})
    return {
        str(one["name"]): [str(version["version"]) for version in items({"items": one["versions"]})]
        for one in groups
    }


def _sentence(version: str, kind: str, groups: dict[str, list[str]]) -> str:
    group, _, wanted = version.rpartition("/")
    served = groups.get(group, [])
    if served and wanted not in served:
        return (
            f"has no {kind} of {version}: it serves {', '.join(served)} of {group}; "
            "install a version that has it, or write another one in the type"
        )
    if not group:
        return f"has no {kind} of {version}: is the kind misspelt in the type?"
    origin = _ORIGINS.get(group, "its definition is another product's; ask who runs the cluster")
    return f"has no {kind} of {version}; {origin}"
