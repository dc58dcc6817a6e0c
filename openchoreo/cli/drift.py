"""openchoreo drift: what others have changed in what a stack deployed, and putting it back."""

from __future__ import annotations

import sys

import click

from openchoreo.cli import pulumi
from openchoreo.cli.telling import problems_told
from openchoreo.config import ADOPT_ONCE

EXAMPLES = """\b
Examples:
  openchoreo drift --stack staging
  openchoreo drift --stack staging --repair
"""

_SHOW = ("refresh", "--preview-only", "--diff", "--expect-no-changes")
_UP = ("up", "--yes", "--skip-preview", "--continue-on-error")


@click.command("drift", epilog=EXAMPLES)
@click.option("--stack", required=True, help="The stack to look at.")
@click.option("--repair", is_flag=True, help="Put back what differs.")
def command(stack: str, repair: bool) -> None:
    """Show what is not as it was deployed: objects that were edited or deleted by others.

    Reads every object of the stack through its provider and changes nothing, neither there nor in
    the state (`pulumi refresh --preview-only`). Exits with 1 where anything differs. Fields that a
    manifest does not have belong to others and are left alone.

    With --repair it is put back: `pulumi up --refresh`, which takes back fields that others have
    set (openchoreo:adopt, for this one run), and once more without that. What the definitions
    changed meanwhile is deployed as well.
    """
    with problems_told():
        code = _repair(stack) if repair else pulumi.show(*_SHOW, *_of(stack))
    if code == 0:
        click.echo("Everything is as it was deployed.")
    elif not repair:
        click.echo(f"To put it back: python -m openchoreo drift --stack {stack} --repair", err=True)
    sys.exit(1 if code else 0)


def _repair(stack: str) -> int:
    code = pulumi.show(*_UP, "--refresh", *_of(stack), also={ADOPT_ONCE: "true"})
    return code or pulumi.show(*_UP, *_of(stack))


def _of(stack: str) -> tuple[str, ...]:
    return ("--suppress-outputs", "--stack", stack)
