"""Which objects and namespaces are there, and what their status is."""

from __future__ import annotations

from collections.abc import Iterable

from openchoreo.cluster.api import Api, all_of, items
from openchoreo.cluster.kinds import Kinds
from openchoreo.document import Object


def existing(api: Api, kinds: Kinds, manifests: Iterable[Object]) -> list[Object]:
    """Those of the manifests whose objects are there. Raises ClusterError.

    Nothing is asked in a namespace that is not there, so that a first deployment costs little.
    """
    given = list(manifests)
    names = sorted({namespace_of(one) for one in given} - {""})
    there = dict(zip(names, all_of(lambda name: _namespace(api, name), names), strict=True))
    asked: list[tuple[Object, str]] = []
    for manifest in given:
        served, namespace = kinds.of(manifest), namespace_of(manifest)
        if served and (not served.namespaced or there.get(namespace) is not None):
            asked.append((manifest, served.path(namespace, name_of(manifest))))
    answers = all_of(lambda one: api.get(one[1]), asked)
    return [one for (one, _), answer in zip(asked, answers, strict=True) if answer is not None]


def statuses(api: Api, kinds: Kinds, manifests: Iterable[Object]) -> list[Object]:
    """The `status` of each object, empty where it has none or is not there. Raises ClusterError."""
    given = [(one, kinds.of(one)) for one in manifests]
    asked = [
        served.path(namespace_of(one), name_of(one)) if served else "" for one, served in given
    ]
    answers = all_of(lambda path: api.get(path) if path else None, asked)
    found = [(answer or {}).get("status") for answer in answers]
    return [status if isinstance(status, dict) else {} for status in found]


def terminating(api: Api, names: Iterable[str]) -> list[str]:
    """Namespaces that are being deleted; nothing can be created there. Raises ClusterError."""
    asked = list(names)
    answers = all_of(lambda name: _namespace(api, name), asked)
    return [
        name
        for name, found in zip(asked, answers, strict=True)
        if found and mapping(found, "metadata").get("deletionTimestamp")
    ]


def name_of(manifest: Object) -> str:
    return str(mapping(manifest, "metadata").get("name", ""))


def namespace_of(manifest: Object) -> str:
    return str(mapping(manifest, "metadata").get("namespace") or "")


def _namespace(api: Api, name: str) -> Object | None:
    return api.get(f"/api/v1/namespaces/{name}")


def uid_of(document: Object) -> str:
    return str(mapping(document, "metadata").get("uid") or "")


def owners_of(document: Object) -> list[Object]:
    """Its owner references."""
    return items({"items": mapping(document, "metadata").get("ownerReferences")})


def mapping(document: Object, key: str) -> Object:
    found = document.get(key)
    return found if isinstance(found, dict) else {}
