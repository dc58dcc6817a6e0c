"""openchoreo doctor: what clusters lack for the definitions at hand."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import click
from msgspec import Struct
from msgspec.structs import asdict

from openchoreo import cluster
from openchoreo.catalog import read_yaml, survey
from openchoreo.cli.showing import format_option, show_json
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
@format_option()
def command(stack: str, environment: str, context: str, kubeconfig: str, form: str) -> None:
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
    found = [_asked(plane, target, needs) for plane, target in targets.items()]
    if form == "json":
        show_json({"kinds": len(needs), "clusters": [asdict(one) for one in found]})
    elif not found:
        click.echo("No data plane of this stack is a cluster: there is nothing to ask.")
    for one in found if form == "text" else ():
        for line in one.lines(len(needs)):
            click.echo(line)
    sys.exit(1 if any(one.lacks or one.problem for one in found) else 0)


class _Asked(Struct, frozen=True):
    """What one cluster lacks, or why it does not answer."""

    data_plane: str
    context: str
    lacks: tuple[str, ...] = ()
    problem: str = ""
    hint: str = ""

    def lines(self, needed: int) -> Iterator[str]:
        named = f"{self.data_plane}: {self.context}" if self.data_plane else self.context
        if self.problem:
            yield f"{named}: {self.problem}"
            if self.hint:
                yield f"  {self.hint}"
        elif not self.lacks:
            yield f"{named}: has all {needed} kinds that the definitions need"
        for line in self.lacks:
            yield f"{named}: {line}"


def _of(config: StackConfig) -> Mapping[str, Target]:
    return {name: target for name, target in config.data_planes.items() if target.context}


def _asked(plane: str, target: Target, needs: list[Kind]) -> _Asked:
    try:
        api = cluster.connect(target.kubeconfig, target.context)
        return _Asked(plane, target.context, tuple(cluster.doctor(api, needs)))
    except ClusterError as error:
        return _Asked(plane, target.context, problem=error.message, hint=error.hint)


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
