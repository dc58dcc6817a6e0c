"""A document and where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from openchoreo.catalog.places import Place
from openchoreo.catalog.positions import nearest_place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openchoreo.catalog.files import SourceFile
    from openchoreo.document import Object
    from openchoreo.errors import Path, Problem


class Located(Struct, frozen=True):
    """A document of a file; `inside` leads to an item of a Kubernetes List."""

    text: SourceFile
    index: int
    value: Object
    inside: Path = ()

    @property
    def file(self) -> str:
        return self.text.name

    def where(self, path: Path) -> Place:
        places = self.text.places
        if self.index >= len(places):
            return Place()
        return nearest_place(places[self.index], self.inside + path)

    def place(self, problems: Iterable[Problem]) -> list[Problem]:
        """With file and line, in the order of the lines."""
        placed = [problem.at(self.file, *self.where(problem.path)) for problem in problems]
        return sorted(placed, key=lambda problem: problem.line)
