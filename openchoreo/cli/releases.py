"""openchoreo releases: what they hold, where they run, and their documents as files."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from openchoreo.cli.manifests import write_files
from openchoreo.cli.stacks import StackOutputs, full_names, read_stack
from openchoreo.cli.telling import problems_told
from openchoreo.cli.words import counted
from openchoreo.delivery import CHAINS, Ledger, ReleaseStore, release_name

EXPORT_EXAMPLES = """\b
Examples:
  openchoreo releases export
  openchoreo releases export --stack production --output releases
  pulumi config set --path 'openchoreo:releases[0]' releases --stack production
"""


_MODULES = {
    "diff": "openchoreo.cli.releases_diff",
    "list": "openchoreo.cli.releases_list",
    "redact": "openchoreo.cli.releases_redact",
    "show": "openchoreo.cli.releases_show",
}


class _Group(click.Group):
    """Also has commands that are imported only when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *_MODULES])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _MODULES:
            return super().get_command(ctx, cmd_name)
        found: click.Command = importlib.import_module(_MODULES[cmd_name]).command
        return found


@click.group("releases", cls=_Group)
def command() -> None:
    """Releases, of which each stack keeps those it runs and ran last."""


@command.command("export", epilog=EXPORT_EXAMPLES)
@click.option("--stack", "stacks", multiple=True, help="Only of this stack; can be given again.")
@click.option(
    "--output",
    default="releases",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The directory to write to; what is there already stays.",
)
def export(stacks: tuple[str, ...], output: Path) -> None:
    """Write the releases that stacks keep, one file each, and what they share beside them.

    The files are named by content: exported again, or by somebody else, they are the same.
    Where openchoreo:releases names the directory, any release in it can be rolled back to.
    """
    with problems_told():
        files = dict(file for name in full_names(stacks) for file in _files(read_stack(name)))
        new = {name: text for name, text in files.items() if not (output / name).exists()}
        write_files(output, new)
        found = counted(_releases(files), "release")
        click.echo(f"{output}: {found}, {_releases(new)} of them new")


def _releases(files: Iterable[str]) -> int:
    """What they share lies in a folder of its own."""
    return sum("/" not in name for name in files)


def _files(stack: StackOutputs) -> Iterator[tuple[str, str]]:
    """File name and text of each release, every digest verified; each file is a store itself."""
    if not stack.pipeline:
        return
    ledger, store = stack.loaded()
    yield from files_of(store, _named(ledger))


def files_of(store: ReleaseStore, named: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The same of these releases, by owner and digest, where the store has them."""
    for component, digest in named:
        if digest not in store:
            continue
        store.release(digest, component)
        alone = store.keeping([digest])
        yield (
            f"{release_name(component, digest)}.json",
            ReleaseStore(alone.releases, {}).dumps() + "\n",
        )
        for part, content in alone.parts.items():
            name = f"parts/{part.removeprefix('sha256:')}.json"
            yield name, ReleaseStore({}, {part: content}).dumps() + "\n"


def _named(ledger: Ledger) -> Iterator[tuple[str, str]]:
    """Owner and digest of everything that was deployed."""
    for chain in CHAINS:
        for key, record in ledger.records(chain).items():
            for entry in record.releases():
                yield key.partition("/")[2], entry.release
