"""A schema section taken apart once per process."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import cast

from msgspec import Struct

from openchoreo.document import Document, Object
from openchoreo.errors import OpenChoreoError, Path, Problem, Stage
from openchoreo.rendering.schema.defaults import Defaulter, compile_defaults
from openchoreo.rendering.schema.findings import Validator
from openchoreo.rendering.schema.keywords import Fault, faults, without_vendor_keys
from openchoreo.rendering.schema.references import resolved
from openchoreo.rendering.schema.validation import compile_validator


class Schema(Struct, frozen=True):
    """Immutable, and so are the values it is given."""

    _default: Defaulter | None
    _validate: Validator

    def apply_defaults(self, values: Object) -> Object:
        """The values with defaults for what is missing, or null where null is not allowed.

        Numbers of defaults are doubles, as all numbers that expressions see.
        """
        return cast("Object", self._default(values)) if self._default else values

    def validate(self, values: Object) -> tuple[Problem, ...]:
        """Everything that is wrong with the values; they should have their defaults."""
        found: list[Problem] = []
        self._validate(values, (), found)
        return tuple(found)


def compile_schema(document: Object) -> Schema:
    """The schema that an `openAPIV3Schema` writes; equal content is compiled once.

    Keywords that Kubernetes does not know are ignored here, `check_schema` refuses them.
    Raises OpenChoreoError where the schema itself is broken.
    """
    try:
        return _compiled(json.dumps(document, sort_keys=True))
    except RecursionError:
        raise OpenChoreoError(_problem(Stage.RENDER, _TOO_DEEP)) from None


def check_schema(document: Document) -> tuple[Problem, ...]:
    """What is wrong with a schema before any value is known, unknown keywords included."""
    if not isinstance(document, dict):
        return (_problem(Stage.LOAD, Fault((), "a schema is an object")),)
    try:
        found = list(faults(document, strict=True))
        _, broken = resolved(document)
    except RecursionError:
        return (_problem(Stage.LOAD, _TOO_DEEP),)
    return tuple(_problem(Stage.LOAD, fault) for fault in (*found, *broken))


_TOO_DEEP = Fault((), "the schema is nested too deeply")


@lru_cache(maxsize=2048)
def _compiled(text: str) -> Schema:
    document, broken = resolved(json.loads(text))
    found = [*broken] or [*faults(document, strict=False)]
    if found:
        raise OpenChoreoError(*(_problem(Stage.RENDER, fault) for fault in found))
    stripped = cast("Object", without_vendor_keys(document))
    return Schema(compile_defaults(stripped), compile_validator(document))


def _problem(stage: Stage, fault: Fault) -> Problem:
    path: Path = fault.path
    return Problem(stage, "", path, fault.message, fault.hint)
