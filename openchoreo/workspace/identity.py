"""What identifies a cluster, whatever its context is called."""

from __future__ import annotations

from functools import cache

from openchoreo import cluster
from openchoreo.cluster import Api, ClusterError
from openchoreo.config import Target
from openchoreo.errors import OpenChoreoError, Problem, Stage

_IDENTITY = "/api/v1/namespaces/kube-system"


@cache
def connected(kubeconfig: str, context: str) -> Api:
    """Each cluster is connected to once."""
    return cluster.connect(kubeconfig, context)


def identify(target: Target) -> str:
    """The UID of the namespace kube-system, which is as old as its cluster.

    Raises OpenChoreoError where the cluster cannot be asked.
    """
    try:
        found = connected(target.kubeconfig, target.context).get(_IDENTITY)
    except ClusterError as error:
        hint = error.hint or "or write clusterIdentifier: <a name of yours>, and it is not asked"
        raise OpenChoreoError(cluster_problem("", error.message, hint)) from None
    metadata = (found or {}).get("metadata")
    uid = metadata.get("uid") if isinstance(metadata, dict) else None
    if not isinstance(uid, str):
        message = (
            f"the cluster of context {target.context} has no namespace kube-system to tell it by"
        )
        hint = "write clusterIdentifier: <a name of yours>"
        raise OpenChoreoError(cluster_problem("", message, hint))
    return uid


def cluster_problem(plane: str, message: str, hint: str) -> Problem:
    """What is wrong with the cluster of a data plane."""
    path = ("openchoreo:dataPlanes", plane) if plane else ()
    return Problem(Stage.REGISTER, "stack config", path, message, hint)
