"""Answers of Pulumi, each asked for once, several at a time.

Imports little, so that Pulumi is asked before all else is imported.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from openchoreo.cli import pulumi
from openchoreo.document import Document, Object
from openchoreo.errors import OpenChoreoError, Problem, Stage, nearest

_NO_STACK = "no stack named"


class Asking:
    """Answers of Pulumi, each asked for once, several at a time."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=4)
        self._exports: dict[str, Future[Mapping[str, Document] | None]] = {}
        self._outputs: dict[str, Future[Object | None]] = {}
        self._listed = self._pool.submit(pulumi.ask, "stack", "ls", "--fully-qualify-stack-names")

    def begin(self) -> None:
        """Has the stacks listed."""
        _ = self._listed

    def names(self) -> list[str]:
        """The stacks of this Pulumi project, by their full names."""
        return [str(one["name"]) for one in self._listed.result()]

    def short_names(self) -> list[str]:
        return [name.rpartition("/")[2] for name in self.names()]

    def look(self, stack: str) -> None:
        """Has the outputs of a stack of this project read, unless all of its state is."""
        if stack not in self._exports:
            self._ask_outputs(stack)

    def existing(self, stack: str) -> str:
        """The name, once it is known that there is a stack of it. Raises OpenChoreoError else."""
        self.begin_export(stack)
        if self._exports[stack].result() is None:
            message, hint = "there is no such stack", nearest(stack, self.short_names())
            raise OpenChoreoError(Problem(Stage.LEDGER, f"Stack {stack}", (), message, hint))
        return stack

    def stack_for(self, environment: str) -> str:
        """The stack whose environment this is, by the files of stacks or by its own name.

        Raises OpenChoreoError where there is none.
        """
        from openchoreo.workspace.stack_files import (  # noqa: PLC0415 - as said
            environment_of,
            stacks_of_files,
        )

        files = {environment_of(stack): stack for stack in stacks_of_files()}
        if environment in files:
            return files[environment]
        known = {name.rpartition("/")[2] for name in self.names()}
        if environment in known:
            return environment
        message = f"there is no stack for environment {environment}"
        hint = nearest(environment, {*files, *known}) or f"pulumi stack init {environment}"
        raise OpenChoreoError(Problem(Stage.CONFIG, "pulumi", (), message, hint))

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
            from openchoreo.delivery.deployed import outputs_in  # noqa: PLC0415 - as said

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
