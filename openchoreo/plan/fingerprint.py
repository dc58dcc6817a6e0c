"""One digest over all that a run is going to do, so that what was reviewed is what is applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from msgspec import Struct

from openchoreo.delivery import PROJECTS, RESOURCES, Applied
from openchoreo.document import Document, Object, digest
from openchoreo.errors import Problem, Stage
from openchoreo.plan.planes import target_of
from openchoreo.plan.planned import Plan, PlannedObject
from openchoreo.plan.scope import text

FORMAT = 1
EXPECT = "openchoreo:expect"
_SHOWN = 10


class Fingerprint(Struct, frozen=True):
    """`content` says what the digest is over."""

    content: Object

    @property
    def digest(self) -> str:
        return digest(self.content)


def fingerprint(plan: Plan, program: str) -> Fingerprint:
    """`program` is the version of this package.

    The same before and after the run: what is done is in it, not what it changes.
    """
    owners = dict(_owners(plan))
    return Fingerprint(
        {
            "format": FORMAT,
            "environment": plan.environment,
            "program": program,
            "releases": {owner: done.release for owner, done in owners.items()},
            "undeployed": cast("Document", sorted(_undeployed(plan))),
            "evidence": {
                owner: [one.document() for one in done.upstream]
                for owner, done in owners.items()
                if done.upstream
            },
            "targets": {plane.name: target_of(plane).document() for plane in plan.planes},
            "objects": {
                f"{one.manifest['apiVersion']} {one.manifest['kind']} {one.name}": digest(
                    one.manifest
                )
                for one in _objects(plan)
            },
        }
    )


def unexpected(expected: str, found: Fingerprint, reviewed: Object | None) -> Problem | None:
    """The problem of a run that is not the one with the expected digest, or None.

    `reviewed` is the content of that one, where it was saved.
    """
    if found.digest == expected:
        return None
    lines = [f"{expected} was reviewed, and this run is {found.digest}"]
    if reviewed is None:
        hint = (
            "openchoreo plan --save, where it is reviewed, keeps what is in it; with that file the"
            " run says what differs"
        )
    else:
        lines += _differing(reviewed, found.content)
        hint = f"review it again: openchoreo plan --env {found.content['environment']}"
    return Problem(Stage.DECIDE, "stack config", (EXPECT,), "\n".join(lines), hint)


def _differing(reviewed: Object, found: Object) -> list[str]:
    """Which parts differ, and what in them."""
    lines: list[str] = []
    for part in found:
        before, after = reviewed.get(part), found[part]
        if before == after:
            continue
        if isinstance(before, dict) and isinstance(after, dict):
            lines += _entries(part, before, after)
        else:
            lines.append(f"{part}: {_said(before)} -> {_said(after)}")
    return lines


def _entries(part: str, before: Object, after: Object) -> list[str]:
    names = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    more = len(names) - _SHOWN
    lines = [f"{part}: {name} {_word(before, after, name)}" for name in names[:_SHOWN]]
    return [*lines, f"{part}: {more} more"] if more > 0 else lines


def _word(before: Object, after: Object, name: str) -> str:
    if name not in before:
        return "is new"
    return "differs" if name in after else "is gone"


def _said(value: Document) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)


def _owners(plan: Plan) -> Iterator[tuple[str, Applied]]:
    found: Mapping[str, Applied | None] = {
        **{one.key: one.done for one in plan.components},
        **{one.removal: one.done for one in plan.resources},
        **{one.removal: one.done for one in plan.projects},
    }
    yield from ((owner, done) for owner, done in found.items() if done)


def _undeployed(plan: Plan) -> Iterator[str]:
    yield from map(text, plan.undeployed)
    words = {"projects": PROJECTS, "resources": RESOURCES}
    yield from (words[chain].removal(text(key)) for chain, key in plan.gone if chain in words)


def _objects(plan: Plan) -> Iterator[PlannedObject]:
    yield from plan.objects
    for project in plan.projects:
        yield from project.objects
        for resource in project.resources:
            yield from resource.objects
        for component in project.components:
            yield from component.objects
