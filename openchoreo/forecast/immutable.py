"""Fields that an API server lets nobody change: another value means another object.

Kubernetes' own API reference says of each that it is immutable or cannot be updated.
"""

from __future__ import annotations

from openchoreo.document import Object
from openchoreo.forecast.fields import Item, Place

_WORKLOADS = ("spec", "selector")
_FIELDS: dict[str, tuple[Place, ...]] = {
    "DaemonSet": (_WORKLOADS,),
    "Deployment": (_WORKLOADS,),
    "ReplicaSet": (_WORKLOADS,),
    "StatefulSet": (
        _WORKLOADS,
        ("spec", "serviceName"),
        ("spec", "podManagementPolicy"),
        ("spec", "volumeClaimTemplates"),
    ),
    "Job": (
        _WORKLOADS,
        ("spec", "template"),
        ("spec", "completions"),
        ("spec", "completionMode"),
        ("spec", "podFailurePolicy"),
    ),
    "Service": (("spec", "clusterIP"), ("spec", "clusterIPs")),
    "PersistentVolumeClaim": (
        ("spec", "accessModes"),
        ("spec", "selector"),
        ("spec", "storageClassName"),
        ("spec", "volumeMode"),
        ("spec", "volumeName"),
    ),
    "RoleBinding": (("roleRef",),),
    "ClusterRoleBinding": (("roleRef",),),
    "Secret": (("type",),),
    "StorageClass": (("parameters",), ("provisioner",), ("reclaimPolicy",), ("volumeBindingMode",)),
}


def immutable(manifest: Object, path: Place) -> bool:
    """Whether a change of this field needs another object."""
    plain = tuple(step for step in path if not isinstance(step, Item))
    return any(plain[: len(one)] == one for one in _FIELDS.get(str(manifest.get("kind")), ()))
