"""openchoreo releases redact: a document that must not be readable any more."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click
from msgspec.structs import asdict

from openchoreo.cli.holding import Holder, elsewhere, files_with, releases_with, stacks_with
from openchoreo.cli.redacting import Found, check_idle, find, redact
from openchoreo.cli.showing import format_option, show, show_json, table
from openchoreo.cli.telling import problems_told
from openchoreo.delivery import Redaction, Stamp
from openchoreo.workspace.actor import actor

EXAMPLES = """\b
Examples:
  openchoreo releases redact greeter-3f2a9c41d0b7 --stack development
  openchoreo releases redact greeter-3f2a9c41d0b7 --stack staging --reason "held a password" --yes
"""


@click.command("redact", epilog=EXAMPLES)
@click.argument("release")
@click.option("--stack", required=True, help="The stack that keeps it.")
@click.option("--reason", default="", help="Why; it stays in the record.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@format_option()
def command(release: str, stack: str, reason: str, yes: bool, form: str) -> None:
    """Take the document of a release out of a stack, for ever; its evidence stays.

    RELEASE is a name, a digest, or name@digest. It must not run there. Everything that is recorded
    of it stays, with the redaction, and it can never be deployed there again. Afterwards it says
    what else may hold it.
    """
    with problems_told():
        found = find(release, stack)
        said = found.redaction
        if said is None:
            check_idle(found)
            if not yes and not _confirmed(found):
                sys.exit(1)
            said = redact(found, Stamp(datetime.now(UTC), actor()), reason)
            _say(f"{found.stack} keeps {found.name} no longer; its evidence stays.")
        else:
            _say(f"{found.stack}: {found.name} was redacted on {said.since} by {said.by} already.")
        _tell(found, said, form)


def _tell(found: Found, said: Redaction, form: str) -> None:
    holds = [
        *releases_with(found.shared, found.stack),
        *stacks_with(found.digest, found.name, found.stack),
        *files_with({found.digest, *found.parts}),
    ]
    may = elsewhere(found.stack)
    if form == "json":
        show_json(
            {
                "release": found.name,
                "digest": found.digest,
                "stack": found.stack,
                "redacted": said.document(),
                "holds": [asdict(one) for one in holds],
                "mayHold": [asdict(one) for one in may],
            }
        )
        return
    if holds:
        show(table(("STILL HOLDS IT", "NEXT"), _rows(holds)), "")
    show(table(("MAY HOLD IT", "LOOK AT"), _rows(may)))


def _rows(holders: list[Holder]) -> list[tuple[str, str]]:
    return [(one.where, one.way) for one in holders]


def _confirmed(found: Found) -> bool:
    if not sys.stdin.isatty():
        _say("Nobody can be asked here; say --yes to have it redacted.")
        return False
    question = (
        f"Take {found.name} out of {found.stack}? It can never be deployed there again, and"
        " nothing brings its document back"
    )
    return click.confirm(question, err=True)


def _say(text: str) -> None:
    """Beside what is shown, so that JSON stays JSON."""
    click.echo(text, err=True)
