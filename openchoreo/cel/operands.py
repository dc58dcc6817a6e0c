"""What stands between operators: values, names, brackets, and what follows a dot."""

from __future__ import annotations

from collections.abc import Mapping

from openchoreo.cel.errors import Rejected
from openchoreo.cel.lexer import Token
from openchoreo.cel.limits import Limits
from openchoreo.cel.literals import read_bytes, read_double, read_int, read_string
from openchoreo.cel.macros import Factory, Macro, MacroKey
from openchoreo.cel.reader import Reader
from openchoreo.cel.stack import STEP
from openchoreo.cel.syntax import (
    Call,
    Deep,
    Expr,
    Ident,
    Index,
    ListLiteral,
    Literal,
    Logical,
    MapLiteral,
    Select,
    Unary,
)

RESERVED = frozenset({
    "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop",
    "package", "namespace", "return", "var", "void", "while",
})  # fmt: skip

_CONSTANTS = {"true": True, "false": False, "null": None}


class Operands(Reader):
    """A method for each form of an operand."""

    def __init__(
        self, found: list[Token], macros: Mapping[MacroKey, Macro], limits: Limits
    ) -> None:
        super().__init__(found, limits)
        self.macros = macros

    def expression(self) -> Expr:
        """A whole expression inside brackets; the parser of operators knows how."""
        raise NotImplementedError

    def operand(self) -> Expr:
        """`!a`, `-a`, and everything with dots and brackets after it."""
        kind = self.kind
        if kind == "-" or kind == "!":  # noqa: PLR1714 (on the hottest path)
            return self.unary()
        reader = _PRIMARY.get(kind)
        if reader is None:
            raise self.unexpected("a value")
        expr = reader(self)
        while True:
            kind = self.kind
            if kind == ".":
                expr = self.member(expr)
            elif kind == "[":
                expr = self.index(expr)
            else:
                return expr

    def unary(self) -> Expr:
        """`---a` and `!!a`: pairs cancel each other out, as in cel-go's parser."""
        token = self.advance()
        count = 1
        while self.kind == token.kind:
            self.advance()
            count += 1
        if token.kind == "-" and count == 1 and self.kind in {"int", "double"}:
            expr = self.negative_number()
        else:
            if self.kind in {"-", "!"}:
                # The other sign: one more level, by recursion that the depth bounds.
                self.depth += 1
                if self.depth > self.limits.nesting:
                    raise self.too_deep(token.start)
                expr = self.unary()
                self.depth -= 1
            else:
                expr = self.operand()
            if count % 2:
                expr = self.raised(Unary(token.kind, expr, token.start), self.height + 1)
        return expr

    def negative_number(self) -> Expr:
        """`-5` is one literal; with a field after it the sign belongs to the literal too."""
        token = self.advance()
        if token.kind == "double":
            value: float = -read_double(token.text, token.start)
        elif token.text[-1] in "uU":
            self.height = 1
            operand = Literal(read_int(token.text, token.start), token.start)
            return Unary("-", operand, token.start)
        else:
            value = read_int(token.text, token.start, negative=True)
        self.height = 1
        expr: Expr = Literal(value, token.start)
        while self.kind in {".", "["}:
            expr = self.member(expr) if self.kind == "." else self.index(expr)
        return expr

    def primary_name(self) -> Expr:
        return self.named("", self.advance())

    def rooted_name(self) -> Expr:
        """`.name`: the caller's variable, whatever a macro calls the same."""
        self.advance()
        return self.named(".", self.expect("name"))

    def named(self, prefix: str, token: Token) -> Expr:
        self.height = 1
        name = token.text
        if name in RESERVED:
            raise Rejected("parse", f"reserved identifier: {name}", token.start)
        if self.kind == "(":
            position = self.advance().start
            arguments = self.arguments(")")
            return self.call(name, None, arguments, position)
        return Ident(prefix + name, token.start)

    def number(self) -> Expr:
        token = self.advance()
        self.height = 1
        reader = read_int if token.kind == "int" else read_double
        return Literal(reader(token.text, token.start), token.start)

    def text(self) -> Expr:
        token = self.advance()
        self.height = 1
        return Literal(read_string(token.text, token.start), token.start)

    def binary_text(self) -> Expr:
        token = self.advance()
        self.height = 1
        return Literal(read_bytes(token.text, token.start), token.start)

    def constant(self) -> Expr:
        token = self.advance()
        self.height = 1
        return Literal(_CONSTANTS[token.kind], token.start)

    def parenthesis(self) -> Expr:
        self.advance()
        expr = self.expression()
        self.expect(")")
        if isinstance(expr, Logical):
            # Closed: a chain that goes on outside must not grow this one.
            return Logical(expr.operator, list(expr.terms), expr.position)
        return expr

    def member(self, operand: Expr) -> Expr:
        """`.field`, `.?field`, `.method(...)`."""
        position = self.advance().start
        optional = self.kind == "?"
        if optional:
            self.advance()
        token = self.tokens[self.at]
        if token.kind == "quoted":
            name = self.advance().text[1:-1]
        else:
            name = self.expect("name").text
            if self.kind == "(" and not optional:
                height = self.height
                position = self.advance().start
                arguments = self.arguments(")")
                self.height = max(height, self.height)
                return self.call(name, operand, arguments, position)
        if (self.height + 1) % STEP == 0:  # not around the field: has() wants to see it
            operand = Deep(operand, position)
        self.grow(self.height + 1, position)
        return Select(operand, name, optional, position)

    def index(self, operand: Expr) -> Expr:
        """`[index]`, `[?index]`."""
        position = self.advance().start
        height = self.height
        optional = self.kind == "?"
        if optional:
            self.advance()
        index = self.expression()
        self.expect("]")
        return self.raised(Index(operand, index, optional, position), max(height, self.height) + 1)

    def arguments(self, end: str) -> tuple[Expr, ...]:
        found: list[Expr] = []
        height = 0
        while self.kind != end or found:
            found.append(self.expression())
            height = max(height, self.height)
            if self.kind != ",":
                break
            self.advance()
        self.expect(end)
        self.height = height
        return tuple(found)

    def call(
        self, name: str, target: Expr | None, arguments: tuple[Expr, ...], position: int
    ) -> Expr:
        """A call, or what the macro of this name makes of it."""
        member = target is not None
        macro = self.macros.get((name, len(arguments), member)) or self.macros.get(
            (name, None, member)
        )
        if macro is not None:
            expanded = macro.expand(target, arguments, Factory(position))
            if expanded is not None:
                return self.raised(expanded, self.height + 1)
        return self.raised(Call(name, target, arguments, position), self.height + 1)

    def list_literal(self) -> Expr:
        position = self.advance().start
        items: list[Expr] = []
        optional: list[int] = []
        height = 0
        while self.kind != "]":
            if self.kind == "?":
                self.advance()
                optional.append(len(items))
            items.append(self.expression())
            height = max(height, self.height)
            if self.kind != ",":
                break
            self.advance()
        self.expect("]")
        return self.raised(ListLiteral(tuple(items), frozenset(optional), position), height + 1)

    def map_literal(self) -> Expr:
        position = self.advance().start
        keys: list[Expr] = []
        values: list[Expr] = []
        optional: list[int] = []
        height = 0
        while self.kind != "}":
            if self.kind == "?":
                self.advance()
                optional.append(len(keys))
            keys.append(self.expression())
            height = max(height, self.height)
            self.expect(":")
            values.append(self.expression())
            height = max(height, self.height)
            if self.kind != ",":
                break
            self.advance()
        self.expect("}")
        return self.raised(
            MapLiteral(tuple(keys), tuple(values), frozenset(optional), position), height + 1
        )


_PRIMARY = {
    "name": Operands.primary_name,
    ".": Operands.rooted_name,
    "int": Operands.number,
    "double": Operands.number,
    "string": Operands.text,
    "bytes": Operands.binary_text,
    "true": Operands.constant,
    "false": Operands.constant,
    "null": Operands.constant,
    "(": Operands.parenthesis,
    "[": Operands.list_literal,
    "{": Operands.map_literal,
}
