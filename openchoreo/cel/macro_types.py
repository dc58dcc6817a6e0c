"""The types of macros: what they go through, and what comes out."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from openchoreo.cel.errors import Rejected
from openchoreo.cel.kinds import BOOL, DYN, INT, CelType, list_of, map_of
from openchoreo.cel.resolution import Resolution
from openchoreo.cel.syntax import Bind, Comprehension


def elements(types: Resolution, kind: CelType, expr: Comprehension) -> tuple[CelType, CelType]:
    """The types of the two variables; with one variable, of that and nothing of note."""
    if kind.name == "list":
        element = kind.parameters[0]
        return (INT, element) if expr.second else (element, element)
    if kind.name == "map" and expr.kind != "sortBy":
        key, value = kind.parameters
        return key, value
    if kind.variable:
        types.open(kind)
    elif kind is not DYN:
        raise Rejected(
            "check", f"{expr.kind}() goes through a list or a map, not '{kind}'", expr.position
        )
    return DYN, DYN


class Parts(NamedTuple):
    """The types of what a macro goes through, of its first variable, and of its body."""

    range: CelType
    first: CelType
    body: CelType


def _quantified(types: Resolution, expr: Comprehension, parts: Parts) -> CelType:
    if parts.body is not BOOL and parts.body is not DYN:
        types.operator("&&" if expr.kind == "all" else "||", expr.position, BOOL, parts.body)
    return BOOL


def _chosen(types: Resolution, expr: Comprehension, parts: Parts) -> CelType:
    if parts.body is not BOOL and parts.body is not DYN:
        types.operator("?:", expr.position, parts.body, BOOL, BOOL)
    return list_of(parts.first) if expr.kind == "filter" else BOOL


def _listed(_: Resolution, __: Comprehension, parts: Parts) -> CelType:
    return list_of(parts.body)


def _sorted(types: Resolution, expr: Comprehension, parts: Parts) -> CelType:
    return types.operator("[sort]", expr.position, parts.range, list_of(parts.body))


def _mapped(_: Resolution, __: Comprehension, parts: Parts) -> CelType:
    return map_of(parts.first, parts.body)


def _entries(types: Resolution, expr: Comprehension, parts: Parts) -> CelType:
    entry = types.final(parts.body)
    if entry.name == "map" or entry is DYN:
        return entry
    raise types.no_overload("transformMapEntry", expr.position, (parts.range, entry))


RESULTS: dict[str, Callable[[Resolution, Comprehension, Parts], CelType]] = {
    "all": _quantified,
    "exists": _quantified,
    "exists_one": _chosen,
    "filter": _chosen,
    "map": _listed,
    "transformList": _listed,
    "sortBy": _sorted,
    "transformMap": _mapped,
    "transformMapEntry": _entries,
}


def bound(types: Resolution, target: CelType, expr: Bind) -> CelType:
    """The type of the variable of optMap or optFlatMap."""
    if target.name == "optional_type":
        return target.parameters[0]
    if target is DYN or target.variable:
        return types.fresh()
    name = "optFlatMap" if expr.flat else "optMap"
    raise types.no_overload(name, expr.position, (target,), member=True)
