"""What is made once of values that many components share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, TypeVarTuple

Given = TypeVarTuple("Given")
Made = TypeVar("Made")

_MOST = 1024


class Kept(Generic[*Given, Made]):
    """A pure function whose results are found again by the identity of what it was given.

    That costs nothing, where equality would cost a walk over whole documents. It is safe because
    documents and models are never mutated, and because what was given is kept as well, and with
    it its identity.
    """

    def __init__(self, function: Callable[[*Given], Made]) -> None:
        self._function = function
        self._results: dict[tuple[int, ...], tuple[tuple[*Given], Made]] = {}

    def __call__(self, *given: *Given) -> Made:
        key = tuple(map(id, given))
        kept = self._results.get(key)
        if kept is not None:
            return kept[1]
        if len(self._results) >= _MOST:
            self._results.clear()
        made = self._function(*given)
        self._results[key] = given, made
        return made
