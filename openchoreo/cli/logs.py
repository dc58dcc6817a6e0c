"""openchoreo logs: what the containers of a component have written."""

from __future__ import annotations

import sys

import click

from openchoreo.cli.component_clusters import cluster_told, find
from openchoreo.cli.durations import SECONDS, shown_seconds
from openchoreo.cli.log_lines import LinesShown
from openchoreo.cli.log_reading import Reading
from openchoreo.cli.showing import format_option, progress
from openchoreo.cli.telling import interrupts_quiet, problems_told
from openchoreo.cluster import Window

EXAMPLES = """\b
Examples:
  openchoreo logs forecast --env staging
  openchoreo logs forecast --env staging --follow --tail 20
  openchoreo logs forecast --env staging --since 1h30m -o json
  openchoreo logs forecast --env production --previous --container main
"""


@click.command("logs", epilog=EXAMPLES)
@click.argument("component")
@click.option("--env", "environment", required=True, help="In which environment.")
@click.option("-f", "--follow", is_flag=True, help="Go on with what is written, until Ctrl-C.")
@click.option("-p", "--previous", is_flag=True, help="Of the run before, where a container ended.")
@click.option("--since", type=SECONDS, default=0, help="Only the last 90s, 10m, 1h30m or 2d.")
@click.option("--tail", type=click.IntRange(min=0), help="Only so many last lines of a container.")
@click.option(
    "-c",
    "--container",
    "containers",
    multiple=True,
    help="Only this one; can be given again. Init containers are shown on request alone.",
)
@click.option("--timestamps", is_flag=True, help="With the time of each line.")
@click.option("--no-prefix", is_flag=True, help="Without the pod before each line.")
@format_option()
def command(  # noqa: PLR0913, PLR0917 - one parameter for each option
    component: str,
    environment: str,
    follow: bool,
    previous: bool,
    since: int,
    tail: int | None,
    containers: tuple[str, ...],
    timestamps: bool,
    no_prefix: bool,
    form: str,
) -> None:
    """Show what the containers of a component have written in an environment.

    COMPONENT is a name, or <namespace>/<name>. All of its pods are read, each line comes with its
    pod; as JSON it is one object a line. Which pods and which cluster follows from the state of the
    stack. Changes nothing. Exits with 1 where there is nothing to read, or not all could be read.
    """
    if follow and previous:
        raise click.UsageError("--follow goes on with what runs now; --previous has ended")
    window = Window(since, tail, previous)
    lines = LinesShown(as_json=form == "json", timestamps=timestamps, prefix=not no_prefix)
    with interrupts_quiet(), problems_told():
        with progress("Looking for its pods"):
            found = find(component, environment, what="logs")
            reading = Reading(found, containers, window)
        with cluster_told(", ".join(found.shares)):
            for one in reading.followed() if follow else reading.read():
                lines.show(one)
    if not lines.shown and not lines.lost:
        within = f" in the last {shown_seconds(since)}" if since else ""
        click.echo(f"{found.key} has written nothing in {environment}{within}.", err=True)
    sys.exit(1 if lines.lost else 0)
