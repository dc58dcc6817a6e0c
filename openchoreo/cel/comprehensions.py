"""Compiled macros: loops, and the binding of an optional's value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct

from openchoreo.cel.equality import MISSING, insert, lookup, sorted_keys
from openchoreo.cel.errors import Failure
from openchoreo.cel.library.lists import sort_by_keys
from openchoreo.cel.operations import MeterOf
from openchoreo.cel.operators import no_overload
from openchoreo.cel.scope import METER, Run, Scope, failure_at, placed
from openchoreo.cel.values import NONE, Optional_, Value, bare_key, is_list, is_map, kind_of


class Loop(Struct, frozen=True):
    """The parts of a macro. `first` and `second` are the variables' names in the scope."""

    kind: str
    range: Run
    first: str
    second: str
    condition: Run | None
    body: Run
    position: int
    meter_of: MeterOf

    def start(self, scope: Scope) -> tuple[dict[str, Any], Iterable[Value]]:
        """A scope of its own, and what to go through: elements, keys or pairs."""
        items = self.range(scope)
        inner = dict(scope)
        if METER not in inner:
            inner[METER] = self.meter_of(scope)
        if is_list(items):
            inner[METER].spend(len(items))
            return inner, _pairs(items) if self.second else items
        if is_map(items) and self.kind != "sortBy":
            inner[METER].spend(len(items))
            keys = sorted_keys(items)
            return inner, [(key, lookup(items, key)) for key in keys] if self.second else keys
        wanted = "a list" if self.kind == "sortBy" else "a list or a map"
        raise failure_at(
            f"no such overload: {self.kind}() goes through {wanted}, not a {kind_of(items)}",
            self.position,
        )

    def admits(self, scope: Scope) -> bool:
        """Whether the element that the scope holds passes the macro's condition."""
        if self.condition is None:
            return True
        value = self.condition(scope)
        if value is True or value is False:
            return value
        raise placed(no_overload("?:", value), self.position)


def _pairs(items: Iterable[Value]) -> Iterable[Value]:
    return enumerate(items)


def _fill(loop: Loop) -> Callable[[dict[str, Any], Value], None]:
    first, second = loop.first, loop.second
    if not second:

        def one(scope: dict[str, Any], item: Value) -> None:
            scope[first] = item

        return one

    def two(scope: dict[str, Any], item: Value) -> None:
        scope[first], scope[second] = item

    return two


def quantifier(loop: Loop) -> Run:
    """`all` (decided by false) and `exists` (decided by true)."""
    decisive = loop.kind == "exists"
    other = not decisive
    operator = "||" if decisive else "&&"
    body, position, fill = loop.body, loop.position, _fill(loop)

    def run(scope: Scope) -> Value:
        inner, items = loop.start(scope)
        first: Failure | None = None
        for item in items:
            fill(inner, item)
            try:
                value = body(inner)
            except Failure as failure:
                first = first or failure
                continue
            if value is decisive:
                return decisive
            if value is not other and first is None:
                first = placed(no_overload(operator, value), position)
        if first is not None:
            raise first
        return other

    return run


def exists_one(loop: Loop) -> Run:
    body, position, fill = loop.body, loop.position, _fill(loop)

    def run(scope: Scope) -> Value:
        inner, items = loop.start(scope)
        count = 0
        for item in items:
            fill(inner, item)
            value = body(inner)
            if value is True:
                count += 1
            elif value is not False:
                raise placed(no_overload("?:", value), position)
        return count == 1

    return run


def filtered(loop: Loop) -> Run:
    body, position, fill = loop.body, loop.position, _fill(loop)

    def run(scope: Scope) -> Value:
        inner, items = loop.start(scope)
        made: list[Value] = []
        for item in items:
            fill(inner, item)
            value = body(inner)
            if value is True:
                made.append(item)
            elif value is not False:
                raise placed(no_overload("?:", value), position)
        return made

    return run


def mapped(loop: Loop) -> Run:
    """`map` and `transformList`."""
    body, first, fill = loop.body, loop.first, _fill(loop)
    if loop.condition is None and not loop.second:

        def run_simple(scope: Scope) -> Value:
            inner, items = loop.start(scope)
            made: list[Value] = []
            for item in items:
                inner[first] = item
                made.append(body(inner))
            return made

        return run_simple

    def run(scope: Scope) -> Value:
        inner, items = loop.start(scope)
        made: list[Value] = []
        for item in items:
            fill(inner, item)
            if loop.admits(inner):
                made.append(body(inner))
        return made

    return run


def transformed(loop: Loop) -> Run:
    """`transformMap`: the same keys, other values."""
    body, fill = loop.body, _fill(loop)

    def run(scope: Scope) -> Value:
        inner, items = loop.start(scope)
        made: dict[Any, Value] = {}
        for item in items:
            fill(inner, item)
            if loop.admits(inner):
                insert(made, item[0], body(inner))
        return made

    return run


def entries(loop: Loop) -> Run:
    """`transformMapEntry`: each result is a map, and no key may come twice."""
    body, fill, position = loop.body, _fill(loop), loop.position

    def run(scope: Scope) -> Value:
        inner, items = loop.start(scope)
        made: dict[Any, Value] = {}
        for item in items:
            fill(inner, item)
            if not loop.admits(inner):
                continue
            value = body(inner)
            if not is_map(value):
                raise failure_at(
                    f"no such overload: transformMapEntry() takes maps, not a {kind_of(value)}",
                    position,
                )
            inner[METER].spend(len(value))
            for key, entry in value.items():
                bare = bare_key(key)
                if lookup(made, bare) is not MISSING:
                    raise failure_at(f"insert failed: key {key} already exists", position)
                insert(made, bare, entry)
        return made

    return run


def sorted_by(loop: Loop) -> Run:
    body, first, position = loop.body, loop.first, loop.position

    def run(scope: Scope) -> Value:
        inner, items = loop.start(scope)
        keys: list[Value] = []
        found = list(items)
        for item in found:
            inner[first] = item
            keys.append(body(inner))
        try:
            return sort_by_keys(inner[METER], found, keys)
        except Failure as failure:
            raise placed(failure, position)  # noqa: B904 (the same one)

    return run


LOOPS: dict[str, Callable[[Loop], Run]] = {
    "all": quantifier,
    "exists": quantifier,
    "exists_one": exists_one,
    "filter": filtered,
    "map": mapped,
    "transformList": mapped,
    "transformMap": transformed,
    "transformMapEntry": entries,
    "sortBy": sorted_by,
}


def bind(target: Run, name: str, body: Run, position: int, *, flat: bool) -> Run:
    """`optMap` and `optFlatMap`."""
    macro = "optFlatMap" if flat else "optMap"

    def run(scope: Scope) -> Value:
        value = target(scope)
        if type(value) is not Optional_:
            raise failure_at(
                f"no such overload: {kind_of(value)}.{macro}(); it is for optionals", position
            )
        if not value.present:
            return NONE
        result = body({**scope, name: value.value})
        return result if flat else Optional_(result)

    return run
