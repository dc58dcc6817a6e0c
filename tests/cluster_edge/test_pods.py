"""Why pods are not ready, in sentences, from what an API server says of them."""

import pytest

from openchoreo.cluster import Kinds, Look, Served, look

DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "greeter", "namespace": "shop"},
    "spec": {"selector": {"matchLabels": {"app": "greeter"}}},
}
KINDS = Kinds({("apps/v1", "Deployment"): Served("apps/v1", "Deployment", "deployments", True)})
PODS = "/api/v1/namespaces/shop/pods?labelSelector=app%3Dgreeter"
SETS = "/apis/apps/v1/namespaces/shop/replicasets?labelSelector=app%3Dgreeter"


class Api:
    def __init__(self, answers, logs=""):
        self._answers, self._logs = answers, logs

    def get(self, path):
        return self._answers.get(path)

    def text(self, path):
        assert "previous=true" in path
        return self._logs


def replica_set(uid, revision):
    annotations = {"deployment.kubernetes.io/revision": str(revision)}
    return {"metadata": {"uid": uid, "annotations": annotations}}


def pod(name, status, *, owner="new", **spec):
    metadata = {"name": name, "namespace": "shop", "ownerReferences": [{"uid": owner}]}
    return {"metadata": metadata, "spec": spec, "status": status}


def ready(name, image_id, owner="new"):
    conditions = [{"type": "Ready", "status": "True"}]
    statuses = [{"name": "main", "imageID": image_id}]
    return pod(name, {"conditions": conditions, "containerStatuses": statuses}, owner=owner)


def waiting(reason, message="", **more):
    state = {"waiting": {"reason": reason, "message": message}}
    return {"containerStatuses": [{"name": "main", "image": "app:1", "state": state, **more}]}


def seen(*pods, logs="", **answers):
    sets = {"items": [replica_set("old", 9), replica_set("new", 10)]}
    return look(
        Api({PODS: {"items": list(pods)}, SETS: sets, **answers}, logs), KINDS, [DEPLOYMENT]
    )


CASES = {
    "image": (
        waiting("ImagePullBackOff", "Back-off pulling image"),
        "pod shop/a cannot pull image app:1: Back-off pulling image",
    ),
    "crash": (
        waiting(
            "CrashLoopBackOff",
            restartCount=3,
            lastState={"terminated": {"exitCode": 137, "reason": "OOMKilled"}},
        ),
        "pod shop/a: container main ends again and again (3 restarts), last with exit code 137 (OOMKilled)",
    ),
    "configuration": (
        waiting("CreateContainerConfigError", 'secret "db" not found'),
        'pod shop/a: container main waits, CreateContainerConfigError: secret "db" not found',
    ),
    "scheduling": (
        {"conditions": [{"type": "PodScheduled", "status": "False", "message": "0/1 nodes fit"}]},
        "pod shop/a is not scheduled: 0/1 nodes fit",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_reason_is_one_sentence(name):
    status, sentence = CASES[name]
    assert seen(pod("a", status)).troubles == (sentence,)


def test_a_probe_that_fails_is_named_with_its_newest_event():
    running = {"phase": "Running", "containerStatuses": [{"name": "main", "ready": False}]}
    probe = {"httpGet": {"path": "/healthz", "port": 8080}}
    events = "/api/v1/namespaces/shop/events?fieldSelector=involvedObject.name%3Da%2Ctype%3DWarning"
    warned = {
        "items": [
            {"lastTimestamp": "2026-11-25T01:00:00Z", "message": "older"},
            {"lastTimestamp": "2026-11-25T02:00:00Z", "message": "HTTP probe failed: 503"},
        ]
    }
    found = seen(pod("a", running, containers=[{"readinessProbe": probe}]), **{events: warned})
    assert found.troubles == (
        (
            "pod shop/a runs and is not ready (readiness probe GET /healthz on 8080): "
            "HTTP probe failed: 503"
        ),
    )


def test_the_last_lines_of_a_container_that_ended_cannot_steer_a_terminal():
    status, sentence = CASES["crash"]
    found = seen(pod("a", status), logs="starting\n\x1b[31mno database\n")
    assert found.troubles == (sentence, "  | starting", "  | [31mno database")


def test_pods_of_the_revision_before_still_serve():
    status, sentence = CASES["image"]
    found = seen(pod("a", status), ready("b", "app@sha256:1", owner="old"))
    assert found == Look(
        (sentence,), {}, ("1 ready pod(s) of the revision before are still there",)
    )


def test_images_are_those_of_ready_pods_of_the_newest_revision():
    found = seen(ready("a", "app@sha256:2"), ready("b", "app@sha256:1", owner="old"))
    assert found.images == {"main": "app@sha256:2"}


def test_without_pods_the_workload_says_why():
    failed = {"type": "ReplicaFailure", "status": "True", "message": "exceeded quota"}
    live = {"status": {"conditions": [failed]}}
    found = seen(**{"/apis/apps/v1/namespaces/shop/deployments/greeter": live})
    assert found.troubles == ("Deployment shop/greeter: exceeded quota",)
