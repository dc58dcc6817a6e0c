"""What is wrong with a template, by expression and place."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from openchoreo.errors import Path, PathStep

Stage = Literal["compile", "evaluate", "convert"]


class TemplateProblem(Struct, frozen=True):
    """One expression that does not compile, evaluate or convert, as its author wrote it.

    compile: it can never work with these variables. evaluate: it failed on these values.
    convert: its value cannot stand in a JSON document.
    """

    path: Path
    expression: str
    stage: Stage
    message: str

    def under(self, *steps: PathStep) -> TemplateProblem:
        """The same problem seen from further outside: `steps` go before the path."""
        return replace(self, path=(*steps, *self.path))

    def __str__(self) -> str:
        return self.message


class TemplateError(Exception):
    """Everything that is wrong with one template, in document order; never empty."""

    def __init__(self, *problems: TemplateProblem) -> None:
        super().__init__(*problems)
        self.problems = problems

    @property
    def path(self) -> Path:
        return self.problems[0].path

    @property
    def expression(self) -> str:
        return self.problems[0].expression

    @property
    def stage(self) -> Stage:
        return self.problems[0].stage

    @property
    def message(self) -> str:
        return self.problems[0].message

    def __str__(self) -> str:
        return "\n".join(problem.message for problem in self.problems)
