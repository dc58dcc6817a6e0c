"""Macros: calls that the parser rewrites (CEL specification, "Macros", and the extensions)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from msgspec import Struct

from openchoreo.cel.errors import Rejected
from openchoreo.cel.syntax import (
    Bind,
    Call,
    Comprehension,
    Expr,
    Has,
    Ident,
    Index,
    ListLiteral,
    Literal,
    MapLiteral,
    Select,
)
from openchoreo.cel.values import Value

MacroKey = tuple[str, int | None, bool]


class Factory:
    """Makes the nodes of an expansion; all of them stand where the call stands."""

    __slots__ = ("position",)

    def __init__(self, position: int) -> None:
        self.position = position

    def literal(self, value: Value) -> Expr:
        return Literal(value, self.position)

    def ident(self, name: str) -> Expr:
        return Ident(name, self.position)

    def select(self, operand: Expr, field: str) -> Expr:
        return Select(operand, field, False, self.position)

    def index(self, operand: Expr, index: Expr) -> Expr:
        return Index(operand, index, False, self.position)

    def call(self, name: str, *arguments: Expr) -> Expr:
        return Call(name, None, arguments, self.position)

    def method(self, target: Expr, name: str, *arguments: Expr) -> Expr:
        return Call(name, target, arguments, self.position)

    def list(self, *items: Expr) -> Expr:
        return ListLiteral(items, frozenset(), self.position)

    def error(self, message: str, at: Expr | None = None) -> NoReturn:
        """Refuses the call."""
        raise Rejected("check", message, self.position if at is None else at.position)


Expand = Callable[[Expr | None, tuple[Expr, ...], Factory], Expr | None]


class Macro(Struct, frozen=True):
    """Rewrites `name(arguments)`, or `receiver.name(arguments)` if member.

    arity: the number of arguments, or None for any number.
    expand: gets the receiver (None for a global macro) and the arguments as syntax; gives the
    new syntax, or None to leave the call as it is.
    """

    name: str
    arity: int | None
    member: bool
    expand: Expand
    summary: str = ""
    examples: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> MacroKey:
        return self.name, self.arity, self.member


def is_ident(expr: Expr | None, name: str) -> bool:
    return isinstance(expr, Ident) and expr.name == name


def _has(_: Expr | None, arguments: tuple[Expr, ...], make: Factory) -> Expr:
    (argument,) = arguments
    if not isinstance(argument, Select) or argument.optional:
        make.error("invalid argument to has() macro: write has(a.field)", argument)
    return Has(argument.operand, argument.field, make.position)


def _variable(expr: Expr, make: Factory) -> str:
    if not isinstance(expr, Ident) or expr.name.startswith("."):
        make.error("the variable of a macro must be a simple name", expr)
    return expr.name


def _one(kind: str) -> Expand:
    """`range.kind(x, body)`, `range.kind(x, condition, body)`."""

    def expand(target: Expr | None, arguments: tuple[Expr, ...], make: Factory) -> Expr:
        assert target is not None
        first = _variable(arguments[0], make)
        condition = arguments[1] if len(arguments) == 3 else None  # noqa: PLR2004 (see above)
        return Comprehension(kind, target, first, "", condition, arguments[-1], make.position)

    return expand


def _two(kind: str) -> Expand:
    """`range.kind(k, v, body)`, `range.kind(k, v, condition, body)`."""

    def expand(target: Expr | None, arguments: tuple[Expr, ...], make: Factory) -> Expr:
        assert target is not None
        first = _variable(arguments[0], make)
        second = _variable(arguments[1], make)
        if first == second:
            make.error("the two variables of a macro need two names", arguments[1])
        condition = arguments[2] if len(arguments) == 4 else None  # noqa: PLR2004 (see above)
        return Comprehension(kind, target, first, second, condition, arguments[-1], make.position)

    return expand


def _bind(flat: bool) -> Expand:
    def expand(target: Expr | None, arguments: tuple[Expr, ...], make: Factory) -> Expr:
        assert target is not None
        return Bind(target, _variable(arguments[0], make), arguments[1], flat, make.position)

    return expand


def _extreme(function: str) -> Expand:
    """`math.greatest(a, b, ...)`, `math.least(...)`: calls with one list, or with one or two."""

    def expand(target: Expr | None, arguments: tuple[Expr, ...], make: Factory) -> Expr | None:
        if not is_ident(target, "math"):
            return None
        name = "math.greatest" if function == "math.@max" else "math.least"
        if not arguments:
            make.error(f"{name}() requires at least one argument")
        for argument in arguments:
            if not _could_be_number(argument, alone=len(arguments) == 1):
                what = "single argument" if len(arguments) == 1 else "simple literal"
                make.error(f"{name}() invalid {what} value", argument)
        if len(arguments) > 2:  # noqa: PLR2004 (one and two are functions)
            return make.call(function, make.list(*arguments))
        return make.call(function, *arguments)

    return expand


def _could_be_number(expr: Expr, *, alone: bool) -> bool:
    if isinstance(expr, Literal):
        return isinstance(expr.value, (int, float)) and not isinstance(expr.value, bool)
    if isinstance(expr, ListLiteral):
        return (
            alone
            and bool(expr.items)
            and all(_could_be_number(item, alone=False) for item in expr.items)
        )
    return not isinstance(expr, MapLiteral)


def _rows(
    name: str, arities: tuple[int, ...], expand: Expand, summary: str, *examples: tuple[str, str]
) -> list[Macro]:
    first, *others = [Macro(name, arity, True, expand, summary, examples) for arity in arities]
    return [first, *(Macro(m.name, m.arity, True, expand) for m in others)]


STANDARD: tuple[Macro, ...] = (
    Macro(
        "has", 1, False, _has, "Whether a map has the field. False on what is no map.",
        (("has({'a': null}.a)", "true"), ("has({'a': 1}.b)", "false")),
    ),
    *_rows("all", (2,), _one("all"), "Whether the condition holds for all elements or keys.",
           ("[1, 2].all(x, x > 0)", "true"), ("{'a': 1}.all(k, k == 'b')", "false")),
    *_rows("exists", (2,), _one("exists"), "Whether it holds for at least one.",
           ("[1, 2].exists(x, x > 1)", "true")),
    *_rows("exists_one", (2,), _one("exists_one"), "Whether it holds for exactly one.",
           ("[1, 2].exists_one(x, x > 1)", "true"), ("[1, 2].exists_one(x, x > 0)", "false")),
    *_rows("map", (2, 3), _one("map"), "A list of results, of all elements or of those that fit.",
           ("[1, 2].map(x, x * 10)", "[10, 20]"), ("[1, 2].map(x, x > 1, x * 10)", "[20]"),
           ("{'b': 1, 'a': 2}.map(k, k)", '["a", "b"]')),
    *_rows("filter", (2,), _one("filter"), "A list of the elements or keys that fit.",
           ("[1, 2, 3].filter(x, x > 1)", "[2, 3]")),
    *_rows("all", (3,), _two("all"), "With index and element, or key and value.",
           ("[1, 2].all(i, x, i < x)", "true")),
    *_rows("exists", (3,), _two("exists"), "With index and element, or key and value.",
           ("{'a': 1}.exists(k, v, k == 'a' && v == 1)", "true")),
    *_rows("exists_one", (3,), _two("exists_one"), "With index and element, or key and value.",
           ("[5, 6].exists_one(i, x, i == 1)", "true")),
    *_rows("existsOne", (3,), _two("exists_one"), "The same as exists_one.",
           ("[5, 6].existsOne(i, x, x > 4)", "false")),
    *_rows("transformList", (3, 4), _two("transformList"), "A list of results.",
           ("[5, 6].transformList(i, x, i + x)", "[5, 7]"),
           ("{'a': 1, 'b': 2}.transformList(k, v, v > 1, k)", '["b"]')),
    *_rows("transformMap", (3, 4), _two("transformMap"), "A map with the same keys.",
           ("{'a': 1}.transformMap(k, v, v + 1)", '{"a": 2}'),
           ("[5, 6].transformMap(i, x, i > 0, x)", "{1: 6}")),
    *_rows("transformMapEntry", (3, 4), _two("transformMapEntry"),
           "A map of entries; a key may come once.",
           ("[5, 6].transformMapEntry(i, x, {string(x): i})", '{"5": 0, "6": 1}')),
    *_rows("sortBy", (2,), _one("sortBy"), "The elements in the order of their keys.",
           ("['aa', 'b'].sortBy(x, x.size())", '["b", "aa"]')),
    *_rows("optMap", (2,), _bind(False), "The result for the value, if there is one.",
           ("optional.of(2).optMap(x, x * 2)", "optional.of(4)"),
           ("optional.none().optMap(x, x * 2)", "optional.none()")),
    *_rows("optFlatMap", (2,), _bind(True), "The same, where the result is an optional itself.",
           ("optional.of({'a': 1}).optFlatMap(x, x.?a)", "optional.of(1)")),
    Macro(
        "greatest", None, True, _extreme("math.@max"),
        "`math.greatest`: the largest of the numbers, or of the numbers of one list.",
        (("math.greatest(1, 5, 3)", "5"), ("math.greatest([1.5, -2.0])", "1.5")),
    ),
    Macro(
        "least", None, True, _extreme("math.@min"),
        "`math.least`: the smallest.",
        (("math.least(1, 5, 3)", "1"), ("math.least([1.5, -2.0])", "-2.0")),
    ),
)  # fmt: skip
