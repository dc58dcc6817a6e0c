"""Real public inputs, unchanged, through all three environments."""

import json
import os
import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]

SAMPLES = Path(os.environ.get("OPENCHOREO_SAMPLES", ROOT.parent / "shared/samples"))

DATA_PLANE = """\
apiVersion: openchoreo.dev/v1alpha1
kind: ClusterDataPlane
metadata:
  name: default
spec:
  planeID: default
  clusterAgent: {clientCA: {value: ""}}
  secretStoreRef: {name: default}
  gateway:
    ingress:
      external: {name: gateway, namespace: gateways, http: {host: example.test, port: 80}}
"""


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="no public samples here: differential: NOT RUN")
def test_the_stock_platform_and_its_greeter_go_through_all_stacks(new_repository, tmp_path):
    definitions = tmp_path / "definitions"
    for folder in ("getting-started", "from-image/go-greeter-service"):
        source = SAMPLES / "openchoreo" / folder
        for file in sorted(source.rglob("*.yaml")):
            target = definitions / folder / file.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.read_text())
    (definitions / "data-plane.yaml").write_text(DATA_PLANE)
    repository = new_repository(tmp_path / "repository", definitions, "stock")

    repository.deployed("development")
    for stack, source in (("staging", "development"), ("production", "staging")):
        repository.pin(stack, source=source)
        repository.deployed(stack)
    stacks = ("development", "staging", "production")
    assert len({repository.current(stack, "greeter-service")["release"] for stack in stacks}) == 1
    for stack in stacks:
        repository.deployed(stack, "--expect-no-changes")
        texts = "".join(repository.files(f"manifests/{stack}").values())
        for kind in ("Deployment", "Service", "HTTPRoute", "NetworkPolicy", "ExternalSecret"):
            assert f"kind: {kind}\n" in texts


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="no public samples here: differential: NOT RUN")
def test_a_gitops_repository_runs_with_the_releases_it_has_pinned(new_repository, tmp_path):
    definitions = tmp_path / "definitions"
    shutil.copytree(SAMPLES / "sample-gitops", definitions)
    (definitions / "data-plane.yaml").write_text(DATA_PLANE)
    repository = new_repository(tmp_path / "repository", definitions, "doclet")

    pinned = {"default/nats": "nats-20260223-1", "default/postgres": "postgres-20260223-1"}
    for stack in ("development", "staging"):
        repository.deployed(stack)
        assert json.loads(repository.raw_outputs(stack))["summary"] == pinned
        repository.deployed(stack, "--expect-no-changes")
        texts = "".join(repository.files(f"manifests/{stack}").values())
        assert "image: nats:" in texts
    (evidence,) = repository.current("staging", "nats")["upstream"]
    assert evidence["environment"] == "development"

    nothing = repository.deployed("production")
    assert "default/nats: nats-20260223-1 is available (no pin)" in nothing
    assert json.loads(repository.raw_outputs("production"))["summary"] == {}
