"""Why there is nothing to read of a component: no pods, or none that have started."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from openchoreo.cluster.api import FORBIDDEN, ClusterError, items
from openchoreo.cluster.containers import containers_of
from openchoreo.cluster.kinds import root_of
from openchoreo.cluster.objects import mapping, name_of, namespace_of
from openchoreo.cluster.plain import one_line
from openchoreo.cluster.pods import refusals, why
from openchoreo.cluster.selecting import Share
from openchoreo.document import Object

_PLURALS = {
    ("apps/v1", "DaemonSet"): "daemonsets",
    ("apps/v1", "Deployment"): "deployments",
    ("apps/v1", "StatefulSet"): "statefulsets",
    ("batch/v1", "CronJob"): "cronjobs",
    ("batch/v1", "Job"): "jobs",
}


def without_pods(share: Share) -> list[str]:
    """What each workload says of it. Raises ClusterError."""
    if not share.workloads:
        kinds = sorted({str(one["kind"]) for one in share.manifests})
        return [f"it has no workload there, only {', '.join(kinds)}"]
    return [_of_workload(share, manifest) for manifest in share.workloads]


def not_started(share: Share, pods: Iterable[Object], names: Collection[str]) -> list[str]:
    """Why the containers of pods have no lines yet. Raises ClusterError."""
    told: list[str] = []
    for pod in pods:
        before = (
            [one.name for one in containers_of(pod) if not one.usual and one.running]
            if not names
            else []
        )
        if before:
            named = f"pod {namespace_of(pod)}/{name_of(pod)}"
            told.append(f"{named} still runs its init container: --container {before[0]}")
        else:
            told += why(share.api, pod)
    return told


def unknown_containers(pods: Iterable[Object], names: Collection[str]) -> list[str]:
    """Those that no pod has."""
    known = {one.name for pod in pods for one in containers_of(pod)}
    return [name for name in names if name not in known]


def known_containers(pods: Iterable[Object]) -> str:
    """For a hint: `main, proxy; init: migrate`."""
    every = [one for pod in pods for one in containers_of(pod)]
    usual = dict.fromkeys(one.name for one in every if one.usual)
    others = dict.fromkeys(one.name for one in every if not one.usual)
    return "; ".join(
        part for part in (", ".join(usual), f"init: {', '.join(others)}" if others else "") if part
    )


def finished(share: Share) -> bool:
    """Whether all it has are Jobs that are over. Raises ClusterError."""
    jobs = share.workloads
    if not jobs or any(one["kind"] != "Job" for one in jobs):
        return False
    try:
        return all(_over(_live(share, one)) for one in jobs)
    except ClusterError as error:
        if error.status == FORBIDDEN:
            return False  # who may read pods need not be allowed to read Jobs
        raise


def _of_workload(share: Share, manifest: Object) -> str:
    name = f"{manifest['kind']} {namespace_of(manifest)}/{name_of(manifest)}"
    if (str(manifest["apiVersion"]), str(manifest["kind"])) not in _PLURALS:
        return f"{name} has no pods"
    try:
        live = _live(share, manifest)
    except ClusterError as error:
        if error.status != FORBIDDEN:
            raise
        return f"{name} has no pods"
    if live is None:
        return f"{name} is not there any more"
    return f"{name} {_said(live)}"


def _said(live: Object) -> str:
    spec, status = mapping(live, "spec"), mapping(live, "status")
    if spec.get("suspend"):
        return "is suspended"
    if "schedule" in spec:
        ran = one_line(status.get("lastScheduleTime"))
        if ran:
            return f"ran last at {ran}, and the pods of its runs are gone"
        return f"has not run yet; its schedule is {one_line(spec['schedule'])}"
    if spec.get("replicas") == 0:
        return "has 0 replicas"
    told = list(refusals(live))
    if told:
        return f"has no pods: {told[0]}"
    return "is over, and its pods are gone" if _over(live) else "has no pods yet"


def _over(live: Object | None) -> bool:
    conditions = items({"items": mapping(live or {}, "status").get("conditions")})
    return any(
        one.get("type") in {"Complete", "Failed"} and one.get("status") == "True"
        for one in conditions
    )


def _live(share: Share, manifest: Object) -> Object | None:
    kind = str(manifest["apiVersion"]), str(manifest["kind"])
    where = f"{root_of(kind[0])}/namespaces/{namespace_of(manifest)}"
    return share.api.get(f"{where}/{_PLURALS[kind]}/{name_of(manifest)}")
