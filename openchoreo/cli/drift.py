"""openchoreo drift: what others have changed in what a stack deployed, and putting it back."""

from __future__ import annotations

import sys

import click

from openchoreo.cli import pulumi
from openchoreo.cli.telling import problems_told

EXAMPLES = """\b
Examples:
  openchoreo drift --stack staging
  openchoreo drift --stack staging --repair
"""

_SHOW = ("refresh", "--preview-only", "--diff", "--expect-no-changes")
_REPAIR = ("up", "--refresh", "--yes", "--skip-preview", "--continue-on-error")


@click.command("drift", epilog=EXAMPLES)
@click.option("--stack", required=True, help="The stack to look at.")
@click.option("--repair", is_flag=True, help="Deploy again what differs, with what is recorded.")
def command(stack: str, repair: bool) -> None:
    """Show what is not as it was deployed: objects that were edited or deleted by others.

    Reads every object of the stack through its provider and changes nothing, neither there nor in
    the state (`pulumi refresh --preview-only`). Exits with 1 where anything differs. With --repair
    it is put back (`pulumi up --refresh`); what the definitions changed meanwhile is then deployed
    as well. Fields that a manifest does not have belong to others and are left alone.
    """
    with problems_told():
        code = pulumi.show(*(_REPAIR if repair else _SHOW), "--suppress-outputs", "--stack", stack)
    if code == 0 and not repair:
        click.echo("Everything is as it was deployed.")
    if code and not repair:
        click.echo(f"To put it back: python -m openchoreo drift --stack {stack} --repair", err=True)
    sys.exit(1 if code else 0)
