"""Whether types agree, with type variables filled in on the way.

The rules are those of CEL's reference checkers: dyn agrees with everything, null with what can
be null, and a variable takes the most general of the types that meet it.
"""

from __future__ import annotations

from openchoreo.cel.kinds import DYN, CelType


class Substitution:
    """What is known of type variables. What a failed attempt has added can be taken back."""

    __slots__ = ("_before", "_known")

    def __init__(self) -> None:
        self._known: dict[str, CelType] = {}
        self._before: list[tuple[str, CelType | None]] = []

    def get(self, name: str) -> CelType | None:
        return self._known.get(name)

    def bind(self, name: str, kind: CelType) -> None:
        self._before.append((name, self._known.get(name)))
        self._known[name] = kind

    def mark(self) -> int:
        return len(self._before)

    def undo(self, mark: int) -> None:
        """Takes back everything since the mark."""
        while len(self._before) > mark:
            name, kind = self._before.pop()
            if kind is None:
                del self._known[name]
            else:
                self._known[name] = kind


_NULLABLE = frozenset(
    {"optional_type", "google.protobuf.Timestamp", "google.protobuf.Duration", "null_type", "dyn"}
)
_PRIMITIVES = frozenset({"bool", "int", "uint", "double", "string", "bytes", "list", "map", "type"})


def assignable(  # noqa: PLR0911 (a list of rules)
    known: Substitution, first: CelType, second: CelType
) -> bool:
    """Whether the types agree; adds to `known` what that says of their variables."""
    if first is second or (first is DYN and not second.variable):
        return True
    if second.variable:
        valid, bound = _substitutes(known, first, second)
        if valid or bound:
            return valid
    if first.variable:
        return _substitutes(known, second, first)[0]
    if first.name == "dyn" or second.name == "dyn":
        return True
    if first.name == "null_type" or second.name == "null_type":
        return _nullable(second if first.name == "null_type" else first)
    if first.name != second.name:
        return False
    return all_assignable(known, first.parameters, second.parameters)


def all_assignable(
    known: Substitution, first: tuple[CelType, ...], second: tuple[CelType, ...]
) -> bool:
    return len(first) == len(second) and all(map(assignable, [known] * len(first), first, second))


def _nullable(kind: CelType) -> bool:
    return kind.name in _NULLABLE or kind.name not in _PRIMITIVES


def _substitutes(known: Substitution, kind: CelType, variable: CelType) -> tuple[bool, bool]:
    """Whether the type can stand for the variable, and whether that had a type before."""
    if kind.variable and kind.name == variable.name:
        return True, True
    present = known.get(variable.name)
    if present is not None:
        if kind == present:
            return True, True
        if assignable(known, kind, present):
            general = kind if _less_specific(kind, present) else present
            if not _mentions(known, general, variable):
                known.bind(variable.name, general)
            return True, True
        return False, True
    if _mentions(known, kind, variable):
        return False, False
    known.bind(variable.name, kind)
    return True, False


def _mentions(known: Substitution, kind: CelType, variable: CelType) -> bool:
    """Whether the variable is a part of the type, so that it cannot be the type."""
    if kind.ground:
        return False
    if kind.variable:
        if kind.name == variable.name:
            return True
        present = known.get(kind.name)
        return present is not None and _mentions(known, present, variable)
    return any(_mentions(known, parameter, variable) for parameter in kind.parameters)


def most_general(first: CelType, second: CelType) -> CelType:
    return first if _less_specific(first, second) else second


def _less_specific(first: CelType, second: CelType) -> bool:
    if first.name == "dyn" or first.variable:
        return True
    if second.name == "dyn" or second.variable or first.name != second.name:
        return False
    return len(first.parameters) == len(second.parameters) and all(
        map(_less_specific, first.parameters, second.parameters)
    )


def substitute(known: Substitution, kind: CelType) -> CelType:
    """The type with its variables replaced as far as they are known."""
    if kind.ground:
        return kind
    if kind.variable:
        present = known.get(kind.name)
        return kind if present is None else substitute(known, present)
    return CelType(kind.name, tuple(substitute(known, p) for p in kind.parameters))


def renamed(kind: CelType, suffix: str) -> CelType:
    """A signature's type with its parameters as variables of one use."""
    if kind.ground:
        return kind
    if kind.variable:
        return CelType(f"_{kind.name}{suffix}")
    return CelType(kind.name, tuple(renamed(p, suffix) for p in kind.parameters))
