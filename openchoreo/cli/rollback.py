"""openchoreo rollback: pins what ran before."""

from __future__ import annotations

import click

from openchoreo.cli.asking import Asking
from openchoreo.cli.changing import Way, carry_out, way_options
from openchoreo.cli.foreseeing import foreseen
from openchoreo.cli.owners import Owner, Source, chosen
from openchoreo.cli.showing import progress
from openchoreo.cli.stack_run import StackRun, stack_run
from openchoreo.cli.telling import problems_told
from openchoreo.errors import OpenChoreoError, Problem, Stage, nearest

EXAMPLES = """\b
Examples:
  openchoreo rollback forecast --env production
  openchoreo rollback forecast --env production --release forecast-d4642fe29ba0 --apply
"""


@click.command("rollback", epilog=EXAMPLES)
@click.argument("component")
@click.option("--env", "environment", required=True, help="Where to go back.")
@click.option("--release", default="", help="To which release; the one before, if none is given.")
@way_options
def command(  # noqa: PLR0913, PLR0917 - one parameter for each option
    component: str,
    environment: str,
    release: str,
    dry_run: bool,
    apply: bool,
    yes: bool,
    form: str,
) -> None:
    """Pin a release that has run in this environment before.

    It need not run upstream any more, and gates do not ask again; a rejected one stays refused. In
    the first environment the pin goes before autoDeploy until it is removed (openchoreo deploy).
    """
    with problems_told():
        asking = Asking()
        with progress("Looking at the stacks"):
            run = stack_run(asking.stack_for(environment), asking)
            (owner,) = chosen(run, [component])
            source = _before(run, owner, release)
            shown = foreseen(run, (source,))
        wanted = [owner.wanted(pin=source.pin, state=owner.active(run))]
        carry_out(run, wanted, shown, Way(dry_run, apply, yes, form))


def _before(run: StackRun, owner: Owner, release: str) -> Source:
    record = run.gathered.inputs.recalled.ledger.recorded(owner.key, chain=owner.words.chain)
    entries = list(record.releases()) if record else []
    current = record.current.release if record and record.running else ""
    older = [entry for entry in entries if entry.release != current]
    for entry in older:
        if not release or release in {*entry.names, entry.release}:
            return Source(owner, run.environment, entry)
    names = [name for entry in older for name in entry.names]
    message = f"has run nothing else in {run.environment}"
    if release and older:
        message = f"{release} has not run in {run.environment} before"
    hint = nearest(release, names) if release else ""
    raise OpenChoreoError(Problem(Stage.DECIDE, owner.subject, (), message, hint))
