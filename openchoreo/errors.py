"""Problems a user can mend: where they are, what is wrong, what would be right.

A leaf: it knows nothing of OpenChoreo's kinds, of Pulumi or of YAML.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

T = TypeVar("T")

PathStep = str | int
Path = tuple[PathStep, ...]
"""Where in a document: ("spec", "resources", 0, "template")."""


class Stage(StrEnum):
    """What a run was doing when it found the problem.

    `component` to `convert` are the stages of OpenChoreo's own controllers.
    """

    CONFIG = "config"
    LOAD = "load"
    PIPELINE = "pipeline"
    LEDGER = "ledger"
    DECIDE = "decide"
    COMPONENT = "component"
    PROJECT = "project"
    RESOURCE = "resource"
    BINDING = "binding"
    SECRETS = "secrets"
    DEPENDENCIES = "dependencies"
    RENDER = "render"
    CONVERT = "convert"
    REGISTER = "register"


class Problem(Struct, frozen=True, eq=False):
    """One thing that is wrong, as a comparable record.

    `resource` is "<Kind> <namespace>/<name>" ("<Kind> <name>" for cluster-scoped kinds),
    `path` the field in it, `line` counts from 1 and is 0 where no file is known; so does `column`,
    which is for editors and makes no other problem of it.
    """

    stage: Stage
    resource: str
    path: Path
    message: str
    hint: str = ""
    file: str = ""
    line: int = 0
    column: int = 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Problem) and self._compared == other._compared

    def __hash__(self) -> int:
        return hash(self._compared)

    @property
    def _compared(self) -> tuple[object, ...]:
        """All but the column."""
        where = self.stage, self.resource, self.path, self.file, self.line
        return (*where, self.message, self.hint)

    def at(self, file: str, line: int, column: int = 0) -> Problem:
        return replace(self, file=file, line=line, column=column)

    def under(self, *steps: PathStep) -> Problem:
        """The same problem seen from further outside: `steps` go before the path."""
        return replace(self, path=(*steps, *self.path))

    def __str__(self) -> str:
        where = f"{self.resource}: {format_path(self.path)}" if self.path else self.resource
        lines = [where or str(self.stage), *_indented(self.message), *_indented(self.hint)]
        if self.file:
            lines.append(f"  {self.file}:{self.line}" if self.line else f"  {self.file}")
        return "\n".join(lines)


class OpenChoreoError(Exception):
    """All problems of one stage; `str()` is the whole text a user sees."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        return describe(self.problems)


class Collector:
    """Gathers problems, so that one run reports all of a stage together."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def add(self, *problems: Problem) -> None:
        self._problems.extend(problems)

    def attempt(self, action: Callable[[], T]) -> T | None:
        """The result of `action`, or None after noting the problems it raised."""
        try:
            return action()
        except OpenChoreoError as error:
            self.add(*error.problems)
            return None

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(dict.fromkeys(self._problems))

    def raise_if_any(self, seen_as: Callable[[Problem], Problem] | None = None) -> None:
        """Raises all of them; `seen_as` tells each in the words of the caller."""
        if self._problems:
            raise OpenChoreoError(*(map(seen_as, self.problems) if seen_as else self.problems))


def describe(problems: Iterable[Problem]) -> str:
    """Every problem once, in the order found, with a count where there are several."""
    unique = tuple(dict.fromkeys(problems))
    body = "\n\n".join(str(problem) for problem in unique)
    return f"{len(unique)} problems\n\n{body}" if len(unique) > 1 else body


def format_path(path: Path) -> str:
    """("a", 0, "b.c") -> a[0]["b.c"], as `pulumi config set --path` reads it too."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step and not set(step) & _QUOTED:
            text += f".{step}" if text else step
        else:
            text += f'["{step}"]'
    return text


_QUOTED = frozenset('.[]" ')


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint with the closest of the known names, or all of them where none is close."""
    names = sorted(set(known))
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]}?"
    return f"known: {', '.join(names)}" if names else ""


def _indented(text: str) -> list[str]:
    return [f"  {line}" for line in text.splitlines()]
