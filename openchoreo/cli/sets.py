"""openchoreo sets: releases that ran together, and how they are promoted as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from msgspec import Struct
from rich.table import Table

from openchoreo.catalog import Catalog, survey
from openchoreo.cli.asking import Asking
from openchoreo.cli.showing import format_option, progress, show, show_json, table
from openchoreo.cli.stacks import recorded_in
from openchoreo.cli.telling import problems_told
from openchoreo.delivery import Ledger, commands, pipeline_of
from openchoreo.delivery.sets import ReleaseSet, set_digest
from openchoreo.errors import Collector, OpenChoreoError, Problem, Stage, nearest
from openchoreo.workspace.policy_file import read_policy
from openchoreo.workspace.stack_files import environment_of, settings_of, stacks_of_files

EXAMPLES = """\b
Examples:
  openchoreo sets
  openchoreo sets --stack development
  openchoreo sets -o json
"""


class _Recorded(Struct, frozen=True):
    """A set of a stack, and the stacks to which it can be promoted."""

    stack: str
    environment: str
    set_: ReleaseSet
    newest: bool
    runs_now: bool
    following: tuple[str, ...]

    @property
    def promotions(self) -> list[str]:
        return [commands.set_set(stack, self.set_.digest) for stack in self.following]

    def document(self) -> dict[str, Any]:
        """The stable JSON form; fields are only ever added."""
        one = self.set_
        return {
            "digest": one.digest,
            "environment": self.environment,
            "stack": self.stack,
            "since": one.since,
            "by": one.by,
            "runsNow": self.runs_now,
            "members": {chain: dict(members) for chain, members in one.members.items()},
            "promote": self.promotions,
        }


@click.command("sets", epilog=EXAMPLES)
@click.option("--stack", default="", help="Show those of this stack only.")
@format_option()
def command(stack: str, form: str) -> None:
    """Show which releases ran together, as sets that can be promoted as a whole.

    A stack records a set after a run in which everything succeeded. Where openchoreo:set of the
    stack that comes next names it, all of its members are pinned there. Changes nothing.
    """
    with problems_told():
        asking = Asking()
        with progress("Looking at the stacks"):
            ledgers = _ledgers(_chosen(stack, asking), asking)
        found = [one for name, ledger in ledgers.items() for one in _of(name, ledger)]
    if form == "json":
        show_json([one.document() for one in found])
    elif found:
        show(*_text(found))
    else:
        show("No set is recorded yet: it takes a run in which everything succeeds.")


def _chosen(stack: str, asking: Asking) -> list[str]:
    names = asking.short_names()
    if stack and stack not in names:
        message, hint = "there is no such stack", nearest(stack, names)
        raise OpenChoreoError(Problem(Stage.LEDGER, f"Stack {stack}", (), message, hint))
    return [stack] if stack else names


def _ledgers(stacks: Iterable[str], asking: Asking) -> dict[str, Ledger]:
    """Stacks of other programs have none, and are left out."""
    full = {name.rpartition("/")[2]: name for name in asking.names()}
    chosen = list(stacks)
    for name in chosen:
        asking.look(name)
    found = Collector()
    ledgers: dict[str, Ledger] = {}
    for name in chosen:
        outputs = recorded_in(full[name], asking.outputs(full[name]) or {})
        loaded = found.attempt(outputs.loaded) if outputs.pipeline else None
        if loaded:
            ledgers[name] = loaded[0]
    found.raise_if_any()
    return ledgers


def _of(stack: str, ledger: Ledger) -> Iterator[_Recorded]:
    """Newest first."""
    sets = ledger.whole_sets
    following = _following(stack, ledger) if sets else ()
    now = set_digest(ledger.running)
    for index, one in enumerate(sets):
        newest = index == 0
        runs_now = newest and one.digest == now
        yield _Recorded(stack, ledger.environment, one, newest, runs_now, following)


def _following(stack: str, ledger: Ledger) -> tuple[str, ...]:
    """The stacks of the environments that come after this one, of any project that it deploys."""
    try:
        rules = read_policy()
        paths = [Path(one) for one in settings_of(stack).definitions]
        catalog = survey(paths, relaxed=rules.differences).catalog
        environments = dict.fromkeys(_downstreams(catalog, ledger, rules.differences))
    except OpenChoreoError:
        return ()  # whoever runs that stack is told
    files = {environment_of(name): name for name in stacks_of_files()}
    return tuple(files.get(name, name) for name in environments)


def _downstreams(catalog: Catalog, ledger: Ledger, relaxed: frozenset[int]) -> Iterator[str]:
    for key in ledger.scope.projects:
        namespace, _, name = key.partition("/")
        project = catalog.project(namespace, name)
        resource = catalog.pipeline_of(project) if project else None
        if resource:
            environments = catalog.names("Environment", namespace)
            yield from pipeline_of(resource, environments, relaxed=relaxed).downstreams(
                ledger.environment
            )


def _text(found: Iterable[_Recorded]) -> Iterator[Table | str]:
    rows = list(found)
    heading = ("SET", "ENVIRONMENT", "SINCE", "BY", "MEMBERS", "")
    yield table(heading, map(_row, rows))
    promotions = [command for one in rows if one.newest for command in one.promotions]
    if promotions:
        yield ""
        yield "To promote the newest:"
        yield from (f"  {command}" for command in promotions)


def _row(one: _Recorded) -> tuple[str, ...]:
    since, by = one.set_.since, one.set_.by or ""
    shown = datetime.fromisoformat(since).strftime("%Y-%m-%d %H:%M UTC") if since else ""
    now = "runs now" if one.runs_now else ""
    return one.set_.digest, one.environment, shown, by, str(one.set_.size), now
