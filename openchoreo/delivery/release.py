"""Releases: what a component, project or Resource is made of, frozen, and known by the digest of its content.

The identity of a release is SHA-256 over the canonical JSON of {"format": ..., "spec": ...}.
Its name is its owner's with the first twelve hex digits; a release document of a
repository keeps its own name as an alias.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import cast

from openchoreo.delivery import format_1
from openchoreo.delivery.encoding import digest_of, encoded
from openchoreo.delivery.shape import NotInShape
from openchoreo.document import Document, Object
from openchoreo.errors import OpenChoreoError, Path, Problem, Stage, format_path


@dataclass(frozen=True, slots=True)
class Format:
    """The writers of one release format; each takes what users wrote and adds the defaults."""

    number: int
    component_type: Callable[[str, Object], Object]
    trait: Callable[[Object], Object]
    profile: Callable[[Object], Object]
    workload: Callable[[Object], Object]
    release: Callable[[Object], Object]
    project_type: Callable[[Object], Object] = format_1.project_type
    resource_type: Callable[[Object], Object] = format_1.resource_type


FORMATS: Mapping[int, Format] = MappingProxyType(
    {
        1: Format(
            number=format_1.NUMBER,
            component_type=format_1.component_type,
            trait=format_1.trait,
            profile=format_1.profile,
            workload=format_1.workload,
            release=format_1.release,
            project_type=format_1.project_type,
            resource_type=format_1.resource_type,
        )
    }
)
NEWEST = max(FORMATS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Equal digests of one owner are equal releases, whatever they are called.

    `component` is the name of the owner: a component, a project or a Resource. `spec` is that of
    its release without owner, every API default written out.
    """

    component: str
    digest: str
    format: int
    spec: Object = field(compare=False, repr=False)
    alias: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        return release_name(self.component, self.digest)

    @property
    def shown(self) -> str:
        """The name its users gave it, where they did."""
        return self.alias or self.name

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, self.alias) if self.alias else (self.name,)

    @property
    def text(self) -> str:
        """The document that is stored: canonical JSON, of which the digest is made."""
        return document_text(self.format, self.spec)


def release_name(component: str, digest: str) -> str:
    """Like "greeter-3f2a9c41d0b7": known in advance, and the same on every machine."""
    return f"{component}-{digest.removeprefix('sha256:')[:12]}"


def document_text(number: int, spec: Document) -> str:
    return encoded({"format": number, "spec": spec})


def release_of(component: str, number: int, spec: Object, *, alias: str = "") -> Release:
    """The release with this content; `spec` must be as the format writes it."""
    digest = digest_of(document_text(number, spec))
    alias = "" if alias == release_name(component, digest) else alias
    return Release(component=component, digest=digest, format=number, spec=spec, alias=alias)


def release_from_document(
    text: str, *, component: str, digest: str = "", alias: str = "", source: str
) -> Release:
    """The release in the text of a stored document, read by the reader of its own format.

    `source` says where the document was found, for problems. Raises OpenChoreoError where
    it is not whole, of an unknown format, or not what `digest` says.
    """
    document = _parsed(text, source)
    release = release_in(document, component=component, digest=digest, alias=alias, source=source)
    if not digest:
        _check_form(release, source)
    return release


def release_in(
    document: Object, *, component: str, digest: str = "", alias: str = "", source: str
) -> Release:
    """The release in a stored document, its digest recomputed and compared."""
    number, spec = _head(document, source)
    release = release_of(component, number, spec, alias=alias)
    if digest and release.digest != digest:
        raise refused(source, _differs(digest, release.digest), RESTORE)
    return release


def verify(release: Release, *, source: str) -> None:
    """Raises OpenChoreoError unless the content of the release is that of its digest."""
    actual = digest_of(release.text)
    if actual != release.digest:
        raise refused(source, _differs(release.digest, actual), RESTORE)


RESTORE = (
    "restore the document from a backup, or from a directory of exported releases that"
    " openchoreo:releases names"
)


def refused(source: str, message: str, hint: str, path: Path = ()) -> OpenChoreoError:
    return OpenChoreoError(Problem(Stage.LEDGER, source, path, message, hint))


def _parsed(text: str, source: str) -> Object:
    try:
        document: object = json.loads(text)
    except ValueError as error:
        raise refused(source, f"is not whole: {error}", RESTORE) from None
    if not isinstance(document, dict):
        raise refused(source, "is no release document: it must be a mapping", RESTORE)
    return cast("Object", document)


def _head(document: Object, source: str) -> tuple[int, Object]:
    number, spec = document.get("format"), document.get("spec")
    if not isinstance(number, int) or isinstance(number, bool) or not isinstance(spec, dict):
        message = "is no release document: it must hold format, a number, and spec, a mapping"
        raise refused(source, message, RESTORE)
    if number not in FORMATS:
        known = ", ".join(str(known) for known in FORMATS)
        message = f"has format {number}; this program knows format {known}"
        hint = "a newer program wrote it: upgrade the openchoreo package, then run again"
        raise refused(source, message, hint, ("format",))
    surplus = sorted(document.keys() - {"format", "spec"})
    if surplus:
        message = f"holds {', '.join(surplus)} besides format and spec"
        raise refused(source, message, RESTORE)
    return number, spec


def _check_form(release: Release, source: str) -> None:
    """A document without a digest to compare must at least be as its format writes it."""
    try:
        normal = FORMATS[release.format].release(release.spec)
    except NotInShape as found:
        what = f"{format_path(found.path)} {found.message}"
        message = f"is no release of format {release.format}: {what}"
        raise refused(source, message, RESTORE) from None
    if normal != release.spec:
        message = f"is not as format {release.format} writes releases; it was edited"
        raise refused(source, message, RESTORE)


def _differs(expected: str, actual: str) -> str:
    return f"is not the release it is kept as: it should be {expected}, but is {actual}"
