"""What every compiled expression reads: its variables, and the budget of the evaluation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from openchoreo.cel.errors import Failure
from openchoreo.cel.limits import Limits, Meter
from openchoreo.cel.values import Value

Scope = Mapping[str, Any]
Run = Callable[[Scope], Value]
"""A compiled expression."""

METER = "@meter"
"""Where the scope keeps its Meter: a name that no expression can write."""


def metering(limits: Limits) -> Callable[[Scope], Meter]:
    """Gives the meter of the evaluation, or a new one where a single operation has its own."""

    def meter_of(scope: Scope) -> Meter:
        found = scope.get(METER)
        return Meter(limits) if found is None else found

    return meter_of


def placed(failure: Failure, position: int) -> Failure:
    """The failure with the place where it happened, unless it knows a closer one."""
    if failure.position < 0:
        failure.position = position
    return failure


def failure_at(message: str, position: int) -> Failure:
    failure = Failure(message)
    failure.position = position
    return failure
