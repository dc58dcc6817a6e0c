"""A document and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openchoreo.catalog.positions import line_of

if TYPE_CHECKING:
    from openchoreo.catalog.files import SourceFile
    from openchoreo.document import Object
    from openchoreo.errors import Path, Problem


@dataclass(frozen=True, slots=True)
class Located:
    """A document of a file; `inside` leads to an item of a Kubernetes List."""

    text: SourceFile
    index: int
    value: Object
    inside: Path = ()

    @property
    def file(self) -> str:
        return self.text.name

    def line(self, path: Path) -> int:
        return line_of(self.text.data, self.index, self.inside + path)

    def place(self, problem: Problem) -> Problem:
        return problem.at(self.file, self.line(problem.path))
