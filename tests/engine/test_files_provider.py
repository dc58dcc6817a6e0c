"""The files provider under the real engine: what lands on disk, and what a user is told."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from openchoreo.provider import launcher
from openchoreo.provider.yaml_text import yaml_text

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]

PROGRAM = """\
import json
import pulumi

asked = json.load(open("asked.json"))
provider = pulumi.ProviderResource("openchoreo-files", "files", {"directory": asked["directory"]})
for name, manifest in asked["manifests"].items():
    version = manifest["apiVersion"]
    token = f"openchoreo-files:{version if '/' in version else 'core/' + version}:{manifest['kind']}"
    pulumi.CustomResource(token, name, manifest, opts=pulumi.ResourceOptions(provider=provider))
pulumi.export("kept", "yes")
"""

NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
CONFIG = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "cart", "namespace": "shop"},
    "data": {"level": "info", "empty": "", "text": "one\ntwo\n"},
}
DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "cart", "namespace": "shop"},
    "spec": {
        "replicas": 2,
        "paused": None,
        "ratio": 0.5,
        "template": {"spec": {"containers": [{"name": "main", "image": "cart:1"}]}},
    },
}
MANIFESTS = {"namespace": NAMESPACE, "config": CONFIG, "deployment": DEPLOYMENT}
FILES = {
    "_cluster/namespace_shop.yaml": yaml_text(NAMESPACE),
    "shop/configmap_cart.yaml": yaml_text(CONFIG),
    "shop/deployment.apps_cart.yaml": yaml_text(DEPLOYMENT),
}
DEPLOYMENT_FILE = "manifests/shop/deployment.apps_cart.yaml"


@dataclass(frozen=True)
class Project:
    """A Pulumi project of somebody who has the package, and a state of its own."""

    root: Path
    engine: Path
    state: Path

    def ask(self, manifests: Any, directory: str = "manifests") -> None:
        asked = {"directory": directory, "manifests": manifests}
        (self.root / "asked.json").write_text(json.dumps(asked))

    def pulumi(self, *arguments: str, fails: bool = False, through: Sequence[str] = ()) -> str:
        done = subprocess.run(
            [*through, "pulumi", *arguments, "--non-interactive", "--stack", "development"],
            cwd=self.root,
            env={
                **{
                    name: text for name, text in os.environ.items() if not name.startswith("PULUMI")
                },
                "PATH": f"{self.engine}{os.pathsep}{os.environ['PATH']}",
                "PYTHONPATH": str(ROOT),
                "PULUMI_HOME": str(self.state / "home"),
                "PULUMI_BACKEND_URL": f"file://{self.state}?metadata=skip",
                "PULUMI_CONFIG_PASSPHRASE": "",
                "PULUMI_SKIP_UPDATE_CHECK": "true",
                "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
                "NO_COLOR": "1",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        assert bool(done.returncode) == fails, done.stdout
        assert "Traceback" not in done.stdout
        assert "Unexpected" not in done.stdout
        return done.stdout

    def up(self, *arguments: str, fails: bool = False) -> str:
        return self.pulumi("up", "--yes", "--skip-preview", *arguments, fails=fails)

    def unchanged(self) -> None:
        self.pulumi("preview", "--expect-no-changes")

    def files(self, directory: str = "manifests") -> dict[str, str]:
        base = self.root / directory
        return {
            path.relative_to(base).as_posix(): path.read_text()
            for path in sorted(base.rglob("*"))
            if path.is_file()
        }


@pytest.fixture(scope="module")
def deployed(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Three objects, deployed. Never changed: copy it."""
    state = tmp_path_factory.mktemp("state")
    root = tmp_path_factory.mktemp("deployed") / "project"
    root.mkdir()
    (root / "Pulumi.yaml").write_text(
        f"name: somebody\nruntime:\n  name: python\n  options:\n    virtualenv: {sys.prefix}\n"
    )
    launcher.write(root)
    (root / "__main__.py").write_text(PROGRAM)
    project = Project(root, engine, state)
    project.ask(MANIFESTS)
    project.pulumi("stack", "init")
    project.up()
    return project


@pytest.fixture
def project(deployed: Project, tmp_path: Path) -> Project:
    state, root = tmp_path / "state", tmp_path / "project"
    shutil.copytree(deployed.state, state)
    shutil.copytree(deployed.root, root)
    return Project(root, deployed.engine, state)


def test_manifests_land_as_files_and_a_second_look_finds_nothing_to_do(project):
    assert project.files() == FILES
    project.unchanged()


def test_an_edited_file_shows_in_a_preview_and_is_restored(project):
    path = project.root / DEPLOYMENT_FILE
    path.write_text(path.read_text().replace("replicas: 2", "replicas: 5"))
    shown = project.pulumi("preview", "--diff")
    assert f"{DEPLOYMENT_FILE} was edited: spec.replicas; an update writes it again" in shown
    assert "+ replicas: 2" in shown
    assert "ratio" not in shown
    assert "~ 1 to update\n    4 unchanged" in shown
    project.up()
    assert project.files() == FILES
    project.unchanged()


def test_a_deleted_folder_or_a_fresh_clone_is_restored(project):
    outputs = project.pulumi("stack", "output", "--json")
    shutil.rmtree(project.root / "manifests")
    shown = project.pulumi("preview")
    assert f"{DEPLOYMENT_FILE} is missing; an update writes it again" in shown
    assert "~ 3 to update" in shown
    assert not (project.root / "manifests").exists()
    project.up()
    assert project.files() == FILES
    assert project.pulumi("stack", "output", "--json") == outputs


def test_a_refresh_sees_what_the_disk_says_and_the_next_update_restores(project):
    path = project.root / DEPLOYMENT_FILE
    path.write_text(path.read_text().replace("replicas: 2", "replicas: 5"))
    (project.root / "manifests/shop/configmap_cart.yaml").unlink()
    refreshed = project.pulumi("refresh", "--yes", "--skip-preview")
    assert "~ 1 updated\n    - 1 deleted" in refreshed
    assert "~ replicas: 5 => 2" in project.pulumi("preview", "--diff")
    project.up()
    assert project.files() == FILES


def test_destroy_removes_exactly_what_was_written(project):
    (project.root / "manifests/shop/notes.txt").write_text("mine\n")
    project.pulumi("destroy", "--yes", "--skip-preview")
    assert project.files() == {"shop/notes.txt": "mine\n"}
    assert not (project.root / "manifests/_cluster").exists()


def test_the_program_decides_what_is_there(project):
    """A change, a new name, a removal, and a replacement that somebody forces."""
    renamed = {**CONFIG, "metadata": {"name": "basket", "namespace": "shop"}}
    louder = {**DEPLOYMENT, "spec": {**DEPLOYMENT["spec"], "replicas": 3}}
    project.ask({"config": renamed, "deployment": louder})
    shown = project.pulumi("preview", "--diff")
    assert '~ name: "cart" => "basket"' in shown
    assert "~ replicas: 2 => 3" in shown
    assert "- 1 to delete\n    +-1 to replace" in shown
    project.up()
    expected = {
        "shop/configmap_basket.yaml": yaml_text(renamed),
        "shop/deployment.apps_cart.yaml": yaml_text(louder),
    }
    assert project.files() == expected
    urn = "urn:pulumi:development::somebody::openchoreo-files:apps/v1:Deployment::deployment"
    assert "+-1 replaced" in project.up("--target-replace", urn)
    assert project.files() == expected


def test_a_resource_that_only_changes_its_urn_keeps_its_file(project):
    project.ask({f"new-{name}": manifest for name, manifest in MANIFESTS.items()})
    assert "+ 3 created\n    - 3 deleted" in project.up()
    assert project.files() == FILES
    project.unchanged()


def test_another_directory_moves_everything(project):
    project.ask(MANIFESTS, "deploy/files")
    assert "+-4 replaced" in project.up()  # with the provider
    assert project.files("deploy/files") == FILES
    assert project.files() == {}


def test_one_failing_write_leaves_the_others_alone(project):
    path = project.root / DEPLOYMENT_FILE
    path.unlink()
    path.mkdir()
    louder = {**CONFIG, "data": {"level": "debug"}}
    project.ask({**MANIFESTS, "config": louder})
    sentence = (
        f"error: cannot write {DEPLOYMENT_FILE}: something else than a file is in its place;"
        " remove it\n"
    )
    failed = project.up("--continue-on-error", fails=True)
    assert sentence in failed
    assert "~ 1 updated" in failed
    assert project.files() == {
        "_cluster/namespace_shop.yaml": FILES["_cluster/namespace_shop.yaml"],
        "shop/configmap_cart.yaml": yaml_text(louder),
    }
    assert sentence.replace("error: ", "error: Preview failed: ") in project.pulumi(
        "preview", fails=True
    )
    path.rmdir()
    project.up()
    assert project.files() == FILES | {"shop/configmap_cart.yaml": yaml_text(louder)}
    project.unchanged()


def test_a_directory_that_is_a_link_is_refused_before_anything_happens(project):
    real = project.root / "manifests"
    real.rename(project.root / "elsewhere")
    real.symlink_to("elsewhere")
    (project.root / "elsewhere/shop/configmap_cart.yaml").write_text("theirs\n")
    project.ask({"config": {**CONFIG, "data": {}}})
    sentence = (
        "directory manifests is a link, and manifests go to real directories only;"
        " remove the link, or set directory to the folder it leads to"
    )
    assert sentence in project.pulumi("preview", fails=True)
    assert sentence in project.up(fails=True)
    assert sentence in project.pulumi("destroy", "--yes", "--skip-preview", fails=True)
    assert project.files("elsewhere") == FILES | {"shop/configmap_cart.yaml": "theirs\n"}


def test_a_folder_inside_that_is_a_link_is_not_followed(project):
    inside = project.root / "manifests/shop"
    inside.rename(project.root / "elsewhere")
    inside.symlink_to("../elsewhere")
    project.ask({**MANIFESTS, "config": {**CONFIG, "data": {}}})
    sentence = "its folder is a link, and links are never followed; remove it"
    assert sentence in project.pulumi("preview", fails=True)
    assert sentence in project.up("--continue-on-error", fails=True)
    assert sentence in project.pulumi("destroy", "--yes", "--skip-preview", fails=True)
    assert len(project.files("elsewhere")) == 2


WITHIN_PERMISSIONS = """
import ctypes, os, sys
if os.geteuid() == 0:  # root gives up its way around permission bits
    drop_from_bounding_set, overriding_permissions = 24, 1
    ctypes.CDLL(None).prctl(drop_from_bounding_set, overriding_permissions, 0, 0, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""


@pytest.mark.skipif(sys.platform != "linux" and os.geteuid() == 0, reason="root may write")
def test_a_directory_that_is_not_writable_is_refused_before_anything_happens(project):
    (project.root / "manifests").chmod(0o555)
    project.ask({})
    sentence = (
        "directory manifests is not writable for the user that runs this;"
        " change its permissions, or set another directory"
    )
    through = [sys.executable, "-c", WITHIN_PERMISSIONS]
    try:
        for command in (["preview"], ["up", "--yes", "--skip-preview"]):
            assert sentence in project.pulumi(*command, fails=True, through=through)
        assert project.files() == FILES
    finally:
        (project.root / "manifests").chmod(0o755)


@pytest.mark.parametrize(
    ("manifest", "sentence"),
    [
        pytest.param(
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {"name": "s"},
                "data": {"a": "eA=="},
            },
            "a Secret with data would put secrets into files; write an OpenChoreo SecretReference",
            id="a secret",
        ),
        pytest.param(
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "../../x"}},
            "metadata.name: '../../x' is not allowed by Kubernetes",
            id="a name that leads elsewhere",
        ),
        pytest.param(CONFIG, "already holds the same object for resource", id="two of a kind"),
    ],
)
def test_what_must_not_become_a_file_is_refused_in_a_preview(project, manifest, sentence):
    project.ask({"config": CONFIG, "bad": manifest})
    assert sentence in project.pulumi("preview", fails=True)
    assert project.files() == FILES


def test_a_foreign_file_is_not_overwritten(project):
    (project.root / "manifests/shop/service_cart.yaml").write_text("kind: Note\n")
    service = {"apiVersion": "v1", "kind": "Service", "metadata": CONFIG["metadata"]}
    project.ask({**MANIFESTS, "service": service})
    sentence = (
        "cannot write manifests/shop/service_cart.yaml: it exists and does not hold"
        " Service shop/cart; move it away, or set another directory"
    )
    assert sentence in project.pulumi("preview", fails=True)
    assert sentence in project.up(fails=True)
    assert project.files() == FILES | {"shop/service_cart.yaml": "kind: Note\n"}
