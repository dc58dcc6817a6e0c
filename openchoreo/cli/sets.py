"""openchoreo sets: releases that ran together, and how they are promoted as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from openchoreo.catalog import Catalog, survey
from openchoreo.cli.showing import format_option, show, show_json, table
from openchoreo.cli.stacks import full_names, read_stack
from openchoreo.cli.telling import problems_told
from openchoreo.delivery import Ledger, commands, pipeline_of
from openchoreo.delivery.sets import ReleaseSet, set_digest
from openchoreo.errors import OpenChoreoError
from openchoreo.workspace.policy_file import read_policy
from openchoreo.workspace.stack_files import environment_of, settings_of

EXAMPLES = """\b
Examples:
  openchoreo sets
  openchoreo sets --stack development
  openchoreo sets --format json
"""


@dataclass(frozen=True, slots=True)
class _Stack:
    """A stack that has recorded something, by its short name."""

    name: str
    ledger: Ledger

    @property
    def now(self) -> str:
        """The digest of what runs."""
        return set_digest(self.ledger.running)


@click.command("sets", epilog=EXAMPLES)
@click.option("--stack", "stacks", multiple=True, help="Only of this stack; can be given again.")
@format_option()
def command(stacks: tuple[str, ...], form: str) -> None:
    """Show which releases ran together, as sets that can be promoted as a whole.

    A stack records one after a run in which everything succeeded. Named by openchoreo:set in the
    stack of the environment that comes next, it pins all its members there. Changes nothing.
    """
    with problems_told():
        names = full_names()
        found = list(_recorded(full_names(stacks) if stacks else names))
        following = _following(found, names)
    if form == "json":
        show_json([_document(one, each, following) for one in found for each in _sets(one)])
    elif not any(one.ledger.sets for one in found):
        click.echo("No set is recorded yet: it takes a run in which everything succeeds.")
    else:
        _show(found, following)


def _recorded(names: Iterable[str]) -> Iterator[_Stack]:
    for name in names:
        outputs = read_stack(name)
        if outputs.pipeline:
            yield _Stack(outputs.short, outputs.loaded()[0])


def _show(found: Iterable[_Stack], following: Mapping[str, tuple[str, ...]]) -> None:
    heading = ("SET", "ENVIRONMENT", "SINCE", "BY", "MEMBERS", "")
    show(table(heading, (_row(one, each) for one in found for each in _sets(one))))
    lines = [
        line
        for one in found
        for each in _sets(one)[:1]
        for line in _promotions(one, each, following)
    ]
    if lines:
        show("", "To promote the newest:", *lines)


def _sets(stack: _Stack) -> tuple[ReleaseSet, ...]:
    return stack.ledger.whole_sets


def _row(stack: _Stack, one: ReleaseSet) -> tuple[str, ...]:
    since = datetime.fromisoformat(one.since).strftime("%Y-%m-%d %H:%M UTC") if one.since else ""
    now = "runs now" if _runs(stack, one) else ""
    return one.digest, stack.ledger.environment, since, one.by or "", str(one.size), now


def _runs(stack: _Stack, one: ReleaseSet) -> bool:
    return one is _newest(stack) and one.digest == stack.now


def _document(
    stack: _Stack, one: ReleaseSet, following: Mapping[str, tuple[str, ...]]
) -> dict[str, Any]:
    """The stable JSON form; fields are only ever added."""
    return {
        "digest": one.digest,
        "environment": stack.ledger.environment,
        "stack": stack.name,
        "since": one.since,
        "by": one.by,
        "runsNow": _runs(stack, one),
        "members": {chain: dict(members) for chain, members in one.members.items()},
        "promote": list(_promotions(stack, one, following)),
    }


def _promotions(
    stack: _Stack, one: ReleaseSet, following: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    for following_stack in following[stack.name]:
        yield commands.set_set(following_stack, one.digest)
