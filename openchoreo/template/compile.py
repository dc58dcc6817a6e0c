"""From a document with expressions to a tree of closures that renders it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import chain
from typing import Any, TypeAlias

from msgspec import Struct

from openchoreo.cel import CelError, Dialect, Program
from openchoreo.document import Document
from openchoreo.errors import Path
from openchoreo.template.errors import Stage, TemplateError, TemplateProblem
from openchoreo.template.functions import COMPONENT
from openchoreo.template.scan import (
    OPENING,
    Match,
    NestedExpressionError,
    find_expressions,
    is_standalone,
)
from openchoreo.template.values import OMIT, ConversionError, Omit, Room, to_document, to_text

_COPIED_AT_ONCE = 16  # characters that a copy moves in the time of one element

_TOO_DEEP = "the document is nested too deeply"


class _Run(Struct, frozen=True):
    """One rendering."""

    context: Mapping[str, Any]
    room: Room


Rendered: TypeAlias = "Document | Omit"
Node: TypeAlias = Callable[[_Run], Rendered]


class _Constant(Struct, frozen=True):
    """A part without expressions, which every rendering shares."""

    value: Document


class Template(Struct, frozen=True):
    """A compiled document. Immutable; may be rendered by several threads at once."""

    _node: Node | _Constant

    def render(self, context: Mapping[str, Any], room: Room | None = None) -> Rendered:
        """The document for these values of the variables; OMIT where it leaves itself out.

        `room` is what is left to write, where several renderings share it.

        Raises TemplateError with everything that failed. Parts without expressions are shared
        between results, and with the template: documents are never mutated.
        """
        if isinstance(self._node, _Constant):
            return self._node.value
        try:
            return self._node(_Run(context, room or Room()))
        except RecursionError:
            raise _error((), "", "evaluate", _TOO_DEEP) from None


def compile_template(
    document: Document, *, variables: frozenset[str], dialect: Dialect = COMPONENT
) -> Template:
    """Raises TemplateError with every expression that does not compile.

    A name that is not among `variables` does not compile; a missing field of one is found
    when rendering.
    """
    compiler = _Compiler(variables, dialect)
    try:
        node = compiler.node(document, ())
    except RecursionError:
        raise _error((), "", "compile", _TOO_DEEP) from None
    if compiler.problems:
        raise TemplateError(*compiler.problems)
    return Template(node)


@lru_cache(maxsize=16_384)
def _program(dialect: Dialect, expression: str, variables: frozenset[str]) -> Program:
    return dialect.compile(expression, variables)


class _Compiler:
    def __init__(self, variables: frozenset[str], dialect: Dialect) -> None:
        self._variables = variables
        self._dialect = dialect
        self.problems: list[TemplateProblem] = []

    def node(self, document: Document, path: Path) -> Node | _Constant:
        if isinstance(document, str):
            return self._text(document, path)
        if isinstance(document, dict):
            return self._map(document, path)
        if isinstance(document, list):
            return self._list(document, path)
        return _Constant(document)

    def _text(self, text: str, path: Path) -> Node | _Constant:
        if OPENING not in text:
            return _Constant(text)
        try:
            matches = find_expressions(text)
        except NestedExpressionError as error:
            self.problems.append(TemplateProblem(path, text, "compile", str(error)))
            return _Constant(text)
        values = [self._value(match, path) for match in matches]
        if not values:
            return _Constant(text)
        if is_standalone(text, matches):
            return _standalone(values[0])
        return _interpolated(text, values)

    def _value(self, match: Match, path: Path) -> _Value:
        try:
            program = _program(self._dialect, match.expression, self._variables)
        except CelError as error:
            message = f"CEL compilation error in expression '{match.expression}': {error}"
            self.problems.append(TemplateProblem(path, match.expression, "compile", message))
            program = None
        return _Value(match, path, program)

    def _map(self, document: dict[str, Document], path: Path) -> Node | _Constant:
        members = [
            _Member(key, self._text(key, (*path, key)), self.node(value, (*path, key)), path)
            for key, value in document.items()
        ]
        if all(isinstance(m.key, _Constant) and isinstance(m.value, _Constant) for m in members):
            return _Constant(document)
        if not all(isinstance(member.key, _Constant) for member in members):
            # Keys that turn out equal: the last one wins, whatever order the file had.
            members.sort(key=lambda member: member.written)
            return _renamed_mapping(members)
        return _mapping(members)

    def _list(self, document: list[Document], path: Path) -> Node | _Constant:
        nodes = [self.node(item, (*path, index)) for index, item in enumerate(document)]
        if all(isinstance(node, _Constant) for node in nodes):
            return _Constant(document)
        return _sequence(nodes)


class _Value(Struct, frozen=True):
    """One expression at its place."""

    match: Match
    path: Path
    program: Program | None
    """None where it does not compile; then nothing is rendered."""

    def evaluate(self, run: _Run) -> Any:
        program = self.program
        assert program is not None
        meter = program.meter()
        try:
            value = program.evaluate(run.context, meter)
        except CelError as error:
            raise self._failed(error.message) from None
        if meter is not None:
            run.room.steps -= meter.spent
            if run.room.steps < 0:
                raise self._failed(
                    "all expressions together take too many steps; iterate over less"
                )
        return value

    def _failed(self, why: str) -> TemplateError:
        expression = self.match.expression
        message = f"CEL evaluation error in expression '{expression}': {why}"
        return _error(self.path, expression, "evaluate", message)

    def refused(self, error: ConversionError) -> TemplateError:
        expression = self.match.expression
        message = f"the value of expression '{expression}' cannot be used: {error}"
        return _error(self.path, expression, "convert", message)


class _Member(Struct, frozen=True):
    written: str
    key: Node | _Constant
    value: Node | _Constant
    path: Path

    def name(self, run: _Run) -> str:
        if isinstance(self.key, _Constant):
            return self.written
        name = self.key(run)
        if isinstance(name, str):
            return name
        message = f"dynamic map key '{self.written}' must evaluate to a string, got {_shown(name)}"
        raise _error((*self.path, self.written), self.written, "evaluate", message)


def _standalone(value: _Value) -> Node:
    def render(run: _Run) -> Rendered:
        result = value.evaluate(run)
        try:
            return to_document(result, run.room)
        except ConversionError as error:
            raise value.refused(error) from None

    return render


def _interpolated(text: str, values: list[_Value]) -> Node:
    around = _around(text, values)

    def render(run: _Run) -> str:
        written: list[str] = []
        problems: list[TemplateProblem] = []
        for value in values:
            try:
                written.append(to_text(value.evaluate(run), run.room))
            except TemplateError as error:
                problems.extend(error.problems)
            except ConversionError as error:
                problems.extend(value.refused(error).problems)
        if problems:
            raise TemplateError(*problems)
        for part in written:
            if OPENING in part:
                return _substituted(text, values, written, run.room)
        return "".join(chain.from_iterable(zip(around, (*written, ""), strict=True)))

    return render


def _around(text: str, values: list[_Value]) -> list[str]:
    """What is written before each expression, and after the last one."""
    parts: list[str] = []
    start = 0
    for value in values:
        found = text.index(value.match.text, start)
        parts.append(text[start:found])
        start = found + len(value.match.text)
    return [*parts, text[start:]]


def _substituted(text: str, values: list[_Value], written: list[str], room: Room) -> str:
    """Each value takes the first place that reads like its expression, in what is there by then.

    So a value that holds the text of a later expression attracts that one's value.
    """
    for value, part in zip(values, written, strict=True):
        room.left -= len(text) // _COPIED_AT_ONCE
        try:
            room.check()
        except ConversionError as error:
            raise value.refused(error) from None
        text = text.replace(value.match.text, part, 1)
    return text


def _mapping(members: list[_Member]) -> Node:
    """What is constant is laid out once; the order of the members is that of the result."""
    layout: dict[str, Document] = {
        member.written: member.value.value if isinstance(member.value, _Constant) else None
        for member in members
    }
    changing = [(m.written, m.value) for m in members if not isinstance(m.value, _Constant)]

    def render(run: _Run) -> Rendered:
        result = layout.copy()
        problems: list[TemplateProblem] = []
        for name, node in changing:
            try:
                value = node(run)
            except TemplateError as error:
                problems.extend(error.problems)
                continue
            if isinstance(value, Omit):
                del result[name]
            else:
                result[name] = value
        if problems:
            raise TemplateError(*problems)
        return result

    return render


def _renamed_mapping(members: list[_Member]) -> Node:
    """With keys that are known only when rendering."""

    def render(run: _Run) -> Rendered:
        result: dict[str, Document] = {}
        problems: list[TemplateProblem] = []
        for member in members:
            try:
                name = member.name(run)
                node = member.value
                value = node.value if isinstance(node, _Constant) else node(run)
            except TemplateError as error:
                problems.extend(error.problems)
                continue
            if not isinstance(value, Omit):
                result[name] = value
        if problems:
            raise TemplateError(*problems)
        return result

    return render


def _sequence(nodes: list[Node | _Constant]) -> Node:
    def render(run: _Run) -> Rendered:
        result: list[Document] = []
        problems: list[TemplateProblem] = []
        for node in nodes:
            try:
                value = node.value if isinstance(node, _Constant) else node(run)
            except TemplateError as error:
                problems.extend(error.problems)
                continue
            if not isinstance(value, Omit):
                result.append(value)
        if problems:
            raise TemplateError(*problems)
        return result

    return render


def _shown(value: Rendered) -> str:
    return "oc_omit()" if value is OMIT else to_text(value, Room())


def _error(path: Path, expression: str, stage: Stage, message: str) -> TemplateError:
    return TemplateError(TemplateProblem(path, expression, stage, message))
