"""What a document is: a definition, something to pass over, or something misunderstood."""

from __future__ import annotations

from difflib import get_close_matches
from enum import Enum
from typing import TYPE_CHECKING

from msgspec import Struct

from openchoreo.errors import Problem, Stage
from openchoreo.model import API_VERSION, KINDS, NOT_DEPLOYED, REMOVED_KINDS, label_of

if TYPE_CHECKING:
    from openchoreo.document import Object

WORKLOAD_DESCRIPTOR = "workload descriptor"
"""How the workload.yaml of a source repository is counted: it has an apiVersion, and no kind."""

_GROUP = API_VERSION.partition("/")[0]
_FORMER_GROUPS = frozenset({"core.choreo.dev", "choreo.dev", "core.openchoreo.dev"})
_MISSPELT = 0.85
"""How much alike two words are when one is taken for the other: one letter in eight differs."""


class Meaning(Enum):
    DEFINITION = "definition"
    SKIPPED = "skipped"


class Classified(Struct, frozen=True):
    """`name` is what something skipped is counted under."""

    meaning: Meaning
    name: str = ""
    problem: Problem | None = None


def meaning_of(document: Object) -> Classified:
    version, kind = document.get("apiVersion"), document.get("kind")
    group = version.partition("/")[0] if isinstance(version, str) else ""
    if group not in {_GROUP, *_FORMER_GROUPS}:
        return _foreign(document, version, kind)
    if version != API_VERSION:
        message = f"is of the API version {version}; this program knows {API_VERSION}"
        return _misunderstood(document, "apiVersion", message, _renamed(kind))
    return _known_kind(document, kind) if isinstance(kind, str) else _without_kind(document)


def _known_kind(document: Object, kind: str) -> Classified:
    if kind in KINDS:
        return Classified(Meaning.DEFINITION)
    if kind in REMOVED_KINDS:
        message = f"{kind} is a kind of an older OpenChoreo"
        return _misunderstood(document, "kind", message, REMOVED_KINDS[kind])
    near = get_close_matches(kind, (*KINDS, *NOT_DEPLOYED), n=1, cutoff=_MISSPELT)
    if near and kind not in NOT_DEPLOYED:
        hint = f"did you mean {near[0]}?"
        return _misunderstood(document, "kind", f"there is no kind {kind}", hint)
    return Classified(Meaning.SKIPPED, kind)


def _foreign(document: Object, version: object, kind: object) -> Classified:
    """Somebody else's document, unless all but its apiVersion looks like ours."""
    if not isinstance(kind, str):
        return Classified(Meaning.SKIPPED, "not a resource")
    ours = kind in KINDS and {"metadata", "spec"} <= document.keys()
    hint = f"write apiVersion: {API_VERSION}"
    if version is None and ours:
        return _misunderstood(document, "apiVersion", "is required, but missing", hint)
    if ours and get_close_matches(str(version), [API_VERSION], cutoff=_MISSPELT):
        message = f"there is no API version {version}"
        return _misunderstood(document, "apiVersion", message, hint)
    return Classified(Meaning.SKIPPED, f"{version} {kind}" if version else "not a resource")


def _without_kind(document: Object) -> Classified:
    if document.get("kind") is not None:
        return _misunderstood(document, "kind", "must be a string")
    if "spec" not in document and "metadata" in document:
        return Classified(Meaning.SKIPPED, WORKLOAD_DESCRIPTOR)
    hint = "add kind, for example kind: Component"
    return _misunderstood(document, "kind", "is required, but missing", hint)


def _renamed(kind: object) -> str:
    if isinstance(kind, str) and kind in REMOVED_KINDS:
        return f"{kind}: {REMOVED_KINDS[kind]}"
    return f"write apiVersion: {API_VERSION} and what that version asks for"


def _misunderstood(document: Object, key: str, message: str, hint: str = "") -> Classified:
    problem = Problem(Stage.LOAD, label_of(document), (key,), message, hint)
    return Classified(Meaning.DEFINITION, problem=problem)
