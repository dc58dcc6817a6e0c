"""Real public inputs, unchanged, through all three environments of a real API server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.cluster.building import connect
from tests.cluster.conftest import REPORTED
from tests.cluster.deploying import provider
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

BEFORE = "openchoreo.dev/project"


@pytest.fixture(autouse=True)
def alone(cluster):
    """The samples have names of their own: two of them at once would meet in one namespace."""
    yield
    for one in cluster.get(f"/api/v1/namespaces?labelSelector={BEFORE}")["items"]:
        if one["metadata"]["labels"].get("openchoreo.dev/namespace") == "default":
            cluster.api.request("DELETE", f"/api/v1/namespaces/{one['metadata']['name']}")


@pytest.mark.xdist_group("samples")
@pytest.mark.parametrize("tree", WALKED)
def test_a_sample_runs_in_all_environments(tree, cluster, new_repository, tmp_path, request):  # noqa: F811
    request.node.user_properties.append((REPORTED, f"deploys through {provider()[1]}"))
    repository = repository_of(tree, new_repository, tmp_path)
    connect(repository, cluster)
    for stack in STACKS:
        repository.set(stack, "timeouts.default", "60s")
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
