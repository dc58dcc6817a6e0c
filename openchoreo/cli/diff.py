"""openchoreo diff: what a run, or a promotion, would change in an environment."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from openchoreo.cli.asking import Asking
from openchoreo.cli.showing import format_option, progress
from openchoreo.cli.telling import problems_told

if TYPE_CHECKING:
    from openchoreo.cli.changes_shown import Shown

EXAMPLES = """\b
Examples:
  openchoreo diff forecast --to staging
  openchoreo diff --to staging -o markdown
  openchoreo diff forecast --to production --release forecast-d4642fe29ba0
  openchoreo diff --env development

\b
Exit codes: 0 nothing changes (always without --exit-code), 3 something changes,
4 something changes with risks, 1 the run would be refused.
"""


@click.command("diff", epilog=EXAMPLES)
@click.argument("components", nargs=-1, metavar="[COMPONENT]...")
@click.option("--to", "target", default="", help="Show what a promotion to this environment does.")
@click.option("--from", "source", default="", help="Take the release of this one before it.")
@click.option("--release", default="", help="Show another release than the one that runs upstream.")
@click.option("--env", "environment", default="", help="Show what the next `pulumi up` does here.")
@click.option("--exit-code", is_flag=True, help="Exit with 3 or 4 where something changes.")
@format_option("markdown")
def command(  # noqa: PLR0913, PLR0917 - one parameter for each option
    components: tuple[str, ...],
    target: str,
    source: str,
    release: str,
    environment: str,
    exit_code: bool,
    form: str,
) -> None:
    """Show what a promotion would change: every object, every field, why, and how risky it is.

    With --to: the release that runs in the environment before, under the overrides of this one,
    against what this one runs. Without components: all that run there in another release. With
    --env: what `pulumi up` would do from this work tree, with the pins as they are. Resources are
    called resource/<name>, projects project/<name>. Changes nothing.
    """
    if bool(target) == bool(environment):
        raise click.UsageError("say --to <environment> or --env <environment>")
    if environment and (source or release):
        raise click.UsageError("--from and --release belong to --to")
    if release and len(components) != 1:
        raise click.UsageError("--release is that of one component")
    asking = Asking()
    with problems_told(), progress("Looking at the stacks"):
        stack = asking.stack_for(target or environment)
        asking.begin_export(stack)
        shown = _shown(stack, asking, components, (target, source, release))
    from openchoreo.cli.changing import tell  # noqa: PLC0415 - while Pulumi is asked
    from openchoreo.cli.foreseeing import code_of  # noqa: PLC0415 - as above

    tell(shown, form)
    sys.exit(code_of(shown) if exit_code or shown.forecast.refusals else 0)


def _shown(
    stack: str, asking: Asking, components: tuple[str, ...], asked: tuple[str, str, str]
) -> Shown:
    """Planning is imported while Pulumi looks for its answers, which takes as long."""
    from openchoreo.cli.foreseeing import (  # noqa: PLC0415 - as said
        foreseen,
        foreseen_as_it_is,
        sources,
    )
    from openchoreo.cli.owners import chosen  # noqa: PLC0415 - as said
    from openchoreo.cli.stack_run import stack_run  # noqa: PLC0415 - as said

    target, source, release = asked
    run = stack_run(stack, asking)
    if target:
        return foreseen(run, sources(run, components, source, release))
    return foreseen_as_it_is(run, chosen(run, components))
