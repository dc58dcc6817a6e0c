"""The syntax tree. `position` is an offset into the source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True, eq=False)
class Literal:
    value: Any
    position: int


@dataclass(slots=True, eq=False)
class Ident:
    """A name; a leading dot means the variable of the caller, not one of a macro."""

    name: str
    position: int


@dataclass(slots=True, eq=False)
class Select:
    """`operand.field`, `operand.?field`."""

    operand: Expr
    field: str
    optional: bool
    position: int


@dataclass(slots=True, eq=False)
class Has:
    """`has(operand.field)`."""

    operand: Expr
    field: str
    position: int


@dataclass(slots=True, eq=False)
class Index:
    """`operand[index]`, `operand[?index]`."""

    operand: Expr
    index: Expr
    optional: bool
    position: int


@dataclass(slots=True, eq=False)
class Call:
    """`name(arguments)`, or `target.name(arguments)`."""

    name: str
    target: Expr | None
    arguments: tuple[Expr, ...]
    position: int


@dataclass(slots=True, eq=False)
class Unary:
    """`!operand`, `-operand`."""

    operator: str
    operand: Expr
    position: int


@dataclass(slots=True, eq=False)
class Binary:
    """Arithmetic, comparison, `in`. Chains lean to the left."""

    operator: str
    left: Expr
    right: Expr
    position: int


@dataclass(slots=True, eq=False)
class Logical:
    """`a && b && c` or `a || b || c`, the whole chain."""

    operator: str
    terms: list[Expr]
    position: int


@dataclass(slots=True, eq=False)
class Conditional:
    """`condition ? then : otherwise`."""

    condition: Expr
    then: Expr
    otherwise: Expr
    position: int


@dataclass(slots=True, eq=False)
class ListLiteral:
    """`[a, ?b]`; `optional` holds the places with a question mark."""

    items: tuple[Expr, ...]
    optional: frozenset[int]
    position: int


@dataclass(slots=True, eq=False)
class MapLiteral:
    """`{key: value, ?key: value}`."""

    keys: tuple[Expr, ...]
    values: tuple[Expr, ...]
    optional: frozenset[int]
    position: int


@dataclass(slots=True, eq=False)
class Comprehension:
    """An iterating macro. `second` is empty in the forms with one variable."""

    kind: str
    range: Expr
    first: str
    second: str
    condition: Expr | None
    body: Expr
    position: int


@dataclass(slots=True, eq=False)
class Bind:
    """`target.optMap(name, body)`; `flat` for optFlatMap, whose body is an optional itself."""

    target: Expr
    name: str
    body: Expr
    flat: bool
    position: int


@dataclass(slots=True, eq=False)
class Deep:
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
