"""Budgets: an expression may not take more time or memory than its caller allows."""

from __future__ import annotations

from msgspec import Struct

from openchoreo.cel.errors import Exhausted

TEXT_PER_STEP = 1024
"""Characters that count as one step, so that copying long texts is not free."""


class Limits(Struct, frozen=True):
    """What one expression may use.

    source: characters of the expression (the CEL implementation in Go has the same 100,000)
    nesting: levels of brackets, calls, fields and conditions inside each other (in Go 250)
    steps: iterations, elements compared or copied, and long texts copied, in one evaluation
    string: characters of a text (or bytes) that the expression makes
    list: elements of a list or map that the expression makes
    """

    source: int = 100_000
    nesting: int = 250
    steps: int = 1_000_000
    string: int = 10_000_000
    list: int = 1_000_000


class Meter:
    """What one evaluation has left."""

    __slots__ = ("left", "limits")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.left = limits.steps

    @property
    def spent(self) -> int:
        return self.limits.steps - self.left

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise Exhausted(
                f"the expression takes more than {self.limits.steps} steps; "
                "iterate over less, or raise Limits(steps=...)"
            )

    def string(self, length: int) -> None:
        """Allows a text of this length to be made."""
        if length > self.limits.string:
            raise Exhausted(
                f"a text of {length} characters is longer than {self.limits.string}; "
                "make a shorter one, or raise Limits(string=...)"
            )
        self.spend(length // TEXT_PER_STEP)

    def list(self, length: int) -> None:
        """Allows a list or map of this length to be made."""
        if length > self.limits.list:
            raise Exhausted(
                f"a list or map of {length} elements is longer than {self.limits.list}; "
                "make a shorter one, or raise Limits(list=...)"
            )
        self.spend(length)
