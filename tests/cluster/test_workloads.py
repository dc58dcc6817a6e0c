"""Other kinds of workloads on a real API server, autoscalers, and the images that pods run."""

from __future__ import annotations

import pytest

from tests.cluster.building import Builder, database_type, new_name, rewrite
from tests.cluster.conftest import REPORTED
from tests.cluster.deploying import provider
from tests.cluster.waiting import eventually
from tests.engine.conftest import engine, new_repository  # noqa: F401 - fixtures
from tests.plan.definitions import (
    component,
    component_type,
    database,
    endpoint,
    manifest,
    resource,
    resource_binding,
)

pytestmark = pytest.mark.cluster

LABELS = "${metadata.podSelectors}"
HTTP = {"http": endpoint()}


def pods(**more):
    container = {"name": "main", "image": "${workload.container.image}"}
    return {"metadata": {"labels": LABELS}, "spec": {"containers": [container], **more}}


def type_of(kind, api_version, spec, workload_type):
    template = manifest(kind, api_version, spec=spec)
    return resource(
        "ClusterComponentType",
        "service",
        {
            "workloadType": workload_type,
            "resources": [{"id": workload_type, "template": template}],
        },
    )


STATEFUL_SET = type_of(
    "StatefulSet",
    "apps/v1",
    {
        "replicas": 2,
        "serviceName": "none",
        "selector": {"matchLabels": LABELS},
        "template": pods(),
    },
    "statefulset",
)
JOB = type_of(
    "Job", "batch/v1", {"backoffLimit": 0, "template": pods(restartPolicy="Never")}, "job"
)


@pytest.fixture
def builder(cluster, new_repository, tmp_path, request):  # noqa: F811
    request.node.user_properties.append((REPORTED, f"deploys through {provider()[1]}"))
    name = new_name()
    yield Builder(new_repository, cluster, tmp_path, name)
    selector = f"openchoreo.dev/project={name}"
    for each in cluster.get(f"/api/v1/namespaces?labelSelector={selector}")["items"]:
        cluster.api.request("DELETE", f"/api/v1/namespaces/{each['metadata']['name']}")


def made(builder, type_, workload_type):
    owner, workload = component("api", of=builder.name)
    owner["spec"]["componentType"]["name"] = f"{workload_type}/service"
    return builder.deployment(type_, owner, workload)


def status(shop, group, plural):
    path = f"/apis/{group}/namespaces/{shop.namespace()}/{plural}/api"
    return shop.cluster.get(path)["status"]


def test_a_stateful_set_is_waited_for(builder):
    shop = made(builder, STATEFUL_SET, "statefulset")
    shop.deployed()
    assert status(shop, "apps/v1", "statefulsets")["readyReplicas"] == 2
    assert shop.history("api")[0]["proof"] == "applied"
    shop.deployed("development", "--expect-no-changes")


def test_a_daemon_set_is_waited_for(builder):
    """Components have none; a Resource may be one."""
    labels = {"app": "${metadata.name}"}
    agent = manifest(
        "DaemonSet",
        "apps/v1",
        "${metadata.resourceName}",
        spec={
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "main", "image": "agent:1"}]},
            },
        },
    )
    shop = builder.deployment(
        database_type(resources=[{"id": "agent", "template": agent}], outputs=[]),
        database("api", of=builder.name),
        resource_binding("api", "development", project=builder.name),
    )
    shop.deployed()
    found = status(shop, "apps/v1", "daemonsets")
    assert found["numberReady"] == found["desiredNumberScheduled"] >= 1
    record = shop.repository.ledger("development")["resources"]["default/api"]
    assert record["history"][0]["proof"] == "applied"
    shop.deployed("development", "--expect-no-changes")


def test_a_job_is_done_when_it_has_completed(builder):
    shop = made(builder, JOB, "job")
    shop.deployed()
    assert status(shop, "batch/v1", "jobs")["succeeded"] == 1
    assert shop.history("api")[0]["proof"] == "applied"
    shop.deployed("development", "--expect-no-changes")


def test_replicas_are_the_business_of_an_autoscaler(builder):
    autoscaler = manifest(
        "HorizontalPodAutoscaler",
        "autoscaling/v2",
        spec={
            "minReplicas": 1,
            "maxReplicas": 5,
            "scaleTargetRef": {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "name": "${metadata.componentName}",
            },
        },
    )
    type_ = component_type("service", autoscaler)
    service = type_["spec"]["resources"][1]["template"]
    service["spec"]["selector"] = LABELS
    shop = builder.deployment(type_, *component("api", of=builder.name, endpoints=HTTP))
    shop.deployed()
    path = shop.deployment("api")
    assert shop.cluster.get(path)["spec"]["replicas"] == 1
    shop.patch(path, {"spec": {"replicas": 3}}, manager="kube-controller-manager")
    shop.deployed("development", "--expect-no-changes")
    assert shop.cluster.get(path)["spec"]["replicas"] == 3
    rewrite(shop, type_, *component("api", of=builder.name, image="app:2", endpoints=HTTP))
    shop.deployed()
    found = shop.cluster.get(path)["spec"]
    assert (found["replicas"], found["template"]["spec"]["containers"][0]["image"]) == (3, "app:2")


def test_the_record_has_the_images_that_pods_run(builder):
    shop = builder.deployment(*component("api", of=builder.name, endpoints=HTTP))
    shop.deployed()
    selector = "openchoreo.dev/component=api"
    path = f"/api/v1/namespaces/{shop.namespace()}/pods?labelSelector={selector}"

    def running():
        statuses = [
            one
            for pod in shop.cluster.get(path)["items"]
            for one in pod["status"].get("containerStatuses", ())
        ]
        return {one["name"]: one.get("imageID", "") for one in statuses}

    images = eventually(running, lambda found: found.keys() == {"main"})
    assert images["main"]
    assert shop.history("api")[0]["images"] == images


def test_the_doctor_finds_what_the_cluster_lacks(builder):
    strange = manifest("Widget", "widgets.example.test/v1", spec={})
    type_ = component_type("service", strange)
    shop = builder.deployment(type_, *component("api", of=builder.name, endpoints=HTTP))
    done = shop.repository.openchoreo("doctor", "--stack", "development")
    assert done.code != 0, done.text
    assert "Widget" in done.text
    rewrite(shop, *component("api", of=builder.name, endpoints=HTTP))
    done = shop.repository.openchoreo("doctor", "--stack", "development")
    assert done.code == 0, done.text
