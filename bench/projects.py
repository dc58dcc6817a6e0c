"""Pulumi projects that deploy the same objects: this program, a bare one, and the least there is."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from bench import tree
from bench.processes import run
from tools.console import ROOT, GiveUp

STACK = "development"
PLANE = f"manifests/{STACK}/default"
OUTPUTS = "outputs.json"

SETTINGS = """\
name: {name}
runtime:
  name: python
  options:
    toolchain: pip
    virtualenv: {venv}
plugins:
  providers:
    - name: openchoreo-files
      path: {plugin}
"""
OURS = """\
import openchoreo

openchoreo.deploy()
"""
BARE = f"""\
import json
from pathlib import Path

import pulumi

plane = pulumi.ProviderResource("openchoreo-files", "default", {{"directory": "{PLANE}"}})
for manifest in json.loads(Path("manifests.json").read_text("utf-8")):
    version, kind = manifest["apiVersion"], manifest["kind"]
    group = version if "/" in version else f"core/{{version}}"
    metadata = manifest["metadata"]
    pulumi.CustomResource(
        f"openchoreo-files:{{group}}:{{kind}}",
        f"{{metadata.get('namespace', '')}}/{{metadata['name']}}",
        manifest,
        pulumi.ResourceOptions(provider=plane),
    )
"""

LEAST = f"""\
import asyncio
import json
from pathlib import Path

import pulumi

from openchoreo.engine.applying import token
from openchoreo.engine.registration import Options, choose, register_custom, root_urn


async def registered():
    root = await root_urn()
    inputs = {{"directory": "{PLANE}"}}
    plane = await register_custom("pulumi:providers:openchoreo-files", "default", root, inputs)
    manifests = json.loads(Path("manifests.json").read_text("utf-8"))
    await asyncio.gather(*(one(each, root, Options(plane.reference)) for each in manifests))
    return len(manifests)


async def one(manifest, root, options):
    metadata = manifest["metadata"]
    name = f"{{metadata.get('namespace', '')}}/{{metadata['name']}}"
    await register_custom(token(manifest), name, root, manifest, options)


choose("requests")
pulumi.export("registered", asyncio.ensure_future(registered()))
"""
"""No definitions and no decisions, no component resources and no resource classes: what is left is
what the engine, its provider and the connection take for these objects.
"""


@dataclass(frozen=True, slots=True)
class Project:
    """A Pulumi project in a folder, with a backend of its own inside."""

    folder: Path

    @property
    def surroundings(self) -> dict[str, str]:
        return {
            "PULUMI_BACKEND_URL": (self.folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }

    def pulumi(self, *arguments: str, **own: str) -> str:
        command = ["pulumi", *arguments, "--stack", STACK, "--non-interactive"]
        return run(command, self.folder, self.surroundings | own)

    def openchoreo(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "openchoreo", *arguments]
        return run(command, self.folder, self.surroundings)

    def preview(self) -> None:
        self.pulumi("preview")

    def update(self) -> None:
        self.pulumi("up", "--yes", "--skip-preview")

    def change_one(self) -> None:
        """Another image of the first component."""
        file = min((self.folder / "definitions").rglob("components/*/workload.yaml"))
        file.write_text(
            re.sub(r"image: \S+", lambda old: f"{old[0]}-next", file.read_text("utf-8"))
        )

    def first_update(self) -> None:
        """The file backend would write its whole state at every step; here once, at the end."""
        own = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
        self.pulumi("up", "--yes", "--skip-preview", **own)

    def deployed(self) -> dict[str, bytes]:
        """Every file the project wrote, by path."""
        plane = self.folder / PLANE
        files = (path for path in plane.rglob("*") if path.is_file())
        return {path.relative_to(plane).as_posix(): path.read_bytes() for path in files}


@dataclass(frozen=True, slots=True)
class Contest:
    """The projects for one number of components."""

    size: int
    objects: int
    ours: Project
    bare: Project
    least: Project

    def check(self) -> None:
        """All have deployed the very same."""
        ours = self.ours.deployed()
        for other in (self.bare.deployed(), self.least.deployed()):
            if ours != other:
                odd = sorted(path for path in ours | other if ours.get(path) != other.get(path))
                raise GiveUp(f"the programs deployed different objects: {', '.join(odd[:5])}")

    def keep_outputs(self) -> None:
        """What the stack of our program says of itself, for runs without an engine."""
        outputs = self.ours.pulumi("stack", "output", "--json")
        (self.ours.folder / OUTPUTS).write_text(outputs, "utf-8")
        (self.bare.folder / OUTPUTS).write_text("{}", "utf-8")


def contest(folder: Path, size: int) -> Contest:
    """All projects with an empty stack."""
    ours = project(folder / "ours", OURS)
    tree.write(ours.folder / "definitions", size)
    bare, least = project(folder / "bare", BARE), project(folder / "least", LEAST)
    manifests = rendered(ours.folder)
    for other in (bare, least):
        (other.folder / "manifests.json").write_text(json.dumps(manifests), "utf-8")
    return Contest(size, len(manifests), ours, bare, least)


def project(folder: Path, program: str) -> Project:
    (folder / "state").mkdir(parents=True)
    settings = SETTINGS.format(
        name=folder.name, venv=ROOT / ".venv", plugin=ROOT / "plugins" / "openchoreo-files"
    )
    (folder / "Pulumi.yaml").write_text(settings, "utf-8")
    (folder / "__main__.py").write_text(program, "utf-8")
    made = Project(folder)
    made.pulumi("stack", "init")
    return made


def rendered(folder: Path) -> list[object]:
    """The manifests of the definitions in a folder."""
    return [each["manifest"] for owner in json.loads(render(folder)) for each in owner["manifests"]]


def render(folder: Path) -> str:
    """What the command line says to the definitions in a folder."""
    where = ["--definitions", "definitions", "--environment", STACK]
    what = ["--format", "json", "--output", "-"]
    return run([sys.executable, "-m", "openchoreo", "render", *where, *what], folder)
