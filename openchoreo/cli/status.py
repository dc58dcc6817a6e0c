"""openchoreo status: what runs where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import click

from openchoreo.cli.stacks import StackLedger, read_ledgers
from openchoreo.cli.telling import problems_told
from openchoreo.delivery import RESOURCES, Ledger, Record, urls

EXAMPLES = """\b
Examples:
  openchoreo status
  openchoreo status --stack staging
"""


@click.command("status", epilog=EXAMPLES)
@click.option("--stack", default="", help="Show this stack only.")
def command(stack: str) -> None:
    """Show what runs where, from the ledgers of the stacks of this Pulumi project.

    Resources are shown as resource/<namespace>/<name>. Below the table are the addresses that
    gateways serve.
    """
    with problems_told():
        click.echo("\n".join(_table(read_ledgers(only=stack))))


def _table(stacks: list[StackLedger]) -> Iterable[str]:
    recorded = [one for one in stacks if one.ledger and _owners(one.ledger)]
    if not recorded:
        names = ", ".join(one.stack for one in stacks)
        return [f"Nothing is deployed yet in {names}." if names else "There is no stack yet."]
    rows = [("COMPONENT", "ENVIRONMENT", "RELEASE", "STATE", "SINCE")]
    for stack in recorded:
        assert stack.ledger is not None
        for key, record in sorted(_owners(stack.ledger).items()):
            rows.append((key, stack.ledger.environment, *_row(record)))
    addresses = [row for stack in recorded if stack.ledger for row in _addresses(stack.ledger)]
    if not addresses:
        return _aligned(rows)
    heading = ("ENDPOINT", "ENVIRONMENT", "URL")
    return [*_aligned(rows), "", *_aligned([heading, *addresses])]


def _owners(ledger: Ledger) -> dict[str, Record]:
    resources = {RESOURCES.removal(key): record for key, record in ledger.resources.items()}
    return {**ledger.components, **resources}


def _addresses(ledger: Ledger) -> Iterable[tuple[str, str, str]]:
    for key, endpoints in urls(ledger).items():
        for name, url in sorted(endpoints.items()):
            yield f"{key} {name}", ledger.environment, url


def _row(record: Record) -> tuple[str, str, str]:
    entry = record.current
    state = "deployed" if record.running else "undeployed"
    since = datetime.fromisoformat(entry.since).strftime("%Y-%m-%d %H:%M UTC")
    return entry.shown, state, since


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield "  ".join(cells).rstrip()
