"""openchoreo status: what runs where."""

from __future__ import annotations

import click

from openchoreo.cli.asking import Asking
from openchoreo.cli.showing import format_option, progress
from openchoreo.cli.telling import problems_told

EXAMPLES = """\b
Examples:
  openchoreo status
  openchoreo status --stack staging
  openchoreo status --live --gates
  openchoreo status -o json
"""


@click.command("status", epilog=EXAMPLES)
@click.option("--stack", default="", help="Show this stack only, with more about each.")
@click.option("--live", is_flag=True, help="Ask clusters whether it is ready.")
@click.option("--gates", is_flag=True, help="Show what could be promoted, and what gates say.")
@format_option()
def command(stack: str, live: bool, gates: bool, form: str) -> None:
    """Show what runs where: components by environments, from the ledgers of the stacks.

    Beside a release stands what is not as usual: that it is undeployed or held, that another one was
    registered and has not been recorded (it failed, or is still being applied), or that the
    environment before runs another one, and for how long. Resources are shown as
    resource/<namespace>/<name>. Below are the addresses that gateways serve. With --gates follows
    what runs upstream in another release, and which gates are closed for it here.
    """
    with problems_told():
        asking = Asking()
        with progress("Looking at the stacks"):
            from openchoreo.cli.matrix import look, tell  # noqa: PLC0415 - while Pulumi is asked

            found = look(stack, asking, live=live, gates=gates)
    tell(found, form)
