"""One YAML document that is no resource: a policy, bindings, the description of an API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openchoreo.catalog.places import Place
from openchoreo.catalog.positions import nearest_place, positions
from openchoreo.catalog.syntax import UnreadableError
from openchoreo.catalog.yaml_reader import Reader
from openchoreo.errors import OpenChoreoError, Problem, Stage

if TYPE_CHECKING:
    from openchoreo.document import Document
    from openchoreo.errors import Path


def read_yaml(text: str, file: str = "") -> Document:
    """The first document of a text, None where it is empty.

    Raises OpenChoreoError with every problem, located in `file`.
    """
    try:
        documents = Reader(text.encode()).documents()
    except UnreadableError as error:
        problem = Problem(Stage.LOAD, file, (), error.message, error.hint)
        raise OpenChoreoError(problem.at(file, error.line, error.column)) from None
    if not documents:
        return None
    flaws = documents[0].flaws
    if flaws:
        raise OpenChoreoError(
            *(
                Problem(Stage.LOAD, file, (), flaw.message, flaw.hint).at(file, *flaw.place)
                for flaw in flaws
            )
        )
    return documents[0].value


def line_of(text: str, path: Path) -> int:
    """The line of a field of the first document, or of the nearest thing around it."""
    return where_in(text, path).line


def where_in(text: str, path: Path) -> Place:
    """Line and column of the same."""
    found = positions(text.encode())
    return nearest_place(found[0], path) if found else Place()
