"""From a document to a resource, or to everything that is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from msgspec import Struct
from pydantic import ValidationError

from openchoreo.document import Document, Object
from openchoreo.errors import OpenChoreoError, Path, Problem, Stage, nearest
from openchoreo.model.kinds import KINDS
from openchoreo.model.problems import problems_of, unknown_keys
from openchoreo.model.project import DEFAULT_PROJECT_TYPE
from openchoreo.model.resource import label

if TYPE_CHECKING:
    from openchoreo.model.base import Model
    from openchoreo.model.resource import Resource

M = TypeVar("M", bound="Model")


class Parsed(Struct, frozen=True):
    resource: Resource
    notes: tuple[Problem, ...] = ()


def parse(document: Object, *, prune: bool = False) -> Parsed:
    """The resource a document describes, as the API server would store it.

    Unknown keys are refused; with `prune` they are left out with a note, which is what the
    API server does without one. Raises OpenChoreoError with every problem.
    """
    kind = document.get("kind")
    model = KINDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        hint = nearest(str(kind), KINDS)
        message = f"unknown kind {kind}"
        raise OpenChoreoError(Problem(Stage.LOAD, label_of(document), ("kind",), message, hint))
    stored = {key: value for key, value in document.items() if key != "status"}
    resource, notes = read(model, stored, resource=label_of(document), prune=prune)
    return Parsed(resource, (*notes, *_defaults_filled_in(stored)))


def read(
    model: type[M],
    document: Document,
    *,
    resource: str = "",
    stage: Stage = Stage.LOAD,
    prune: bool = False,
) -> tuple[M, tuple[Problem, ...]]:
    """Any model from its document, and notes on what was pruned."""
    try:
        return model.model_validate(document), ()
    except ValidationError as error:
        problems = problems_of(error, model, stage=stage, resource=resource)
        surplus = unknown_keys(error) if prune else ()
    if not surplus:
        raise OpenChoreoError(*problems)
    notes = tuple(problem for problem in problems if problem.path in surplus)
    found, _ = read(model, _without(document, surplus), resource=resource, stage=stage)
    return found, notes


def label_of(document: Object) -> str:
    """What to call a document that may be broken in any way."""
    metadata = document.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    kind, namespace, name = (
        value if isinstance(value, str) else ""
        for value in (document.get("kind"), metadata.get("namespace"), metadata.get("name"))
    )
    return label(kind, namespace, name).strip()


def _without(value: Document, paths: tuple[Path, ...]) -> Document:
    """A copy that lacks what the paths lead to."""
    inner: dict[object, list[Path]] = {}
    for path in paths:
        inner.setdefault(path[0], []).append(path[1:])
    if isinstance(value, dict):
        kept = {key: entry for key, entry in value.items() if () not in inner.get(key, ())}
        return {
            key: _without(entry, tuple(inner[key])) if key in inner else entry
            for key, entry in kept.items()
        }
    items = cast("list[Document]", value)
    return [
        _without(item, tuple(inner[index])) if index in inner else item
        for index, item in enumerate(items)
    ]


def _defaults_filled_in(document: Object) -> tuple[Problem, ...]:
    """Older repositories have no project types; OpenChoreo's API fills in this one."""
    spec = document.get("spec")
    if document["kind"] != "Project" or (isinstance(spec, dict) and "type" in spec):
        return ()
    kind, name = DEFAULT_PROJECT_TYPE
    message = f"has no type; {kind} {name} is taken"
    hint = f"add type: {{kind: {kind}, name: {name}}}"
    return (Problem(Stage.LOAD, label_of(document), ("spec", "type"), message, hint),)
