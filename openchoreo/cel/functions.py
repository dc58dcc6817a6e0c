"""Functions as rows of a table, and the choice among the rows of one name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct

from openchoreo.cel.errors import Failure
from openchoreo.cel.kinds import CelType, read_type
from openchoreo.cel.values import KINDS, Value, class_of, kind_of

Implementation = Callable[..., Value]


class Function(Struct, frozen=True):
    """One form of a function; rows of the same name are its overloads.

    parameters, result: types as text: "string", "list(A)", "map(string, dyn)", "dyn"; a
    capital letter is one type, the same wherever it stands. For a member the first parameter
    is the receiver.
    metered: the implementation takes the Meter first, because its work grows with its input.
    """

    name: str
    parameters: tuple[str, ...]
    result: str
    implementation: Implementation
    member: bool = False
    metered: bool = False
    summary: str = ""
    examples: tuple[tuple[str, str], ...] = ()


class Signature(Struct, frozen=True):
    """What the checker reads of a row."""

    parameters: tuple[CelType, ...]
    result: CelType
    generic: bool


def signature(row: Function) -> Signature:
    parameters = tuple(read_type(text) for text in row.parameters)
    result = read_type(row.result)
    generic = not (result.ground and all(p.ground for p in parameters))
    return Signature(parameters, result, generic)


class Overloads:
    """The rows of one name, receiver style and number of arguments."""

    __slots__ = ("_chosen", "_rows", "metered", "name", "rows", "signatures")

    def __init__(self, name: str, rows: tuple[Function, ...]) -> None:
        self.name = name
        self.rows = rows
        self.signatures = tuple(signature(row) for row in rows)
        self.metered = any(row.metered for row in rows)
        self._chosen: dict[Any, Implementation] = {}
        self._rows = tuple(
            (tuple(p.name if not p.variable else "dyn" for p in s.parameters), self._adapted(row))
            for row, s in zip(rows, self.signatures, strict=True)
        )

    def _adapted(self, row: Function) -> Implementation:
        if not self.metered or row.metered:
            return row.implementation
        plain = row.implementation

        def without_meter(_: Value, *arguments: Value) -> Value:
            return plain(*arguments)

        return without_meter

    def choose(self, arguments: tuple[Value, ...]) -> Implementation:
        """The row for these values. What was chosen once is remembered by Python types."""
        key = tuple(map(class_of, arguments))
        chosen = self._chosen.get(key)
        if chosen is None:
            chosen = self._find(arguments)
            if all(kind in KINDS for kind in key):  # so the memory cannot grow without end
                self._chosen[key] = chosen
        return chosen

    def _find(self, arguments: tuple[Value, ...]) -> Implementation:
        kinds = tuple(map(kind_of, arguments))
        for parameters, implementation in self._rows:
            if all(p in {"dyn", k} for p, k in zip(parameters, kinds, strict=True)):
                return implementation
        raise Failure(f"no such overload: {self.name}({', '.join(kinds)})")


Key = tuple[str, bool, int]


class FunctionTable:
    """All functions of a dialect."""

    __slots__ = ("_arities", "namespaces", "overloads", "rows")

    def __init__(self, rows: Iterable[Function]) -> None:
        self.rows = tuple(rows)
        grouped: dict[Key, list[Function]] = {}
        for row in self.rows:
            grouped.setdefault((row.name, row.member, len(row.parameters)), []).append(row)
        self.overloads = {key: Overloads(key[0], tuple(group)) for key, group in grouped.items()}
        self._arities: dict[tuple[str, bool], set[int]] = {}
        for name, member, arity in grouped:
            self._arities.setdefault((name, member), set()).add(arity)
        self.namespaces = frozenset(
            row.name.rpartition(".")[0] for row in self.rows if "." in row.name
        )

    def find(self, name: str, member: bool, arity: int) -> Overloads | None:
        return self.overloads.get((name, member, arity))

    def arities(self, name: str, member: bool) -> list[int]:
        """How many arguments a function of this name takes; empty for an unknown one."""
        return sorted(self._arities.get((name, member), ()))

    def names(self, member: bool) -> list[str]:
        return sorted(name for name, is_member in self._arities if is_member == member)
