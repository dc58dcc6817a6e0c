"""What a document is: a definition, something to pass over, or something misunderstood."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from openchoreo.errors import Problem, Stage, nearest
from openchoreo.model import API_VERSION, KINDS, NOT_DEPLOYED, REMOVED_KINDS, label_of

if TYPE_CHECKING:
    from openchoreo.document import Object

WORKLOAD_DESCRIPTOR = "workload descriptor"
"""How the workload.yaml of a source repository is counted: it has an apiVersion, and no kind."""

_GROUP = API_VERSION.partition("/")[0]
_FORMER_GROUPS = frozenset({"core.choreo.dev", "choreo.dev", "core.openchoreo.dev"})


class Meaning(Enum):
    DEFINITION = "definition"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Classified:
    """`name` is what something skipped is counted under."""

    meaning: Meaning
    name: str = ""
    problem: Problem | None = None


def meaning_of(document: Object) -> Classified:
    version, kind = document.get("apiVersion"), document.get("kind")
    group = version.partition("/")[0] if isinstance(version, str) else ""
    if group not in {_GROUP, *_FORMER_GROUPS}:
        return Classified(Meaning.SKIPPED, _foreign_name(version, kind))
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
    hint = nearest(kind, (*KINDS, *NOT_DEPLOYED))
    if kind not in NOT_DEPLOYED and hint.startswith("did you mean"):
        return _misunderstood(document, "kind", f"there is no kind {kind}", hint)
    return Classified(Meaning.SKIPPED, kind)


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


def _foreign_name(version: object, kind: object) -> str:
    if isinstance(version, str) and isinstance(kind, str):
        return f"{version} {kind}"
    return "not a resource"
