"""What has become of the containers of pods, and which of them have anything to say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from msgspec import Struct

from openchoreo.cluster.api import Api, items
from openchoreo.cluster.objects import mapping, name_of, namespace_of, uid_of
from openchoreo.document import Object


class Source(Struct, frozen=True):
    """A container of a pod. A pod that is made anew under the same name is another one.

    `alone` is where no other container of that pod is read.
    """

    api: Api
    namespace: str
    pod: str
    uid: str
    container: str
    alone: bool


class Container(Struct, frozen=True):
    """`usual` are those that run for as long as the pod does; initial ones are looked at on
    request. `run` tells one run of it, and its end, from the next.
    """

    name: str
    usual: bool
    running: bool
    has_lines: bool
    ended_before: bool
    run: str


def containers_of(pod: Object) -> list[Container]:
    """In the order in which the pod starts them."""
    spec, status = mapping(pod, "spec"), mapping(pod, "status")
    found: list[Container] = []
    for kind in ("init", "", "ephemeral"):
        key = f"{kind}ContainerStatuses" if kind else "containerStatuses"
        statuses = {str(one.get("name")): one for one in items({"items": status.get(key)})}
        for one in items({"items": spec.get(f"{kind}Containers" if kind else "containers")}):
            name = str(one.get("name"))
            # Kubernetes keeps sidecars among the initial ones.
            usual = not kind or one.get("restartPolicy") == "Always"
            found.append(_container(name, statuses.get(name, {}), usual=usual))
    return found


def chosen(pod: Object, names: Collection[str]) -> list[Container]:
    """Those of these names; the usual ones where there are none."""
    every = containers_of(pod)
    return [one for one in every if (one.name in names if names else one.usual)]


def sources_of(
    api: Api, pods: Iterable[Object], names: Collection[str]
) -> Iterator[tuple[Source, Container]]:
    for pod in pods:
        found = chosen(pod, names)
        where = (namespace_of(pod), name_of(pod), uid_of(pod))
        for one in found:
            alone = len(found) == 1
            yield Source(api, *where, one.name, alone), one


def _container(name: str, status: Object, *, usual: bool) -> Container:
    state = mapping(status, "state")
    running, ended = "running" in state, "terminated" in state
    before = "terminated" in mapping(status, "lastState")
    run = f"{status.get('containerID')} {status.get('restartCount')} {'ended' if ended else ''}"
    return Container(name, usual, running, running or ended or before, before, run)
