"""What can go wrong with an expression, inside and outside of this package."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Literal

Stage = Literal["parse", "check", "evaluate"]


class CelError(Exception):
    """The one exception that leaves this package: what is wrong, and where in the source.

    `line` and `column` count from 1; both are 0 where no place is known.
    """

    def __init__(
        self, stage: Stage, message: str, source: str, line: int = 0, column: int = 0
    ) -> None:
        super().__init__(stage, message, source, line, column)
        self.stage = stage
        self.message = message
        self.source = source
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.message}" if self.line else self.message


class Rejected(Exception):  # noqa: N818 (it is a verdict on the source, reported as CelError)
    """A source text that does not parse or check; `position` is an offset into it."""

    def __init__(self, stage: Stage, message: str, position: int) -> None:
        super().__init__(message)
        self.stage: Stage = stage
        self.message = message
        self.position = position


class Failure(Exception):  # noqa: N818 (CEL's error value, reported as CelError)
    """CEL's error value: travels up until `&&`, `||` or a comprehension absorbs it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.position = -1


class Exhausted(Exception):  # noqa: N818 (reported as CelError)
    """A budget is spent. Not a `Failure`: `|| true` must not hide it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def place(source: str, position: int) -> tuple[int, int]:
    """Line and column of an offset, from 1."""
    if position < 0:
        return 0, 0
    before = source[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` for the closest known name, or nothing."""
    matches = difflib.get_close_matches(name, sorted(known), n=1)
    return f"; did you mean '{matches[0]}'?" if matches else ""
