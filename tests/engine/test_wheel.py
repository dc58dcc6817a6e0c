"""The package as others get it: a wheel, in a repository that holds nothing else of ours."""

import shutil
import subprocess
import sys
import sysconfig
import venv
from dataclasses import replace
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]


def run(*command, cwd):
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def installed(tmp_path):
    """A virtual environment with the wheel, and the dependencies of this one."""
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, cwd=ROOT)
    (wheel,) = tmp_path.glob("*.whl")
    environment = tmp_path / "environment"
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
        cwd=tmp_path,
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
