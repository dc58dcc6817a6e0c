"""Where manifests go: a directory for each data plane, as stack config says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from openchoreo.config import Target
from openchoreo.errors import Problem, Stage, nearest
from openchoreo.plan.planned import Plane

MANIFESTS = "manifests"
"""The directory of the files target, below it environment and plane."""


def planes_of(
    used: Iterable[str], targets: Mapping[str, Target], environment: str
) -> tuple[Plane, ...]:
    """The planes that a run writes to, sorted by name."""

    def directory(name: str) -> str:
        target = targets.get(name)
        return (target.directory if target else "") or f"{MANIFESTS}/{environment}/{name}"

    return tuple(Plane(name, directory(name)) for name in sorted(used))


def plane_problems(
    planes: Collection[Plane], targets: Iterable[str], recorded: Iterable[str]
) -> Iterator[Problem]:
    """Targets of planes that nothing runs on, and planes that share a directory.

    A stack that runs nothing may have targets for what is to come.
    """
    known = {*(plane.name for plane in planes), *recorded}
    for name in targets:
        if known and name not in known:
            message = f"no component of this stack runs on a data plane {name}"
            yield _problem(name, message, nearest(name, known))
    owners: dict[PurePosixPath, str] = {}
    for plane in planes:
        first = owners.setdefault(PurePosixPath(plane.directory), plane.name)
        if first != plane.name:
            message = f"{first} and {plane.name} would both be written to {plane.directory}"
            yield _problem(plane.name, message, "give each data plane a directory of its own")


def _problem(plane: str, message: str, hint: str) -> Problem:
    path = ("openchoreo:dataPlanes", plane)
    return Problem(Stage.CONFIG, "stack config", path, message, hint)
