"""Each risk, where it must be seen and where it must not."""

import pytest

from openchoreo.forecast.changes import Field, ObjectChange, Op
from openchoreo.forecast.fields import differences
from openchoreo.forecast.risks.objects import of_object


def changed(before: dict | None, after: dict | None) -> ObjectChange:
    op = Op.CREATE if before is None else Op.DELETE if after is None else Op.UPDATE
    fields = differences(before, after) if before and after else ()
    return ObjectChange(
        op=op,
        identity=("openchoreo-files:v1:X", "default/ns/x"),
        owner="default/web",
        before=before,
        after=after,
        fields=tuple(Field(one.path, one.old, one.new) for one in fields),
    )


def workload(kind="Deployment", container=None, **spec) -> dict:
    main = {"name": "main", "image": "web@sha256:1", **(container or {})}
    template = {"spec": {"containers": [main]}}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": "web", "namespace": "ns"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": template, **spec},
    }


def env(**value) -> dict:
    return {"env": [{"name": "A", **value}]}


def secret(name: str) -> dict:
    return {"valueFrom": {"secretKeyRef": {"name": name, "key": "k"}}}


def object_(kind: str, **spec) -> dict:
    metadata = {"name": "web", "namespace": "ns"}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, "spec": spec}


def route(*hosts: str, paths=("/",)) -> dict:
    matches = [{"path": {"type": "PathPrefix", "value": path}} for path in paths]
    return object_("HTTPRoute", hostnames=[*hosts], rules=[{"matches": matches}])


def policy(*rules: dict, types=("Ingress",)) -> dict:
    return object_("NetworkPolicy", policyTypes=[*types], ingress=[*rules])


def peer(name: str, *ports: int) -> dict:
    rule: dict = {"from": [{"podSelector": {"matchLabels": {"app": name}}}]}
    if ports:
        rule["ports"] = [{"port": port} for port in ports]
    return rule


PROBED = {"readinessProbe": {"httpGet": {"path": "/", "port": 80}}}
LIMITED = {"resources": {"limits": {"cpu": "1", "memory": "1Gi"}}}

CASES = [
    (
        "pods-restart",
        workload(container=env(value="1")),
        workload(container=env(value="2")),
        ["Deployment ns/web: its pods restart: spec.template.spec.containers[main].env[A].value"],
    ),
    ("pods-restart", workload(replicas=1), workload(replicas=2), []),
    ("pods-restart", None, workload(), []),
    (
        "pods-restart",
        workload(kind="CronJob", container=env(value="1")),
        workload(kind="CronJob", container=env(value="2")),
        [],
    ),
    (
        "replacement",
        workload(),
        workload(selector={"matchLabels": {"app": "other"}}),
        [
            (
                "Deployment ns/web: spec.selector.matchLabels.app cannot be changed:"
                " the object is deleted and created anew"
            )
        ],
    ),
    (
        "replacement",
        object_("Service", clusterIP="10.0.0.1"),
        object_("Service", clusterIP="10.0.0.2"),
        [
            "Service ns/web: spec.clusterIP cannot be changed: the object is deleted and created anew"
        ],
    ),
    ("replacement", workload(replicas=1), workload(replicas=2), []),
    ("replacement", object_("Service", type="A"), object_("Service", type="B"), []),
    ("route-removed", route("a"), None, ["HTTPRoute ns/web: the route is removed"]),
    (
        "route-removed",
        route("a", "b"),
        route("a"),
        ["HTTPRoute ns/web: host b is no longer served"],
    ),
    (
        "route-removed",
        route("a", paths=("/", "/old")),
        route("a"),
        ["HTTPRoute ns/web: path /old is no longer served"],
    ),
    ("route-removed", route("a"), route("a", "b"), []),
    ("route-removed", object_("Service"), None, []),
    (
        "network-policy-widened",
        policy(peer("a", 80)),
        policy(peer("a", 80), peer("b", 80)),
        ["NetworkPolicy ns/web: ingress lets in more than before"],
    ),
    (
        "network-policy-widened",
        policy(peer("a", 80)),
        policy(peer("a")),
        ["NetworkPolicy ns/web: ingress lets in more than before"],
    ),
    (
        "network-policy-widened",
        policy(peer("a", 80)),
        policy({"ports": [{"port": 80}]}),
        ["NetworkPolicy ns/web: ingress lets in more than before"],
    ),
    (
        "network-policy-widened",
        policy(peer("a")),
        None,
        ["NetworkPolicy ns/web: the policy is removed: what it kept out is let in"],
    ),
    (
        "network-policy-widened",
        policy(types=("Ingress", "Egress")),
        policy(),
        ["NetworkPolicy ns/web: Egress is no longer restricted"],
    ),
    ("network-policy-widened", policy(peer("a", 80, 81)), policy(peer("a", 80)), []),
    ("network-policy-widened", policy(peer("a", 80), peer("b")), policy(peer("a", 80)), []),
    ("network-policy-widened", policy({}), policy(peer("a", 80)), []),
    (
        "probe-dropped",
        workload(container=PROBED),
        workload(),
        ["Deployment ns/web: container main has no readinessProbe any more"],
    ),
    ("probe-dropped", workload(), workload(container=PROBED), []),
    (
        "limit-dropped",
        workload(container=LIMITED),
        workload(container={"resources": {"limits": {"cpu": "1"}}}),
        ["Deployment ns/web: container main has no memory in limits any more"],
    ),
    (
        "limit-dropped",
        workload(container=LIMITED),
        workload(container={"resources": {"limits": {"cpu": "2", "memory": "1Gi"}}}),
        [],
    ),
    (
        "replicas-down",
        workload(replicas=3),
        workload(replicas=1),
        ["Deployment ns/web: replicas goes from 3 to 1"],
    ),
    (
        "replicas-down",
        object_("HorizontalPodAutoscaler", minReplicas=2, maxReplicas=9),
        object_("HorizontalPodAutoscaler", minReplicas=1, maxReplicas=9),
        ["HorizontalPodAutoscaler ns/web: minReplicas goes from 2 to 1"],
    ),
    ("replicas-down", workload(replicas=1), workload(replicas=3), []),
    ("replicas-down", workload(replicas=1), workload(), []),
    (
        "image-by-tag",
        workload(),
        workload(container={"image": "web:2"}),
        ["Deployment ns/web: container main names web:2 without a digest"],
    ),
    ("image-by-tag", workload(), workload(container={"image": "web:2@sha256:2"}), []),
    (
        "image-by-tag",
        workload(container={"image": "web:2"}),
        workload(container={"image": "web:2"}, replicas=2),
        [],
    ),
    (
        "secret-changed",
        workload(container=env(**secret("one"))),
        workload(container=env(**secret("two"))),
        [
            (
                "Deployment ns/web: spec.template.spec.containers[main].env[A].valueFrom"
                ".secretKeyRef.name names another secret"
            )
        ],
    ),
    (
        "secret-changed",
        object_("ExternalSecret", data=[{"secretKey": "a", "remoteRef": {"key": "x"}}]),
        object_("ExternalSecret", data=[{"secretKey": "a", "remoteRef": {"key": "y"}}]),
        ["ExternalSecret ns/web: the secret is fetched in another way: spec.data[0].remoteRef.key"],
    ),
    ("secret-changed", workload(container=env(value="1")), workload(container=env(value="2")), []),
]


@pytest.mark.parametrize(("name", "before", "after", "expected"), CASES)
def test_where_it_is_seen_and_where_not(name, before, after, expected):
    found = [one for one in of_object(changed(before, after)) if one.name == name]
    assert [f"{one.where}: {one.said}" for one in found] == expected
    assert all(one.owner == "default/web" for one in found)


def test_every_risk_of_an_object_has_both_cases():
    with_one = {name for name, *_, expected in CASES if expected}
    without = {name for name, *_, expected in CASES if not expected}
    assert with_one == without
    assert len(with_one) == 9
