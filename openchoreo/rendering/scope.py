"""Evaluating parts of types and traits: the variables in reach, and whose mistake a failure is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from openchoreo.document import Document, normalised
from openchoreo.errors import OpenChoreoError, Path, Problem, Stage
from openchoreo.rendering.shapes import doubles
from openchoreo.template import (
    MOST_STEPS,
    MOST_WRITTEN,
    OMIT,
    Dialect,
    Omit,
    Room,
    Template,
    TemplateError,
    compile_template,
)

Context = Mapping[str, object]

_KINDS: Mapping[type, str] = {
    bool: "bool",
    int: "int",
    float: "double",
    str: "string",
    list: "list",
    dict: "map",
}
_LONGEST = 80  # characters of an item in a message
_ROUND = 1_000  # what one round of a loop takes of the room there is


def new_room() -> Room:
    """What one rendering of a component or project may take."""
    return Room(MOST_WRITTEN, MOST_STEPS)


class Part:
    """A template somewhere in a type, compiled when it is first needed.

    Not before: an expression that no rendering reaches may name variables that are not there,
    such as `gateway` where no gateway is configured.
    """

    __slots__ = ("_compiled", "_dialect", "document", "path", "size")

    def __init__(self, document: Document, path: Path, dialect: Dialect) -> None:
        self.document = doubles(document)
        self.path = path
        self.size = len(json.dumps(document))
        self._dialect = dialect
        self._compiled: dict[frozenset[str], Template] = {}

    def template(self, variables: frozenset[str]) -> Template:
        compiled = self._compiled.get(variables)
        if compiled is None:
            compiled = compile_template(self.document, variables=variables, dialect=self._dialect)
            self._compiled[variables] = compiled
        return compiled


class Scope(Struct, frozen=True):
    """What expressions of one type or trait can see, for one component and environment."""

    context: Context
    variables: frozenset[str]
    resource: str
    """Whose templates these are, as problems call it."""
    during: str
    """What is being rendered, for messages."""
    room: Room
    """What the rendering may still take, shared by everything that belongs to it."""
    item: tuple[str, Document] | None = None
    """Variable and value of the innermost loop, for messages."""

    @classmethod
    def of(cls, context: Context, *, resource: str, during: str, room: Room) -> Scope:
        return cls(context, frozenset(context), resource, during, room)

    def binding(self, name: str, value: object) -> Scope:
        """With one more variable, which hides another of the same name."""
        context = {**self.context, name: value}
        variables = self.variables if name in self.variables else self.variables | {name}
        return replace(self, context=context, variables=variables)

    def render(self, part: Part) -> Document | Omit:
        """The value of a part; `OMIT` where it leaves itself out."""
        if self.item is not None:
            self.take(part.size, part.path)
        try:
            return part.template(self.variables).render(self.context, self.room)
        except TemplateError as error:
            raise OpenChoreoError(*self._problems(error, part.path)) from None

    def truth(self, part: Part) -> bool:
        """The value of a condition, which must be a boolean."""
        value = self.render(part)
        if not isinstance(value, bool):
            message = f"{part.document} must evaluate to boolean, not {kind_of(value)}"
            raise OpenChoreoError(self.problem(part.path, message))
        return value

    def each(self, part: Part | None, name: str) -> Iterator[Scope]:
        """This scope once without `forEach`, else once for each item under the given name."""
        if part is None:
            yield self
            return
        value = self.render(part)
        if isinstance(value, dict):
            value = [{"key": key, "value": value[key]} for key in sorted(value)]
        if not isinstance(value, list):
            message = f"{part.document} must evaluate to a list or map, not {kind_of(value)}"
            raise OpenChoreoError(self.problem(part.path, message))
        for item in value:
            self.take(_ROUND, part.path)
            yield replace(self.binding(name, item), item=(name, item))

    def take(self, size: int, path: Path) -> None:
        """Raises OpenChoreoError where a rendering grows beyond what any cluster would take."""
        self.room.left -= size
        if self.room.left < 0:
            message = (
                "the rendering becomes too large: loops have too many items, or too large ones"
            )
            raise OpenChoreoError(self.problem(path, message))

    @property
    def loop(self) -> str:
        """The words (forEach port=http) after a blank, or nothing outside of loops."""
        return f" (forEach {self.item[0]}={_shown(self.item[1])})" if self.item else ""

    def problem(self, path: Path, message: str, hint: str = "") -> Problem:
        return Problem(Stage.RENDER, self.resource, path, f"{self.during}\n{message}", hint)

    def _problems(self, error: TemplateError, path: Path) -> Iterator[Problem]:
        for problem in error.problems:
            stage = Stage.CONVERT if problem.stage == "convert" else Stage.RENDER
            message = f"{self.during}{self.loop}\n{problem.message}"
            yield Problem(stage, self.resource, (*path, *problem.path), message)


def too_deep(subject: str) -> Problem:
    """What is said where Python gives up."""
    message = "cannot be rendered: a template or a value is nested too deeply"
    return Problem(Stage.RENDER, subject, (), message)


def _shown(value: Document) -> str:
    """A value in a message, cut where it is long."""
    text = value if isinstance(value, str) else json.dumps(normalised(value), ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def kind_of(value: object) -> str:
    """What CEL calls the kind of a value."""
    if value is OMIT:
        return "omit"
    return _KINDS.get(type(value), "null")
