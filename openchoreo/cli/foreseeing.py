"""What a run, or a promotion, would change in an environment, as commands show it."""

from __future__ import annotations

from openchoreo.cli.changes_shown import Shown
from openchoreo.cli.owners import (
    Owner,
    Source,
    chosen,
    newer_upstream,
    recorded_as,
    upstream_of,
)
from openchoreo.cli.stack_run import StackRun, problems_in
from openchoreo.errors import OpenChoreoError, Problem, Stage, nearest
from openchoreo.forecast import Forecast, Wanted, predict, risks_of

CHANGES, RISKS = 3, 4
"""Exit codes."""


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
