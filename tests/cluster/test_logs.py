"""Logs and events of a component on a real API server."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from tests.cluster.building import Builder, new_name
from tests.cluster.conftest import REPORTED
from tests.cluster.deploying import provider
from tests.cluster.waiting import eventually
from tests.engine.conftest import Finished, engine, new_repository  # noqa: F401 - fixtures
from tests.plan.definitions import component, endpoint

pytestmark = pytest.mark.cluster


@pytest.fixture
def shop(cluster, new_repository, tmp_path, request):  # noqa: F811
    """The component api, deployed."""
    request.node.user_properties.append((REPORTED, f"deploys through {provider()[1]}"))
    name = new_name()
    builder = Builder(new_repository, cluster, tmp_path, name)
    shop = builder.deployment(*component("api", of=name, endpoints={"http": endpoint()}))
    shop.deployed()
    yield shop
    selector = f"openchoreo.dev/project={name}"
    for each in cluster.get(f"/api/v1/namespaces?labelSelector={selector}")["items"]:
        cluster.api.request("DELETE", f"/api/v1/namespaces/{each['metadata']['name']}")


def pod_of(shop):
    (pod,) = shop.cluster.get(f"/api/v1/namespaces/{shop.namespace()}/pods")["items"]
    return pod["metadata"]["name"]


def test_logs_of_a_pod_come_from_its_node(shop):
    """A fake node has none, and who asked is told so; a real one has what the image wrote."""
    pod = pod_of(shop)
    done = shop.repository.openchoreo("logs", "api", "--env", "development", "--container", "main")
    if not shop.cluster.ours:
        assert done.code == 0, done.text
        return
    assert (done.code, done.stdout) == (1, "")
    said, hint = done.stderr.splitlines()
    assert re.fullmatch(
        rf"pod {pod}, container main: the API server {re.escape(shop.cluster.api.server)} answers: "
        rf'Get "https://\S+/containerLogs/{shop.namespace()}/{pod}/main\?timestamps=true": dial .*',
        said,
    )
    assert hint == f"  is its node well? kubectl --context {shop.cluster.context} get nodes"


def test_what_has_no_lines_is_told(shop):
    unknown = shop.repository.openchoreo("logs", "api", "--env", "development", "-c", "mian")
    assert (unknown.code, unknown.stderr) == (
        1,
        "Component default/api\n  its pods have no container mian\n  they have main\n",
    )
    restricted(shop)
    listing = shop.repository.openchoreo("logs", "api", "--env", "development")
    where = shop.namespace()
    assert listing.code == 1
    assert listing.stderr == (
        "data plane default\n"
        f"  the user of context reader may not list pods in namespace {where}\n"
        "  ask whoever runs the cluster for that right\n"
    )
    allow(shop, "pods", "list")
    told = f"  the user of context reader may not get pods/log in namespace {where}"
    # An API server takes a moment to notice roles.
    eventually(
        lambda: shop.repository.openchoreo("logs", "api", "--env", "development"),
        lambda done: done.stderr.splitlines()[1] == told,
    )


def test_events_are_those_of_what_the_component_owns(shop):
    pod, where = pod_of(shop), shop.namespace()
    replica_set = pod.rpartition("-")[0]
    created = [
        ("v1", "Pod", f"{replica_set}-x2z4c", "Killing"),  # one that is gone
        ("v1", "Service", "api", "Odd"),
        ("v1", "Pod", "other-x2z4c", "Killing"),
        ("apps/v1", "Deployment", "other", "Odd"),
    ]
    for version, kind, name, reason in created:
        about = {"apiVersion": version, "kind": kind, "namespace": where, "name": name}
        event = {
            "metadata": {"generateName": "made-"},
            "involvedObject": about,
            "reason": reason,
            "type": "Warning",
            "message": "made by a test",
            "lastTimestamp": "2126-11-25T12:00:00Z",
            "count": 3,
        }
        shop.cluster.create(f"/api/v1/namespaces/{where}/events", event)
    shop.patch(shop.deployment("api"), {"spec": {"replicas": 0}})
    wanted = {
        ("Deployment", "api", "ScalingReplicaSet", "Normal"),
        ("ReplicaSet", replica_set, "SuccessfulCreate", "Normal"),
        ("ReplicaSet", replica_set, "SuccessfulDelete", "Normal"),
        ("Pod", pod, "Scheduled", "Normal"),
        ("Pod", f"{replica_set}-x2z4c", "Killing", "Warning"),
        ("Service", "api", "Odd", "Warning"),
    }
    found = eventually(lambda: shown(shop), lambda found: wanted <= {*found})
    if shop.cluster.ours:
        assert {*found} == wanted
    assert [reason for _, _, reason, _ in found[-2:]] == ["Killing", "Odd"]  # the latest of all
    silent = shop.repository.openchoreo("logs", "api", "--env", "development")
    assert silent.code == 1
    assert silent.stderr == (
        "Component default/api\n"
        "  has no pods in development\n"
        f"  Deployment {where}/api has 0 replicas\n"
    )


def shown(shop):
    done = shop.repository.openchoreo("events", "api", "--env", "development", "-o", "json")
    assert done.code == 0, done.text
    return [
        (one["object"]["kind"], one["object"]["name"], one["reason"], one["type"])
        for one in json.loads(done.stdout)
    ]


def restricted(shop):
    """The stack's cluster with a user who may do nothing."""
    where, cluster = shop.namespace(), shop.cluster
    accounts = f"/api/v1/namespaces/{where}/serviceaccounts"
    cluster.create(accounts, {"metadata": {"name": "reader"}})
    token = cluster.create(f"{accounts}/reader/token", {"spec": {}})["status"]["token"]
    config = yaml.safe_load(cluster.kubeconfig.read_text("utf-8"))
    named = config["clusters"][0]["name"]
    config["contexts"] = [{"name": "reader", "context": {"cluster": named, "user": "reader"}}]
    config["users"] = [{"name": "reader", "user": {"token": token}}]
    config["current-context"] = "reader"
    shop.repository.write("reader", yaml.safe_dump(config))
    shop.repository.set("development", "dataPlanes.default.context", "reader")
    shop.repository.set(
        "development", "dataPlanes.default.kubeconfig", str(shop.repository.root / "reader")
    )


def allow(shop, resource, verb):
    where = shop.namespace()
    root = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{where}"
    rule = {"apiGroups": [""], "resources": [resource], "verbs": [verb]}
    shop.cluster.create(f"{root}/roles", {"metadata": {"name": "reader"}, "rules": [rule]})
    binding = {
        "metadata": {"name": "reader"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
        "subjects": [{"kind": "ServiceAccount", "name": "reader", "namespace": where}],
    }
    shop.cluster.create(f"{root}/rolebindings", binding)


def test_status_asks_whether_it_is_ready(shop):
    done = shop.repository.openchoreo("status", "--live", "-o", "json")
    assert done.code == 0, done.text
    (found,) = json.loads(done.stdout)["components"]
    assert (found["owner"], found["readiness"], found["proof"]) == (
        "default/api",
        "ready",
        "applied",
    )
    forecast = shop.repository.openchoreo("diff", "--env", "development", "--exit-code")
    assert (forecast.code, forecast.stdout) == (0, "Nothing changes in development.\n")
