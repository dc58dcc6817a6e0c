"""The documents of releases as one text; types and traits that releases share are in it once."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from openchoreo.delivery.encoding import digest_of, encoded, is_digest
from openchoreo.delivery.release import (
    RESTORE,
    Release,
    refused,
    release_in,
)
from openchoreo.document import Document, Object

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class ReleaseStore:
    """Release documents by digest. The specs of types and traits lie in `parts`.

    `source` says where the store was read, for problems; `origins` where single documents
    of it come from that were read elsewhere.
    """

    releases: Mapping[str, Object] = field(default_factory=dict[str, Object])
    parts: Mapping[str, Document] = field(default_factory=dict[str, Document])
    source: str = "the releases of this run"
    origins: Mapping[str, str] = field(default_factory=dict[str, str], compare=False)

    def __contains__(self, digest: object) -> bool:
        return digest in self.releases

    def release(self, digest: str, component: str, *, alias: str = "") -> Release:
        """The release of `component` with this digest, recomputed and compared.

        Raises OpenChoreoError where the document is not here, not whole or not that of its
        digest.
        """
        where = f"{self.origins.get(digest, self.source)}: release {digest}"
        if digest not in self.releases:
            raise refused(where, "is not there", RESTORE)
        document = self.releases[digest]
        spec = _each_part(document.get("spec"), lambda part: self._part(part, where))
        whole: Object = {**document, "spec": spec}
        return release_in(whole, component=component, digest=digest, alias=alias, source=where)

    def with_releases(self, releases: Iterable[Release]) -> ReleaseStore:
        found = dict(self.releases)
        parts = dict(self.parts)
        known: dict[int, tuple[Document, str]] = {}  # a spec that many releases share
        for release in releases:
            if release.digest not in found:
                spec = _each_part(release.spec, lambda part: _kept(part, parts, known))
                found[release.digest] = {"format": release.format, "spec": spec}
        return ReleaseStore(found, parts, self.source, self.origins)

    def merged(self, *others: ReleaseStore) -> ReleaseStore:
        """With everything the others hold; what is here goes first."""
        releases, parts = dict(self.releases), dict(self.parts)
        origins = {**dict.fromkeys(releases, self.source), **self.origins}
        for other in others:
            releases = {**other.releases, **releases}
            parts = {**other.parts, **parts}
            origins = {**dict.fromkeys(other.releases, other.source), **other.origins, **origins}
        return ReleaseStore(releases, parts, self.source, origins)

    def keeping(self, digests: Collection[str]) -> ReleaseStore:
        """Only these releases, and what they are made of."""
        releases = {key: value for key, value in self.releases.items() if key in digests}
        used: set[str] = set()
        for document in releases.values():
            _each_part(document.get("spec"), lambda part: _noted(part, used))
        parts = {key: value for key, value in self.parts.items() if key in used}
        return ReleaseStore(releases, parts, self.source, self.origins)

    def without(self, digests: Collection[str]) -> ReleaseStore:
        """Without these releases, and without what only they are made of."""
        if not any(digest in self.releases for digest in digests):
            return self
        return self.keeping(self.releases.keys() - set(digests))

    def dumps(self) -> str:
        """Canonical JSON: the same releases give the same text."""
        return encoded(
            {
                "schemaVersion": SCHEMA_VERSION,
                "releases": cast("Document", self.releases),
                "parts": cast("Document", self.parts),
            }
        )

    def _part(self, digest: Document, where: str) -> Document:
        if not isinstance(digest, str) or digest not in self.parts:
            raise refused(where, f"a part of it, {digest}, is not there", RESTORE)
        return self.parts[digest]


def load_store(text: str, *, source: str) -> ReleaseStore:
    """The store in the output `releases` of a stack. Documents are verified when they are used.

    Raises OpenChoreoError where it is not whole or of an unknown version.
    """
    try:
        document: object = json.loads(text)
    except ValueError as error:
        raise refused(source, f"its releases are not whole: {error}", RESTORE) from None
    if not isinstance(document, dict):
        raise refused(source, "its releases are not a mapping", RESTORE)
    content = cast("Object", document)
    version = content.get("schemaVersion")
    if version != SCHEMA_VERSION:
        message = f"its releases have schemaVersion {version}; this program knows {SCHEMA_VERSION}"
        hint = "a newer program wrote them: upgrade the openchoreo package, then run again"
        raise refused(source, message, hint, ("schemaVersion",))
    releases, parts = content.get("releases"), content.get("parts")
    if not _by_digest(releases) or not _by_digest(parts) or len(content) != len(_KEYS):
        message = f"its releases must hold {', '.join(_KEYS)}, documents by their digests"
        raise refused(source, message, RESTORE)
    return ReleaseStore(
        cast("Mapping[str, Object]", releases), cast("Mapping[str, Document]", parts), source
    )


_KEYS = ("schemaVersion", "releases", "parts")


def _by_digest(value: Document) -> bool:
    return isinstance(value, dict) and all(
        is_digest(key) and isinstance(entry, dict) for key, entry in value.items()
    )


def _each_part(spec: Document, change: Callable[[Document], Document]) -> Document:
    """A release spec in which the specs of type and traits are changed: document <-> digest."""
    if not isinstance(spec, dict):
        return spec
    changed = dict(spec)
    for key in _TYPES:
        if key in spec:
            changed[key] = _part_changed(spec[key], change)
    traits = spec.get("traits")
    if isinstance(traits, list):
        changed["traits"] = [_part_changed(trait, change) for trait in traits]
    return changed


_TYPES = ("componentType", "projectType", "resourceType")


def _part_changed(owner: Document, change: Callable[[Document], Document]) -> Document:
    if not isinstance(owner, dict) or "spec" not in owner:
        return owner
    return {**owner, "spec": change(owner["spec"])}


def _kept(
    part: Document, parts: dict[str, Document], known: dict[int, tuple[Document, str]]
) -> Document:
    if id(part) not in known:
        digest = digest_of(encoded(part))
        known[id(part)] = (part, digest)
        parts.setdefault(digest, part)
    return known[id(part)][1]


def _noted(part: Document, used: set[str]) -> Document:
    if isinstance(part, str):
        used.add(part)
    return part
