"""openchoreo status: what runs where."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import click

from openchoreo.cli.stacks import StackLedger, read_ledgers
from openchoreo.cli.telling import problems_told
from openchoreo.delivery import Record

EXAMPLES = """\b
Examples:
  openchoreo status
  openchoreo status --stack staging
"""


@click.command("status", epilog=EXAMPLES)
@click.option("--stack", default="", help="Show this stack only.")
def command(stack: str) -> None:
    """Show what runs where, from the ledgers of the stacks of this Pulumi project."""
    with problems_told():
        click.echo("\n".join(_table(read_ledgers(only=stack))))


def _table(stacks: list[StackLedger]) -> Iterable[str]:
    recorded = [one for one in stacks if one.ledger and one.ledger.components]
    if not recorded:
        names = ", ".join(one.stack for one in stacks)
        return [f"Nothing is deployed yet in {names}." if names else "There is no stack yet."]
    rows = [("COMPONENT", "ENVIRONMENT", "RELEASE", "STATE", "SINCE")]
    for stack in recorded:
        assert stack.ledger is not None
        for key, record in sorted(stack.ledger.components.items()):
            rows.append((key, stack.ledger.environment, *_row(record)))
    return _aligned(rows)


def _row(record: Record) -> tuple[str, str, str]:
    entry = record.current
    state = "deployed" if record.running else "undeployed"
    since = datetime.fromisoformat(entry.since).strftime("%Y-%m-%d %H:%M UTC")
    return entry.shown, state, since


def _aligned(rows: list[tuple[str, ...]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield "  ".join(cells).rstrip()
