"""Writes what an earlier commit leaves behind: what test_upgrade.py goes on from.

    python -m tests.engine.upgrade.make CHECKOUT

CHECKOUT is a work tree of that commit, with a .venv that has its requirements. Its package, its
provider and its example do all the work; the folder beside this file is named after the commit.
"""

from __future__ import annotations

import getpass
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.engine.conftest import PULUMI_YAML, WEATHER, Repository

HERE = Path(__file__).parent
STACKS = ("development", "staging", "production")
PROJECT = "shop"
PROGRAM = "import openchoreo\n\nopenchoreo.deploy()\n"
TELLING = f"{PROGRAM}open('ran', 'w').write(openchoreo.__file__)\n"
LEVEL = "bindings.dashboard.workloadOverrides.container.env[0]"
WHO = {"GITHUB_ACTOR": "ada"}
"""What the ledger says instead of the user of the machine."""


def main(checkout: Path) -> None:
    os.environ.update(WHO)
    with tempfile.TemporaryDirectory(prefix="upgrade-") as folder:
        repository = prepared(Path(folder) / "repository", checkout)
        deploy_everywhere(repository)
        make_history(repository)
        settle(repository)
        check_program(repository, checkout)
        target = HERE / commit_of(checkout)
        shutil.rmtree(target, ignore_errors=True)
        keep(repository, target)
        check_texts(target, (folder, str(checkout), str(Path.home()), getpass.getuser()))
    print(f"{target.name}: {sum(file.stat().st_size for file in files_of(target)):,} bytes")


def prepared(root: Path, checkout: Path) -> Repository:
    """The example of the commit, and a component whose releases have names of their own."""
    shutil.copytree(checkout / "definitions", root / "definitions")
    (root / ".state").mkdir()
    (root / ".home").mkdir()
    repository = Repository(root, engine(), PROJECT, path=str(checkout))
    repository.write("__main__.py", TELLING)
    repository.write(
        "Pulumi.yaml",
        PULUMI_YAML.format(
            project=PROJECT,
            venv=checkout / ".venv",
            plugin=checkout / "plugins" / "openchoreo-files",
        ),
    )
    shutil.copy(HERE / "reporter.yaml", root / WEATHER / "components" / "reporter.yaml")
    for stack in STACKS:
        shutil.copy(checkout / f"Pulumi.{stack}.yaml", root)
        done = repository.pulumi("stack", "init", stack)
        assert done.code == 0, done.text
    return repository


def engine() -> Path:
    command = [sys.executable, "-m", "tools.engine"]
    return Path(subprocess.check_output(command, text=True).strip())


def commit_of(checkout: Path) -> str:
    command = ["git", "-C", str(checkout), "rev-parse", "--short=7", "HEAD"]
    return subprocess.check_output(command, text=True).strip()


def deploy_everywhere(repository: Repository) -> None:
    """A first promotion through all stacks, with overrides in config and in documents."""
    repository.set("development", "bindings.reporter.releaseName", "reporter-november")
    repository.deployed("development")
    repository.pin("staging")
    pin_alias(repository, "staging")
    repository.set("staging", "bindings.forecast.componentTypeEnvironmentConfigs.replicas", "4")
    repository.deployed("staging")
    repository.pin("production", source="staging")
    pin_alias(repository, "production")
    repository.set("production", f"{LEVEL}.key", "PODINFO_UI_COLOR")
    repository.set("production", f"{LEVEL}.value", "#7c2f34")
    repository.deployed("production")


def pin_alias(repository: Repository, stack: str) -> None:
    repository.set(stack, "bindings.reporter.releaseName", "reporter-november")


def make_history(repository: Repository) -> None:
    first = repository.current("production", "forecast")["name"]
    promote_forecast(repository, "6.9.2")
    repository.set("production", "bindings.forecast.releaseName", first)
    repository.deployed("production")
    repository.set("staging", "bindings.dashboard.state", "Undeploy")
    repository.deployed("staging")
    # The dashboard is held while its definitions go on; the forecast's new image is for nobody yet.
    repository.set("development", "bindings.dashboard.hold", "true")
    for component in ("dashboard", "forecast"):
        repository.set_image(component, "6.9.3")
    repository.deployed("development")


def promote_forecast(repository: Repository, tag: str) -> None:
    repository.set_image("forecast", tag)
    repository.deployed("development")
    for stack, source in (("staging", "development"), ("production", "staging")):
        name = repository.current(source, "forecast")["name"]
        repository.set(stack, "bindings.forecast.releaseName", name)
        repository.deployed(stack)


def settle(repository: Repository) -> None:
    """Each stack reads what the one before it says in the end."""
    for stack in STACKS:
        repository.deployed(stack, "--expect-no-changes")


def check_program(repository: Repository, checkout: Path) -> None:
    ran = Path((repository.root / "ran").read_text("utf-8"))
    assert ran == checkout / "openchoreo" / "__init__.py", f"{ran} ran"
    print(f"{ran} ran")


def keep(repository: Repository, target: Path) -> None:
    """What a clone and its backend hold, without Pulumi's backups, history and locks."""
    for folder in ("definitions", "manifests"):
        shutil.copytree(repository.root / folder, target / folder)
    (target / "__main__.py").write_text(PROGRAM, "utf-8")
    for stack in STACKS:
        shutil.copy(repository.root / f"Pulumi.{stack}.yaml", target)
    state = Path(".state", ".pulumi")
    stacks = state / "stacks" / PROJECT
    (target / stacks).mkdir(parents=True)
    shutil.copy(repository.root / state / "meta.yaml", target / state)
    for stack in STACKS:
        path = stacks / f"{stack}.json"
        text = without_places((repository.root / path).read_text("utf-8"))
        (target / path).write_text(text, "utf-8")


def without_places(state: str) -> str:
    """The SDK says where in which file of this machine a resource was made; nothing reads that."""
    checkpoint = json.loads(state)
    for resource in checkpoint["checkpoint"]["latest"]["resources"]:
        for name in ("sourcePosition", "stackTrace"):
            resource.pop(name, None)
    return json.dumps(checkpoint, ensure_ascii=False, separators=(",", ":"))


def check_texts(target: Path, words: tuple[str, ...]) -> None:
    """Nothing of the machine it was made on."""
    for file in files_of(target):
        text = file.read_text("utf-8")
        found = [word for word in words if re.search(rf"{re.escape(word)}\b", text)]
        assert not found, f"{file.name} holds {', '.join(found)}"


def files_of(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
