"""openchoreo diff: what a run, or a promotion, would change in an environment."""

from __future__ import annotations

import sys

import click

from openchoreo.cli.asking import Asking
from openchoreo.cli.changes_shown import Shown
from openchoreo.cli.changing import tell
from openchoreo.cli.owners import (
    Owner,
    Source,
    chosen,
    newer_upstream,
    recorded_as,
    upstream_of,
)
from openchoreo.cli.showing import format_option, progress
from openchoreo.cli.stack_run import StackRun, problems_in, stack_for, stack_run
from openchoreo.cli.telling import problems_told
from openchoreo.errors import OpenChoreoError, Problem, Stage, nearest
from openchoreo.forecast import Forecast, Wanted, predict, risks_of

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

CHANGES, RISKS = 3, 4


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
        stack = stack_for(target or environment, asking)
        run = stack_run(stack, asking)
        if target:
            shown = foreseen(run, sources(run, components, source, release))
        else:
            shown = foreseen_as_it_is(run, chosen(run, components))
    tell(shown, form)
    sys.exit(code_of(shown) if exit_code or shown.forecast.refusals else 0)


def code_of(shown: Shown) -> int:
    if shown.forecast.refusals:
        return 1
    if not shown.changes:
        return 0
    return RISKS if shown.risks else CHANGES


def sources(
    run: StackRun, components: tuple[str, ...], environment: str, release: str
) -> tuple[Source, ...]:
    """The releases that are to be promoted. Raises OpenChoreoError where there are none."""
    if release:
        (owner,) = chosen(run, components)
        found = recorded_as(run, owner, release)
        return (found or _unknown(run, owner, release),)
    if components:
        return tuple(upstream_of(run, owner, environment) for owner in chosen(run, components))
    return newer_upstream(run)


def foreseen(run: StackRun, releases: tuple[Source, ...]) -> Shown:
    """What their promotion changes."""
    wanted = [
        one.owner.wanted(pin=one.pin, state=one.owner.active(run), hold=False) for one in releases
    ]
    owners = tuple(one.owner.shown for one in releases)
    names = {one.owner.shown: (one.environment, one.entry.shown) for one in releases}
    return _shown(run, wanted, owners, names)


def expected(run: StackRun, wanted: list[Wanted]) -> Shown:
    """What the next run does with this in its config, of those it is said of."""
    return _shown(run, wanted, tuple(one.words.removal(one.key) for one in wanted), {})


def foreseen_as_it_is(run: StackRun, owners: tuple[Owner, ...]) -> Shown:
    """What the next run changes, of some owners or of all."""
    return _shown(run, [], tuple(one.shown for one in owners), {})


def _shown(
    run: StackRun,
    wanted: list[Wanted],
    owners: tuple[str, ...],
    names: dict[str, tuple[str, str]],
) -> Shown:
    try:
        forecast = predict(run.gathered.inputs, run.state, wanted)
    except OpenChoreoError as error:
        raise problems_in(error, run.stack) from None
    placed = problems_in(OpenChoreoError(*forecast.refusals), run.stack).problems
    everything = tuple(dict.fromkeys(one.owner for one in forecast.changes))
    selected = owners or (() if wanted or names else everything)
    return Shown(
        stack=run.stack,
        forecast=_with(forecast, placed),
        owners=selected,
        risks=risks_of(forecast, selected),
        promoted=names,
    )


def _with(forecast: Forecast, refusals: tuple[Problem, ...]) -> Forecast:
    return Forecast(
        environment=forecast.environment,
        plan=forecast.plan,
        again=forecast.again,
        changes=forecast.changes,
        refusals=refusals,
        warnings=forecast.warnings,
    )


def _unknown(run: StackRun, owner: Owner, release: str) -> Source:
    ledgers = [one.ledger for one in run.gathered.inputs.recalled.upstreams.values() if one.ledger]
    ledgers.append(run.gathered.inputs.recalled.ledger)
    records = (one.recorded(owner.key, chain=owner.words.chain) for one in ledgers)
    known = [entry.shown for record in records if record for entry in record.releases()]
    message = f"no release of it is known as {release}, here or upstream"
    raise OpenChoreoError(
        Problem(Stage.DECIDE, owner.subject, (), message, nearest(release, known))
    )
