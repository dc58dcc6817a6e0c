"""What a policy forbids in manifests: what each check finds, and what it leaves alone."""

import pytest

from openchoreo.delivery.gates import CHECKS, violations

SOUND = {
    "name": "main",
    "image": "app@sha256:" + "0" * 64,
    "resources": {"limits": {"cpu": "1", "memory": "1Gi"}},
    "readinessProbe": {"httpGet": {"port": 80}},
    "securityContext": {"privileged": False},
}


def deployment(pod=None, kind="Deployment", **container):
    spec = {"containers": [{**SOUND, **container}], **(pod or {})}
    return {"apiVersion": "apps/v1", "kind": kind, "spec": {"template": {"spec": spec}}}


def policy(*peers):
    spec = {"ingress": [{"from": [*peers]} if peers else {}]}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "spec": spec}


def cron(**container):
    job = {"spec": {"template": {"spec": {"containers": [{**SOUND, **container}]}}}}
    return {"apiVersion": "batch/v1", "kind": "CronJob", "spec": {"jobTemplate": job}}


CASES = [
    (
        "privileged",
        deployment(securityContext={"privileged": True}),
        "container main is privileged",
    ),
    (
        "privileged",
        deployment(securityContext={"allowPrivilegeEscalation": True}),
        "container main may gain privileges",
    ),
    ("privileged", cron(securityContext={"privileged": True}), "container main is privileged"),
    (
        "privileged",
        deployment({"initContainers": [{"name": "x", "securityContext": {"privileged": True}}]}),
        "container x is privileged",
    ),
    ("hostNamespaces", deployment({"hostNetwork": True}), "its pods share the node's hostNetwork"),
    (
        "hostNamespaces",
        deployment({"volumes": [{"name": "v", "hostPath": {"path": "/"}}]}),
        "volume v is a folder of the node",
    ),
    (
        "missingLimits",
        deployment(resources={"limits": {"cpu": "1"}}),
        "container main has no limit of memory",
    ),
    ("missingLimits", cron(resources={}), "container main has no limit of cpu and memory"),
    ("imageByTag", deployment(image="app:1"), "container main names app:1 without a digest"),
    ("openNetwork", policy(), "it lets every pod in"),
    ("openNetwork", policy({"namespaceSelector": {}}), "it lets every pod in"),
    ("openNetwork", policy({"ipBlock": {"cidr": "0.0.0.0/0"}}), "it lets every pod in"),
]


@pytest.mark.parametrize(("check", "manifest", "text"), CASES)
def test_it_is_found(check, manifest, text):
    assert [*violations(check, manifest)] == [text]


def test_a_probe_that_is_missing():
    bare = {key: value for key, value in SOUND.items() if key != "readinessProbe"}
    manifest = deployment({"containers": [bare]})
    assert [*violations("missingProbes", manifest)] == ["container main has no readinessProbe"]
    assert [*violations("missingProbes", deployment({"containers": [bare]}, kind="Job"))] == []


SOUND_MANIFESTS = [
    deployment(),
    cron(),
    policy({"podSelector": {}}),
    policy({"namespaceSelector": {}, "podSelector": {"matchLabels": {"a": "b"}}}),
    policy({"ipBlock": {"cidr": "10.0.0.0/8"}}),
    {"apiVersion": "v1", "kind": "ConfigMap", "data": {}},
    {"apiVersion": "v1", "kind": "Service", "spec": None},
]


@pytest.mark.parametrize("check", CHECKS)
def test_what_is_sound_is_left_alone(check):
    assert [found for one in SOUND_MANIFESTS for found in violations(check, one)] == []
