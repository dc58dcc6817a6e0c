"""What the user of a context may do."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager

from msgspec import Struct

from openchoreo.cluster.api import FORBIDDEN, Api, ClusterError, all_of
from openchoreo.cluster.kinds import Kinds
from openchoreo.cluster.objects import namespace_of
from openchoreo.document import Object

VERBS = ("get", "create", "patch", "delete")
_REVIEW = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


class Denied(Struct, frozen=True, order=True):
    verb: str
    resource: str
    """Like deployments.apps."""
    namespace: str
    """Empty for what has none."""


@contextmanager
def needing(api: Api, verb: str, resource: str, namespace: str) -> Generator[None]:
    """Where it is not allowed, ClusterError says what is missing."""
    try:
        yield
    except ClusterError as error:
        if error.status != FORBIDDEN:
            raise
        message = (
            f"the user of context {api.context} may not {verb} {resource} in namespace {namespace}"
        )
        hint = "ask whoever runs the cluster for that right"
        raise ClusterError(message, hint, error.status) from None


def denied(api: Api, kinds: Kinds, manifests: Iterable[Object]) -> list[Denied]:
    """What is not allowed, as far as the API server says it beforehand. Raises ClusterError."""
    if _allowed(api, {"verb": "*", "group": "*", "resource": "*"}):
        return []
    wanted = sorted(_wanted(kinds, manifests))
    answers = all_of(
        lambda one: _allowed(
            api, {"verb": one[3], "group": one[0], "resource": one[1], "namespace": one[2]}
        ),
        wanted,
    )
    return [
        Denied(verb, f"{plural}.{group}" if group else plural, namespace)
        for (group, plural, namespace, verb), allowed in zip(wanted, answers, strict=True)
        if not allowed
    ]


def _wanted(kinds: Kinds, manifests: Iterable[Object]) -> set[tuple[str, str, str, str]]:
    found: set[tuple[str, str, str, str]] = set()
    for manifest in manifests:
        served = kinds.of(manifest)
        if served:
            namespace = namespace_of(manifest) if served.namespaced else ""
            found |= {(served.group, served.plural, namespace, verb) for verb in VERBS}
    return found


def _allowed(api: Api, attributes: dict[str, str]) -> bool:
    review: Object = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {**attributes}},
    }
    status = api.post(_REVIEW, review).get("status")
    return isinstance(status, dict) and status.get("allowed") is True
