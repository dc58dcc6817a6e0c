"""openchoreo approve and attest: papers for one digest in one environment."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime

import click

from openchoreo.cli.asking import Asking
from openchoreo.cli.owners import Owner, Source, chosen, recorded_as, upstream_of
from openchoreo.cli.showing import progress
from openchoreo.cli.stack_run import StackRun, stack_run
from openchoreo.cli.telling import problems_told
from openchoreo.errors import OpenChoreoError, Problem, Stage
from openchoreo.plan import gates_of
from openchoreo.workspace.paper_files import Signed, approve, attest

APPROVE = """\b
Examples:
  openchoreo approve forecast --env production
  openchoreo approve forecast --env production --by ada --comment 'tried it' --sign ~/.ssh/id_ed25519
"""
ATTEST = """\b
Examples:
  openchoreo attest forecast --env production --check load-test
  openchoreo attest forecast --env production --check load-test --failed --by ci
"""

_COMPONENT = click.argument("component")
_ENVIRONMENT = click.option("--env", "environment", required=True, help="For which environment.")
_RELEASE = click.option("--release", default="", help="Another release than the one upstream.")
_BY = click.option("--by", default="", help="Who says so; git's user.name if nobody is named.")
_SIGN = click.option("--sign", "key", default="", help="The private SSH key to sign it with.")


@click.command("approve", epilog=APPROVE)
@_COMPONENT
@_ENVIRONMENT
@_RELEASE
@_BY
@click.option("--comment", default="", help="What is to be remembered.")
@_SIGN
def command(
    component: str, environment: str, release: str, by: str, comment: str, key: str
) -> None:
    """Write an approval into approvals/<environment>/<digest>.yaml.

    It is for the release that is pinned in that environment, else for the one that runs in the
    environment before it, and for no other. Commit it: who could is what reviews decide.
    """
    with problems_told():
        run, source = _release(component, environment, release)
        signed = Signed(by=by or _user(), at=_now(), key=key)
        file = approve(run.environment, source.entry.release, signed, comment)
        click.echo(f"{file}: {signed.by} approves {source.entry.shown}")
        _tell_gates(run, source)


@click.command("attest", epilog=ATTEST)
@_COMPONENT
@_ENVIRONMENT
@click.option("--check", required=True, help="The name of the check, as the policy has it.")
@click.option("--failed", is_flag=True, help="It has not passed.")
@_RELEASE
@_BY
@_SIGN
def attest_command(  # noqa: PLR0913, PLR0917 - one parameter for each option
    component: str,
    environment: str,
    check: str,
    failed: bool,
    release: str,
    by: str,
    key: str,
) -> None:
    """Write what a check says into attestations/<environment>/<digest>/<check>.yaml.

    For the release that is pinned in that environment, else for the one that runs before it.
    """
    with problems_told():
        run, source = _release(component, environment, release)
        signed = Signed(by=by or _user(), at=_now(), key=key)
        file = attest(run.environment, source.entry.release, signed, check, passed=not failed)
        word = "has failed" if failed else "has passed"
        click.echo(f"{file}: {check} {word} for {source.entry.shown}")
        _tell_gates(run, source)


def _release(component: str, environment: str, release: str) -> tuple[StackRun, Source]:
    asking = Asking()
    with progress("Looking at the stacks"):
        run = stack_run(asking.stack_for(environment), asking)
        (owner,) = chosen(run, [component])
        return run, _meant(run, owner, release or run.pin_of(owner.words, owner.name))


def _meant(run: StackRun, owner: Owner, release: str) -> Source:
    if not release:
        return upstream_of(run, owner)
    found = recorded_as(run, owner, release)
    if found is None:
        message = f"no release of it is known as {release}, here or upstream"
        raise OpenChoreoError(Problem(Stage.DECIDE, owner.subject, (), message))
    return found


def _tell_gates(run: StackRun, source: Source) -> None:
    """What is still closed, with the paper that has just been written."""
    again = stack_run(run.stack, Asking())
    wanted = source.owner.wanted(pin=source.pin)
    answers = gates_of(again.inputs_with([wanted]), source.owner.words, source.owner.parts)
    closed = [answer.line for answer in answers if not answer.passed]
    for line in closed:
        click.echo(f"  {line}")
    if not closed:
        click.echo("  every gate is open")


def _user() -> str:
    git = shutil.which("git")
    done = (
        subprocess.run([git, "config", "user.name"], capture_output=True, text=True, check=False)  # noqa: S603
        if git
        else None
    )
    name = done.stdout.strip() if done else ""
    if not name:
        raise click.UsageError("say who: --by <name>")
    return name


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
