"""openchoreo import: what an OpenChoreo repository needs to be deployed here."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
from msgspec.structs import asdict, replace
from rich.table import Table
from rich.text import Text

from openchoreo.cli.importing import Imported, examine, missing_releases, next_steps, releases_in
from openchoreo.cli.manifests import write_files
from openchoreo.cli.releases import files_of
from openchoreo.cli.showing import format_option, progress, show, show_json, table
from openchoreo.cli.telling import problems_told
from openchoreo.cli.words import counted
from openchoreo.delivery import ReleaseStore
from openchoreo.document import Object
from openchoreo.errors import Problem, describe, format_path
from openchoreo.workspace.rehearsal import Rehearsed

EXAMPLES = """\b
Examples:
  openchoreo import namespaces
  openchoreo import ../gitops/platform ../gitops/namespaces --output json
  openchoreo import exported --releases releases
"""


@click.command("import", epilog=EXAMPLES)
@click.argument(
    "paths",
    metavar="DIR...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True),
)
@click.option(
    "--releases",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the release documents among them to this directory, for openchoreo:releases.",
)
@click.option("--dry-run", is_flag=True, help="With --releases: write nothing.")
@format_option()
def command(paths: tuple[Path, ...], releases: Path | None, dry_run: bool, form: str) -> None:
    """Say what of an OpenChoreo repository is used as it is, what is refused, and what to do next.

    Definitions are read in any layout, ComponentReleases keep their names, and ReleaseBindings pin:
    nothing is converted. The first run of each environment is rehearsed, in an order in which
    every pin finds its release; the commands are printed. Nothing is written but what --releases
    asks for, and nothing is written over. Exits with 1 where anything is refused.
    """
    with problems_told():
        with progress("Rehearsing the first runs"):
            imported = examine(paths)
        written = _write_releases(imported, releases, dry_run=dry_run) if releases else ""
    if form == "json":
        show_json(_document(imported))
    else:
        show(*_text(imported, written))
        if imported.problems:
            click.echo(f"\n{_problems(imported)}", err=True)
    sys.exit(1 if imported.problems else 0)


def _write_releases(imported: Imported, folder: Path, *, dry_run: bool) -> str:
    """Named by content: a file that is there already is the same."""
    found = releases_in(imported.catalog)
    store = ReleaseStore().with_releases(found)
    files = dict(files_of(store, [(one.component, one.digest) for one in found]))
    new = {name: text for name, text in files.items() if not (folder / name).exists()}
    if not dry_run:
        write_files(folder, new)
    fresh = sum("/" not in name for name in new)
    nothing = "; nothing was written (--dry-run)" if dry_run else ""
    return f"{folder}: {counted(len(found), 'release')}, {fresh} of them new{nothing}"


def _text(imported: Imported, written: str) -> Iterator[Table | Text | str]:
    used = imported.used
    yield f"{counted(sum(used.values()), 'document is', 'documents are')} used as they are"
    if used:
        yield f"  {_counts(used)}"
    if imported.catalog.skipped:
        yield f"Left alone: {_counts(imported.catalog.skipped)}"
    if written:
        yield written
    for plane in imported.planes:
        yield f"{plane} is not defined; the rehearsal went on with a stand-in for it"
    yield from _missing(imported)
    if imported.rehearsal.environments:
        yield ""
        yield table(
            ("ENVIRONMENT", "COMPONENTS", "RESOURCES", "PROJECTS", ""),
            map(_row, imported.rehearsal.environments),
        )
    elif used:
        yield "No environment is in a pipeline of a project: give the directory that has them as well"
    if imported.relaxable:
        yield ""
        yield from _relaxable(imported.relaxable)
    steps = list(next_steps(imported))
    if steps:
        yield ""
        yield "Next:"
        yield from (f"  {step}" for step in steps)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in counts.items())


def _row(one: Rehearsed) -> tuple[str, ...]:
    said = f"{len(one.available)} more to be had" if one.available else ""
    counts = (str(number) for number in (one.components, one.resources, one.projects))
    return one.environment, *counts, "nothing could be looked at" if one.refused else said


def _missing(imported: Imported) -> Iterator[str]:
    for one in missing_releases(imported.catalog):
        where = ", ".join(one.environments)
        yield f"{one.kind} {one.name}, pinned in {where}, is not here; where OpenChoreo runs:"
        yield f"  {one.command}"


def _relaxable(found: Mapping[int, int]) -> Iterator[str]:
    for number, count in found.items():
        problems = counted(count, "problem is a warning", "problems are warnings")
        yield f"With difference {number} relaxed in policy.yaml {problems} (docs/deviations.md)"


def _problems(imported: Imported) -> str:
    """Each with the environments that have it, where not all of them do."""
    everywhere = {one.environment for one in imported.rehearsal.environments}
    told = list(imported.found.problems)
    for problem, names in imported.rehearsal.problems.items():
        prefix = "" if {*names} == everywhere else f"in {', '.join(names)}: "
        told.append(replace(problem, message=f"{prefix}{problem.message}"))
    return describe(told)


def _document(imported: Imported) -> Object:
    rehearsal = imported.rehearsal
    return {
        "used": {**imported.used},
        "leftAlone": {**imported.catalog.skipped},
        "problems": [
            *(_problem(one, ()) for one in imported.found.problems),
            *(_problem(one, names) for one, names in rehearsal.problems.items()),
        ],
        "missingDataPlanes": [*imported.planes],
        "missingReleases": [
            {
                "kind": one.kind,
                "namespace": one.namespace,
                "name": one.name,
                "environments": [*one.environments],
            }
            for one in missing_releases(imported.catalog)
        ],
        "environments": [
            {
                "environment": one.environment,
                "components": one.components,
                "resources": one.resources,
                "projects": one.projects,
                "available": [*one.available],
                "refused": one.refused,
            }
            for one in rehearsal.environments
        ],
        "relaxable": {str(number): count for number, count in imported.relaxable.items()},
        "next": [*next_steps(imported)],
    }


def _problem(problem: Problem, environments: tuple[str, ...]) -> Object:
    return {
        **asdict(problem),
        "stage": str(problem.stage),
        "path": format_path(problem.path),
        "environments": [*environments],
    }
