"""openchoreo export: what runs, as an OpenChoreo repository, or as trees for Flux and Argo CD."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import click

from openchoreo.cli.exporting import (
    ExportedStack,
    Gathered,
    document_files,
    gather,
    left_out,
    whole_repository,
)
from openchoreo.cli.gitops import (
    ARGO_RETAINED,
    FLUX_RETAINED,
    Place,
    argo_tree,
    flux_tree,
    planes_of,
)
from openchoreo.cli.showing import progress, show_json
from openchoreo.cli.telling import problems_told
from openchoreo.cli.trees import Changes, changes, write_tree
from openchoreo.cli.words import counted
from openchoreo.errors import Collector, Problem

EXAMPLES = """\b
Examples:
  openchoreo export --output exported
  openchoreo export --output repository --with-definitions
  openchoreo export --layout flux --output deploy --source my-repository
  openchoreo export --layout argo --output deploy \\
    --repository https://git.example.com/acme/deploy.git --destination default=in-cluster
"""


@click.command("export", epilog=EXAMPLES)
@click.option(
    "--output",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The directory to write to.",
)
@click.option("--stack", "stacks", multiple=True, help="Only of this stack; can be given again.")
@click.option(
    "--layout",
    type=click.Choice(("openchoreo", "flux", "argo")),
    default="openchoreo",
    show_default=True,
    help="Documents of OpenChoreo, or manifests as a tree for Flux or Argo CD.",
)
@click.option(
    "--with-definitions",
    "whole",
    is_flag=True,
    help="Everything else that is defined as well: a whole OpenChoreo repository.",
)
@click.option(
    "--source",
    default="flux-system",
    show_default=True,
    help="Flux: the name of its GitRepository.",
)
@click.option("--repository", default="", help="Argo CD: the address of the git repository.")
@click.option(
    "--destination",
    "destinations",
    multiple=True,
    metavar="PLANE=CLUSTER",
    help="Argo CD: the name of the cluster of a data plane; that of the plane where none is given.",
)
@click.option(
    "--repository-path",
    "path",
    default=None,
    help="Flux, Argo CD: where the directory is in its git repository.  [default: --output]",
)
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text")
def command(  # noqa: PLR0913, PLR0917 - one parameter for each option
    output: Path,
    stacks: tuple[str, ...],
    layout: str,
    whole: bool,
    source: str,
    repository: str,
    destinations: tuple[str, ...],
    path: str | None,
    dry_run: bool,
    form: str,
) -> None:
    """Write what each environment runs to files: as OpenChoreo's documents, or as manifests.

    Releases are those that ledgers record; bindings say of each environment what ReleaseBindings
    and stack config say together. Files are written again by the next export, and those that are
    no longer needed are removed; a file that no export wrote is never touched.
    """
    if layout == "argo" and not repository:
        raise click.UsageError("Argo CD needs --repository, the address it reads from")
    if path is None and layout != "openchoreo" and output.is_absolute():
        raise click.UsageError(
            "say with --repository-path where the directory is in its repository"
        )
    if whole and layout != "openchoreo":
        raise click.UsageError("--with-definitions is for --layout openchoreo")
    with problems_told():
        with progress("Reading what the stacks run"):
            found = gather(stacks)
        place = Place(
            name=found.project,
            path=output.as_posix() if path is None else path.strip("/"),
            source=source,
            repository=repository,
            destinations=_pairs(destinations),
        )
        files = _files(found, layout, whole=whole, place=place)
        done = changes(output, files, whole=not stacks)
        if not dry_run:
            write_tree(output, files, done)
        warnings = list(_warnings(found, layout, whole=whole))
    if form == "json":
        show_json(_document(output, done, warnings, dry_run=dry_run))
        return
    for line in _text(output, done, found, dry_run=dry_run):
        click.echo(line)
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)


def _pairs(written: Iterable[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in written]
    wrong = [plane for plane, _, cluster in pairs if not (plane and cluster)]
    if wrong:
        raise click.UsageError("--destination takes <data plane>=<cluster>")
    return {plane: cluster for plane, _, cluster in pairs}


def _files(found: Gathered, layout: str, *, whole: bool, place: Place) -> dict[str, str]:
    if layout == "openchoreo":
        return whole_repository(found.stacks) if whole else document_files(found.stacks)
    problems = Collector()
    notes = FLUX_RETAINED if layout == "flux" else ARGO_RETAINED
    environments: dict[str, Mapping[str, Mapping[str, str]]] = {}
    for one in found.stacks:
        problems.add(*one.rendered.problems)
        environments[one.environment] = (
            problems.attempt(
                lambda one=one: planes_of(one.rendered.manifests, one.environment, notes)
            )
            or {}
        )
    problems.raise_if_any()
    tree = flux_tree if layout == "flux" else argo_tree
    return tree(place, environments)


def _warnings(found: Gathered, layout: str, *, whole: bool) -> Iterator[str]:
    for one in found.stacks:
        for key in one.rendered.differing:
            yield _differs(one, key)
        if layout == "openchoreo":
            yield from (_not_rendered(one, problem) for problem in one.rendered.problems)
    if whole:
        for kind, count in sorted(left_out(found.stacks).items()):
            yield f"{counted(count, 'document')} of kind {kind} left out: OpenChoreo alone reads them"


def _differs(one: ExportedStack, key: str) -> str:
    return (
        f"{key} in {one.environment}: what is rendered today is not what was deployed last; "
        f"see pulumi preview --stack {one.stack}"
    )


def _not_rendered(one: ExportedStack, problem: Problem) -> str:
    return f"cannot be rendered in {one.environment} without its cluster: {problem}"


def _text(output: Path, done: Changes, found: Gathered, *, dry_run: bool) -> Iterator[str]:
    for word, names in (("+", done.new if dry_run else ()), ("~", done.changed), ("-", done.gone)):
        yield from (f"{word} {output / name}" for name in names)
    for stack in found.empty:
        yield f"{stack} has recorded nothing yet"
    total = len(done.new) + len(done.changed) + len(done.same)
    counts = f"{len(done.new)} new, {len(done.changed)} changed, {len(done.gone)} removed"
    nothing = "; nothing was written (--dry-run)" if dry_run else ""
    yield f"{output}: {counted(total, 'file')}, {counts}{nothing}"


def _document(
    output: Path, done: Changes, warnings: list[str], *, dry_run: bool
) -> dict[str, object]:
    return {
        "directory": str(output),
        "written": not dry_run,
        "new": [*done.new],
        "changed": [*done.changed],
        "unchanged": [*done.same],
        "removed": [*done.gone],
        "warnings": warnings,
    }
