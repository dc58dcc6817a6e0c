"""Which kinds a cluster serves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import cast

from msgspec import Struct

from openchoreo.cluster.api import Api, all_of
from openchoreo.document import Object

Kind = tuple[str, str]
"""apiVersion and kind."""


class Served(Struct, frozen=True):
    api_version: str
    kind: str
    plural: str
    namespaced: bool

    @property
    def group(self) -> str:
        return self.api_version.rpartition("/")[0]

    def path(self, namespace: str, name: str = "") -> str:
        """Of one object, or of all of them."""
        where = f"/namespaces/{namespace}" if self.namespaced else ""
        return f"{root_of(self.api_version)}{where}/{self.plural}{'/' if name else ''}{name}"


class Kinds(Struct, frozen=True):
    served: Mapping[Kind, Served]

    def find(self, api_version: str, kind: str) -> Served | None:
        return self.served.get((api_version, kind))

    def of(self, manifest: Object) -> Served | None:
        return self.find(*kind_of(manifest))


def kind_of(manifest: Object) -> Kind:
    return str(manifest["apiVersion"]), str(manifest["kind"])


def root_of(api_version: str) -> str:
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"


def discover(api: Api, api_versions: Iterable[str]) -> Kinds:
    """The kinds of these versions, as far as the cluster has them. Raises ClusterError."""
    asked = list(api_versions)
    answers = all_of(api.get, [root_of(version) for version in asked])
    return Kinds(
        {
            (version, one.kind): one
            for version, answer in zip(asked, answers, strict=True)
            for one in _served(version, answer or {})
        }
    )


def _served(version: str, answer: Object) -> list[Served]:
    resources = cast("list[Object]", answer.get("resources") or [])
    return [
        Served(version, str(one["kind"]), str(one["name"]), bool(one.get("namespaced")))
        for one in resources
        if "/" not in str(one["name"])  # status, scale and their like
    ]


def missing_kinds(kinds: Kinds, manifests: Iterable[Object]) -> list[tuple[str, str, int]]:
    """apiVersion, kind and number of objects of what the cluster has no kind for."""
    counted = Counter(kind_of(one) for one in manifests if kinds.of(one) is None)
    return [(*kind, count) for kind, count in sorted(counted.items())]
