"""Compiled literals of lists and maps."""

from __future__ import annotations

from typing import Any

from openchoreo.cel.equality import insert
from openchoreo.cel.errors import Failure
from openchoreo.cel.scope import Run, Scope, failure_at
from openchoreo.cel.values import Optional_, Value, kind_of


def list_of_runs(items: tuple[Run, ...]) -> Run:
    def run(scope: Scope) -> Value:
        return [item(scope) for item in items]

    return run


def list_with_optionals(items: tuple[Run, ...], optional: frozenset[int], position: int) -> Run:
    def run(scope: Scope) -> Value:
        made: list[Value] = []
        for place, item in enumerate(items):
            value = item(scope)
            if place in optional:
                value = _entry(value, position)
                if not value.present:
                    continue
                value = value.value
            made.append(value)
        return made

    return run


def _entry(value: Value, position: int) -> Optional_:
    if isinstance(value, Optional_):
        return value
    raise failure_at(
        f"cannot initialize optional list element or map entry from a {kind_of(value)}; "
        "drop the question mark, or write optional.of(...)",
        position,
    )


def map_of_names(entries: tuple[tuple[str, Run], ...]) -> Run:
    """`{'a': ..., 'b': ...}`: the keys are known."""

    def run(scope: Scope) -> Value:
        return {name: value(scope) for name, value in entries}

    return run


def map_of_runs(
    keys: tuple[Run, ...], values: tuple[Run, ...], optional: frozenset[int], position: int
) -> Run:
    def run(scope: Scope) -> Value:
        made: dict[Any, Value] = {}
        for place, (key, value) in enumerate(zip(keys, values, strict=True)):
            name = key(scope)
            item = value(scope)
            if place in optional:
                item = _entry(item, position)
                if not item.present:
                    continue
                item = item.value
            try:
                insert(made, name, item)
            except Failure as failure:
                raise failure_at(failure.message, position) from None
        return made

    return run
