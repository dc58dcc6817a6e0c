"""openchoreo promote: pins what runs upstream, after showing what that changes."""

from __future__ import annotations

import click

from openchoreo.cli.asking import Asking
from openchoreo.cli.changing import Way, carry_out, way_options
from openchoreo.cli.foreseeing import foreseen, sources
from openchoreo.cli.showing import progress
from openchoreo.cli.stack_run import stack_run
from openchoreo.cli.telling import problems_told

EXAMPLES = """\b
Examples:
  openchoreo promote forecast --to staging
  openchoreo promote --to production --apply --yes
  openchoreo promote forecast --to production --release forecast-d4642fe29ba0 --dry-run
"""


@click.command("promote", epilog=EXAMPLES)
@click.argument("components", nargs=-1, metavar="[COMPONENT]...")
@click.option("--to", "target", required=True, help="The environment that is to run it.")
@click.option("--from", "source", default="", help="Which of the environments before it.")
@click.option("--release", default="", help="Another release than the one that runs upstream.")
@way_options
def command(  # noqa: PLR0913, PLR0917 - one parameter for each option
    components: tuple[str, ...],
    target: str,
    source: str,
    release: str,
    dry_run: bool,
    apply: bool,
    yes: bool,
    form: str,
) -> None:
    """Pin the release that runs upstream, after showing what that changes.

    Writes the pins into Pulumi.<stack>.yaml, where every other byte stays. What the run would
    refuse is refused here, and nothing is written. Without components: everything that runs
    upstream in another release.
    """
    if release and len(components) != 1:
        raise click.UsageError("--release is that of one component")
    with problems_told():
        asking = Asking()
        with progress("Looking at the stacks"):
            stack = asking.stack_for(target)
            run = stack_run(stack, asking)
            releases = sources(run, components, source, release)
            shown = foreseen(run, releases)
        wanted = [
            one.owner.wanted(pin=one.pin, state=one.owner.active(run), hold=False)
            for one in releases
        ]
        carry_out(run, wanted, shown, Way(dry_run, apply, yes, form))
