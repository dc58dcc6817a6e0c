"""In which order objects reach a cluster: what others need comes first."""

from __future__ import annotations

from openchoreo.document import Object
from openchoreo.rendering.manifests import group_and_version

CONFIGURATION, WORKLOADS, ROUTES = range(3)
"""Namespaces come before all of these: they belong to the project."""

_WORKLOADS = frozenset(
    {
        ("", "Pod"),
        # Its endpoints are waited for, and those are pods of the same wave.
        ("", "Service"),
        ("apps", "DaemonSet"),
        ("apps", "Deployment"),
        ("apps", "ReplicaSet"),
        ("apps", "StatefulSet"),
        ("batch", "CronJob"),
        ("batch", "Job"),
    }
)
_ROUTES = frozenset(
    {
        ("autoscaling", "HorizontalPodAutoscaler"),
        ("networking.k8s.io", "Ingress"),
        ("policy", "PodDisruptionBudget"),
    }
)
_ROUTE_FIELDS = ("parentRefs", "targetRefs", "targetRef", "scaleTargetRef")
"""What names a workload or a gateway is of no use before them, whatever its kind."""


def wave_of(manifest: Object) -> int:
    kind = (group_and_version(str(manifest["apiVersion"]))[0], str(manifest["kind"]))
    spec = manifest.get("spec")
    if kind in _WORKLOADS:
        return WORKLOADS
    if kind in _ROUTES:
        return ROUTES
    if isinstance(spec, dict) and any(field in spec for field in _ROUTE_FIELDS):
        return ROUTES
    return CONFIGURATION
