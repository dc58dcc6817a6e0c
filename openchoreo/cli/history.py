"""openchoreo history: what ran when, and on which evidence."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence

import click
from msgspec import Struct
from rich.text import Text

from openchoreo.cli.recorded import RecordedOwner, owner_named, recorded_owners
from openchoreo.cli.showing import format_option, progress, show, show_json
from openchoreo.cli.stacks import read_stacks
from openchoreo.cli.telling import problems_told
from openchoreo.cli.told import details, moment_of
from openchoreo.cli.words import counted
from openchoreo.delivery import Event, Ledger, Moment, moments
from openchoreo.document import Object
from openchoreo.errors import Collector, OpenChoreoError, Problem, Stage, nearest

EXAMPLES = """\b
Examples:
  openchoreo history greeter
  openchoreo history default/greeter --env production
  openchoreo history resource/default/db --output json
"""


@click.command("history", epilog=EXAMPLES)
@click.argument("name", metavar="COMPONENT")
@click.option("--env", "--environment", "environment", default="", help="Of this one only.")
@format_option()
def command(name: str, environment: str, form: str) -> None:
    """Show what ran when, newest first: releases, who deployed them, and on which evidence.

    COMPONENT is a name, or namespace/name; project/<namespace>/<name> and
    resource/<namespace>/<name> are a project and a Resource. Reads the ledgers of the stacks and
    changes nothing.
    """
    with problems_told():
        with progress("Reading the ledgers of the stacks"):
            ledgers = _ledgers()
        owner = owner_named(name, recorded_owners(ledgers))
        histories = [_history(one, owner) for one in _only(ledgers, environment)]
        if form == "json":
            show_json(_document(owner, histories))
        else:
            show(*_text(owner, histories, environment))


class _History(Struct, frozen=True):
    """Of one environment, newest first."""

    environment: str
    moments: tuple[Moment, ...]
    dropped: int


def _ledgers() -> list[Ledger]:
    """Those of all stacks that have recorded something."""
    found = Collector()
    ledgers = [found.attempt(one.ledger) for one in read_stacks() if one.pipeline]
    found.raise_if_any()
    return [one for one in ledgers if one]


def _only(ledgers: Sequence[Ledger], environment: str) -> list[Ledger]:
    found = [one for one in ledgers if environment in {"", one.environment}]
    if environment and not found:
        message = "nothing has been deployed there by a stack of this project"
        hint = nearest(environment, [one.environment for one in ledgers])
        subject = f"Environment {environment}"
        raise OpenChoreoError(Problem(Stage.LEDGER, subject, (), message, hint))
    return found


def _history(ledger: Ledger, owner: RecordedOwner) -> _History:
    record = owner.record(ledger)
    if record is None:
        return _History(ledger.environment, (), 0)
    return _History(ledger.environment, moments(record), record.dropped or 0)


def _merged(histories: Iterable[_History]) -> Iterator[tuple[str, Moment]]:
    """All environments together; within one the order is that of its ledger."""
    each = [[(one.environment, moment) for moment in one.moments] for one in histories]
    return heapq.merge(*each, key=lambda item: item[1].entry.since, reverse=True)


def _text(
    owner: RecordedOwner, histories: Sequence[_History], environment: str
) -> Iterator[Text | str]:
    rows = [(_row(name, moment), moment) for name, moment in _merged(histories)]
    if not rows:
        yield f"{owner} has not been deployed in {environment}."
        return
    heading = ("SINCE", "ENVIRONMENT", "WHAT", "RELEASE", "BY", "PROOF")
    cells = [heading, *(row for row, _ in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    yield Text(_line(heading, widths), style="bold")
    for row, moment in rows:
        yield Text(_line(row, widths), style=_style(moment))
        for detail in details(moment.entry):
            yield Text(f"    {detail}", style="red" if detail.startswith("break-glass") else "dim")
    for one in histories:
        if one.dropped:
            where = one.environment
            single, several = f"older entry of {where} is", f"older entries of {where} are"
            yield f"{counted(one.dropped, single, several)} not kept any more."


def _style(moment: Moment) -> str:
    return "" if moment.until else "bold"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()


def _row(environment: str, moment: Moment) -> tuple[str, ...]:
    entry = moment.entry
    proof = "" if moment.event is Event.UNDEPLOYED else entry.proof
    since = moment_of(entry.since)
    return since, environment, moment.event, entry.shown, entry.by, proof


def _document(owner: RecordedOwner, histories: Sequence[_History]) -> Object:
    return {
        "kind": owner.words.kind,
        "namespace": owner.namespace,
        "name": owner.name,
        "entries": [_entry(name, moment) for name, moment in _merged(histories)],
        "dropped": {one.environment: one.dropped for one in histories if one.dropped},
    }


def _entry(environment: str, moment: Moment) -> Object:
    """The entry as the ledger has it, and what is read from it."""
    return {
        "environment": environment,
        "event": str(moment.event),
        "until": moment.until or None,
        **moment.entry.document(),
    }
