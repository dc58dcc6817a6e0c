"""What OpenChoreo accepts and we refuse, unless it is relaxed by its number.

The numbers are those of the list of differences in the documentation.
"""

from __future__ import annotations

from openchoreo.errors import Collector, Problem

UNKNOWN_TRAIT_CONFIGS = 11
UNDECLARED_VALUES = 12
DUPLICATE_MANIFESTS = 18
REPEATED_KEYS = 26


class Strictness:
    """Sorts differences into problems and warnings."""

    def __init__(self, relaxed: frozenset[int]) -> None:
        self._relaxed = relaxed
        self._refused = Collector()
        self._warned = Collector()

    def add(self, difference: int, *problems: Problem) -> None:
        found = self._warned if difference in self._relaxed else self._refused
        found.add(*problems)

    def warn(self, *problems: Problem) -> None:
        """What OpenChoreo does as well, and is hardly ever meant."""
        self._warned.add(*problems)

    def raise_if_any(self) -> None:
        self._refused.raise_if_any()

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self._refused.problems

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return self._warned.problems
