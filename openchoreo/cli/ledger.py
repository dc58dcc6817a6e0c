"""openchoreo ledger: the record of an environment as a file, and back."""

from __future__ import annotations

from pathlib import Path

import click

from openchoreo.cli.manifests import write_files
from openchoreo.cli.restoring import read_text, restore
from openchoreo.cli.stacks import full_names, read_stack
from openchoreo.cli.telling import problems_told
from openchoreo.cli.words import counted
from openchoreo.delivery import Ledger, dump_export, holds, load_export
from openchoreo.errors import OpenChoreoError, Problem, Stage

EXPORT_EXAMPLES = """\b
Examples:
  openchoreo ledger export
  openchoreo ledger export --stack staging --output ledgers
"""

IMPORT_EXAMPLES = """\b
Examples:
  pulumi stack init staging
  openchoreo ledger import ledgers/staging.json --stack staging
  pulumi up --stack staging
"""


@click.group("ledger")
def command() -> None:
    """The record of what runs and has run, as files that git can keep."""


@command.command("export", epilog=EXPORT_EXAMPLES)
@click.option("--stack", "stacks", multiple=True, help="Only this stack; can be given again.")
@click.option(
    "--output",
    default="ledgers",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The directory to write to: one file for each environment.",
)
def export(stacks: tuple[str, ...], output: Path) -> None:
    """Write ledgers, with the releases they refer to, to <output>/<environment>.json.

    A stack whose state is lost gets its ledger back from such a file, and an environment that
    another backend keeps can be promoted from by it (policy.yaml, upstreams).
    """
    with problems_told():
        click.echo("\n".join(_export(stacks, output)))


@command.command("import", epilog=IMPORT_EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--stack", required=True, help="The stack to bring it back to; it has to exist.")
def import_(file: Path, stack: str) -> None:
    """Bring an exported ledger back to the stack that lost it.

    Nothing is lost: the stack's own newer entries stay on top. The next `pulumi up` takes the
    objects that are still there, and records nothing new where nothing has changed.
    """
    with problems_told():
        click.echo(restore(file, stack))


def _export(stacks: tuple[str, ...], output: Path) -> list[str]:
    files: dict[str, str] = {}
    told: list[str] = []
    for name in full_names(stacks):
        found = read_stack(name)
        if not found.pipeline:
            told.append(f"{found.short} has recorded nothing yet")
            continue
        # Read as any run reads it: what is damaged must not be kept as a backup.
        ledger, _ = found.loaded()
        file = f"{ledger.environment}.json"
        _check_older(output / file, ledger)
        files[file] = dump_export(name, found.pipeline, found.releases)
        told.append(f"{output / file}: {_counted(ledger)}")
    write_files(output, files)
    return told or ["There is no stack yet."]


def _check_older(file: Path, ledger: Ledger) -> None:
    """Raises OpenChoreoError where the file holds what would be lost by writing it anew."""
    if not file.exists():
        return
    older = load_export(read_text(file), source=str(file)).ledger
    if holds(ledger, older):
        return
    message = "holds entries that its stack does not have; they would be lost"
    hint = f"bring them back first: python -m openchoreo ledger import {file} --stack <stack>; or move it away"
    raise OpenChoreoError(Problem(Stage.LEDGER, str(file), (), message, hint))


def _counted(ledger: Ledger) -> str:
    components = len(ledger.components)
    entries = sum(len(record.history) for record in ledger.components.values())
    return f"{counted(components, 'component')}, {counted(entries, 'entry', 'entries')} of history"
