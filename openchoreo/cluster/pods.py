"""Why the pods of a component do not become ready, and which images they run.

A look of our own, after the fact: it says the same whichever provider has waited.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import cast
from urllib.parse import quote

from msgspec import Struct, field

from openchoreo.cluster.api import Api, items
from openchoreo.cluster.kinds import Kinds
from openchoreo.cluster.objects import mapping, name_of, namespace_of, owners_of
from openchoreo.cluster.plain import one_line
from openchoreo.cluster.selecting import selector_of
from openchoreo.document import Object

_REVISION = "deployment.kubernetes.io/revision"
_LOG_LINES = 10
_WORKLOADS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "Job"})
_PULL = frozenset({"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"})


class Look(Struct, frozen=True):
    troubles: tuple[str, ...] = ()
    images: Mapping[str, str] = field(default_factory=dict[str, str])
    """Container -> image ID, of ready pods."""
    running: tuple[str, ...] = ()
    """What still serves although the newest pods do not."""


def look(api: Api, kinds: Kinds, manifests: Iterable[Object]) -> Look:
    """At the pods of all workloads among the manifests. Raises ClusterError."""
    troubles: list[str] = []
    running: list[str] = []
    images: dict[str, set[str]] = {}
    for manifest in manifests:
        if manifest["kind"] not in _WORKLOADS or not kinds.of(manifest):
            continue
        newest, older = _pods(api, manifest)
        troubles += _troubles(api, kinds, manifest, newest)
        ready = sum(_is_ready(pod) for pod in older)
        if ready:
            running.append(f"{ready} ready pod(s) of the revision before are still there")
        for pod in newest:
            if _is_ready(pod):
                _add_images(images, pod)
    shown = {name: ", ".join(sorted(ids)) for name, ids in sorted(images.items())}
    return Look(tuple(dict.fromkeys(troubles)), shown, tuple(running))


def why(api: Api, pod: Object) -> Iterator[str]:
    """Why a pod is not ready, in sentences. Raises ClusterError."""
    name = f"pod {namespace_of(pod)}/{name_of(pod)}"
    status = mapping(pod, "status")
    for condition in _conditions(pod):
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            yield f"{name} is not scheduled: {one_line(condition.get('message'))}"
            return
    told = False
    for found in (*items({"items": status.get("initContainerStatuses")}), *_statuses(pod)):
        sentence = _of_container(found)
        if sentence:
            told = True
            yield f"{name}{sentence}"
            yield from _last_lines(api, pod, found)
    if not told and _phase(pod) == "Running":
        yield f"{name} runs and is not ready{_probe(pod)}{_event(api, pod)}"
    elif not told:
        yield f"{name} is {_phase(pod) or 'not started'}{_event(api, pod)}"


def refusals(live: Object) -> Iterator[str]:
    """What a workload says where it cannot have pods: a quota, an admission, a Job that gave up."""
    for condition in _conditions(live):
        bad = condition.get("type") in {"ReplicaFailure", "Failed"}
        stuck = condition.get("type") == "Progressing" and condition.get("status") == "False"
        if (bad and condition.get("status") == "True") or stuck:
            yield one_line(condition.get("message"))


def _pods(api: Api, manifest: Object) -> tuple[list[Object], list[Object]]:
    """Those of the newest revision, and the others."""
    namespace = namespace_of(manifest)
    pods = items(
        api.get(f"/api/v1/namespaces/{namespace}/pods?labelSelector={quote(selector_of(manifest))}")
    )
    alive = [pod for pod in pods if not mapping(pod, "metadata").get("deletionTimestamp")]
    if manifest["kind"] != "Deployment":
        return alive, []
    owner = _newest_set(api, manifest)
    newest = [pod for pod in alive if owner in {str(one.get("uid")) for one in owners_of(pod)}]
    return newest, [pod for pod in alive if pod not in newest]


def _newest_set(api: Api, manifest: Object) -> str:
    """The UID of the ReplicaSet of a Deployment's newest revision."""
    path = f"/apis/apps/v1/namespaces/{namespace_of(manifest)}/replicasets"
    sets = items(api.get(f"{path}?labelSelector={quote(selector_of(manifest))}"))
    newest = max(sets, key=_revision, default=None)
    return str(mapping(newest, "metadata").get("uid")) if newest else ""


def _revision(replica_set: Object) -> int:
    text = str(mapping(mapping(replica_set, "metadata"), "annotations").get(_REVISION, "0"))
    return int(text) if text.isdigit() else 0


def _troubles(api: Api, kinds: Kinds, manifest: Object, pods: list[Object]) -> list[str]:
    wrong = [pod for pod in pods if not _is_ready(pod) and _phase(pod) != "Succeeded"]
    told = [line for pod in wrong for line in why(api, pod)]
    if told or (pods and not wrong):
        return told
    return list(_of_workload(api, kinds, manifest))


def _of_container(status: Object) -> str:
    state = mapping(status, "state")
    waiting, ended = mapping(state, "waiting"), mapping(state, "terminated")
    container, reason = status.get("name"), str(waiting.get("reason", ""))
    last = mapping(mapping(status, "lastState"), "terminated") or ended
    said = f": {one_line(waiting.get('message'))}" if waiting.get("message") else ""
    if reason in _PULL:
        return f" cannot pull image {status.get('image')}{said}"
    if reason == "CrashLoopBackOff" or (last and last.get("exitCode")):
        how = f"exit code {last.get('exitCode')} ({last.get('reason', 'Error')})"
        return (
            f": container {container} ends again and again "
            f"({status.get('restartCount', 0)} restarts), last with {how}"
        )
    if reason and reason not in {"ContainerCreating", "PodInitializing"}:
        return f": container {container} waits, {reason}{said}"
    return ""


def _last_lines(api: Api, pod: Object, status: Object) -> Iterator[str]:
    """Of the container that ended, where the server has them."""
    if not status.get("restartCount") and not mapping(status, "lastState"):
        return
    path = f"/api/v1/namespaces/{namespace_of(pod)}/pods/{name_of(pod)}/log"
    asked = f"container={status.get('name')}&previous=true&tailLines={_LOG_LINES}"
    for line in api.text(f"{path}?{asked}").splitlines():
        yield f"  | {one_line(line)}"


def _probe(pod: Object) -> str:
    for container in cast("list[Object]", mapping(pod, "spec").get("containers") or []):
        probe = mapping(container, "readinessProbe")
        request = mapping(probe, "httpGet")
        if request:
            return f" (readiness probe GET {request.get('path', '/')} on {request.get('port')})"
        if probe:
            return " (it has a readiness probe)"
    return ""


def _event(api: Api, pod: Object) -> str:
    """The newest warning of the pod."""
    path = f"/api/v1/namespaces/{namespace_of(pod)}/events"
    selector = quote(f"involvedObject.name={name_of(pod)},type=Warning")
    events = items(api.get(f"{path}?fieldSelector={selector}"))
    newest = max(events, key=lambda one: str(one.get("lastTimestamp") or ""), default=None)
    return f": {one_line(newest.get('message'))}" if newest else ""


def _of_workload(api: Api, kinds: Kinds, manifest: Object) -> Iterator[str]:
    """There are no pods to blame."""
    served = kinds.of(manifest)
    name = f"{manifest['kind']} {namespace_of(manifest)}/{name_of(manifest)}"
    live = api.get(served.path(namespace_of(manifest), name_of(manifest))) if served else None
    for told in refusals(live or {}):
        yield f"{name}: {told}"


def _is_ready(pod: Object) -> bool:
    return any(
        one.get("type") == "Ready" and one.get("status") == "True" for one in _conditions(pod)
    )


def _add_images(images: dict[str, set[str]], pod: Object) -> None:
    for status in _statuses(pod):
        ran = str(status.get("imageID") or "")
        if ran:
            images.setdefault(str(status.get("name")), set()).add(ran)


def _statuses(pod: Object) -> list[Object]:
    return items({"items": mapping(pod, "status").get("containerStatuses")})


def _conditions(document: Object) -> list[Object]:
    return items({"items": mapping(document, "status").get("conditions")})


def _phase(pod: Object) -> str:
    return str(mapping(pod, "status").get("phase") or "")
