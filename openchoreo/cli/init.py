"""openchoreo init: a directory of definitions becomes a Pulumi project."""

from __future__ import annotations

import shlex
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import click

from openchoreo.cli.findings import document_of, line_of
from openchoreo.cli.showing import format_option, show_json
from openchoreo.cli.starting import Action, Start, Step, Wishes, planned_start
from openchoreo.cli.telling import problems_told
from openchoreo.errors import OpenChoreoError, Problem, Stage
from openchoreo.workspace.validating import Finding, validate_paths

EXAMPLES = """\b
Examples:
  openchoreo init
  openchoreo init --dry-run
  openchoreo init --definitions namespaces --name shop
"""

_EXECUTABLE = 0o755


@click.command("init", epilog=EXAMPLES)
@click.option("--name", default="", help="Of the Pulumi project.  [default: the directory's]")
@click.option(
    "--definitions",
    multiple=True,
    help="Where they are; can be given again.  [default: wherever they are found]",
)
@click.option("--example", is_flag=True, help="Write example definitions beside other files.")
@click.option("--dry-run", is_flag=True, help="Only say what would be written.")
@format_option()
def command(
    name: str, definitions: tuple[str, ...], example: bool, dry_run: bool, form: str
) -> None:
    """Make a Pulumi project of this directory: an empty one, or a repository of definitions.

    Writes Pulumi.yaml, __main__.py, requirements.txt, the launchers of the files provider, a stack
    file for each environment of the pipelines, a policy.yaml of comments and lines of .gitignore;
    in an empty directory also a small example. Files that are there are left as they are.

    Exits with 1 where the definitions have problems, which are told.
    """
    with problems_told():
        start = planned_start(Path(), Wishes(name=name, definitions=definitions, example=example))
        wrong = _checked(start)
        if not dry_run:
            _write(start.new)
    _show(start, wrong, form, dry_run=dry_run)
    sys.exit(1 if wrong else 0)


def _checked(start: Start) -> list[Finding]:
    """What is wrong with the definitions as they will be."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(one) for one in start.definitions if Path(one).exists()]
        for step in start.new:
            if step.defines:
                file = Path(folder, step.path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(step.text, "utf-8")
        found = validate_paths([*paths, Path(folder)])
    return [one for one in found.findings if one.error]


def _write(steps: Iterable[Step]) -> None:
    """Raises OpenChoreoError where a file cannot be written, or has come meanwhile."""
    for step in steps:
        path = Path(step.path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab" if step.action is Action.EXTEND else "xb") as file:
                file.write(step.text.encode())
            if step.executable:
                path.chmod(_EXECUTABLE)
        except OSError as error:
            message = f"cannot be written: {error.strerror or error}"
            raise OpenChoreoError(Problem(Stage.CONFIG, step.path, (), message)) from None


def _show(start: Start, wrong: list[Finding], form: str, *, dry_run: bool) -> None:
    if form == "json":
        show_json(
            {
                "dryRun": dry_run,
                "files": [
                    {"path": one.path, "action": str(one.action), "note": one.note}
                    for one in start.steps
                ],
                "definitions": [*start.definitions],
                "environments": [*start.environments],
                "problems": [document_of(one) for one in wrong],
                "next": _next(start, wrong=bool(wrong)),
            }
        )
        return
    for step in start.steps:
        click.echo(_line(step, dry_run=dry_run))
    if wrong:
        click.echo("\nThe definitions have problems:", err=True)
        for one in wrong:
            click.echo(line_of(one), err=True)
    click.echo("\n".join(["", "Next:", *(f"  {one}" for one in _next(start, wrong=bool(wrong)))]))


_SAID = {Action.WRITE: ("wrote", "would write"), Action.EXTEND: ("extended", "would extend")}


def _line(step: Step, *, dry_run: bool) -> str:
    if step.action is Action.LEAVE:
        return f"left {step.path}: {step.note}"
    return f"{_SAID[step.action][dry_run]} {step.path}"


def _next(start: Start, *, wrong: bool) -> list[str]:
    first = shlex.quote(start.environments[0])
    folder = shlex.quote(start.virtualenv)
    there = Path(start.virtualenv).is_dir()
    install = f"python3 -m venv {folder} && {folder}/bin/pip install -r requirements.txt"
    return [
        *(["openchoreo validate"] if wrong else []),
        *([] if there else [install]),
        f"pulumi stack init {first}",
        f"pulumi up --stack {first}",
    ]
