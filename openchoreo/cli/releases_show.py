"""openchoreo releases show: one release, as OpenChoreo's document of it."""

from __future__ import annotations

from collections.abc import Iterator

import click

from openchoreo.cli.kept import Kept, read_kept, release_named
from openchoreo.cli.manifests import as_yaml
from openchoreo.cli.recorded import RecordedOwner
from openchoreo.cli.releases_list import document_of
from openchoreo.cli.showing import format_option, show_json
from openchoreo.cli.telling import problems_told
from openchoreo.cli.told import moment_of
from openchoreo.delivery import KnownRelease, Stay, release_document

EXAMPLES = """\b
Examples:
  openchoreo releases show greeter-3f2a9c41d0b7
  openchoreo releases show default/greeter-3f2a9c41d0b7 --stack production
  openchoreo releases show 3f2a9c41d0b7 --output json
"""


@click.command("show", epilog=EXAMPLES)
@click.argument("release")
@click.option("--stack", "stacks", multiple=True, help="Only what this stack knows and keeps.")
@format_option()
def command(release: str, stacks: tuple[str, ...], form: str) -> None:
    """Show the document of a release: type, traits, parameters and workload, frozen.

    RELEASE is a name, namespace/name, name@digest, or the first digits of a digest. The digest is
    computed again and compared. What is printed is a document that OpenChoreo has for it, below
    comments that say where it runs and ran. Changes nothing.
    """
    with problems_told():
        kept = read_kept(stacks)
        known = release_named(release, kept.releases)
        found = kept.document(known)
        document = release_document(known.words, known.namespace, known.project, found)
        if form == "json":
            show_json({**document_of(known, kept), "document": document})
        else:
            head = "".join(f"# {line}\n" for line in _head(known, kept))
            click.echo(head + as_yaml([document]), nl=False)


def _head(known: KnownRelease, kept: Kept) -> Iterator[str]:
    owner = RecordedOwner(known.words, known.key)
    yield f"{known.shown} of {known.words.kind} {owner.key}"
    if known.shown != known.name:
        yield f"also called {known.name}"
    yield known.digest
    for stay in known.stays:
        yield _stay(stay)
    yield f"kept by {', '.join(kept.by(known.digest))}"


def _stay(stay: Stay) -> str:
    since = moment_of(stay.since)
    if stay.running:
        return f"runs in {stay.environment} since {since}"
    return f"ran in {stay.environment} from {since} to {moment_of(stay.until)}"
