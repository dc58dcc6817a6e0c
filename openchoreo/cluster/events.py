"""What has happened to the objects of a component, and to what they own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote

from msgspec import Struct

from openchoreo.cluster.api import all_of, items
from openchoreo.cluster.objects import mapping, name_of, namespace_of, owners_of, uid_of
from openchoreo.cluster.selecting import Share, jobs_of, listed, pods_of, selector_of
from openchoreo.document import Object

_FOR_CLUSTER_SCOPED = "default"
"""The namespace of events of objects that have none."""

_RANDOM = "[bcdfghjklmnpqrstvwxz2456789]{5}"
_LONGEST_BASE = 58  # characters; of a longer name Kubernetes takes the beginning

Reference = tuple[str, str, str]
"""Kind, namespace and name."""


class Event(Struct, frozen=True):
    """`time` is when it was seen last; `count` is how often."""

    uid: str
    time: str
    type: str
    reason: str
    object: Reference
    count: int
    message: str

    @property
    def moment(self) -> datetime:
        """The beginning of time where it has none."""
        try:
            found = datetime.fromisoformat(self.time)
        except ValueError:
            return datetime.min.replace(tzinfo=UTC)
        return found if found.tzinfo else found.replace(tzinfo=UTC)


def events_of(share: Share) -> list[Event]:
    """Oldest first. Raises ClusterError."""
    owners = [*((str(one["kind"]), one) for one in share.manifests), *_owned(share)]
    pods = [("Pod", pod) for pod in pods_of(share)]
    own = {(kind, namespace_of(one), name_of(one)) for kind, one in (*owners, *pods)}
    gone = [pattern for kind, one in owners for pattern in _made_by(kind, one)]
    namespaces = sorted({where or _FOR_CLUSTER_SCOPED for _, where, _ in own})
    answers = all_of(lambda where: listed(share.api, "events", where), namespaces)
    every = [_event(one) for answer in answers for one in answer]
    mine = [one for one in every if one.object in own or _is_any(one.object, gone)]
    return sorted(mine, key=lambda one: (one.moment, one.object, one.reason))


Owner = tuple[str, Object]
"""With its kind, which what is listed does not say of itself."""

Pattern = tuple[str, str, re.Pattern[str]]
"""Kind, namespace, and what names look like."""


def _owned(share: Share) -> Iterator[Owner]:
    """ReplicaSets and Jobs, which make the pods."""
    for manifest in share.manifests:
        if manifest["kind"] == "Deployment":
            query = f"labelSelector={quote(selector_of(manifest))}"
            sets = listed(share.api, "replicasets.apps", namespace_of(manifest), query)
            for one in sets:
                if any(owner.get("name") == name_of(manifest) for owner in owners_of(one)):
                    yield "ReplicaSet", one
        elif manifest["kind"] == "CronJob":
            for job in jobs_of(share.api, manifest):
                yield "Job", job


def _made_by(kind: str, owner: Object) -> Iterator[Pattern]:
    """What an owner calls what it makes: events outlive pods."""
    namespace, name = namespace_of(owner), re.escape(name_of(owner))
    if kind in {"DaemonSet", "Job", "ReplicaSet"} and len(name_of(owner)) < _LONGEST_BASE:
        yield "Pod", namespace, re.compile(f"{name}-{_RANDOM}")
    elif kind == "CronJob":
        yield "Job", namespace, re.compile(rf"{name}-\d+")
        yield "Pod", namespace, re.compile(rf"{name}-\d+-{_RANDOM}")
    elif kind == "StatefulSet":
        yield "Pod", namespace, re.compile(rf"{name}-\d+")
        claims = items({"items": mapping(owner, "spec").get("volumeClaimTemplates")})
        for claim in claims:
            pattern = rf"{re.escape(name_of(claim))}-{name}-\d+"
            yield "PersistentVolumeClaim", namespace, re.compile(pattern)


def _is_any(reference: Reference, patterns: list[Pattern]) -> bool:
    kind, namespace, name = reference
    return any(
        (kind, namespace) == (of_kind, where) and pattern.fullmatch(name)
        for of_kind, where, pattern in patterns
    )


def _event(found: Object) -> Event:
    about, series = mapping(found, "involvedObject"), mapping(found, "series")
    times = (
        series.get("lastObservedTime"),
        found.get("lastTimestamp"),
        found.get("eventTime"),
        found.get("firstTimestamp"),
        mapping(found, "metadata").get("creationTimestamp"),
    )
    count = series.get("count") or found.get("count")
    return Event(
        uid_of(found),
        next((str(time) for time in times if time), ""),
        str(found.get("type") or ""),
        str(found.get("reason") or ""),
        (str(about.get("kind")), str(about.get("namespace") or ""), str(about.get("name"))),
        count if isinstance(count, int) else 1,
        str(found.get("message") or ""),
    )
