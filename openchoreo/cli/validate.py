"""openchoreo validate: what is wrong with a repository, for editors and CI."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from openchoreo.cli.findings import annotation_of, document_of, line_of
from openchoreo.cli.showing import format_option, progress, show_json
from openchoreo.cli.words import counted
from openchoreo.policy import RELAXABLE
from openchoreo.workspace.validating import Finding, Validation, validate_paths, validate_repository

EXAMPLES = """\b
Examples:
  openchoreo validate
  openchoreo validate namespaces platform/types.yaml
  openchoreo validate -o github
"""


@click.command("validate", epilog=EXAMPLES)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option(
    "--lenient",
    is_flag=True,
    help="Warn where OpenChoreo accepts what is refused here, whatever policy.yaml says.",
)
@format_option("github")
def command(paths: tuple[Path, ...], lenient: bool, form: str) -> None:
    """Say what is wrong with definitions, stack files, policy.yaml, approvals and attestations.

    With PATHs only the definitions below them are looked at; without, all that the stack files of
    this directory name, or the directory definitions. Everything is checked that can be without
    an engine: YAML, fields, references, schemas and expressions of types, that each component
    makes a release, and that every environment of the pipelines renders. Changes nothing.

    Prints one line for each, FILE:LINE:COLUMN: error: ... or warning: ..., and exits with 1 where
    there is an error. `-o github` prints annotations for pull requests.
    """
    relaxed = RELAXABLE if lenient else None
    with progress("Looking at the definitions"):
        found = (
            validate_paths(paths, relaxed=relaxed)
            if paths
            else validate_repository(relaxed=relaxed)
        )
    _show(found, form)
    sys.exit(1 if found.errors else 0)


def _show(found: Validation, form: str) -> None:
    findings = sorted(found.findings, key=_place)
    if form == "json":
        show_json(
            {
                "problems": [document_of(one) for one in findings],
                "errors": found.errors,
                "warnings": found.warnings,
                "complete": found.complete,
                "resources": found.resources,
                "environments": [*found.environments],
            }
        )
        return
    for one in findings:
        click.echo(annotation_of(one) if form == "github" else line_of(one))
    click.echo(_summary(found), err=True)


def _place(one: Finding) -> tuple[bool, str, int, int]:
    problem = one.problem
    return not problem.file, problem.file, problem.line, problem.column


def _summary(found: Validation) -> str:
    looked_at = counted(found.resources, "resource")
    if found.environments:
        looked_at += f", rendered for {', '.join(found.environments)}"
    counts = [
        counted(number, word)
        for number, word in ((found.errors, "error"), (found.warnings, "warning"))
        if number
    ]
    unseen = "" if found.complete else "; what needs the broken files was not looked at"
    return f"{' and '.join(counts) or 'No problems'} in {looked_at}{unseen}"
