"""A component as an environment runs it: its objects, from the state of the stack, and the clusters
they are in. The definitions are not read.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager

from msgspec import Struct

from openchoreo.cli.asking import Asking
from openchoreo.cluster import ClusterError, Share, connect
from openchoreo.config import Target
from openchoreo.delivery import Ledger, load_ledger
from openchoreo.delivery.deployed import (
    PACKAGES,
    Deployed,
    contexts_in,
    deployed_in,
    directories_in,
    outputs_in,
)
from openchoreo.document import Document, Object
from openchoreo.errors import Collector, OpenChoreoError, Problem, Stage, nearest
from openchoreo.workspace.stack_files import placed_in_stack_file, settings_of

_CLUSTER = PACKAGES[1]


class Found(Struct, frozen=True):
    """`shares` are what each cluster has of the component, by data plane."""

    key: str
    environment: str
    shares: Mapping[str, Share]

    def refused(self, message: str, hint: str = "") -> OpenChoreoError:
        return OpenChoreoError(_problem(self.key, message, hint))


def find(name: str, environment: str, *, what: str) -> Found:
    """`what` is asked of its clusters. Raises OpenChoreoError where it is in none."""
    asking = Asking()
    stack = asking.stack_for(environment)
    asking.begin_export(stack)
    from openchoreo.rendering.identity import LABEL_PREFIX  # noqa: PLC0415 - while Pulumi is asked

    state = asking.export(stack)
    deployed = deployed_in(state)
    running = {one.owner for one in deployed if one.owner.count("/") == 1}
    key = _one_of(name, running)
    if not key:
        raise OpenChoreoError(_not_there(name, environment, stack, asking))
    objects = [one for one in deployed if one.owner == key]
    in_clusters = [one for one in objects if one.identity[0].partition(":")[0] == _CLUSTER]
    if not in_clusters:
        raise OpenChoreoError(_only_files(key, stack, objects, state, what))
    namespace, _, short = key.partition("/")
    labels = {"namespace": namespace, "component": short, "environment": environment}
    carried = {LABEL_PREFIX + label: value for label, value in labels.items()}
    shares = dict(_shares(in_clusters, targets_of(stack, state), carried))
    return Found(key, environment, shares)


@contextmanager
def cluster_told(plane: str) -> Generator[None]:
    """What a cluster does not answer is a problem of its data plane."""
    try:
        yield
    except ClusterError as error:
        subject = f"data plane {plane}" if plane else "cluster"
        problem = Problem(Stage.REGISTER, subject, (), error.message, error.hint)
        raise OpenChoreoError(problem) from None


def _shares(
    objects: Iterable[Deployed], targets: Mapping[str, Target], labels: Mapping[str, str]
) -> Iterator[tuple[str, Share]]:
    by_plane: dict[str, list[Object]] = {}
    for one in objects:
        by_plane.setdefault(one.identity[1].partition("/")[0], []).append(one.manifest)
    for plane, manifests in sorted(by_plane.items()):
        target = targets.get(plane, Target())
        with cluster_told(plane):
            api = connect(target.kubeconfig, target.context)
        yield plane, Share(api, tuple(manifests), labels)


def targets_of(stack: str, state: Mapping[str, Document]) -> dict[str, Target]:
    """What stack config says; else where the last run went."""
    try:
        written = settings_of(stack).data_planes
    except OpenChoreoError as error:
        raise OpenChoreoError(*placed_in_stack_file(error.problems, stack)) from None
    went = {
        plane: Target(context=context, kubeconfig=kubeconfig)
        for plane, (context, kubeconfig) in contexts_in(state).items()
        if context
    }
    return {**went, **{plane: one for plane, one in written.items() if one.context}}


def _one_of(name: str, known: Collection[str]) -> str:
    """The key that is meant; empty where none is. Raises OpenChoreoError where several are."""
    found = sorted(key for key in known if name in {key, key.partition("/")[2]})
    if len(found) > 1:
        hint = f"write one of {', '.join(found)}"
        raise OpenChoreoError(_problem(name, "is in several namespaces", hint))
    return found[0] if found else ""


def _not_there(name: str, environment: str, stack: str, asking: Asking) -> Problem:
    """It has been undeployed, has never run here, or is misspelt."""
    own = _ledger(outputs_in(asking.export(stack)), stack)
    others = _others(stack, asking)
    key = _one_of(name, own.components if own else ())
    if own and key and not own.components[key].running:
        message = f"is undeployed in {environment} since {own.components[key].current.since}"
        hint = _elsewhere(key, others) or f"openchoreo deploy {name} --env {environment}"
        return _problem(key, message, hint)
    known = {key for one in others for key in one.components}
    key = _one_of(name, known)
    if key:
        return _problem(key, f"has never run in {environment}", _elsewhere(key, others))
    known |= {*(own.components if own else ())}
    bare = "/" not in name
    near = nearest(name, [one.partition("/")[2] if bare else one for one in known])
    return _problem(name, f"nothing of that name has run in {environment}", near)


def _ledger(outputs: Object, stack: str) -> Ledger | None:
    said = outputs.get("pipeline")
    return load_ledger(said, source=f"Stack {stack}") if isinstance(said, str) else None


def _others(stack: str, asking: Asking) -> list[Ledger]:
    """Of the other stacks; one that is not whole is told to who asks for it."""
    names = [name for name in asking.names() if name.rpartition("/")[2] != stack]
    for name in names:
        asking.look(name.rpartition("/")[2])
    found = Collector()
    ledgers = [
        found.attempt(lambda name=name: _ledger(asking.outputs(name) or {}, name)) for name in names
    ]
    return [one for one in ledgers if one]


def _elsewhere(key: str, ledgers: Iterable[Ledger]) -> str:
    found = sorted(
        one.environment for one in ledgers if key in one.components and one.components[key].running
    )
    return f"it runs in {', '.join(found)}" if found else ""


def _only_files(
    key: str,
    stack: str,
    objects: Iterable[Deployed],
    state: Mapping[str, Document],
    what: str,
) -> Problem:
    directories = directories_in(state)
    planes = sorted({one.identity[1].partition("/")[0] for one in objects})
    where = ", ".join(directories.get(plane, plane) for plane in planes)
    hint = (
        f"{what} need a cluster: write openchoreo:dataPlanes: {{{planes[0]}: {{context: <context>}}}} "
        f"in Pulumi.{stack}.yaml, then pulumi up --stack {stack}"
    )
    return _problem(key, f"its manifests are files below {where}", hint)


def _problem(name: str, message: str, hint: str) -> Problem:
    return Problem(Stage.REGISTER, f"Component {name}", (), message, hint)
