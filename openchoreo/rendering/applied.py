"""Which observed manifests the expressions of a resource type name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openchoreo.errors import Problem, Stage, nearest
from openchoreo.rendering.parts import CompiledResourceType
from openchoreo.rendering.scope import Part
from openchoreo.template.scan import NestedExpressionError, find_expressions

_QUOTED = r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'"""
_NAMED = re.compile(
    rf"(?<![\w.])applied\s*(?:\.\s*\??\s*(\w+)|\[\s*\??\s*({_QUOTED})\s*\])|{_QUOTED}"
)
"""`applied.id` or `applied["id"]`; other quoted text is passed over."""


def unknown_ids(type_: CompiledResourceType, resource: str) -> Iterator[Problem]:
    """Ids after `applied` that no template has; an id that is computed is not looked at."""
    declared = [one.id for one in type_.resources]
    for part in observing(type_):
        for name in _ids(part):
            if name not in declared:
                message = f"{part.document} names applied.{name}, but no resource has this id"
                hint = nearest(name, declared)
                yield Problem(Stage.LOAD, resource, part.path, message, hint)


def observing(type_: CompiledResourceType) -> Iterator[Part]:
    """The parts that see `applied`: conditions of readiness, and outputs."""
    for template in type_.resources:
        if template.ready_when is not None:
            yield template.ready_when
    for output in type_.outputs:
        yield from output.parts


def _ids(part: Part) -> list[str]:
    try:
        matches = find_expressions(str(part.document))
    except NestedExpressionError:  # told where the expression is compiled
        return []
    found = (one for match in matches for one in _NAMED.finditer(match.expression))
    names = (one[1] or (one[2] or "")[1:-1] for one in found)
    return list(dict.fromkeys(name for name in names if name))
