"""Everything a program does before its first registration: import, load, recall, decide, render."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from bench.processes import Action, in_turn, run
from bench.projects import Contest, render
from bench.table import Pair, Row, difference, ratio


def rows(contest: Contest, repeats: int) -> Iterator[Row]:
    ours, bare = contest.ours.folder, contest.bare.folder
    actions = (started(ours), started(bare), lambda: render(ours), nothing(ours))
    rounds = in_turn(actions, repeats)
    yield ratio("start-up", [Pair(mine, other) for mine, other, *_ in rounds])
    yield difference("start-up, and `python -c pass`", [Pair(r[0], r[3]) for r in rounds])
    yield difference("the bare program's, and `python -c pass`", [Pair(r[1], r[3]) for r in rounds])
    yield difference(
        "`openchoreo render`, and `python -c pass`", [Pair(r[2], r[3]) for r in rounds]
    )


def started(folder: Path) -> Action:
    """`-P` as the language host has it: no modules of the current folder."""
    return lambda: run([sys.executable, "-P", "-m", "bench.probe", str(folder)], folder)


def nothing(folder: Path) -> Action:
    return lambda: run([sys.executable, "-c", "pass"], folder)
