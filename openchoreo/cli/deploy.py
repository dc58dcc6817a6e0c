"""openchoreo deploy, undeploy and hold: whether something runs in an environment, and what follows."""

from __future__ import annotations

import click

from openchoreo.cli.asking import Asking
from openchoreo.cli.changing import Way, carry_out, way_options
from openchoreo.cli.foreseeing import expected, upstream_of
from openchoreo.cli.owners import Owner, chosen, recorded_as
from openchoreo.cli.showing import progress
from openchoreo.cli.stack_run import StackRun, stack_run
from openchoreo.cli.telling import problems_told
from openchoreo.delivery import COMPONENTS, Snapshots
from openchoreo.errors import OpenChoreoError, Problem, Stage
from openchoreo.forecast import Wanted
from openchoreo.plan import snapshot_of

DEPLOY = """\b
Examples:
  openchoreo deploy forecast --env development
  openchoreo deploy forecast --env staging --apply
"""
UNDEPLOY = """\b
Examples:
  openchoreo undeploy forecast --env staging
  openchoreo undeploy forecast --env staging --apply --yes
"""
HOLD = """\b
Examples:
  openchoreo hold forecast --env development
  openchoreo hold forecast --env development --off
"""

_ENVIRONMENT = click.option("--env", "environment", required=True, help="In which environment.")
_COMPONENT = click.argument("component")


@click.command("deploy", epilog=DEPLOY)
@_COMPONENT
@_ENVIRONMENT
@click.option("--release", default="", help="Which release, where it is not the usual one.")
@way_options
def deploy(  # noqa: PLR0913, PLR0917 - one parameter for each option
    component: str,
    environment: str,
    release: str,
    dry_run: bool,
    apply: bool,
    yes: bool,
    form: str,
) -> None:
    """Have it run again: undeployment, hold and, in the first environment, a pin are taken back.

    In the first environment it follows today's definitions; without autoDeploy today's release is
    pinned. In later ones it runs the release that is pinned or ran last.
    """
    with problems_told():
        run, owner = _chosen(component, environment)
        wanted = _deployed(run, owner, release)
        carry_out(run, [wanted], expected(run, [wanted]), Way(dry_run, apply, yes, form))


command = deploy


@click.command("undeploy", epilog=UNDEPLOY)
@_COMPONENT
@_ENVIRONMENT
@way_options
def undeploy(
    component: str, environment: str, dry_run: bool, apply: bool, yes: bool, form: str
) -> None:
    """Take its objects away, and keep its history: `state: Undeploy`."""
    with problems_told():
        run, owner = _chosen(component, environment)
        wanted = owner.wanted(state="Undeploy")
        carry_out(run, [wanted], expected(run, [wanted]), Way(dry_run, apply, yes, form))


@click.command("hold", epilog=HOLD)
@_COMPONENT
@_ENVIRONMENT
@click.option("--off", is_flag=True, help="Let it follow again.")
@way_options
def hold(  # noqa: PLR0913, PLR0917 - one parameter for each option
    component: str,
    environment: str,
    off: bool,
    dry_run: bool,
    apply: bool,
    yes: bool,
    form: str,
) -> None:
    """Keep the release that runs, whatever the definitions say: `hold: true`."""
    with problems_told():
        run, owner = _chosen(component, environment)
        wanted = owner.wanted(hold=not off)
        carry_out(run, [wanted], expected(run, [wanted]), Way(dry_run, apply, yes, form))


def _chosen(component: str, environment: str) -> tuple[StackRun, Owner]:
    asking = Asking()
    with progress("Looking at the stacks"):
        run = stack_run(asking.stack_for(environment), asking)
        (owner,) = chosen(run, [component])
    return run, owner


def _deployed(run: StackRun, owner: Owner, release: str) -> Wanted:
    if release:
        found = recorded_as(run, owner, release)
        pin = found.pin if found else release
        return owner.wanted(pin=pin, state=owner.active(run), hold=False)
    if run.first_for(owner.key, owner.words):
        return owner.wanted(pin=_todays(run, owner), state=owner.active(run), hold=False)
    record = run.gathered.inputs.recalled.ledger.recorded(owner.key, chain=owner.words.chain)
    if run.pin_of(owner.words, owner.name):
        return owner.wanted(state=owner.active(run))
    if record:
        return owner.wanted(pin=record.current.shown, state=owner.active(run))
    return owner.wanted(pin=upstream_of(run, owner).pin, state=owner.active(run))


def _todays(run: StackRun, owner: Owner) -> str:
    """Empty where it follows by itself; today's release is pinned of what does not."""
    catalog = run.gathered.inputs.scope.catalog
    namespace, _, name = owner.key.partition("/")
    component = catalog.component(namespace, name)
    if owner.words is not COMPONENTS or component is None or component.spec.auto_deploy:
        return ""
    release, problems = snapshot_of(catalog, component, Snapshots())
    if release is None:
        raise OpenChoreoError(
            *(problems or (Problem(Stage.COMPONENT, str(component), (), "makes no release"),))
        )
    return release.shown
