"""Compiled calls of functions."""

from __future__ import annotations

from openchoreo.cel.errors import Failure
from openchoreo.cel.functions import Overloads
from openchoreo.cel.operations import MeterOf
from openchoreo.cel.scope import Run, Scope, failure_at, placed
from openchoreo.cel.values import Optional_, Value, kind_of


def call(overloads: Overloads, arguments: tuple[Run, ...], meter_of: MeterOf, position: int) -> Run:
    if overloads.metered:
        return _metered(overloads, arguments, meter_of, position)
    if len(arguments) == 1:
        return _one(overloads, arguments[0], position)
    if len(arguments) == 2:  # noqa: PLR2004 (the commonest numbers have their own code)
        return _two(overloads, *arguments, position)

    choose = overloads.choose

    def run(scope: Scope) -> Value:
        values = tuple([argument(scope) for argument in arguments])
        try:
            return choose(values)(*values)
        except Failure as failure:
            raise placed(failure, position)  # noqa: B904 (the same one)

    return run


def _one(overloads: Overloads, argument: Run, position: int) -> Run:
    choose = overloads.choose

    def run(scope: Scope) -> Value:
        value = argument(scope)
        try:
            return choose((value,))(value)
        except Failure as failure:
            raise placed(failure, position)  # noqa: B904 (the same one)

    return run


def _two(overloads: Overloads, first: Run, second: Run, position: int) -> Run:
    choose = overloads.choose

    def run(scope: Scope) -> Value:
        a = first(scope)
        b = second(scope)
        try:
            return choose((a, b))(a, b)
        except Failure as failure:
            raise placed(failure, position)  # noqa: B904 (the same one)

    return run


def _metered(
    overloads: Overloads, arguments: tuple[Run, ...], meter_of: MeterOf, position: int
) -> Run:
    choose = overloads.choose

    def run(scope: Scope) -> Value:
        values = tuple([argument(scope) for argument in arguments])
        try:
            return choose(values)(meter_of(scope), *values)
        except Failure as failure:
            raise placed(failure, position)  # noqa: B904 (the same one)

    return run


def alternative(target: Run, other: Run, name: str, position: int) -> Run:
    """`a.or(b)`, `a.orValue(b)`: b is evaluated only if a is none."""
    unwraps = name == "orValue"

    def run(scope: Scope) -> Value:
        value = target(scope)
        if type(value) is not Optional_:
            raise failure_at(
                f"no such overload: {kind_of(value)}.{name}(); it is for optionals, as in a.?b",
                position,
            )
        if value.present:
            return value.value if unwraps else value
        result = other(scope)
        if not unwraps and type(result) is not Optional_:
            raise failure_at(f"no such overload: optional_type.or({kind_of(result)})", position)
        return result

    return run
