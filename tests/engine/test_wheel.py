"""The package as others get it: a wheel, in a repository that holds nothing else of ours."""

import shutil
import subprocess
import sys
import sysconfig
import venv
from dataclasses import replace
from pathlib import Path

import pytest

from tests.differential.cases import samples
from tests.engine.conftest import Repository
from tests.engine.walking import SAMPLES

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]


def run(*command, cwd, code=0):
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A virtual environment with the wheel, and the dependencies of this one."""
    folder = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, cwd=ROOT)
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    venv.create(environment, with_pip=False)
    packages = Path(
        sysconfig.get_path("purelib", vars={"base": str(environment), "platbase": str(environment)})
    )
    run(
        sys.executable,
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--target",
        packages,
        wheel,
        cwd=folder,
    )
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return environment


def test_the_wheel_deploys_from_an_otherwise_empty_repository(example, installed, tmp_path):
    root = tmp_path / "repository"
    root.mkdir()
    (root / ".state").mkdir()
    shutil.copytree(ROOT / "definitions", root / "definitions")
    repository = replace(example, root=root, project="another", path="")
    repository.write("__main__.py", "import openchoreo\n\nopenchoreo.deploy()\n")
    repository.write(
        "Pulumi.yaml",
        f"name: another\nruntime:\n  name: python\n  options:\n    virtualenv: {installed}\n",
    )
    run(installed / "bin/python", "-m", "openchoreo.provider.launcher", root, cwd=root)
    assert repository.pulumi("stack", "init", "development").code == 0

    repository.deployed("development")
    assert repository.current("development", "forecast")["state"] == "Active"
    assert repository.files("manifests") == example.files("manifests")
    repository.deployed("development", "--expect-no-changes")


@pytest.fixture
def begin(engine, installed, tmp_path):
    """A repository with its own virtual environment, in which a command made a Pulumi project."""

    def made(code=0, **files):
        root = tmp_path / "shop"
        root.mkdir(exist_ok=True)
        (root / ".state").mkdir()
        (root / ".venv").symlink_to(installed)
        for name, source in files.items():
            shutil.copytree(source, root / name)
        repository = Repository(root, engine, path="")
        run(root / ".venv/bin/python", "-m", "openchoreo", "init", cwd=root, code=code)
        return repository

    return made


def test_an_empty_directory_becomes_a_project_that_deploys_an_example(begin):
    repository = begin()
    written = repository.root / "Pulumi.development.yaml"
    said = written.read_text()
    assert repository.pulumi("stack", "init", "development").code == 0
    repository.deployed("development")
    assert repository.outputs("development")["summary"].keys() == {"default/greeter"}
    assert any("deployment" in name for name in repository.files("manifests/development"))
    assert set(said.splitlines()) < set(written.read_text().splitlines())

    assert repository.pulumi("stack", "init", "staging").code == 0
    assert "default/greeter: greeter-" in repository.deployed("staging")
    repository.pin("staging")
    repository.deployed("staging")
    assert repository.outputs("staging")["summary"] == repository.outputs("development")["summary"]
    repository.deployed("development", "--expect-no-changes")


@pytest.mark.skipif(samples() is None, reason="no public samples here")
def test_a_repository_of_definitions_becomes_a_project(begin):
    """It has no data plane, and components that break a rule of ours, which nothing pins."""
    repository = begin(namespaces=SAMPLES / "sample-gitops" / "namespaces", code=1)
    before = repository.files("namespaces")
    assert repository.pulumi("stack", "init", "development").code == 0
    repository.deployed("development")
    pinned = {"default/nats": "nats-20260223-1", "default/postgres": "postgres-20260223-1"}
    assert repository.outputs("development")["summary"] == pinned
    assert repository.files("namespaces") == before
    repository.deployed("development", "--expect-no-changes")
