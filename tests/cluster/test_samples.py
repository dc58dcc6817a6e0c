"""Real public inputs, unchanged, through all three environments of a real API server."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.cluster.building import connect
from tests.cluster.conftest import MADE, REPORTED
from tests.cluster.deploying import provider
from tests.cluster.waiting import eventually
from tests.differential.cases import samples
from tests.engine.conftest import engine, new_repository  # noqa: F401 - fixtures
from tests.engine.walking import (
    STACKS,
    WALKED,
    everything_available,
    promote,
    repository_of,
)

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.skipif(samples() is None, reason="no public samples here: differential: NOT RUN"),
]

CLASS = "local-path"
"""The storage that the samples ask for."""

BEFORE = "openchoreo.dev/project"

WITHOUT_KIND = {
    "oc-component-types-component-http-openapi-service": (
        "its cluster has no kind TrafficPolicy of gateway.kgateway.dev/v1alpha1"
    )
}
"""Samples of which the cluster of the tests has not all kinds."""


@pytest.fixture(autouse=True)
def alone(cluster):
    """The samples have names of their own: two of them at once would meet in one namespace.

    Other tests may have made the namespaces, to ask whether objects are accepted in them.
    """
    for one in made_by_tests(cluster):
        cluster.api.request("DELETE", f"/api/v1/namespaces/{one}")
    eventually(lambda: made_by_tests(cluster), lambda found: not found)
    yield
    for one in cluster.get(f"/api/v1/namespaces?labelSelector={BEFORE}")["items"]:
        if one["metadata"]["labels"].get("openchoreo.dev/namespace") == "default":
            cluster.api.request("DELETE", f"/api/v1/namespaces/{one['metadata']['name']}")


def made_by_tests(cluster) -> list[str]:
    found = cluster.get(f"/api/v1/namespaces?labelSelector={MADE}")["items"]
    names = (one["metadata"]["name"] for one in found)
    return [name for name in names if name.startswith("dp-")]


@pytest.fixture(autouse=True)
def storage(cluster):
    """Our own cluster has nobody who would make volumes for claims."""
    made = [f"volume-{uuid.uuid4().hex[:8]}" for _ in STACKS] if cluster.ours else []
    for name in made:
        spec = {
            "capacity": {"storage": "100Gi"},
            "accessModes": ["ReadWriteOnce", "ReadWriteMany"],
            "persistentVolumeReclaimPolicy": "Retain",
            "hostPath": {"path": f"/{name}"},
            "storageClassName": CLASS,
        }
        body = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}}
        cluster.create("/api/v1/persistentvolumes", {**body, "spec": spec})
    yield
    for name in made:
        cluster.api.request("DELETE", f"/api/v1/persistentvolumes/{name}")


@pytest.mark.parametrize("tree", WALKED)
def test_a_sample_runs_in_all_environments(tree, cluster, new_repository, tmp_path, request):  # noqa: F811
    request.node.user_properties.append((REPORTED, f"deploys through {provider()[1]}"))
    repository = repository_of(tree, new_repository, tmp_path)
    connect(repository, cluster)
    for stack in STACKS:
        repository.set(stack, "timeouts.default", "60s")
    if tree in WITHOUT_KIND:
        refused = repository.up("development")
        assert refused.code != 0
        assert WITHOUT_KIND[tree] in refused.text
        assert "pipeline" not in repository.outputs("development")
        return
    everything_available(repository, "development")
    for stack, source in zip(STACKS[1:], STACKS, strict=False):
        promote(repository, stack, source)
        repository.deployed(stack)
    with ThreadPoolExecutor(len(STACKS)) as pool:
        list(pool.map(lambda stack: settled_and_gone(repository, stack), STACKS))


def settled_and_gone(repository, stack):
    """Everything runs, nothing changes any more, and nothing is left."""
    ledger = repository.ledger(stack)
    records = [
        record
        for chain in ("components", "projects", "resources")
        for record in ledger.get(chain, {}).values()
    ]
    assert records
    assert all(record["history"][0]["state"] == "Active" for record in records)
    assert ledger["planes"]["default"]["target"] == "cluster"
    repository.deployed(stack, "--expect-no-changes")
    done = repository.pulumi("destroy", "--yes", "--skip-preview", stack=stack)
    assert done.code == 0, done.text
