"""Tokens to a syntax tree (CEL specification, "Syntax"). Macros are expanded on the way.

Operators are taken in by precedence with a stack of their own, so that only brackets recurse.
"""

from __future__ import annotations

from collections.abc import Mapping

from openchoreo.cel.errors import Rejected
from openchoreo.cel.lexer import Token, tokens
from openchoreo.cel.limits import Limits
from openchoreo.cel.macros import Macro, MacroKey
from openchoreo.cel.operands import Operands
from openchoreo.cel.stack import STEP, on_new_stack
from openchoreo.cel.syntax import (
    Binary,
    Conditional,
    Expr,
    Logical,
)

_PRECEDENCE = {
    "||": 1, "&&": 2,
    "==": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3, "in": 3,
    "+": 4, "-": 4, "*": 5, "/": 5, "%": 5,
}  # fmt: skip


def parse(source: str, macros: Mapping[MacroKey, Macro], limits: Limits) -> Expr:
    if len(source) > limits.source:
        raise Rejected(
            "parse",
            f"the expression has {len(source)} characters, more than {limits.source}; "
            "split it, or raise Limits(source=...)",
            0,
        )
    parser = _Parser(tokens(source), macros, limits)
    expr = parser.expression()
    if parser.kind != "end":
        raise parser.unexpected("the end of the expression, or an operator")
    return expr


class _Parser(Operands):
    """Operators: a method for each rule of the grammar above the operands."""

    def expression(self) -> Expr:
        """`a || b ? c : d`."""
        self.depth += 1
        if self.depth > self.limits.nesting:
            raise self.too_deep(self.tokens[self.at].start)
        expr = on_new_stack(self.choice) if self.depth % STEP == 0 else self.choice()
        self.depth -= 1
        return expr

    def choice(self) -> Expr:
        expr = self.operators()
        return self.conditional(expr) if self.kind == "?" else expr

    def conditional(self, condition: Expr) -> Expr:
        """All of `a ? b : c ? d : e`, without recursion on its right side."""
        branches: list[tuple[Expr, Expr, int, int]] = []
        height = self.height
        last = condition
        while self.kind == "?":
            position = self.advance().start
            then = self.operators()
            height = max(height, self.height)
            self.expect(":")
            branches.append((last, then, height, position))
            last = self.operators()
            height = self.height
        for test, then, reached, position in reversed(branches):
            height = max(height, reached) + 1
            last = self.raised(Conditional(test, then, last, position), height)
        return last

    def operators(self) -> Expr:
        """`a || b && c == d + e * f`."""
        first = self.operand()
        if self.kind not in _PRECEDENCE:
            return first
        operands = [(first, self.height)]
        pending: list[Token] = []
        while (precedence := _PRECEDENCE.get(self.kind, 0)) or pending:
            while pending and _PRECEDENCE[pending[-1].kind] >= precedence:
                right = operands.pop()
                operands.append(self.combine(operands.pop(), pending.pop(), right))
            if precedence:
                pending.append(self.advance())
                expr = self.operand()
                operands.append((expr, self.height))
        expr, height = operands[0]
        self.grow(height, 0)
        return expr

    def combine(
        self, left: tuple[Expr, int], token: Token, right: tuple[Expr, int]
    ) -> tuple[Expr, int]:
        """The tree of one operator, and its height. Chains of `+`, `&&`, `||` stay flat."""
        operator = token.kind
        (a, high), (b, other) = left, right
        if operator in {"&&", "||"}:
            height = max(high, other + 1)
            if isinstance(a, Logical) and a.operator == operator:
                # A chain gives its list away: it is part of this one from now on.
                a.terms.append(b)
                return a, height
            height = max(height, high + 1)
            return self.raised(Logical(operator, [a, b], token.start), height), height
        height = max(high, other) + 1
        if operator == "+" and isinstance(a, Binary) and a.operator == "+":
            # Part of the same chain, which is as high as its highest term.
            height = max(high, other + 1)
            return Binary(operator, a, b, token.start), height
        return self.raised(Binary(operator, a, b, token.start), height), height
