"""openchoreo releases list: which releases there are, and where they run."""

from __future__ import annotations

from collections.abc import Iterator

import click
from rich.text import Text

from openchoreo.cli.kept import Kept, of_owner, read_kept
from openchoreo.cli.recorded import RecordedOwner, owner_named, recorded_owners
from openchoreo.cli.showing import format_option, show, show_json, table
from openchoreo.cli.telling import problems_told
from openchoreo.cli.told import moment_of, short_digest
from openchoreo.delivery import KnownRelease, Stay
from openchoreo.document import Object

EXAMPLES = """\b
Examples:
  openchoreo releases list
  openchoreo releases list greeter
  openchoreo releases list --output json
"""


@click.command("list", epilog=EXAMPLES)
@click.argument("name", metavar="[COMPONENT]", required=False, default="")
@format_option()
def command(name: str, form: str) -> None:
    """Show the releases that ledgers know: where each runs and ran, and who keeps its document.

    The newest of each component first. project/<namespace>/<name> and
    resource/<namespace>/<name> are a project and a Resource. Changes nothing.
    """
    with problems_told():
        kept = read_kept()
        found = list(kept.releases)
        if name:
            found = of_owner(owner_named(name, recorded_owners(kept.ledgers)), found)
        if form == "json":
            show_json([document_of(one, kept) for one in found])
        elif not found:
            show("Nothing is deployed yet.")
        else:
            heading = ("OF", "RELEASE", "DIGEST", "FIRST DEPLOYED", "RUNS IN", "RAN IN", "KEPT BY")
            show(table(heading, [tuple(_row(one, kept)) for one in found]))


def _row(known: KnownRelease, kept: Kept) -> Iterator[str | Text]:
    yield str(RecordedOwner(known.words, known.key))
    yield known.shown
    yield short_digest(known.digest)
    yield moment_of(known.first)
    yield _environments(known.running)
    yield _environments(known.gone)
    by = kept.by(known.digest)
    yield ", ".join(by) if by else Text("nobody", style="yellow")


def _environments(stays: tuple[Stay, ...]) -> str:
    return ", ".join(stay.environment for stay in stays)


def document_of(known: KnownRelease, kept: Kept) -> Object:
    """What is known of a release, for programs."""
    return {
        "kind": known.words.kind,
        "namespace": known.namespace,
        "name": known.owner,
        "release": known.shown,
        "names": [*known.names],
        "digest": known.digest,
        "firstDeployed": known.first,
        "environments": [
            {
                "environment": stay.environment,
                "running": stay.running,
                "firstDeployed": stay.first,
                "since": stay.since,
                "until": stay.until or None,
            }
            for stay in known.stays
        ],
        "keptBy": [*kept.by(known.digest)],
    }
