"""Which pods are those of a component."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast
from urllib.parse import quote

from msgspec import Struct

from openchoreo.cluster.api import Api, all_of, items
from openchoreo.cluster.objects import mapping, name_of, namespace_of, owners_of, uid_of
from openchoreo.cluster.rights import needing
from openchoreo.document import Object

_JOB = "batch.kubernetes.io/job-name"


class Share(Struct, frozen=True):
    """What one cluster has of a component. Pods carry `labels` where their type passes them on."""

    api: Api
    manifests: tuple[Object, ...]
    labels: Mapping[str, str]

    @property
    def workloads(self) -> tuple[Object, ...]:
        return tuple(one for one in self.manifests if is_workload(one))


def is_workload(manifest: Object) -> bool:
    """Also of a kind of others, as long as it selects pods in the usual way."""
    if manifest["kind"] in {"Job", "CronJob", "Pod"}:
        return True
    spec = mapping(manifest, "spec")
    return "template" in spec and bool(_terms(mapping(spec, "selector")))


def pods_of(share: Share) -> list[Object]:
    """Sorted by name. Raises ClusterError."""
    answers = all_of(lambda one: listed(share.api, "pods", *one), sorted(set(_queries(share))))
    found = {uid_of(pod): pod for pods in answers for pod in pods}
    return sorted(found.values(), key=lambda pod: (namespace_of(pod), name_of(pod)))


def listed(api: Api, resource: str, namespace: str, query: str = "") -> list[Object]:
    """All of pods, jobs.batch or the like in a namespace. Raises ClusterError."""
    plural, _, group = resource.partition(".")
    root = f"/apis/{group}/v1" if group else "/api/v1"
    path = f"{root}/namespaces/{namespace}/{plural}"
    with needing(api, "list", resource, namespace):
        return items(api.get(f"{path}?{query}" if query else path))


def jobs_of(api: Api, cron_job: Object) -> list[Object]:
    """Those that a CronJob has made and that are still there. Raises ClusterError."""
    jobs = listed(api, "jobs.batch", namespace_of(cron_job))
    return [job for job in jobs if _is_of(job, "CronJob", name_of(cron_job))]


def selector_of(manifest: Object) -> str:
    """What selects the pods of a workload; empty where it selects none."""
    if manifest["kind"] == "Job":
        return f"{_JOB}={name_of(manifest)}"
    return ",".join(_terms(mapping(mapping(manifest, "spec"), "selector")))


def _queries(share: Share) -> Iterator[tuple[str, str]]:
    """Namespaces, and what to ask for there."""
    workloads = share.workloads
    for manifest in workloads:
        namespace = namespace_of(manifest)
        if manifest["kind"] == "Pod":
            yield namespace, f"fieldSelector={quote(f'metadata.name={name_of(manifest)}')}"
        elif manifest["kind"] == "CronJob":
            names = ",".join(sorted(name_of(job) for job in jobs_of(share.api, manifest)))
            if names:
                yield namespace, _labelled(f"{_JOB} in ({names})")
        else:
            yield namespace, _labelled(selector_of(manifest))
    own = ",".join(f"{key}={value}" for key, value in sorted(share.labels.items()))
    for namespace in {namespace_of(one) for one in workloads or share.manifests} - {""}:
        yield namespace, _labelled(own)


def _labelled(selector: str) -> str:
    return f"labelSelector={quote(selector)}"


def _terms(selector: Object) -> list[str]:
    """A selector of labels as a query takes it."""
    equal = [f"{key}={value}" for key, value in sorted(mapping(selector, "matchLabels").items())]
    others = items({"items": selector.get("matchExpressions")})
    return [*equal, *(_expression(one) for one in others)]


def _expression(one: Object) -> str:
    key, operator = str(one.get("key")), str(one.get("operator"))
    values = ",".join(str(value) for value in cast("list[object]", one.get("values") or []))
    if operator == "Exists":
        return key
    if operator == "DoesNotExist":
        return f"!{key}"
    return f"{key} {operator.lower()} ({values})"


def _is_of(document: Object, kind: str, name: str) -> bool:
    return any(one.get("kind") == kind and one.get("name") == name for one in owners_of(document))
