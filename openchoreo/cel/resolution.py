"""The type that operands give: choosing among signatures, and joining elements of literals."""

from __future__ import annotations

from typing import Any

from openchoreo.cel.errors import Rejected
from openchoreo.cel.functions import Signature
from openchoreo.cel.kinds import DYN, CelType
from openchoreo.cel.operators import SIGNATURES
from openchoreo.cel.unify import (
    Substitution,
    all_assignable,
    assignable,
    most_general,
    renamed,
    substitute,
)

Cache = dict[Any, CelType | None]

_OPERATOR_NAMES = {
    "[sort]": "sortBy",
    "[]": "_[_]",
    "[?]": "_[?_]",
    "?:": "_?_:_",
    "in": "@in",
    "!_": "!_",
    "-_": "-_",
}


class Resolution:
    """What is known of the types of one expression.

    `cache` keeps decisions about types without parameters, for all expressions of a dialect.
    """

    def __init__(self, cache: Cache) -> None:
        self.cache = cache
        self.known = Substitution()
        self.uses = 0

    def fresh(self) -> CelType:
        """A type that is still open."""
        self.uses += 1
        return CelType(f"_fresh{self.uses}")

    def final(self, kind: CelType) -> CelType:
        """The type as far as it is known."""
        return substitute(self.known, kind)

    def open(self, kind: CelType) -> None:
        """Settles that nothing will be known of the type."""
        assignable(self.known, DYN, kind)

    def joined(self, previous: CelType | None, current: CelType) -> CelType:
        """The type of elements of both types."""
        if previous is None or previous is current:
            return current
        if previous is DYN:
            return DYN
        mark = self.known.mark()
        if assignable(self.known, previous, current):
            return most_general(previous, current)
        self.known.undo(mark)
        return DYN

    def resolve(
        self, key: Any, forms: tuple[Signature, ...], arguments: tuple[CelType, ...]
    ) -> CelType | None:
        """The result type of the forms that fit, None if none does."""
        for argument in arguments:
            if argument.size != 1 or argument.variable:
                return self.choose(forms, arguments)
        key = (key, arguments)
        try:
            return self.cache[key]
        except KeyError:
            result = self.choose(forms, arguments)
            if result is None or result.ground:
                self.cache[key] = result
            return result

    def choose(
        self, forms: tuple[Signature, ...], arguments: tuple[CelType, ...]
    ) -> CelType | None:
        result: CelType | None = None
        for form in forms:
            parameters, kind = form.parameters, form.result
            if form.generic:
                self.uses += 1
                suffix = str(self.uses)
                parameters = tuple(renamed(p, suffix) for p in parameters)
                kind = renamed(kind, suffix)
            mark = self.known.mark()
            if not all_assignable(self.known, arguments, parameters):
                self.known.undo(mark)
                continue
            kind = substitute(self.known, kind)
            if result is None:
                result = kind
            elif result is not DYN and kind != result:
                result = DYN
        return result

    def operator(self, name: str, position: int, *arguments: CelType) -> CelType:
        result = self.resolve(name, SIGNATURES[name], arguments)
        if result is None:
            raise self.no_overload(_OPERATOR_NAMES.get(name, f"_{name}_"), position, arguments)
        return result

    def no_overload(
        self, name: str, position: int, arguments: tuple[CelType, ...], *, member: bool = False
    ) -> Rejected:
        shown = [str(self.final(argument)) for argument in arguments]
        applied = f"'{shown[0]}.({', '.join(shown[1:])})'" if member else f"'({', '.join(shown)})'"
        return Rejected(
            "check",
            f"found no matching overload for '{name}' applied to {applied}{_hint(name, shown)}",
            position,
        )


_NUMBER_NAMES = frozenset({"int", "uint", "double"})


def _hint(name: str, shown: list[str]) -> str:
    """What to write instead, for the mistakes that are made most."""
    if len(shown) == 2 and shown[0] != shown[1] and _NUMBER_NAMES.issuperset(shown):  # noqa: PLR2004 (a pair)
        return f"; convert one side, as in {shown[0]}(...)"
    if name == "_+_" and "string" in shown:
        return "; convert with string(...)"
    return ""
