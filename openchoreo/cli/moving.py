"""Both sides of a move: two Pulumi projects, each with a stack of the same environment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import chdir
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from openchoreo.catalog import load
from openchoreo.cli.exported_state import ExportedState
from openchoreo.cli.stacks import full_names
from openchoreo.config import StackConfig
from openchoreo.delivery import Ledger, ReleaseStore, empty_ledger
from openchoreo.delivery.moved_state import (
    MovingResources,
    Route,
    objects_of_environment,
    projects_of,
)
from openchoreo.delivery.moving import Moving, projects_in, records_of
from openchoreo.errors import OpenChoreoError, Problem, Stage, nearest
from openchoreo.plan import Scope, has_channels, scope_of
from openchoreo.workspace.gathering import definition_paths
from openchoreo.workspace.policy_file import read_policy
from openchoreo.workspace.stack_files import placed_settings_of


class Side(Struct, frozen=True):
    """A stack, as its folder and its state say what it is. `ledger` is None before it has one."""

    folder: Path
    name: str
    settings: StackConfig
    scope: Scope
    state: ExportedState
    ledger: Ledger | None
    documents: ReleaseStore

    @property
    def resources(self) -> list[Any]:
        return self.state.resources

    @property
    def known(self) -> frozenset[str]:
        """Projects of which it has objects or records."""
        recorded = projects_in(self.ledger) if self.ledger else frozenset[str]()
        return recorded | projects_of(self.resources)

    def problem(self, message: str, hint: str = "") -> Problem:
        return Problem(Stage.LEDGER, f"Stack {self.name}", (), message, hint)

    def imports(self, resources: list[Any], ledger: Ledger, documents: ReleaseStore) -> None:
        """Writes the state of the stack."""
        self.state.hold(ledger, documents)
        with chdir(self.folder):
            self.state.write(resources)


def read_side(folder: Path, stack: str) -> Side:
    """Raises OpenChoreoError where there is no such stack, or its config or ledger is not sound."""
    if not folder.is_dir():
        message = "there is no such folder"
        raise OpenChoreoError(Problem(Stage.CONFIG, str(folder), (), message))
    with chdir(folder):
        (name,) = full_names([stack])
        settings = placed_settings_of(name.rpartition("/")[2])
        paths = definition_paths(settings.definitions, Path())
        scope = scope_of(load(paths, relaxed=read_policy().differences), settings)
        state = ExportedState(name)
    ledger, documents = state.loaded()
    return Side(folder.resolve(), name, settings, scope, state, ledger, documents)


class Move(Struct, frozen=True, dict=True):
    """`projects`, as namespace/name, from one stack to another."""

    source: Side
    target: Side
    projects: frozenset[str]

    def check(self) -> None:
        """Raises OpenChoreoError where a run afterwards would undo it, or not go on with it."""
        problems = [*self._problems()]
        if problems:
            raise OpenChoreoError(*problems)

    @property
    def left(self) -> list[str]:
        """The projects that the source goes on with."""
        return sorted(self.source.known - self.projects)

    @property
    def components(self) -> list[str]:
        return sorted(records_of(self._ledger, "components", self.projects))

    @cached_property
    def resources(self) -> MovingResources:
        route = Route(self.source.name, self.target.name, self._directory)
        return MovingResources(self.source.resources, self.target.resources, self.projects, route)

    def make(self, *, only_try: bool) -> None:
        """The target goes first: what is interrupted in between is finished by the same command."""
        resources, ledger = self.resources, self._ledger
        there = self.target.ledger or empty_ledger(ledger.lineage, ledger.environment)
        moving = Moving(ledger, there, self.projects)
        left, moved = moving.moved(resources.planes, name=self.target.name)
        target, source = resources.target, resources.source
        documents = self.source.documents.keeping(moving.releases)
        if only_try:
            return
        self.target.imports(target, moved, self.target.documents.merged(documents))
        self.source.imports(source, left, self.source.documents)

    @property
    def _ledger(self) -> Ledger:
        assert self.source.ledger
        return self.source.ledger

    def _directory(self, written: str) -> str:
        """A directory of the source, as it is called in the folder of the target."""
        if Path(written).is_absolute():
            return written
        found = os.path.relpath(self.source.folder / written, self.target.folder)
        return Path(found).as_posix()

    def _problems(self) -> Iterator[Problem]:
        source, target = self.source, self.target
        for side in (source, target):
            if side.state.interrupted:
                hint = "pulumi refresh --clear-pending-creates, and pulumi up"
                yield side.problem("an update of it was interrupted", hint)
        if source.settings.environment != target.settings.environment:
            here, there = source.settings.environment, target.settings.environment
            yield target.problem(f"is for {there}, and {source.name} for {here}")
        if source.settings.set_:
            message = "is promoted as a set (openchoreo:set), which cannot be in two stacks"
            yield source.problem(message, "pin each component of it instead")
        yield from self._scopes()
        yield from self._channels()

    def _scopes(self) -> Iterator[Problem]:
        for project in sorted(self.projects):
            if self.left and self.source.scope.covers(*_key(project)):
                message = f"would deploy {project} again: openchoreo:projects does not leave it out"
                hint = f"say what it goes on with: openchoreo:projects: [{', '.join(self.left)}]"
                yield self.source.problem(message, hint)
            if not self.target.scope.covers(*_key(project)):
                message = f"would not deploy {project}: it is not among its projects"
                hint = "see openchoreo:projects and openchoreo:definitions of that stack"
                yield self.target.problem(message, hint)

    def _channels(self) -> Iterator[Problem]:
        """Those of the environment stay; one stack has them, and goes on having them."""
        if not objects_of_environment(self.source.resources):
            return
        if not has_channels(self.source.settings):
            short = self.source.name.rpartition("/")[2]
            message = "would delete its notification channels, since it is narrowed now"
            hint = f"pulumi config set openchoreo:notificationChannels true --stack {short}"
            yield self.source.problem(message, hint)
        if has_channels(self.target.settings):
            message = f"would deploy the notification channels that {self.source.name} has"
            yield self.target.problem(message, "set openchoreo:notificationChannels there to false")


def named(written: tuple[str, ...], source: Side, target: Side) -> frozenset[str]:
    """Projects by `name` or `namespace/name`, which the source has, or has given away already.

    Raises OpenChoreoError for a name that is none of them, or that several have.
    """
    known = source.known | target.known
    found: set[str] = set()
    problems: list[Problem] = []
    for name in written:
        matches = sorted(one for one in known if name in (one, one.partition("/")[2]))
        if len(matches) == 1:
            found.add(matches[0])
        elif matches:
            hint = f"write one of {', '.join(matches)}"
            problems.append(source.problem(f"{name} is in several namespaces", hint))
        else:
            hint = nearest(name, [one.partition("/")[2] for one in sorted(source.known)])
            problems.append(source.problem(f"has no project {name}", hint))
    if problems:
        raise OpenChoreoError(*problems)
    return frozenset(found)


def move_of(written: tuple[str, ...], source: Side, target: Side) -> Move:
    """Raises OpenChoreoError where there is nothing to be moved, or it is not known what."""
    if source.name == target.name:
        raise OpenChoreoError(source.problem("is the stack that it is to be moved to as well"))
    if source.ledger is None:
        raise OpenChoreoError(source.problem("has recorded nothing"))
    found = Move(source, target, named(written, source, target))
    return replace(found, projects=found.projects & source.known)


def _key(project: str) -> tuple[str, str]:
    namespace, _, name = project.partition("/")
    return namespace, name
