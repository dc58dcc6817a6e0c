"""What a command needs of one stack, to plan as the next run of it will.

Pulumi is asked while the definitions are read: it takes longer than they do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from openchoreo.catalog import line_of
from openchoreo.cli import pulumi
from openchoreo.delivery import COMPONENTS, PROJECTS, RESOURCES, Words
from openchoreo.document import Document, Object
from openchoreo.errors import OpenChoreoError, Problem, Stage, nearest
from openchoreo.forecast import outputs_in
from openchoreo.workspace.gathering import Gathered, Sources, gather
from openchoreo.workspace.stack_files import (
    environment_of,
    placed_in_stack_file,
    settings_of,
    stacks_of_files,
)

NEW_LINEAGE = "made by the first run"
"""What stands for the lineage of a stack that has none yet."""

_NO_STACK = "no stack named"


class Asking:
    """Answers of Pulumi, each asked for once, several at a time."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=4)
        self._exports: dict[str, Future[Mapping[str, Document] | None]] = {}
        self._outputs: dict[str, Future[Object | None]] = {}
        self._listed = self._pool.submit(pulumi.ask, "stack", "ls", "--fully-qualify-stack-names")

    def names(self) -> list[str]:
        """The stacks of this Pulumi project, by their full names."""
        return [str(one["name"]) for one in self._listed.result()]

    def look(self, stack: str) -> None:
        """Has the outputs of a stack of this project read."""
        self._ask_outputs(stack)

    def export(self, stack: str) -> Mapping[str, Document]:
        """The whole state of a stack; empty where there is none."""
        self.begin_export(stack)
        return self._exports[stack].result() or {}

    def begin_export(self, stack: str) -> None:
        if stack not in self._exports:
            self._exports[stack] = self._pool.submit(_exported, stack)

    def outputs(self, full: str) -> Object | None:
        """The outputs of a stack, or None where there is none of this name."""
        head, _, short = full.rpartition("/")
        own = {name.rpartition("/")[0] for name in self.names()}
        name = short if head in own else full
        if name in self._exports:
            state = self._exports[name].result()
            return None if state is None else outputs_in(state)
        self._ask_outputs(name)
        return self._outputs[name].result()

    def _ask_outputs(self, stack: str) -> None:
        if stack not in self._outputs:
            self._outputs[stack] = self._pool.submit(_outputs, stack)


def _exported(stack: str) -> Mapping[str, Document] | None:
    try:
        found: dict[str, Document] = json.loads(pulumi.run("stack", "export", "--stack", stack))
    except OpenChoreoError as error:
        if _NO_STACK in str(error):
            return None
        raise
    return found


def _outputs(stack: str) -> Object | None:
    try:
        found: Any = pulumi.ask("stack", "output", "--stack", stack)
    except OpenChoreoError as error:
        if _NO_STACK in str(error):
            return None
        raise
    return dict(found)


@dataclass(frozen=True)
class StackRun:
    """`state` is what `pulumi stack export` prints."""

    stack: str
    full: str
    gathered: Gathered
    state: Mapping[str, Document]

    @property
    def environment(self) -> str:
        return self.gathered.inputs.config.environment

    def pinned(self, words: Words, name: str) -> bool:
        """Whether stack config pins this owner, as config calls it."""
        config = self.gathered.inputs.config
        if words is COMPONENTS:
            found = config.bindings.get(name)
            return bool(found and found.release_name)
        if words is RESOURCES:
            resource = config.resource_bindings.get(name)
            return bool(resource and resource.resource_release)
        project = config.project_bindings.get(name)
        return bool(project and project.project_release)

    def first_for(self, key: str, words: Words) -> bool:
        """Whether releases enter the pipeline of this owner's project here."""
        inputs = self.gathered.inputs
        namespace, _, name = key.partition("/")
        catalog = inputs.scope.catalog
        owner = catalog.get(words.kind, namespace, name)
        project = name if words is PROJECTS else str(getattr(owner, "project", ""))
        found = catalog.project(namespace, project)
        pipeline = inputs.pipelines.of(found) if found else None
        return pipeline is not None and pipeline.root == self.environment


def stack_run(stack: str, asking: Asking, *, root: Path | None = None) -> StackRun:
    """Raises OpenChoreoError with all that is wrong with config, definitions or ledgers."""
    asking.begin_export(stack)
    for other in stacks_of_files():
        asking.look(other)
    try:
        settings = settings_of(stack)
        full = _full_name(stack, asking)
        sources = Sources(
            own=full,
            stack_for=lambda environment: f"{full.rpartition('/')[0]}/{environment}",
            read_outputs=cache(asking.outputs),
            read_state=lambda: _state_of(asking.export(stack)),
            warn=lambda _problem: None,
            root=root or Path(),
        )
        gathered = gather(settings, sources, lineage=NEW_LINEAGE, now=datetime.now(UTC))
    except OpenChoreoError as error:
        raise OpenChoreoError(*placed_in_stack_file(error.problems, stack)) from None
    return StackRun(stack, full, gathered, asking.export(stack))


def stack_for(environment: str, asking: Asking) -> str:
    """The stack whose environment this is, by the files of stacks or by its own name.

    Raises OpenChoreoError where there is none.
    """
    files = {environment_of(stack): stack for stack in stacks_of_files()}
    if environment in files:
        return files[environment]
    known = {name.rpartition("/")[2] for name in asking.names()}
    if environment in known:
        return environment
    message = f"there is no stack for environment {environment}"
    hint = nearest(environment, {*files, *known}) or f"pulumi stack init {environment}"
    raise OpenChoreoError(Problem(Stage.CONFIG, "pulumi", (), message, hint))


def _full_name(stack: str, asking: Asking) -> str:
    """A stack that does not exist yet will be called as the others are."""
    names = asking.names()
    found = next((name for name in names if name.rpartition("/")[2] == stack), "")
    if found:
        return found
    head = names[0].rpartition("/")[0] if names else f"organization/{_project()}"
    return f"{head}/{stack}"


def _project() -> str:
    file = Path("Pulumi.yaml")
    text = file.read_text("utf-8") if file.is_file() else ""
    line = line_of(text, ("name",))
    return text.splitlines()[line - 1].partition(":")[2].strip() if line else "project"


def _state_of(state: Mapping[str, Document]) -> Mapping[str, Object]:
    """URN -> outputs, as the engine tells a program."""
    deployment = state.get("deployment")
    resources = deployment.get("resources") if isinstance(deployment, dict) else None
    found: dict[str, Object] = {}
    for one in resources if isinstance(resources, list) else []:
        if isinstance(one, dict) and isinstance(one.get("outputs"), dict):
            outputs = one["outputs"]
            assert isinstance(outputs, dict)
            found[str(one["urn"])] = outputs
    return found


def problems_in(error: OpenChoreoError, stack: str) -> OpenChoreoError:
    """With their lines in the file of the stack."""
    return OpenChoreoError(*placed_in_stack_file(error.problems, stack))
