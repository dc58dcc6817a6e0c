"""The programs on a real engine: preview, and an update that finds nothing to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bench.processes import Taken, in_turn, timed
from bench.projects import Contest
from bench.table import Pair, Row, ratio


def first_update(contest: Contest) -> Row:
    """The only one that cannot be repeated."""
    taken = in_turn((contest.ours.first_update, contest.bare.first_update), 1)
    contest.least.first_update()
    contest.check()
    return ratio("first `pulumi up`", [Pair(*each) for each in taken])


def rows(contest: Contest, repeats: int) -> Iterator[Row]:
    ours, bare, least = contest.ours, contest.bare, contest.least
    operations = {
        "`pulumi preview`, nothing changed": (ours.preview, bare.preview, least.preview),
        "`pulumi up --skip-preview`, nothing changed": (ours.update, bare.update, least.update),
    }
    for what, actions in operations.items():
        rounds = in_turn(actions, repeats)
        yield ratio(what, [Pair(one[0], one[1]) for one in rounds])
        yield ratio(f"{what}: the objects by requests, and nothing else", pairs_of_least(rounds))
    contest.check()
    yield ratio(
        "`pulumi up`, one component changed, and nothing changed", changed(contest, repeats)
    )


def pairs_of_least(rounds: Iterable[Sequence[Taken]]) -> list[Pair]:
    """What no program can be faster than that registers these objects, beside the bare one."""
    return [Pair(one[2], one[1]) for one in rounds]


def changed(contest: Contest, repeats: int) -> list[Pair]:
    """Both are of our program, with the engine's own checkpoints."""
    pairs: list[Pair] = []
    for _ in range(repeats):
        contest.ours.change_one()
        pairs.append(Pair(timed(contest.ours.update), timed(contest.ours.update)))
    return pairs
