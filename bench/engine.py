"""The two programs on a real engine: preview, and an update that finds nothing to do."""

from __future__ import annotations

from collections.abc import Iterator

from bench.processes import in_turn, timed
from bench.projects import Contest
from bench.table import Pair, Row, ratio


def first_update(contest: Contest) -> Row:
    """The only one that cannot be repeated."""
    taken = in_turn((contest.ours.first_update, contest.bare.first_update), 1)
    contest.check()
    return ratio("first `pulumi up`", [Pair(*each) for each in taken])


def rows(contest: Contest, repeats: int) -> Iterator[Row]:
    ours, bare = contest.ours, contest.bare
    operations = {
        "`pulumi preview`, nothing changed": (ours.preview, bare.preview),
        "`pulumi up --skip-preview`, nothing changed": (ours.update, bare.update),
    }
    for what, actions in operations.items():
        yield ratio(what, [Pair(*taken) for taken in in_turn(actions, repeats)])
    contest.check()
    yield ratio(
        "`pulumi up`, one component changed, and nothing changed", changed(contest, repeats)
    )


def changed(contest: Contest, repeats: int) -> list[Pair]:
    """Both are of our program, with the engine's own checkpoints."""
    pairs: list[Pair] = []
    for _ in range(repeats):
        contest.ours.change_one()
        pairs.append(Pair(timed(contest.ours.update), timed(contest.ours.update)))
    return pairs
