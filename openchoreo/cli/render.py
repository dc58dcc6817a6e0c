"""openchoreo render: manifests without engine, state and network."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import click
from msgspec.structs import asdict, replace

from openchoreo import policy
from openchoreo.catalog import read_yaml, survey
from openchoreo.cli.bindings import ReadBindings, read_bindings
from openchoreo.cli.manifests import as_yaml, write_files
from openchoreo.config import StackConfig
from openchoreo.document import Document, Object
from openchoreo.errors import Collector, OpenChoreoError, Problem, describe, format_path
from openchoreo.plan import Offline, OfflineInputs, RenderedResource, render_offline, scope_of
from openchoreo.workspace.policy_file import read_policy

Format = Literal["json", "yaml"]

EXAMPLES = """\b
Examples:
  openchoreo render --definitions definitions --environment staging
  openchoreo render --definitions platform apps --environment staging \\
    --component checkout --format json
  openchoreo render --definitions definitions --environment production --output rendered
"""


@click.command("render", epilog=EXAMPLES)
@click.option(
    "--definitions",
    "paths",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A directory or file of OpenChoreo YAML; more can follow it, or be given the same way."
    "  [default: definitions]",
)
@click.argument("more", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--environment", required=True, help="The Environment to render for.")
@click.option(
    "--component",
    "components",
    multiple=True,
    help="NAME or NAMESPACE/NAME; can be given several times. All components where none is.",
)
@click.option(
    "--bindings",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A Pulumi.<stack>.yaml with bindings, or what stands there under openchoreo:bindings, or"
    " documents such as ReleaseBindings.",
)
@click.option(
    "--lenient",
    is_flag=True,
    help="Warn where OpenChoreo accepts what is refused here, whatever policy.yaml says.",
)
@click.option("--format", "form", type=click.Choice(["yaml", "json"]), default="yaml")
@click.option(
    "--output",
    default="-",
    show_default=True,
    help="A directory to write to, or - for standard output.",
)
def command(  # noqa: PLR0913, PLR0917 - one parameter for each option
    paths: tuple[Path, ...],
    more: tuple[Path, ...],
    environment: str,
    components: tuple[str, ...],
    bindings: Path | None,
    lenient: bool,
    form: Format,
    output: str,
) -> None:
    """Print the manifests that definitions make of an environment, without Pulumi.

    For each component the release that its ReleaseBinding pins where that is among the
    definitions, else the snapshot of today. Exits with 1 where anything could not be rendered;
    what could is printed all the same.
    """
    given = (*paths, *more) or (Path("definitions"),)
    try:
        relaxed = policy.RELAXABLE if lenient else read_policy().differences
        rendered = _render(given, environment, components, bindings, relaxed)
        _put(rendered.resources, form, output)
    except OpenChoreoError as error:
        _complain(error.problems, form)
        sys.exit(1)
    if rendered.problems:
        _complain(rendered.problems, form)
        sys.exit(1)
    for warning in rendered.warnings:
        click.echo(f"warning: {_as_option(warning)}\n", err=True)


_OPTIONS = {
    "openchoreo:environment": "--environment",
    "openchoreo:bindings": "--bindings",
    "openchoreo:projectBindings": "--bindings",
    "openchoreo:resourceBindings": "--bindings",
    "openchoreo:component": "--component",
}


def _as_option(problem: Problem) -> Problem:
    """What would be a key of stack config in a run of Pulumi is an option here."""
    option = _OPTIONS.get(str(problem.path[0])) if problem.path else None
    return replace(problem, resource=option, path=problem.path[1:]) if option else problem


def _render(
    paths: Iterable[Path],
    environment: str,
    components: tuple[str, ...],
    bindings: Path | None,
    relaxed: frozenset[int],
) -> Offline:
    survey_ = survey(list(paths), relaxed=relaxed)
    found = Collector()
    found.add(*survey_.problems)
    if found.problems and not survey_.catalog.resources:
        raise OpenChoreoError(*found.problems)
    config = StackConfig(environment=environment)
    scope = found.attempt(lambda: scope_of(survey_.catalog, config))
    values = found.attempt(
        lambda: read_bindings(bindings, environment) if bindings else ReadBindings()
    )
    if scope is None or values is None:
        raise OpenChoreoError(*found.problems)
    inputs = OfflineInputs(
        scope=scope,
        bindings=values.components,
        project_bindings=values.projects,
        resource_bindings=values.resources,
        only=components,
        relaxed=relaxed,
        read_yaml=read_yaml,
    )
    rendered = found.attempt(lambda: render_offline(inputs))
    if rendered is None:
        raise OpenChoreoError(*found.problems)
    found.add(*rendered.problems)
    return Offline(rendered.resources, found.problems, rendered.warnings)


def _text(resources: Iterable[RenderedResource], form: Format) -> str:
    if form == "json":
        return json.dumps([_document(one) for one in resources], indent=2) + "\n"
    return as_yaml(one.manifest for resource in resources for one in resource.manifests)


def _put(resources: tuple[RenderedResource, ...], form: Format, output: str) -> None:
    if output == "-":
        click.echo(_text(resources, form), nl=False)
    else:
        _write(resources, form, Path(output))


def _write(resources: tuple[RenderedResource, ...], form: Format, directory: Path) -> None:
    files: dict[str, str] = {}
    for one in resources:
        folder = f"{one.namespace}/{one.project}" if one.project else one.namespace
        name = f"{folder}/{_file_name(one)}.{form}"
        files[name] = _text([one], form)
    write_files(directory, files)


def _file_name(one: RenderedResource) -> str:
    """Components and Resources may have the same names."""
    if one.chain == "environment":
        return "_environment"
    if one.chain == "resource":
        return f"_resource-{one.resource}"
    return one.component or "_project"


def _document(resource: RenderedResource) -> Object:
    """The stable JSON form; fields are only ever added."""
    return {
        "chain": resource.chain,
        "namespace": resource.namespace,
        "project": resource.project,
        "component": resource.component,
        "resource": resource.resource,
        "environment": resource.environment,
        "binding": resource.binding,
        "release": resource.release,
        "releaseFrom": resource.release_from,
        "manifests": [
            {"targetPlane": one.target_plane, "manifest": one.manifest}
            for one in resource.manifests
        ],
    }


def _complain(problems: Iterable[Problem], form: Format) -> None:
    told = [_as_option(problem) for problem in problems]
    if form == "json":
        click.echo(json.dumps([_problem(one) for one in told], indent=2), err=True)
    else:
        click.echo(describe(told), err=True)


def _problem(problem: Problem) -> dict[str, Document]:
    return {**asdict(problem), "stage": str(problem.stage), "path": format_path(problem.path)}
