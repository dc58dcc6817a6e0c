"""Answers in the words of the provider protocol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pulumi.runtime.proto import provider_pb2

from openchoreo.errors import Path
from openchoreo.provider.differences import Change, property_path

_Kind = provider_pb2.PropertyDiff

_KINDS = {
    Change.ADDED: (_Kind.ADD, _Kind.ADD_REPLACE),
    Change.REMOVED: (_Kind.DELETE, _Kind.DELETE_REPLACE),
    Change.CHANGED: (_Kind.UPDATE, _Kind.UPDATE_REPLACE),
}


def failures(problems: Iterable[str]) -> provider_pb2.CheckResponse:
    """Without property names: beside those the engine prints the whole value."""
    return provider_pb2.CheckResponse(
        failures=[provider_pb2.CheckFailure(reason=problem) for problem in problems]
    )


def no_change() -> provider_pb2.DiffResponse:
    return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)


def update(changes: Mapping[Path, Change]) -> provider_pb2.DiffResponse:
    return _diff(changes, frozenset())


def replacement(
    changes: Mapping[Path, Change], because: tuple[Path, ...]
) -> provider_pb2.DiffResponse:
    """A new resource in the place of the old one, because of those of the fields that changed."""
    causes = [path for path in because if path in changes] or [because[0]]
    return _diff({**dict.fromkeys(causes, Change.CHANGED), **changes}, frozenset(causes))


def _diff(changes: Mapping[Path, Change], causes: frozenset[Path]) -> provider_pb2.DiffResponse:
    response = provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME,
        diffs=list(dict.fromkeys(property_path(path[:1]) for path in changes)),
        replaces=[property_path(path) for path in changes if path in causes],
        hasDetailedDiff=True,
    )
    for path, change in changes.items():
        kind = _KINDS[change][path in causes]
        response.detailedDiff[property_path(path)].kind = kind
    return response
