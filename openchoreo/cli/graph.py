"""openchoreo graph: what needs what, and the way that releases take."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from openchoreo.cli.graph_forms import as_document, as_mermaid
from openchoreo.cli.graph_tree import shown
from openchoreo.cli.showing import format_option, progress, show, show_json
from openchoreo.cli.telling import problems_told
from openchoreo.cli.words import counted
from openchoreo.errors import OpenChoreoError, Problem, Stage, nearest
from openchoreo.plan import Checked, Graph, graph_of
from openchoreo.workspace.looking import Looked, look
from openchoreo.workspace.policy_file import read_policy
from openchoreo.workspace.stack_files import placed_settings_of, stacks_of_files

EXAMPLES = """\b
Examples:
  openchoreo graph
  openchoreo graph --env production
  openchoreo graph -o mermaid > graph.mmd
"""


@click.command("graph", epilog=EXAMPLES)
@click.option("--env", "environment", default="", help="Look at this environment only.")
@click.option(
    "--definitions",
    "paths",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A directory or file; can be given again.  [default: those of the stack files]",
)
@format_option("mermaid")
def command(environment: str, paths: tuple[Path, ...], form: str) -> None:
    """Show components, Resources and what they need of each other, by projects, and the pipelines.

    A dependency that is not met is marked, with the environments in which it is not. Nothing is
    asked of Pulumi or a cluster, and nothing is changed.

    Exits with 1 where the definitions have problems, so that something may be missing.
    """
    with problems_told():
        with progress("Looking at the definitions"):
            looked = _looked(environment, paths)
            graph = _graph(looked)
        if form == "json":
            show_json(as_document(graph))
        elif form == "mermaid":
            click.echo(as_mermaid(graph), nl=False)
        else:
            show(*shown(graph))
    broken = len(looked.surveyed.problems)
    if broken:
        found = counted(broken, "problem")
        click.echo(
            f"{found} of the definitions: something may be missing; openchoreo validate", err=True
        )
    sys.exit(1 if broken else 0)


def _looked(environment: str, paths: tuple[Path, ...]) -> Looked:
    """Raises OpenChoreoError where there is nothing that could be shown."""
    stacks = {} if paths else {stack: placed_settings_of(stack) for stack in stacks_of_files()}
    named = {Path(one): None for settings in stacks.values() for one in settings.definitions}
    places = [*(paths or named)] or [Path("definitions")]
    looked = look(places, read_policy().differences, stacks, only=environment)
    if looked.sound is None:
        raise OpenChoreoError(*looked.surveyed.problems)
    if environment and not looked.environments:
        known = [one for pipeline in looked.sound.pipelines for one in pipeline.environments]
        message = "there is no such environment in a pipeline"
        subject = f"Environment {environment}"
        hint = nearest(environment, known)
        raise OpenChoreoError(Problem(Stage.PIPELINE, subject, (), message, hint))
    return looked


def _graph(looked: Looked) -> Graph:
    assert looked.sound is not None
    environments: dict[str, list[Checked]] = {}
    for one in looked.environments:
        environments.setdefault(one.settings.environment, []).append(one.checked)
    return graph_of(looked.surveyed.catalog, looked.sound, environments)
