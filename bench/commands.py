"""Commands from a cold shell, with an engine that holds the state."""

from __future__ import annotations

from collections.abc import Iterator

from bench.processes import in_turn
from bench.projects import STACK, Contest, render
from bench.start import nothing
from bench.table import Pair, Row, difference


def rows(contest: Contest, repeats: int) -> Iterator[Row]:
    """How much more than an interpreter that does nothing: Pulumi's own answers are in it."""
    ours = contest.ours
    actions = {
        "`openchoreo render`": lambda: render(ours.folder),
        "`openchoreo status`": lambda: ours.openchoreo("status"),
        "`openchoreo diff`, nothing changed": lambda: ours.openchoreo("diff", "--env", STACK),
        "`pulumi stack export` alone": lambda: ours.pulumi("stack", "export"),
    }
    rounds = in_turn((*actions.values(), nothing(ours.folder)), repeats)
    for index, name in enumerate(actions):
        pairs = [Pair(one[index], one[-1]) for one in rounds]
        yield difference(f"{name}, and `python -c pass`", pairs)
