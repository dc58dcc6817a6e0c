"""A real Pulumi engine, a backend in a temporary folder, and repositories to run in it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]

WEATHER = "definitions/namespaces/default/projects/weather"

PULUMI_YAML = """\
name: {project}
runtime:
  name: python
  options:
    virtualenv: {venv}
plugins:
  providers:
    - name: openchoreo-files
      path: {plugin}
"""


@dataclass(frozen=True)
class Finished:
    """A command that has ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def text(self) -> str:
        return self.stdout + self.stderr


@dataclass(frozen=True)
class Repository:
    """A GitOps repository of a user, with a backend of its own."""

    root: Path
    engine: Path
    project: str = "shop"
    path: str = str(ROOT)
    """Where the program finds the package; empty where it is installed."""
    backend: Path | None = None
    """The folder of the backend, where it is not the repository's own."""

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{key: value for key, value in os.environ.items() if not key.startswith("PULUMI_")},
            "PATH": f"{self.engine}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": self.path,
            "PULUMI_HOME": str(self.root / ".home"),
            # As make does: without attribute files beside each state, which no kill may split.
            "PULUMI_BACKEND_URL": f"file://{self.backend or self.root / '.state'}?metadata=skip",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
            "NO_COLOR": "1",
        }

    def pulumi(self, *arguments: str, stack: str = "", timeout: int = 300) -> Finished:
        command = ["pulumi", *arguments, "--non-interactive"]
        if stack:
            command += ["--stack", stack]
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    def openchoreo(self, *arguments: str, cwd: Path | None = None, **variables: str) -> Finished:
        done = subprocess.run(
            [sys.executable, "-m", "openchoreo", *arguments],
            cwd=cwd or self.root,
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    def up(self, stack: str, *arguments: str) -> Finished:
        return self.pulumi(
            "up", "--yes", "--skip-preview", "--suppress-outputs", *arguments, stack=stack
        )

    def deployed(self, stack: str, *arguments: str) -> str:
        """`up` that must succeed."""
        done = self.up(stack, *arguments)
        assert done.code == 0, done.text
        return done.text

    def preview(self, stack: str, *arguments: str) -> Finished:
        return self.pulumi("preview", *arguments, stack=stack)

    def set(self, stack: str, key: str, value: str) -> None:
        """As `pulumi config set --path` writes it, which takes a process of its own each time."""
        with self._config(stack) as config:
            *path, last = steps(key)
            for step, following in pairwise([*path, last]):
                inner: Any = [] if isinstance(following, int) else {}
                config = config.setdefault(step, inner)  # noqa: PLW2901 - a step deeper
            if isinstance(last, int):
                config.insert(last, value)
            else:
                config[last] = {"true": True, "false": False}.get(value, value)
                if value.isdigit():
                    config[last] = int(value)

    def unset(self, stack: str, key: str) -> None:
        with self._config(stack) as config:
            *path, last = steps(key)
            for step in path:
                config = config[step]  # noqa: PLW2901 - a step deeper
            del config[last]

    @contextmanager
    def _config(self, stack: str) -> Iterator[Any]:
        """What the file of a stack says, written back afterwards."""
        file = self.root / f"Pulumi.{stack}.yaml"
        content = yaml.safe_load(file.read_text()) or {}
        yield content.setdefault("config", {})
        if not content["config"]:
            del content["config"]
        file.write_text(yaml.safe_dump(content, sort_keys=False))

    def pin(self, stack: str, *, source: str = "development") -> None:
        """Pins every component of `stack` to what `source` runs."""
        for key, record in self.ledger(source)["components"].items():
            name = key.partition("/")[2]
            self.set(stack, f"bindings.{name}.releaseName", record["history"][0]["name"])

    def current(self, stack: str, component: str) -> Any:
        """The newest entry of a component's history."""
        return self.ledger(stack)["components"][f"default/{component}"]["history"][0]

    def raw_outputs(self, stack: str) -> str:
        done = self.pulumi("stack", "output", "--json", stack=stack)
        assert done.code == 0, done.text
        return done.stdout

    def outputs(self, stack: str) -> dict[str, Any]:
        return json.loads(self.raw_outputs(stack))

    def resources(self, stack: str) -> list[dict[str, Any]]:
        """What the exported state says of each; none in a stack that never deployed."""
        done = self.pulumi("stack", "export", stack=stack)
        assert done.code == 0, done.text
        return json.loads(done.stdout)["deployment"].get("resources", [])

    def ledger(self, stack: str) -> Any:
        return json.loads(self.outputs(stack)["pipeline"])

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def edit(self, path: str, old: str, new: str) -> None:
        text = (self.root / path).read_text()
        assert old in text, f"{path} does not contain {old!r}"
        self.write(path, text.replace(old, new))

    def set_image(self, component: str, tag: str) -> None:
        """Another image for a component of the example, whatever it is now."""
        path = f"{WEATHER}/components/{component}/workload.yaml"
        text = (self.root / path).read_text()
        changed = re.sub(r"(image: [^:\s]+)\S*", rf"\1:{tag}", text)
        assert changed != text, f"{path} has no image, or this one already"
        self.write(path, changed)

    def files(self, folder: str) -> dict[str, str]:
        base = self.root / folder
        return {
            str(file.relative_to(base)): file.read_text()
            for file in sorted(base.rglob("*"))
            if file.is_file()
        }

    def copy_to(self, root: Path) -> Repository:
        """The same repository and the same state, in another folder."""
        shutil.copytree(self.root, root, symlinks=True)
        return Repository(root, self.engine, self.project)


def steps(key: str) -> list[str | int]:
    """`bindings.greeter.state` and `removed[0]` as what leads there."""
    found: list[str | int] = []
    for name, index in re.findall(r"([^.\[\]]+)(?:\[(\d+)\])?", key):
        found += [name, *([int(index)] if index else [])]
    return [f"openchoreo:{found[0]}", *found[1:]]


@pytest.fixture(scope="session")
def engine() -> Path:
    """The folder of the pulumi that make uses: from PATH when new enough, else our own build."""
    tool = subprocess.run(
        [sys.executable, "-m", "tools.engine"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if tool.returncode:
        pytest.fail(f"no Pulumi engine: {tool.stderr}")
    return Path(tool.stdout.strip())


@pytest.fixture(scope="session")
def new_repository(engine: Path) -> Callable[..., Repository]:
    """Makes a repository with the given definitions and a stack for each environment."""

    def make(
        root: Path,
        definitions: Path,
        project: str,
        backend: Path | None = None,
        stacks: Sequence[str] = ("development", "staging", "production"),
    ) -> Repository:
        root.mkdir(parents=True)
        (root / ".state").mkdir()
        (root / ".home").mkdir()
        # The engine logs every detail below its home, at a third of its time; nobody reads that.
        (root / ".home" / "logs").write_text("")
        shutil.copytree(definitions, root / "definitions")
        repository = Repository(root, engine, project, backend=backend)
        repository.write("__main__.py", "import openchoreo\n\nopenchoreo.deploy()\n")
        repository.write(
            "Pulumi.yaml",
            PULUMI_YAML.format(
                project=project, venv=ROOT / ".venv", plugin=ROOT / "plugins" / "openchoreo-files"
            ),
        )
        for stack in stacks:
            done = repository.pulumi("stack", "init", stack)
            assert done.code == 0, done.text
        return repository

    return make


@pytest.fixture(scope="session")
def example(
    new_repository: Callable[[Path, Path, str], Repository],
    tmp_path_factory: pytest.TempPathFactory,
) -> Repository:
    """The example of this repository, deployed to development. Never changed: copy it."""
    root = tmp_path_factory.mktemp("example") / "repository"
    repository = new_repository(root, ROOT / "definitions", "shop")
    repository.deployed("development")
    return repository


@pytest.fixture
def repository(example: Repository, tmp_path: Path) -> Repository:
    """A copy of the deployed example that a test may change."""
    return example.copy_to(tmp_path / "repository")


@pytest.fixture(scope="session")
def promoted(example: Repository, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The example, promoted through staging to production. Never changed: copy it."""
    repository = example.copy_to(tmp_path_factory.mktemp("promoted") / "repository")
    for stack, source in (("staging", "development"), ("production", "staging")):
        repository.pin(stack, source=source)
        repository.deployed(stack)
    return repository


@pytest.fixture
def everywhere(promoted: Repository, tmp_path: Path) -> Repository:
    """A copy of the example that runs in all three environments."""
    return promoted.copy_to(tmp_path / "repository")


@pytest.fixture(scope="session")
def promoted_twice(promoted: Repository, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The example with a second release of both components, in all three environments."""
    repository = promoted.copy_to(tmp_path_factory.mktemp("twice") / "repository")
    for component in ("dashboard", "forecast"):
        repository.set_image(component, "next")
    repository.deployed("development")
    for stack, source in (("staging", "development"), ("production", "staging")):
        repository.pin(stack, source=source)
        repository.deployed(stack)
    return repository
