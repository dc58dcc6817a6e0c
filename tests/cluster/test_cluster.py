"""The cluster is what later tests may rely on: a real API server, and pods with known fates."""

import os
import subprocess
import sys
from collections import Counter

import pytest

from tests.cluster.sharing import hold
from tests.cluster.waiting import eventually
from tools import cluster_build, control_plane
from tools.control_plane import ControlPlane
from tools.kube_api import APPLY

pytestmark = pytest.mark.cluster

APPS = "/apis/apps/v1/namespaces"
BY_COMMAND = {
    # A kubelet gives these pods the fate that the annotation asks a fake node for.
    "crashloop": {"image": "busybox:1.37", "command": ["false"]},
    "notready": {
        "image": "busybox:1.37",
        "command": ["sleep", "3600"],
        "readinessProbe": {"exec": {"command": ["false"]}},
    },
    "imagepull": {"image": "missing.invalid/app:1"},
}
BY_TAG = {fate: {"image": f"app:{fate}"} for fate in BY_COMMAND}
SEEN = {
    "crashloop": ("Running", "CrashLoopBackOff"),
    "notready": ("Running", None),
    "imagepull": ("Pending", "ImagePullBackOff"),
}

RELATIVE = (
    'HTTPRoute.gateway.networking.k8s.io "route" is invalid: spec.rules[0].matches[0].path: '
    "Invalid value: value must be an absolute path and start with '/' when type one of "
    "['Exact', 'PathPrefix']"
)


def deployment(name, container, *, annotations=None, replicas=1):
    return {
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "progressDeadlineSeconds": 1,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}, "annotations": annotations or {}},
                "spec": {
                    "containers": [{"name": "main", **container}],
                    "terminationGracePeriodSeconds": 0,
                },
            },
        },
    }


def condition(thing, kind):
    conditions = thing.get("status", {}).get("conditions", [])
    return next((each for each in conditions if each["type"] == kind), {})


def pods(cluster, namespace):
    return cluster.get(f"/api/v1/namespaces/{namespace}/pods")["items"]


def test_the_server_is_ready(cluster):
    assert cluster.api.get("/readyz").message == "ok"


@pytest.mark.parametrize("wrong", ["", "wrong"])
def test_nobody_else_may_look_into_namespaces(cluster, wrong):
    if not cluster.ours:
        pytest.skip("who may do what in somebody's cluster is not ours to test")
    headers = cluster.api._headers
    cluster.api._headers = {"Authorization": f"Bearer {wrong}"} if wrong else {}
    try:
        status = cluster.api.get("/api/v1/namespaces").status
    finally:
        cluster.api._headers = headers
    assert status == (401 if wrong else 403)


def test_a_deployment_becomes_available(cluster, namespace):
    wanted = deployment("web", {"image": "nginx:1.27"}, replicas=2)
    wanted["spec"]["progressDeadlineSeconds"] = 600
    cluster.create(f"{APPS}/{namespace}/deployments", wanted)
    ready = eventually(
        lambda: cluster.get(f"{APPS}/{namespace}/deployments/web"),
        lambda seen: seen.get("status", {}).get("availableReplicas") == 2,
    )
    assert condition(ready, "Available")["reason"] == "MinimumReplicasAvailable"
    assert ready["status"]["observedGeneration"] == ready["metadata"]["generation"]
    for pod in pods(cluster, namespace):
        assert pod["status"]["phase"] == "Running"
        assert condition(pod, "Ready")["status"] == "True"
        assert pod["status"]["podIP"]


def test_a_job_completes(cluster, namespace):
    container = {"name": "main", "image": "busybox:1.37", "command": ["true"]}
    template = {"spec": {"restartPolicy": "Never", "containers": [container]}}
    jobs = f"/apis/batch/v1/namespaces/{namespace}/jobs"
    cluster.create(jobs, {"metadata": {"name": "once"}, "spec": {"template": template}})
    done = eventually(
        lambda: cluster.get(f"{jobs}/once"),
        lambda seen: condition(seen, "Complete").get("status") == "True",
    )
    assert done["status"]["succeeded"] == 1


def fails_as(fate, cluster, namespace):
    """The pod shows its fate, and the Deployment that it does not get on."""
    phase, reason = SEEN[fate]

    def shows_it(found):
        return [waiting_reason(pod) for pod in found] == [reason]

    [pod] = eventually(
        lambda: [
            each for each in pods(cluster, namespace) if "containerStatuses" in each["status"]
        ],
        shows_it,
    )
    status = pod["status"]["containerStatuses"][0]
    ready = condition(pod, "Ready")
    assert pod["status"]["phase"] == phase
    assert (ready["status"], ready["reason"]) == ("False", "ContainersNotReady")
    assert ready["message"] == "containers with unready status: [main]"
    assert status["ready"] is False
    assert (status["restartCount"] > 0) == (fate == "crashloop")
    if fate == "crashloop":
        assert status["lastState"]["terminated"]["exitCode"] == 1
        assert status["lastState"]["terminated"]["reason"] == "Error"
    late = eventually(
        lambda: cluster.get(f"{APPS}/{namespace}/deployments/{fate}"),
        lambda seen: condition(seen, "Progressing").get("reason") == "ProgressDeadlineExceeded",
    )
    assert condition(late, "Available")["reason"] == "MinimumReplicasUnavailable"
    assert "availableReplicas" not in late["status"]


def waiting_reason(pod):
    state = pod["status"]["containerStatuses"][0]["state"]
    if "terminated" in state:
        return "not yet"  # a kubelet shows this between two attempts
    return state.get("waiting", {}).get("reason")


@pytest.mark.parametrize("fate", BY_COMMAND)
def test_a_pod_of_a_known_fate_shows_what_a_kubelet_shows(fate, cluster, namespace):
    annotations = {"openchoreo.test/fate": fate}
    wanted = deployment(fate, BY_COMMAND[fate], annotations=annotations)
    cluster.create(f"{APPS}/{namespace}/deployments", wanted)
    fails_as(fate, cluster, namespace)


@pytest.mark.parametrize("fate", BY_TAG)
def test_the_tag_of_an_image_chooses_the_same_fates(fate, cluster, namespace):
    if not cluster.ours:
        pytest.skip("only a fake node reads fates from tags")
    cluster.create(f"{APPS}/{namespace}/deployments", deployment(fate, BY_TAG[fate]))
    fails_as(fate, cluster, namespace)


def test_the_kinds_of_gateway_api_and_external_secrets_are_established(cluster):
    versions = {
        "gateway.networking.k8s.io": {"gateway.networking.k8s.io/bundle-version": "v1.6.3"},
        "external-secrets.io": {},
        "generators.external-secrets.io": {},
    }
    found = cluster.get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions")["items"]
    ours = [each for each in found if each["spec"]["group"] in versions]
    counted = Counter(each["spec"]["group"] for each in ours)
    for each in ours:
        group = each["spec"]["group"]
        assert condition(each, "Established")["status"] == "True", each["metadata"]["name"]
        assert versions[group].items() <= each["metadata"]["annotations"].items()
    assert counted == {
        "gateway.networking.k8s.io": 10,
        "external-secrets.io": 6,
        "generators.external-secrets.io": 17,
    }


def test_rules_of_custom_kinds_are_enforced(cluster, namespace):
    def apply(path):
        route = {
            "apiVersion": "gateway.networking.k8s.io/v1",
            "kind": "HTTPRoute",
            "metadata": {"name": "route"},
            "spec": {"rules": [{"matches": [{"path": {"type": "PathPrefix", "value": path}}]}]},
        }
        routes = f"/apis/gateway.networking.k8s.io/v1/namespaces/{namespace}/httproutes"
        place = f"{routes}/route?fieldManager=test"
        return cluster.api.request("PATCH", place, body=route, content=APPLY)

    assert apply("/").good
    refused = apply("relative")
    assert refused.status == 422
    assert refused.message == RELATIVE


def test_what_two_managers_want_is_a_conflict(cluster, namespace):
    path = f"/api/v1/namespaces/{namespace}/configmaps/shared"

    def apply(manager, value, options=""):
        body = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "shared"},
            "data": {"key": value},
        }
        query = f"fieldManager={manager}{options}"
        return cluster.api.request("PATCH", f"{path}?{query}", body=body, content=APPLY)

    assert apply("one", "1").good
    refused = apply("two", "2")
    assert refused.status == 409
    assert refused.message == 'Apply failed with 1 conflict: conflict with "one": .data.key'
    assert apply("two", "2", "&force=true").good


def test_a_part_ends_when_whoever_holds_it_is_killed(cluster, tmp_path):
    """What every test run relies on; with one part, since they all read the same pipe."""
    if not cluster.ours:
        pytest.skip("nothing was started for these tests")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    place = tmp_path / "plane"
    (place / "logs").mkdir(parents=True)
    etcd, peer = control_plane.free_ports(2)
    plane = ControlPlane(
        binary=cluster_build.ensure(), folder=place, etcd=etcd, etcd_peer=peer, api=0
    )
    with hold(pipe) as writer, pipe.open("rb") as reader:
        os.set_inheritable(writer.fileno(), True)
        holder = subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(600)"], pass_fds=[writer.fileno()]
        )
        control_plane.spawn(plane, plane.store, reader, held=True)
    try:
        alive = eventually(lambda: control_plane.running(place), bool)
        log = place / "logs" / "etcd.log"
        eventually((place / "etcd" / "member").exists, bool)
        assert control_plane.running(place) == alive, log.read_text("utf-8")
        holder.kill()
        holder.wait()
        eventually(lambda: control_plane.running(place), lambda left: left == [])
    finally:
        holder.kill()
        control_plane.end(place)
