"""Values people supply for a type's or trait's schema: defaults filled in, then validated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from openchoreo.document import Document, Object
from openchoreo.errors import Collector, OpenChoreoError, Path, Problem, Stage, nearest
from openchoreo.rendering.parts import Section
from openchoreo.rendering.schema import Schema
from openchoreo.rendering.scope import kind_of
from openchoreo.rendering.shapes import doubles, mapping
from openchoreo.rendering.strictness import UNDECLARED_VALUES, Strictness
from openchoreo.template import Omit


class Place(Struct, frozen=True):
    """Where values are written, for problems with them."""

    resource: str
    path: Path


class Values:
    """Checks the values of one component; problems are kept until they are asked for."""

    def __init__(self, during: str, strictness: Strictness) -> None:
        self.during = during
        self._strictness = strictness
        self._found = Collector()

    def declared(
        self, section: Section, resource: str, values: Document | Omit, place: Place
    ) -> Object:
        """The values as templates see them. Without a schema there are none.

        `resource` is what has the schema. Defaults come before validation, and values the
        schema does not name are kept.
        """
        if not isinstance(values, dict):
            message = f"{self.during}\n{section.key} must be an object, not {kind_of(values)}"
            self._found.add(Problem(Stage.RENDER, place.resource, place.path, message))
            return {}
        if section.document is None:
            if values:
                self._strictness.add(UNDECLARED_VALUES, self._undeclared(section, resource, place))
            return {}
        schema = self._found.attempt(lambda: self._compiled(section, resource))
        if schema is None:
            return {}
        self._strictness.warn(*self._misspelt(section.document, resource, values, place))
        complete = schema.apply_defaults(cast("Object", doubles(values)))
        self._found.add(*self._placed(schema.validate(complete), place.resource, place.path))
        return complete

    def defaulted(self, section: Section, resource: str, values: Object) -> Object:
        """The values with defaults and no more, which is what projects and Resources do.

        Without a schema they are kept as they are.
        """
        given = cast("Object", doubles(values))
        if section.document is None:
            return given
        schema = self._found.attempt(lambda: self._compiled(section, resource))
        return schema.apply_defaults(given) if schema else given

    def raise_if_any(self) -> None:
        """Raises OpenChoreoError with everything found so far."""
        self._found.raise_if_any()
        self._strictness.raise_if_any()

    def _compiled(self, section: Section, resource: str) -> Schema:
        try:
            return section.schema()
        except OpenChoreoError as error:
            problems = self._placed(error.problems, resource, section.path)
            raise OpenChoreoError(*problems) from None

    def _placed(self, problems: Iterable[Problem], resource: str, path: Path) -> Iterator[Problem]:
        for problem in problems:
            message = f"{self.during}\n{problem.message}"
            yield replace(
                problem.under(*path), stage=Stage.RENDER, resource=resource, message=message
            )

    def _misspelt(
        self, schema: Object, resource: str, values: Object, place: Place
    ) -> Iterator[Problem]:
        """Values that no template sees, because their name is nearly that of another one."""
        declared = mapping(schema, "properties")
        for name in values:
            hint = nearest(name, declared) if declared and name not in declared else ""
            if hint.startswith("did you mean"):
                message = f"{self.during}\n{resource} declares no {name}"
                yield Problem(Stage.RENDER, place.resource, (*place.path, name), message, hint)

    def _undeclared(self, section: Section, resource: str, place: Place) -> Problem:
        message = f"{self.during}\n{resource} has no schema for {section.key}"
        hint = f"remove the values, or declare them in spec.{section.key}.openAPIV3Schema"
        return Problem(Stage.RENDER, place.resource, place.path, message, hint)
