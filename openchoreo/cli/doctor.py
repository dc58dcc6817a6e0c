"""openchoreo doctor: what clusters lack for the definitions at hand."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import click

from openchoreo import cluster
from openchoreo.catalog import read_yaml, survey
from openchoreo.cli.telling import problems_told
from openchoreo.cluster import ClusterError
from openchoreo.config import StackConfig, Target
from openchoreo.document import Object
from openchoreo.errors import OpenChoreoError
from openchoreo.plan import OfflineInputs, render_offline, scope_of
from openchoreo.workspace.policy_file import read_policy
from openchoreo.workspace.stack_files import settings_of

EXAMPLES = """\b
Examples:
  openchoreo doctor --stack staging
  openchoreo doctor --environment staging --context kind-dev
"""

Kind = tuple[str, str]
"""apiVersion and kind."""


@click.command("doctor", epilog=EXAMPLES)
@click.option("--stack", default="", help="Take environment and clusters from Pulumi.<stack>.yaml.")
@click.option("--environment", default="", help="The Environment, where there is no stack yet.")
@click.option("--context", default="", help="A context to ask, instead of those of the stack.")
@click.option("--kubeconfig", default="", help="The file that has it.")
def command(stack: str, environment: str, context: str, kubeconfig: str) -> None:
    """Say what clusters lack for the definitions at hand: kinds that nobody has installed.

    Renders all components of the environment and asks each cluster of the stack for their kinds.
    Changes nothing. Exits with 1 where something is missing or a cluster does not answer.
    """
    if not (stack or environment):
        raise click.UsageError("say --stack, or --environment and --context")
    with problems_told():
        config = settings_of(stack) if stack else StackConfig(environment=environment)
        targets = {"": Target(context=context, kubeconfig=kubeconfig)} if context else _of(config)
        needs = sorted(_needs(config))
    if not targets:
        click.echo("No data plane of this stack is a cluster: there is nothing to ask.")
        return
    complete = [_asked(plane, target, needs) for plane, target in targets.items()]
    sys.exit(0 if all(complete) else 1)


def _of(config: StackConfig) -> Mapping[str, Target]:
    return {name: target for name, target in config.data_planes.items() if target.context}


def _asked(plane: str, target: Target, needs: list[Kind]) -> bool:
    """Whether the cluster has all that is needed; says what it lacks."""
    named = f"{plane}: {target.context}" if plane else target.context
    try:
        api = cluster.connect(target.kubeconfig, target.context)
        lacking = cluster.doctor(api, needs)
    except ClusterError as error:
        click.echo("\n  ".join(part for part in (f"{named}: {error.message}", error.hint) if part))
        return False
    if not lacking:
        click.echo(f"{named}: has all {len(needs)} kinds that the definitions need")
    for line in lacking:
        click.echo(f"{named}: {line}")
    return not lacking


def _needs(config: StackConfig) -> set[Kind]:
    """Raises OpenChoreoError where the definitions cannot be rendered whole."""
    rules = read_policy()
    found = survey([Path(one) for one in config.definitions], relaxed=rules.differences)
    if found.problems:
        raise OpenChoreoError(*found.problems)
    scope = scope_of(found.catalog, config)
    inputs = OfflineInputs(
        scope=scope, bindings=config.bindings, relaxed=rules.differences, read_yaml=read_yaml
    )
    rendered = render_offline(inputs)
    if rendered.problems:
        raise OpenChoreoError(*rendered.problems)
    manifests = (one.manifest for each in rendered.resources for one in each.manifests)
    return set(_kinds(manifests))


def _kinds(manifests: Iterable[Object]) -> Iterator[Kind]:
    return ((str(one["apiVersion"]), str(one["kind"])) for one in manifests)
