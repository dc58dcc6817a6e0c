"""Whether what a stack has deployed to clusters is ready, asked of the clusters."""

from __future__ import annotations

from collections.abc import Mapping

from openchoreo.cli.component_clusters import targets_of
from openchoreo.cluster import Api, ClusterError, Kinds, connect, discover, look
from openchoreo.delivery.deployed import PACKAGES, deployed_in
from openchoreo.document import Document, Object

READY = "ready"
_VERSIONS = ("v1", "apps/v1", "batch/v1")


def readiness_of(stack: str, state: Mapping[str, Document]) -> dict[str, str]:
    """Owner -> ready, or what is wrong first; nothing of what only files have.

    Raises OpenChoreoError where stack config cannot be read.
    """
    objects: dict[tuple[str, str], list[Object]] = {}
    for one in deployed_in(state):
        if one.identity[0].startswith(f"{PACKAGES[1]}:"):
            plane = one.identity[1].partition("/")[0]
            objects.setdefault((one.owner, plane), []).append(one.manifest)
    if not objects:
        return {}
    targets = targets_of(stack, state)
    clusters = {plane: _Cluster(targets.get(plane)) for _, plane in objects}
    found: dict[str, str] = {}
    for (owner, plane), manifests in objects.items():
        said = clusters[plane].said(manifests)
        if found.get(owner, READY) == READY:
            found[owner] = said
    return found


class _Cluster:
    """One that does not answer says so of everything that it has."""

    def __init__(self, target: object) -> None:
        self._api: Api | None = None
        self._kinds: Kinds | None = None
        self._trouble = ""
        try:
            self._api = connect(getattr(target, "kubeconfig", ""), getattr(target, "context", ""))
            self._kinds = discover(self._api, _VERSIONS)
        except ClusterError as error:
            self._trouble = error.message

    def said(self, manifests: list[Object]) -> str:
        if self._api is None or self._kinds is None:
            return self._trouble
        try:
            troubles = look(self._api, self._kinds, manifests).troubles
        except ClusterError as error:
            return error.message
        return troubles[0] if troubles else READY
