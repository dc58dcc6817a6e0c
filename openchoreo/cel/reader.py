"""Going through the tokens of a source, and keeping account of how deep it nests."""

from __future__ import annotations

from openchoreo.cel.errors import Rejected
from openchoreo.cel.lexer import Token
from openchoreo.cel.limits import Limits
from openchoreo.cel.stack import STEP
from openchoreo.cel.syntax import Deep, Expr

_HEIGHT = 3
"""The tree may be this much higher than brackets nest: operators add levels of their own."""


class Reader:
    """`kind` is the kind of the current token, `height` that of the tree read last."""

    def __init__(self, found: list[Token], limits: Limits) -> None:
        self.tokens = found
        self.at = 0
        self.kind = found[0].kind
        self.limits = limits
        self.depth: int = 0
        self.height: int = 0

    def advance(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        if self.at < len(self.tokens):
            self.kind = self.tokens[self.at].kind
        return token

    def expect(self, kind: str) -> Token:
        if self.kind != kind:
            raise self.unexpected(f"'{kind}'" if kind != "name" else "a name")
        return self.advance()

    def unexpected(self, wanted: str) -> Rejected:
        token = self.tokens[self.at]
        found = "the end" if token.kind == "end" else f"'{token.text}'"
        return Rejected("parse", f"Syntax error: {found}, where {wanted} should be", token.start)

    def too_deep(self, position: int) -> Rejected:
        return Rejected(
            "parse",
            f"the expression nests deeper than {self.limits.nesting} levels; "
            "make it flatter, or raise Limits(nesting=...)",
            position,
        )

    def grow(self, height: int, position: int) -> None:
        self.height = height
        if height > self.limits.nesting * _HEIGHT:
            raise self.too_deep(position)

    def raised(self, expr: Expr, height: int) -> Expr:
        """The expression at its new height, marked where a new stack is due."""
        self.grow(height, expr.position)
        return Deep(expr, expr.position) if height % STEP == 0 else expr
