"""Network policies, evaluated: which pod may open a connection to which port of another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Pod:
    namespace: str
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Network:
    """Namespaces by their labels, and the NetworkPolicies of the whole cluster."""

    namespaces: Mapping[str, Mapping[str, str]]
    policies: tuple[Mapping[str, Any], ...]

    def allows(self, source: Pod, target: Pod, port: int, protocol: str = "TCP") -> bool:
        """As Kubernetes defines it: closed as soon as one policy selects the pod for ingress."""
        selecting = [
            one["spec"]
            for one in self.policies
            if one["metadata"]["namespace"] == target.namespace
            and selects(one["spec"]["podSelector"], target.labels)
            and "Ingress" in one["spec"].get("policyTypes", ["Ingress"])
        ]
        if not selecting:
            return True
        rules = [rule for spec in selecting for rule in spec.get("ingress", ())]
        return any(
            self._from(rule.get("from"), source, target)
            and opens(rule.get("ports"), port, protocol)
            for rule in rules
        )

    def _from(self, peers: Iterable[Mapping[str, Any]] | None, source: Pod, target: Pod) -> bool:
        """No peers are all peers."""
        return not peers or any(self._is(peer, source, target) for peer in peers)

    def _is(self, peer: Mapping[str, Any], source: Pod, target: Pod) -> bool:
        assert not peer.keys() - {"podSelector", "namespaceSelector"}, peer
        if "namespaceSelector" in peer:
            if not selects(peer["namespaceSelector"], self.namespaces[source.namespace]):
                return False
        elif source.namespace != target.namespace:
            return False
        return selects(peer.get("podSelector", {}), source.labels)


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """An empty selector selects everything."""
    wanted = selector.get("matchLabels", {})
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        meets(one, labels) for one in selector.get("matchExpressions", ())
    )


def meets(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    value, values = labels.get(expression["key"]), expression.get("values", ())
    return {
        "Exists": value is not None,
        "DoesNotExist": value is None,
        "In": value in values,
        "NotIn": value not in values,
    }[expression["operator"]]


def opens(ports: Iterable[Mapping[str, Any]] | None, port: int, protocol: str) -> bool:
    """No ports are all ports."""
    return not ports or any(
        one.get("protocol", "TCP") == protocol
        and one["port"] <= port <= one.get("endPort", one["port"])
        for one in ports
    )
