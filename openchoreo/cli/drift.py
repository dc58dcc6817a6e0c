"""openchoreo drift: what others have changed in what a stack deployed, and putting it back."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import click

from openchoreo.cli import pulumi
from openchoreo.cli.showing import format_option, show_json
from openchoreo.cli.telling import problems_told
from openchoreo.config import ADOPT_ONCE
from openchoreo.delivery.deployed import PACKAGES
from openchoreo.document import Object
from openchoreo.forecast.fields import Difference, Missing, differences, shown_path

EXAMPLES = """\b
Examples:
  openchoreo drift --stack staging
  openchoreo drift --stack staging --repair
"""

_SHOW = ("refresh", "--preview-only", "--diff", "--expect-no-changes")
_ASK = ("refresh", "--preview-only")
_UP = ("up", "--yes", "--skip-preview", "--continue-on-error")


@click.command("drift", epilog=EXAMPLES)
@click.option("--stack", required=True, help="The stack to look at.")
@click.option("--repair", is_flag=True, help="Put back what differs.")
@format_option()
def command(stack: str, repair: bool, form: str) -> None:
    """Show what is not as it was deployed: objects that were edited or deleted by others.

    Reads every object of the stack through its provider and changes nothing, neither there nor in
    the state (`pulumi refresh --preview-only`). Exits with 1 where anything differs. Fields that a
    manifest does not have belong to others and are left alone.

    With --repair it is put back: `pulumi up --refresh`, which takes back fields that others have
    set (openchoreo:adopt, for this one run), and once more without that. What the definitions
    changed meanwhile is deployed as well.
    """
    if form == "json" and not repair:
        with problems_told():
            drifted = drifted_in(pulumi.ask(*_ASK, "--stack", stack))
        show_json({"stack": stack, "drifted": drifted})
        sys.exit(1 if drifted else 0)
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


def drifted_in(preview: Mapping[str, Any]) -> list[Object]:
    """Each object that is not as it was deployed, from what a refresh says."""
    found: list[Object] = []
    for step in preview.get("steps", []):
        old: dict[str, Any] = step.get("oldState") or {}
        new: dict[str, Any] = step.get("newState") or {}
        if not str(old.get("type", "")).startswith(PACKAGES):
            continue
        before: Object = old.get("outputs") or {}
        after: Object = new.get("outputs") or {}
        fields = differences(before, after) if new else ()
        if new and not fields:
            continue
        manifest: Object = old.get("inputs") or {}
        found.append(
            {
                "operation": "changed" if new else "deleted",
                "kind": manifest.get("kind"),
                "name": str(old["urn"]).rpartition("::")[2],
                "fields": [_field(one) for one in fields],
            }
        )
    return found


def _field(one: Difference) -> Object:
    said: Object = {"path": shown_path(one.path)}
    for key, value in (("deployed", one.old), ("found", one.new)):
        if not isinstance(value, Missing):
            said[key] = value
    return said
