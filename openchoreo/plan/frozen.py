"""What a release is made of, and where the definitions say it."""

from __future__ import annotations

from msgspec import Struct

from openchoreo.catalog import Catalog
from openchoreo.delivery import COMPONENTS, Release, Situation
from openchoreo.document import Document, Object
from openchoreo.errors import Path
from openchoreo.model import CLUSTER_SCOPED

_TYPES = ("componentType", "projectType", "resourceType")


class Frozen(Struct, frozen=True):
    """A type or trait in a release, and the path to its spec."""

    kind: str
    name: str
    spec: Document
    path: Path

    def scope(self, namespace: str) -> str:
        """The namespace it is looked for in."""
        return "" if self.kind in CLUSTER_SCOPED else namespace


def frozen_in(spec: Object) -> tuple[tuple[Frozen, ...], Object]:
    """Type and traits of a release, and the rest of it."""
    found = [_frozen(spec[key], (key,)) for key in _TYPES if key in spec]
    traits = spec.get("traits")
    for index, trait in enumerate(traits if isinstance(traits, list) else []):
        found.append(_frozen(trait, ("traits", index)))
    rest = {key: value for key, value in spec.items() if key not in {*_TYPES, "traits"}}
    return tuple(one for one in found if one), rest


def _frozen(part: Document, path: Path) -> Frozen | None:
    if not isinstance(part, dict):
        return None
    # The name of a component type may have the kind of its workload before it.
    name = str(part.get("name", "")).rpartition("/")[2]
    return Frozen(str(part.get("kind", "")), name, part.get("spec"), (*path, "spec"))


def source_of(
    catalog: Catalog, situation: Situation, release: Release, path: Path
) -> tuple[str, int]:
    """File and line of a field of a release that the definitions make or hold."""
    if situation.today and situation.today.digest == release.digest:
        return _of_today(catalog, situation, path)
    namespace, words = situation.namespace, situation.words
    for one in situation.imported:
        if one.digest == release.digest:
            return catalog.locate(words.release_kind, namespace, one.alias, ("spec", *path))
    return "", 0


def _of_today(catalog: Catalog, situation: Situation, path: Path) -> tuple[str, int]:
    namespace, name = situation.namespace, situation.component
    first, *rest = path
    if situation.words is COMPONENTS and first == "workload":
        workload = catalog.workload_of(namespace, situation.project, name)
        where = ("spec", *rest)
        return catalog.locate("Workload", namespace, workload.name, where) if workload else ("", 0)
    own = ("spec", *(rest if first == "componentProfile" else path))
    return catalog.locate(situation.words.kind, namespace, name, own)
