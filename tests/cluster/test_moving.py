"""A project that goes to another Pulumi project while it runs: the cluster does not notice."""

from __future__ import annotations

import shutil
import uuid

import pytest
import yaml

from tests.cluster.conftest import REPORTED
from tests.cluster.deploying import Deployment, prepare, provider
from tests.engine.conftest import Repository, engine, new_repository  # noqa: F401 - fixtures
from tests.plan.definitions import project
from tools.console import ROOT

pytestmark = pytest.mark.cluster


@pytest.fixture
def shop(cluster, new_repository, tmp_path, request):  # noqa: F811
    """The example, and a project beside it in which nothing runs."""
    request.node.user_properties.append((REPORTED, f"deploys through {provider()[1]}"))
    name = f"w{uuid.uuid4().hex[:8]}"
    definitions = ROOT / "definitions"
    repository = new_repository(tmp_path / "shop", definitions, "shop", stacks=["development"])
    repository.write("definitions/other.yaml", yaml.safe_dump(project("other")))
    for stack in ("staging", "production"):  # which nobody runs here
        repository.write(f"Pulumi.{stack}.yaml", "config: {}\n")
    prepare(repository, cluster.kubeconfig, cluster.context, name)
    yield Deployment(repository, cluster, name)
    selector = f"openchoreo.dev/project={name}"
    for each in cluster.get(f"/api/v1/namespaces?labelSelector={selector}")["items"]:
        cluster.api.request("DELETE", f"/api/v1/namespaces/{each['metadata']['name']}")


def beside(shop) -> Repository:
    """A Pulumi project in the same repository that has the example's project."""
    root = shop.repository.root / "apart"
    root.mkdir()
    for name in ("__main__.py", "Pulumi.development.yaml"):
        shutil.copy(shop.repository.root / name, root)
    settings = yaml.safe_load((shop.repository.root / "Pulumi.yaml").read_text())
    (root / "Pulumi.yaml").write_text(yaml.safe_dump({**settings, "name": "apart"}))
    backend = shop.repository.root / ".state"
    apart = Repository(root, shop.repository.engine, "apart", backend=backend)
    apart.set("development", "definitions[0]", "../definitions")
    apart.set("development", "projects[0]", shop.project)
    done = apart.pulumi("stack", "init", "development")
    assert done.code == 0, done.text
    return apart


def test_nothing_is_made_or_changed_and_the_history_is_kept(shop):
    shop.deployed()
    versions, history = shop.versions(), shop.history("forecast")
    namespace = shop.cluster.get(f"/api/v1/namespaces/{shop.namespace()}")["metadata"]["uid"]
    apart = beside(shop)

    refused = apart.up("development")
    assert refused.code != 0
    assert "is there already, and this stack has not made it" in refused.text
    shop.repository.set("development", "projects[0]", "other")
    moved = shop.repository.openchoreo(
        "move", shop.project, "--stack", "development", "--to", "apart"
    )
    assert moved.code == 0, moved.stderr

    assert "unchanged" in apart.deployed("development", "--expect-no-changes")
    shop.deployed("development", "--expect-no-changes")
    assert shop.versions() == versions
    assert apart.ledger("development")["components"]["default/forecast"]["history"] == history
    assert shop.history("forecast") == []
    found = shop.cluster.get(f"/api/v1/namespaces/{shop.namespace()}")
    assert found["metadata"]["uid"] == namespace
