"""Real public inputs, unchanged, through all three environments, compared with OpenChoreo's results."""

import shutil

import pytest
import yaml

from tests.differential.cases import samples
from tests.engine.walking import (
    DATA_PLANE,
    EVERY_DAY,
    SAMPLES,
    STACKS,
    WALKED,
    comparable,
    deployed_objects,
    differences,
    everything_available,
    promote,
    repository_of,
)

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(samples() is None, reason="no public samples here: differential: NOT RUN"),
]


@pytest.mark.parametrize(
    "tree",
    [t if t in EVERY_DAY else pytest.param(t, marks=pytest.mark.long) for t in WALKED],
)
def test_a_sample_goes_through_all_environments(tree, new_repository, tmp_path):
    repository = repository_of(tree, new_repository, tmp_path)
    everything_available(repository, "development")
    for stack, source in zip(STACKS[1:], STACKS, strict=False):
        promote(repository, stack, source)
        repository.deployed(stack)
    releases = [
        {
            (chain, key): record["history"][0]["release"]
            for chain in ("components", "projects", "resources")
            for key, record in repository.ledger(stack).get(chain, {}).items()
        }
        for stack in STACKS
    ]
    assert releases[0] == releases[1] == releases[2]
    compared = 0
    for stack in STACKS:
        found = deployed_objects(repository, stack)
        for case in comparable(tree, stack, repository.ledger(stack)):
            assert differences(case, found) == [], str(case)
            compared += 1
        repository.deployed(stack, "--expect-no-changes")
    assert compared > len(STACKS)


@pytest.mark.long
def test_a_gitops_repository_runs_with_the_releases_it_has_pinned(new_repository, tmp_path):
    definitions = tmp_path / "definitions"
    shutil.copytree(SAMPLES / "sample-gitops", definitions)
    (definitions / "data-plane.yaml").write_text(DATA_PLANE)
    repository = new_repository(tmp_path / "repository", definitions, "doclet")

    pinned = {"default/nats": "nats-20260223-1", "default/postgres": "postgres-20260223-1"}
    for stack in ("development", "staging"):
        repository.deployed(stack)
        assert repository.outputs(stack)["summary"] == pinned
        repository.deployed(stack, "--expect-no-changes")
        texts = "".join(repository.files(f"manifests/{stack}").values())
        assert "image: nats:" in texts
    (evidence,) = repository.current("staging", "nats")["upstream"]
    assert evidence["environment"] == "development"

    nothing = repository.deployed("production")
    assert "default/nats: nats-20260223-1 is available (no pin)" in nothing
    assert repository.outputs("production")["summary"] == {}
    promote(repository, "production", "staging")
    repository.deployed("production")
    assert repository.outputs("production")["summary"] == pinned


@pytest.mark.long
def test_all_of_a_gitops_repository_goes_through(new_repository, tmp_path):
    """Its components without a release of their own are taken as they are defined."""
    definitions = tmp_path / "definitions"
    shutil.copytree(SAMPLES / "sample-gitops", definitions)
    (definitions / "data-plane.yaml").write_text(DATA_PLANE)
    repository = new_repository(tmp_path / "repository", definitions, "doclet")
    repository.write("policy.yaml", yaml.safe_dump({"relaxed": [12]}))
    everything_available(repository, "development")
    for stack, source in zip(STACKS[1:], STACKS, strict=False):
        promote(repository, stack, source)
        repository.deployed(stack)
        repository.deployed(stack, "--expect-no-changes")
    components = len(list(definitions.rglob("component.yaml")))
    assert len(repository.outputs("production")["summary"]) == components
