"""openchoreo impact: which components, in which environments, a change of definitions reaches."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import click
from rich.table import Table
from rich.text import Text

from openchoreo.catalog import Catalog, read_yaml, survey
from openchoreo.cli.showing import format_option, progress, show, show_json, table
from openchoreo.cli.telling import problems_told
from openchoreo.cli.words import counted
from openchoreo.config import StackConfig
from openchoreo.errors import OpenChoreoError, Problem, nearest
from openchoreo.forecast import Op
from openchoreo.forecast.impact import Impact, ObjectImpact, impact
from openchoreo.plan import OfflineInputs, Pipelines, RenderedResource, render_offline, scope_of
from openchoreo.workspace.policy_file import read_policy
from openchoreo.workspace.revisions import extract
from openchoreo.workspace.stack_files import environment_of, settings_of, stacks_of_files

EXAMPLES = """\b
Examples:
  openchoreo impact --against HEAD
  openchoreo impact --against origin/main --env production
  openchoreo impact --against v1.4 -o json
"""

V = TypeVar("V")

_FIELDS = 3


@click.command("impact", epilog=EXAMPLES)
@click.option("--against", required=True, help="The revision of git to compare with.")
@click.option("--env", "only", default="", help="Look at this environment only.")
@format_option()
def command(against: str, only: str, form: str) -> None:
    """Show which components would change where, and how, under the definitions of this work tree.

    Renders all components of every environment as they are here and as they were at the revision,
    with the overrides of stack files, and compares the objects. A change of a ComponentType, a Trait
    or a Workload reaches the first environment with its next run and later ones once the new release
    is promoted; one of an Environment, a data plane or overrides reaches each with its next run.
    Asks neither Pulumi nor a cluster. Exits with 1 where something cannot be rendered here.
    """
    with problems_told(), progress("Rendering"):
        found, problems = _impacts(against, only)
    if form == "json":
        show_json([one.document() for one in found])
    else:
        show(*_shown(found, against))
    if problems:
        click.echo(str(OpenChoreoError(*problems)), err=True)
        sys.exit(1)


def _impacts(against: str, only: str) -> tuple[list[Impact], list[Problem]]:
    settings = {environment_of(stack): settings_of(stack) for stack in stacks_of_files()}
    paths = list(dict.fromkeys(p for one in settings.values() for p in one.definitions))
    paths = paths or ["definitions"]
    relaxed = read_policy().differences
    before, here = _before(against, paths, relaxed), survey([*map(Path, paths)], relaxed=relaxed)
    environments = sorted({one.name for one in here.catalog.environments})
    if only and only not in environments:
        raise click.UsageError(f"there is no Environment {only}; {nearest(only, environments)}")
    found: list[Impact] = []
    problems = [*here.problems]
    for environment in [only] if only else environments:
        config = settings.get(environment, StackConfig(environment=environment))
        old, _ = _rendered(before, config, relaxed)
        new, wrong = _rendered(here.catalog, config, relaxed)
        problems += wrong
        follows = _follows(here.catalog, config, relaxed)
        found += impact(old, new, follows=lambda one, follows=follows: _key(one) in follows)
    return found, list(dict.fromkeys(problems))


def _before(against: str, paths: list[str], relaxed: frozenset[int]) -> Catalog:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        extract(against, paths, folder)
        there = [folder / path for path in paths if (folder / path).exists()]
        return survey(there, relaxed=relaxed).catalog


def _rendered(
    catalog: Catalog, config: StackConfig, relaxed: frozenset[int]
) -> tuple[tuple[RenderedResource, ...], list[Problem]]:
    try:
        scope = scope_of(catalog, config)
        components = [(one.namespace, one.name) for one in scope.components]
        projects = [(one.namespace, one.name) for one in scope.projects]
        resources = [(one.namespace, one.name) for one in scope.managed]
        inputs = OfflineInputs(
            scope=scope,
            bindings=_known(config.bindings, components),
            project_bindings=_known(config.project_bindings, projects),
            resource_bindings=_known(config.resource_bindings, resources),
            pins=False,
            relaxed=relaxed,
            read_yaml=read_yaml,
        )
        rendered = render_offline(inputs)
    except OpenChoreoError as error:
        return (), [*error.problems]
    return rendered.resources, [*rendered.problems]


def _known(bindings: Mapping[str, V], keys: Iterable[tuple[str, str]]) -> dict[str, V]:
    """Bindings of what is there: another revision may not have it."""
    names = {name for key in keys for name in (key[1], "/".join(key))}
    return {name: one for name, one in bindings.items() if name in names}


def _follows(
    catalog: Catalog, config: StackConfig, relaxed: frozenset[int]
) -> frozenset[tuple[str, str]]:
    """Components that follow today's definitions in this environment, and projects there."""
    try:
        scope = scope_of(catalog, config)
    except OpenChoreoError:
        return frozenset()
    pipelines = Pipelines(scope, relaxed)
    first = {
        (project.namespace, project.name)
        for project in scope.projects
        for pipeline in [pipelines.of(project)]
        if pipeline and pipeline.root == config.environment
    }
    components = {
        (one.namespace, one.name)
        for one in scope.components
        if one.spec.auto_deploy and (one.namespace, one.project) in first
    }
    return frozenset(components | first)


def _key(one: RenderedResource) -> tuple[str, str]:
    """Resources follow in the first environment, as their projects do."""
    return one.namespace, one.component or one.project


def _shown(found: list[Impact], against: str) -> Iterator[Table | Text | str]:
    if not found:
        yield f"Nothing is made in another way than at {against}."
        return
    rows = [
        (one.owner or "the environment", one.environment, _objects(one), one.when.value)
        for one in found
    ]
    yield table(("COMPONENT", "ENVIRONMENT", "CHANGES", "WHEN"), rows)
    yield ""
    yield (
        f"{counted(len({one.owner for one in found}), 'component')} in"
        f" {counted(len({one.environment for one in found}), 'environment')}; -o json has every field"
    )


def _objects(one: Impact) -> str:
    return "; ".join(_object(each) for each in one.objects)


def _object(one: ObjectImpact) -> str:
    if one.op is not Op.UPDATE:
        return f"{one.kind} {one.op.value}d"
    shown = [field.shown for field in one.fields[:_FIELDS]]
    more = len(one.fields) - _FIELDS
    return f"{one.kind} {', '.join(shown)}" + (f" and {more} more" if more > 0 else "")
