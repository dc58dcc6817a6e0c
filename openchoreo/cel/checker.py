"""The static check: names, arities and operand types, before anything is evaluated.

Variables are dyn, so mostly literals and results of functions are checked. What is refused is
what cel-go refuses: `1 == 1.0`, `true ? 1 : 'a'`, `'a'[0]`, `[1] + ['a']`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

from openchoreo.cel.errors import Rejected, nearest
from openchoreo.cel.functions import FunctionTable
from openchoreo.cel.kinds import (
    BOOL,
    BYTES,
    DOUBLE,
    DYN,
    INT,
    NAMED,
    NULL,
    STRING,
    TYPE,
    UINT,
    CelType,
    list_of,
    map_of,
    optional_of,
)
from openchoreo.cel.literal_formats import check_format
from openchoreo.cel.macro_types import RESULTS, Parts, bound, elements
from openchoreo.cel.resolution import Cache, Resolution
from openchoreo.cel.stack import on_new_stack
from openchoreo.cel.syntax import (
    Binary,
    Bind,
    Call,
    Comprehension,
    Conditional,
    Deep,
    Expr,
    Has,
    Ident,
    Index,
    ListLiteral,
    Literal,
    Logical,
    MapLiteral,
    Select,
    Unary,
    dotted_name,
)
from openchoreo.cel.values import Uint

_LITERALS = {
    str: STRING, bool: BOOL, int: INT, Uint: UINT, float: DOUBLE, bytes: BYTES, type(None): NULL,
}  # fmt: skip

_DYN_RESULTS = {"==": BOOL, "!=": BOOL, "<": BOOL, "<=": BOOL, ">": BOOL, ">=": BOOL, "in": BOOL}


def check(expr: Expr, variables: frozenset[str], functions: FunctionTable, cache: Cache) -> CelType:
    """The type of the expression. `cache` keeps decisions about types without parameters."""
    checker = Checker(variables, functions, cache)
    return checker.types.final(checker.type_of(expr))


class Checker:
    def __init__(self, variables: frozenset[str], functions: FunctionTable, cache: Cache) -> None:
        self.variables = variables
        self.dotted = any("." in name for name in variables)
        self.functions = functions
        self.types = Resolution(cache)
        self.locals: dict[str, CelType] = {}
        self.seen: dict[int, CelType] = {}
        """Types of elements of literals by node, so that nothing is checked twice."""

    def type_of(self, expr: Expr) -> CelType:
        return _CHECKS[type(expr)](self, expr)

    # Names

    def ident(self, expr: Ident) -> CelType:
        name = expr.name
        if name in self.locals:
            return self.locals[name]
        if name in self.variables:
            return DYN
        bare = name.removeprefix(".")
        if bare in self.variables:
            return DYN
        if bare in NAMED:
            return TYPE
        raise Rejected(
            "check",
            f"undeclared reference to '{bare}'"
            + nearest(bare, {*self.variables, *(n for n in self.locals)}),
            expr.position,
        )

    def literal(self, expr: Literal) -> CelType:
        return _LITERALS[type(expr.value)]

    def select(self, expr: Select) -> CelType:
        if expr.field in _TIMES and dotted_name(expr).removeprefix(".") in NAMED:
            return TYPE
        if self.dotted and is_dotted_variable(expr, self.variables, self.locals):
            return DYN
        operand = self.type_of(expr.operand)
        if operand is DYN:
            return optional_of(DYN) if expr.optional else DYN
        kind, wrapped = self.field_type(operand, expr.position)
        return optional_of(kind) if wrapped or expr.optional else kind

    def has(self, expr: Has) -> CelType:
        operand = self.type_of(expr.operand)
        if operand is not DYN:
            self.field_type(operand, expr.position)
        return BOOL

    def field_type(self, operand: CelType, position: int) -> tuple[CelType, bool]:
        """The type of a field, and whether the operand was an optional."""
        kind = self.types.final(operand)
        wrapped = kind.name == "optional_type"
        if wrapped:
            kind = self.types.final(kind.parameters[0])
        if kind.name == "map":
            return kind.parameters[1], wrapped
        if kind.variable:
            self.types.open(kind)
        elif kind is not DYN:
            raise Rejected("check", f"type '{kind}' does not support field selection", position)
        return DYN, wrapped

    def index(self, expr: Index) -> CelType:
        operand = self.type_of(expr.operand)
        index = self.type_of(expr.index)
        if operand is DYN and not expr.optional:
            return DYN
        return self.types.operator("[?]" if expr.optional else "[]", expr.position, operand, index)

    # Calls

    def call(self, expr: Call) -> CelType:
        name, target = expr.name, expr.target
        if target is not None:
            qualified = qualified_call(expr, self.functions)
            if not qualified:
                return self.method(expr, target)
            name = qualified
        if name == "dyn" and len(expr.arguments) == 1:
            self.type_of(expr.arguments[0])
            return DYN
        arguments = tuple(map(self.type_of, expr.arguments))
        overloads = self.functions.find(name, False, len(arguments))
        if overloads is None:
            raise self.unknown_function(name, False, expr)
        result = self.types.resolve((name, False), overloads.signatures, arguments)
        if result is None:
            raise self.types.no_overload(name, expr.position, arguments)
        return result

    def method(self, expr: Call, target: Expr) -> CelType:
        overloads = self.functions.find(expr.name, True, len(expr.arguments) + 1)
        if overloads is None:
            dotted = dotted_name(target)
            first = dotted.partition(".")[0]
            if dotted and first not in self.variables and first not in self.locals:
                self.unknown_qualified(dotted, expr)
            self.type_of(target)
            raise self.unknown_function(expr.name, True, expr)
        receiver = self.type_of(target)
        arguments = (receiver, *map(self.type_of, expr.arguments))
        result = self.types.resolve((expr.name, True), overloads.signatures, arguments)
        if result is None:
            raise self.types.no_overload(expr.name, expr.position, arguments, member=True)
        if expr.name == "format":
            check_format(expr, lambda part: self.types.final(self.seen[id(part)]))
        return result

    def unknown_qualified(self, dotted: str, expr: Call) -> None:
        """`math.foo()`: a function that its namespace does not have."""
        if dotted in self.functions.namespaces:
            name = f"{dotted}.{expr.name}"
            raise self.unknown_function(name, False, expr)

    def unknown_function(self, name: str, member: bool, expr: Call) -> Rejected:
        given = len(expr.arguments)
        arities = [n - member for n in self.functions.arities(name, member)]
        if arities:
            wanted = " or ".join(map(str, arities))
            return Rejected(
                "check",
                f"found no matching overload for '{name}': it takes {wanted} "
                f"argument{'' if arities == [1] else 's'}, not {given}",
                expr.position,
            )
        if self.functions.arities(name, not member):
            right = f"x.{name}(...)" if not member else f"{name}(x, ...)"
            return Rejected(
                "check", f"undeclared reference to '{name}'; write {right}", expr.position
            )
        known = (n for n in self.functions.names(member) if "@" not in n)
        return Rejected(
            "check", f"undeclared reference to '{name}'" + nearest(name, known), expr.position
        )

    # Operators

    def unary(self, expr: Unary) -> CelType:
        operand = self.type_of(expr.operand)
        return self.types.operator(expr.operator + "_", expr.position, operand)

    def binary(self, expr: Binary) -> CelType:
        """Goes down the left side in a loop: chains of `+` have no limit of their own."""
        chain: list[Binary] = []
        left: Expr = expr
        while isinstance(left, Binary):
            chain.append(left)
            left = left.left
        kind = self.type_of(left)
        for link in reversed(chain):
            right = self.type_of(link.right)
            operator = link.operator
            if kind is DYN and right is DYN:
                kind = _DYN_RESULTS.get(operator, DYN)
            else:
                kind = self.types.operator(operator, link.position, kind, right)
        return kind

    def logical(self, expr: Logical) -> CelType:
        for term in expr.terms:
            kind = self.type_of(term)
            if kind is not BOOL and kind is not DYN:
                self.types.operator(expr.operator, expr.position, kind, BOOL)
        return BOOL

    def conditional(self, expr: Conditional) -> CelType:
        condition = self.type_of(expr.condition)
        then = self.type_of(expr.then)
        otherwise = self.type_of(expr.otherwise)
        if then is DYN and otherwise is DYN and (condition is DYN or condition is BOOL):
            return DYN
        return self.types.operator("?:", expr.position, condition, then, otherwise)

    # Literals of lists and maps

    def list_literal(self, expr: ListLiteral) -> CelType:
        kind: CelType | None = None
        for place, item in enumerate(expr.items):
            current = self.seen[id(item)] = self.type_of(item)
            if place in expr.optional:
                current = self.unwrapped(current, item.position)
            kind = self.types.joined(kind, current)
        return list_of(self.types.fresh() if kind is None else kind)

    def map_literal(self, expr: MapLiteral) -> CelType:
        key: CelType | None = None
        value: CelType | None = None
        for place, (k, v) in enumerate(zip(expr.keys, expr.values, strict=True)):
            current = self.seen[id(k)] = self.type_of(k)
            key = self.types.joined(key, current)
            current = self.seen[id(v)] = self.type_of(v)
            if place in expr.optional:
                current = self.unwrapped(current, v.position)
            value = self.types.joined(value, current)
        if key is None or value is None:
            return map_of(self.types.fresh(), self.types.fresh())
        return map_of(key, value)

    def unwrapped(self, kind: CelType, position: int) -> CelType:
        kind = self.types.final(kind)
        if kind.name == "optional_type":
            return kind.parameters[0]
        if kind is DYN:
            return DYN
        raise Rejected(
            "check",
            f"an entry with ? takes an optional, not '{kind}'; "
            "drop the question mark, or write optional.of(...)",
            position,
        )

    # Macros

    def comprehension(self, expr: Comprehension) -> CelType:
        kind = self.types.final(self.type_of(expr.range))
        first, second = elements(self.types, kind, expr)
        added = {expr.first: first, expr.second: second} if expr.second else {expr.first: first}
        with self.naming(added):
            condition = BOOL if expr.condition is None else self.type_of(expr.condition)
            if condition is not BOOL and condition is not DYN:
                self.types.operator("?:", expr.position, condition, BOOL, BOOL)
            body = self.type_of(expr.body)
        return RESULTS[expr.kind](self.types, expr, Parts(kind, first, body))

    def bind(self, expr: Bind) -> CelType:
        target = self.types.final(self.type_of(expr.target))
        with self.naming({expr.name: bound(self.types, target, expr)}):
            body = self.type_of(expr.body)
        if not expr.flat:
            return optional_of(body)
        return self.types.operator("?:", expr.position, BOOL, body, optional_of(self.types.fresh()))

    @contextmanager
    def naming(self, added: dict[str, CelType]) -> Generator[None, None, None]:
        """With a macro's variables."""
        outer = self.locals
        self.locals = {**outer, **added}
        yield
        self.locals = outer

    def deep(self, expr: Deep) -> CelType:
        return on_new_stack(lambda: self.type_of(expr.inner))


_TIMES = frozenset({"Timestamp", "Duration"})

_CHECKS: dict[type, Callable[[Checker, Any], CelType]] = {
    Ident: Checker.ident,
    Literal: Checker.literal,
    Select: Checker.select,
    Has: Checker.has,
    Index: Checker.index,
    Call: Checker.call,
    Unary: Checker.unary,
    Binary: Checker.binary,
    Logical: Checker.logical,
    Conditional: Checker.conditional,
    ListLiteral: Checker.list_literal,
    MapLiteral: Checker.map_literal,
    Comprehension: Checker.comprehension,
    Bind: Checker.bind,
    Deep: Checker.deep,
}


def qualified_call(expr: Call, functions: FunctionTable) -> str:
    """`math.abs` for a call of a function with a dot in its name, else nothing."""
    assert expr.target is not None
    namespace = dotted_name(expr.target).removeprefix(".")
    if namespace and namespace in functions.namespaces:
        name = f"{namespace}.{expr.name}"
        if functions.arities(name, False):
            return name
    return ""


def is_dotted_variable(
    expr: Select, variables: frozenset[str], local: Mapping[str, object]
) -> bool:
    """Whether `a.b` is a variable of that name, and not a field of a macro's `a`."""
    name = dotted_name(expr)
    return name.removeprefix(".") in variables and name.partition(".")[0] not in local
