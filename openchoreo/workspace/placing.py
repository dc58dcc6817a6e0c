"""Where problems stand that are not about definitions, and in how many environments they are one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from msgspec.structs import replace

from openchoreo.catalog import where_in
from openchoreo.config import PREFIX, StackConfig, file_of
from openchoreo.errors import Problem, Stage
from openchoreo.workspace.stack_files import placed_in_stack_file


def anywhere(problems: Iterable[Problem], environment: str) -> list[Problem]:
    """In words that are the same in every environment: which of them have it is told beside it."""
    during = re.compile(
        rf"^(while rendering \S+ \S+) for {re.escape(environment)}(?=,|$)", re.MULTILINE
    )
    return [replace(one, message=during.sub(r"\1", one.message)) for one in problems]


def of_stack(problems: Iterable[Problem], stack: str, settings: StackConfig) -> list[Problem]:
    """With their places in the file of the stack, where that is what they are about."""
    text = Path(file_of(stack)).read_text("utf-8", errors="replace")
    return placed_in_stack_file((_in_config(one, text, stack, settings) for one in problems), stack)


def _in_config(problem: Problem, text: str, stack: str, settings: StackConfig) -> Problem:
    """An environment outside of the pipelines, and overrides that no ReleaseBinding document has,
    are mistakes of stack config.
    """
    if problem.file:
        return problem
    if problem.stage is Stage.PIPELINE and not problem.path:
        return replace(problem, path=(f"{PREFIX}environment",))
    for name in settings.bindings:
        label = f"/{name.rpartition('/')[2]}-{settings.environment}"
        if problem.resource.startswith("ReleaseBinding ") and problem.resource.endswith(label):
            path = ("config", f"{PREFIX}bindings", name, *problem.path[1:])
            return problem.at(file_of(stack), *where_in(text, path))
    return problem


def placed_in_its_file(problem: Problem) -> Problem:
    """Files that are no definitions are named as resources."""
    if problem.file or not problem.resource:
        return problem
    try:
        text = Path(problem.resource).read_text("utf-8", errors="replace")
    except (OSError, ValueError):  # no file, or nothing that a file could be called
        return problem
    return problem.at(problem.resource, *where_in(text, problem.path))
