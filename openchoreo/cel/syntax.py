"""The syntax tree. `position` is an offset into the source."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Literal(Struct, eq=False):
    value: Any
    position: int


class Ident(Struct, eq=False):
    """A name; a leading dot means the variable of the caller, not one of a macro."""

    name: str
    position: int


class Select(Struct, eq=False):
    """`operand.field`, `operand.?field`."""

    operand: Expr
    field: str
    optional: bool
    position: int


class Has(Struct, eq=False):
    """`has(operand.field)`."""

    operand: Expr
    field: str
    position: int


class Index(Struct, eq=False):
    """`operand[index]`, `operand[?index]`."""

    operand: Expr
    index: Expr
    optional: bool
    position: int


class Call(Struct, eq=False):
    """`name(arguments)`, or `target.name(arguments)`."""

    name: str
    target: Expr | None
    arguments: tuple[Expr, ...]
    position: int


class Unary(Struct, eq=False):
    """`!operand`, `-operand`."""

    operator: str
    operand: Expr
    position: int


class Binary(Struct, eq=False):
    """Arithmetic, comparison, `in`. Chains lean to the left."""

    operator: str
    left: Expr
    right: Expr
    position: int


class Logical(Struct, eq=False):
    """`a && b && c` or `a || b || c`, the whole chain."""

    operator: str
    terms: list[Expr]
    position: int


class Conditional(Struct, eq=False):
    """`condition ? then : otherwise`."""

    condition: Expr
    then: Expr
    otherwise: Expr
    position: int


class ListLiteral(Struct, eq=False):
    """`[a, ?b]`; `optional` holds the places with a question mark."""

    items: tuple[Expr, ...]
    optional: frozenset[int]
    position: int


class MapLiteral(Struct, eq=False):
    """`{key: value, ?key: value}`."""

    keys: tuple[Expr, ...]
    values: tuple[Expr, ...]
    optional: frozenset[int]
    position: int


class Comprehension(Struct, eq=False):
    """An iterating macro. `second` is empty in the forms with one variable."""

    kind: str
    range: Expr
    first: str
    second: str
    condition: Expr | None
    body: Expr
    position: int


class Bind(Struct, eq=False):
    """`target.optMap(name, body)`; `flat` for optFlatMap, whose body is an optional itself."""

    target: Expr
    name: str
    body: Expr
    flat: bool
    position: int


class Deep(Struct, eq=False):
    """An expression so high that its parts are better worked on with a new stack."""

    inner: Expr
    position: int


Expr = (
    Literal
    | Ident
    | Select
    | Has
    | Index
    | Call
    | Unary
    | Binary
    | Logical
    | Conditional
    | ListLiteral
    | MapLiteral
    | Comprehension
    | Bind
    | Deep
)


def dotted_name(expr: Expr) -> str:
    """`a.b.c` for a chain of plain fields on a name, else nothing."""
    fields: list[str] = []
    while isinstance(expr, Select) and not expr.optional:
        fields.append(expr.field)
        expr = expr.operand
    if not isinstance(expr, Ident):
        return ""
    fields.append(expr.name)
    return ".".join(reversed(fields))
