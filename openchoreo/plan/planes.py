"""Where manifests go: a directory or a cluster for each data plane, as stack config says."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from openchoreo.config import Target
from openchoreo.delivery import PlaneTarget
from openchoreo.errors import OpenChoreoError, Problem, Stage, nearest
from openchoreo.plan.planned import Cluster, Plane

MANIFESTS = "manifests"
"""The directory of the files target, below it environment and plane."""


def observability_of(plane: str) -> str:
    """The observability plane beside a data plane."""
    return f"{plane}-observability"


Identify = Callable[[Target], str]
"""What identifies the cluster behind a target. Raises OpenChoreoError where it does not answer."""


def planes_of(
    used: Iterable[str], targets: Mapping[str, Target], environment: str, identify: Identify
) -> tuple[Plane, ...]:
    """The planes that a run writes to, sorted by name. Raises OpenChoreoError with every problem."""
    problems: list[Problem] = []
    planes: list[Plane] = []
    for name in sorted(used):
        target = targets.get(name) or Target()
        try:
            planes.append(_plane(name, target, environment, identify))
        except OpenChoreoError as error:
            problems += (_problem(name, one.message, one.hint) for one in error.problems)
    if problems:
        raise OpenChoreoError(*problems)
    return tuple(planes)


def _plane(name: str, target: Target, environment: str, identify: Identify) -> Plane:
    if not target.context:
        return Plane(name, target.directory or f"{MANIFESTS}/{environment}/{name}")
    identifier = target.cluster_identifier or identify(target)
    return Plane(name, cluster=Cluster(target.context, target.kubeconfig, identifier))


def target_of(plane: Plane) -> PlaneTarget:
    """What the ledger keeps of it."""
    if plane.cluster is None:
        return PlaneTarget(target="files")
    return PlaneTarget(target="cluster", cluster=plane.cluster.identifier)


def plane_problems(
    planes: Collection[Plane], targets: Iterable[str], recorded: Mapping[str, PlaneTarget]
) -> Iterator[Problem]:
    """Targets of planes that nothing runs on, planes that share a directory, and ways back.

    A stack that runs nothing may have targets for what is to come.
    """
    written = frozenset(targets)
    known = {*(plane.name for plane in planes), *recorded}
    for name in sorted(written):
        if known and name not in known:
            message = f"no component of this stack runs on a data plane {name}"
            yield _problem(name, message, nearest(name, known))
    owners: dict[PurePosixPath, str] = {}
    for plane in planes:
        if plane.name in recorded:
            yield from _moved(plane, recorded[plane.name], written)
        if plane.cluster is None:
            yield from _shared(plane, owners)


def _shared(plane: Plane, owners: dict[PurePosixPath, str]) -> Iterator[Problem]:
    first = owners.setdefault(PurePosixPath(plane.directory), plane.name)
    if first != plane.name:
        message = f"{first} and {plane.name} would both be written to {plane.directory}"
        yield _problem(plane.name, message, "give each data plane a directory of its own")


def _moved(plane: Plane, before: PlaneTarget, written: Collection[str]) -> Iterator[Problem]:
    """Objects of a cluster are not left behind, nor taken for those of another one."""
    if before.target == "files":
        return
    if plane.cluster is None:
        how = "says files" if plane.name in written else "has no line for it any more"
        message = f"this stack deploys to cluster {before.cluster} there, and the config {how}"
        hint = (
            f"write {plane.name}: {{context: <context of that cluster>}}; a stack that has deployed "
            "to a cluster does not go back to files: use another stack for those"
        )
        yield _problem(plane.name, message, hint)
    elif before.cluster != plane.cluster.identifier:
        message = (
            f"context {plane.cluster.context} is cluster {plane.cluster.identifier}, and this stack "
            f"has deployed to cluster {before.cluster}"
        )
        hint = (
            "use a context of that cluster; where it is the same one, made anew, say "
            f"clusterIdentifier: {before.cluster}"
        )
        yield _problem(plane.name, message, hint)


def moves(planes: Iterable[Plane], recorded: Mapping[str, PlaneTarget]) -> Iterator[str]:
    """What is told of planes that go from files to a cluster."""
    for plane in planes:
        before = recorded.get(plane.name)
        if plane.cluster and before and before.target == "files":
            yield (
                f"data plane {plane.name} moves from files to the cluster of context "
                f"{plane.cluster.context}: its objects are created there, then its files are "
                "removed; there is no way back in this stack"
            )


def _problem(plane: str, message: str, hint: str) -> Problem:
    path = ("openchoreo:dataPlanes", plane)
    return Problem(Stage.CONFIG, "stack config", path, message, hint)
