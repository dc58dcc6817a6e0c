"""A checked syntax tree to closures: what can be decided once is decided here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from openchoreo.cel import access, calls, comprehensions, containers, operations
from openchoreo.cel.checker import is_dotted_variable, qualified_call
from openchoreo.cel.functions import FunctionTable
from openchoreo.cel.kinds import NAMED
from openchoreo.cel.limits import Limits
from openchoreo.cel.scope import Run, metering
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


class Compiler:
    """Makes closures. `meters` tells whether the evaluation needs one budget for all parts."""

    def __init__(self, variables: frozenset[str], functions: FunctionTable, limits: Limits) -> None:
        self.variables = variables
        self.dotted = any("." in name for name in variables)
        self.functions = functions
        self.meter_of = metering(limits)
        self.locals: dict[str, str] = {}
        self.meters = False

    def compile(self, expr: Expr) -> Run:
        return _COMPILERS[type(expr)](self, expr)

    def compile_all(self, exprs: tuple[Expr, ...]) -> tuple[Run, ...]:
        return tuple(map(self.compile, exprs))

    # Names and fields

    def literal(self, expr: Literal) -> Run:
        return access.constant(expr.value)

    def ident(self, expr: Ident) -> Run:
        key = self.key_of(expr)
        bare = expr.name.removeprefix(".")
        if not key:
            return access.constant(NAMED[bare])
        return access.variable(key, bare, expr.position)

    def key_of(self, expr: Ident) -> str:
        """Where the scope keeps the variable; nothing for the name of a type."""
        name = expr.name
        if name in self.locals:
            return self.locals[name]
        bare = name.removeprefix(".")
        return bare if bare in self.variables else ""

    def local(self, name: str) -> str:
        """The key of a macro's variable. The caller's of the same name stays reachable."""
        return f"@{name}" if name in self.variables else name

    def select(self, expr: Select) -> Run:
        dotted = dotted_name(expr)
        if dotted.removeprefix(".") in NAMED:
            return access.constant(NAMED[dotted.removeprefix(".")])
        if self.dotted and is_dotted_variable(expr, self.variables, self.locals):
            name = dotted.removeprefix(".")
            return access.variable(name, name, expr.position)
        operand = self.compile(expr.operand)
        if expr.optional:
            return access.optional_select(operand, expr.field)
        run = access.select(operand, expr.field, expr.position)
        if dotted and not self.dotted:
            return self.path(expr, run)
        return run

    def path(self, expr: Select, careful: Run) -> Run:
        fields: list[str] = []
        root: Expr = expr
        while isinstance(root, Select):
            fields.append(root.field)
            root = root.operand
        assert isinstance(root, Ident)
        key = self.key_of(root)
        return access.path(key, tuple(reversed(fields)), careful) if key else careful

    def has(self, expr: Has) -> Run:
        return access.has(self.compile(expr.operand), expr.field)

    def index(self, expr: Index) -> Run:
        operand = self.compile(expr.operand)
        index = expr.index
        if expr.optional:
            return access.optional_index(operand, self.compile(index), expr.position)
        if isinstance(index, Literal) and type(index.value) is str:
            return access.named_element(operand, index.value, expr.position)
        return access.element(operand, self.compile(index), expr.position)

    # Calls

    def call(self, expr: Call) -> Run:
        name, target = expr.name, expr.target
        if target is None or (name := qualified_call(expr, self.functions)):
            if name == "dyn":
                return self.compile(expr.arguments[0])
            arguments = self.compile_all(expr.arguments)
            member = False
        else:
            name = expr.name
            arguments = (self.compile(target), *self.compile_all(expr.arguments))
            member = True
            if name in {"or", "orValue"}:
                return calls.alternative(arguments[0], arguments[1], name, expr.position)
        overloads = self.functions.find(name, member, len(arguments))
        assert overloads is not None, "the checker lets no unknown function pass"
        return calls.call(overloads, arguments, self.meter_of, expr.position)

    # Operators

    def unary(self, expr: Unary) -> Run:
        operand = self.compile(expr.operand)
        if expr.operator == "!":
            return operations.negation(operand, expr.position)
        return operations.minus(operand, expr.position)

    def binary(self, expr: Binary) -> Run:
        operator, position = expr.operator, expr.position
        if operator == "+":
            return self.total(expr)
        left = self.compile(expr.left)
        if operator in {"==", "!="}:
            return self.equality(expr, left)
        right = self.compile(expr.right)
        if operator == "in":
            return operations.membership(left, right, self.meter_of, position)
        return operations.binary(operator, left, right, position)

    def total(self, expr: Binary) -> Run:
        terms: list[Expr] = []
        positions: list[int] = []
        left: Expr = expr
        while isinstance(left, Binary) and left.operator == "+":
            terms.append(left.right)
            positions.append(left.position)
            left = left.left
        terms.append(left)
        runs = self.compile_all(tuple(reversed(terms)))
        return operations.total(runs, tuple(reversed(positions)), self.meter_of)

    def equality(self, expr: Binary, left: Run) -> Run:
        negated = expr.operator == "!="
        right = expr.right
        if isinstance(right, Literal) and type(right.value) is str:
            return operations.equality_with_text(left, right.value, negated=negated)
        return operations.equality(left, self.compile(right), self.meter_of, negated=negated)

    def logical(self, expr: Logical) -> Run:
        terms = self.compile_all(tuple(expr.terms))
        decisive = expr.operator == "||"
        return operations.logical(terms, decisive=decisive, position=expr.position)

    def conditional(self, expr: Conditional) -> Run:
        return operations.conditional(
            self.compile(expr.condition),
            self.compile(expr.then),
            self.compile(expr.otherwise),
            expr.position,
        )

    # Literals of lists and maps

    def list_literal(self, expr: ListLiteral) -> Run:
        items = self.compile_all(expr.items)
        if expr.optional:
            return containers.list_with_optionals(items, expr.optional, expr.position)
        return containers.list_of_runs(items)

    def map_literal(self, expr: MapLiteral) -> Run:
        values = self.compile_all(expr.values)
        names = [key.value for key in expr.keys if isinstance(key, Literal)]
        if len(names) == len(values) and not expr.optional and all(type(n) is str for n in names):
            return containers.map_of_names(tuple(zip(names, values, strict=True)))
        keys = self.compile_all(expr.keys)
        return containers.map_of_runs(keys, values, expr.optional, expr.position)

    # Macros

    def comprehension(self, expr: Comprehension) -> Run:
        self.meters = True
        source = self.compile(expr.range)
        outer = self.locals
        first, second = self.local(expr.first), self.local(expr.second) if expr.second else ""
        self.locals = {**outer, expr.first: first}
        if second:
            self.locals[expr.second] = second
        condition = None if expr.condition is None else self.compile(expr.condition)
        body = self.compile(expr.body)
        self.locals = outer
        loop = comprehensions.Loop(
            expr.kind, source, first, second, condition, body, expr.position, self.meter_of
        )
        return comprehensions.LOOPS[expr.kind](loop)

    def bind(self, expr: Bind) -> Run:
        self.meters = True
        target = self.compile(expr.target)
        outer = self.locals
        name = self.local(expr.name)
        self.locals = {**outer, expr.name: name}
        body = self.compile(expr.body)
        self.locals = outer
        return comprehensions.bind(target, name, body, expr.position, flat=expr.flat)

    def deep(self, expr: Deep) -> Run:
        run = on_new_stack(lambda: self.compile(expr.inner))
        return lambda scope: on_new_stack(lambda: run(scope))


_COMPILERS: dict[type, Callable[[Compiler, Any], Run]] = {
    Ident: Compiler.ident,
    Literal: Compiler.literal,
    Select: Compiler.select,
    Has: Compiler.has,
    Index: Compiler.index,
    Call: Compiler.call,
    Unary: Compiler.unary,
    Binary: Compiler.binary,
    Logical: Compiler.logical,
    Conditional: Compiler.conditional,
    ListLiteral: Compiler.list_literal,
    MapLiteral: Compiler.map_literal,
    Comprehension: Compiler.comprehension,
    Bind: Compiler.bind,
    Deep: Compiler.deep,
}
