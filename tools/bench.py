"""`make bench`: this program against a bare Pulumi program that registers the same objects.

Medians of several runs, both programs in turn on the same engine; the ratios are what counts.
Nothing is asserted. Checkpoints are off for both, as a file backend writes all of its state at
each step and would drown the difference.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.console import ROOT, GiveUp, main, say

EXAMPLE = ROOT / "definitions"
COMPONENTS = Path("namespaces", "default", "projects", "weather", "components")
STACK = "development"

PROJECT = """\
name: {name}
runtime: {{name: python, options: {{toolchain: pip, virtualenv: {venv}}}}}
plugins:
  providers:
    - {{name: openchoreo-files, path: {plugin}}}
"""
OURS = "import openchoreo\n\nopenchoreo.deploy()\n"
BARE = """\
import json
from pathlib import Path

import pulumi

plane = pulumi.ProviderResource("openchoreo-files", "default", {"directory": "manifests"})
for manifest in json.loads(Path("manifests.json").read_text("utf-8")):
    version, kind = manifest["apiVersion"], manifest["kind"]
    group = version if "/" in version else f"core/{version}"
    metadata = manifest["metadata"]
    pulumi.CustomResource(
        f"openchoreo-files:{group}:{kind}",
        f"{metadata.get('namespace', '')}/{metadata['name']}",
        manifest,
        pulumi.ResourceOptions(provider=plane),
    )
"""


@dataclass(frozen=True, slots=True)
class Program:
    """A Pulumi project in a folder, with a backend beside it."""

    folder: Path

    def measure(self) -> dict[str, float]:
        """Seconds for a first deployment and for the two ways of finding nothing to do."""
        for left in ("state", "manifests"):
            shutil.rmtree(self.folder / left, ignore_errors=True)
        (self.folder / "state").mkdir()
        self._pulumi("stack", "init", STACK)
        update = ("up", "--yes", "--skip-preview", "--stack", STACK)
        return {
            "first update": timed(lambda: self._pulumi(*update)),
            "unchanged preview": timed(lambda: self._pulumi("preview", "--stack", STACK)),
            "unchanged update": timed(lambda: self._pulumi(*update)),
        }

    def _pulumi(self, *arguments: str) -> None:
        own = {
            "PULUMI_BACKEND_URL": (self.folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_EXPERIMENTAL": "true",
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_SKIP_CHECKPOINTS": "true",
        }
        call(["pulumi", *arguments, "--non-interactive"], self.folder, own)


def bench(sizes: list[int], runs: int) -> int:
    with tempfile.TemporaryDirectory(prefix="openchoreo-bench-") as folder:
        for size in sizes:
            measure(Path(folder, str(size)), size, runs)
    return 0


def measure(folder: Path, size: int, runs: int) -> None:
    ours = Program(write_project(folder / "ours", OURS))
    write_definitions(ours.folder / "definitions", size)
    bare = Program(write_project(folder / "bare", BARE))
    manifests = rendered(ours.folder)
    (bare.folder / "manifests.json").write_text(json.dumps(manifests), "utf-8")
    print(f"\n{size} components, {len(manifests)} objects, median of {runs}", flush=True)
    print(f"  {'':20}{'this program':>14}{'bare':>10}{'ratio':>8}", flush=True)
    report("start-up", [start_up(ours.folder) for _ in range(runs)])
    taken = [(ours.measure(), bare.measure()) for _ in range(runs)]
    for operation in taken[0][0]:
        report(operation, [(mine[operation], theirs[operation]) for mine, theirs in taken])


def report(operation: str, taken: list[tuple[float, float]]) -> None:
    mine, theirs = (statistics.median(column) for column in zip(*taken, strict=True))
    print(f"  {operation:20}{mine:12.2f} s{theirs:8.2f} s{mine / theirs:8.2f}", flush=True)


def start_up(folder: Path) -> tuple[float, float]:
    """All that happens before the first registration, against loading Pulumi's SDK."""
    load = [sys.executable, "-c", "import pulumi"]
    return timed(lambda: rendered(folder)), timed(lambda: call(load, folder))


def rendered(folder: Path) -> list[object]:
    command = [sys.executable, "-m", "openchoreo", "render", "--definitions", "definitions"]
    output = call([*command, "--environment", STACK, "--format", "json", "--output", "-"], folder)
    return [each["manifest"] for owner in json.loads(output) for each in owner["manifests"]]


def write_project(folder: Path, program: str) -> Path:
    folder.mkdir(parents=True)
    project = PROJECT.format(
        name=folder.name, venv=ROOT / ".venv", plugin=ROOT / "plugins" / "openchoreo-files"
    )
    (folder / "Pulumi.yaml").write_text(project, "utf-8")
    (folder / "__main__.py").write_text(program, "utf-8")
    return folder


def write_definitions(folder: Path, size: int) -> None:
    """The example's platform and project, with one of its components many times."""
    shutil.copytree(EXAMPLE, folder)
    shutil.rmtree(folder / COMPONENTS)
    for number in range(size):
        name = f"forecast-{number:04}"
        target = folder / COMPONENTS / name
        target.mkdir(parents=True)
        for file in ("component.yaml", "workload.yaml"):
            text = (EXAMPLE / COMPONENTS / "forecast" / file).read_text("utf-8")
            text = re.sub(r"((?:name|componentName): )forecast\b", rf"\g<1>{name}", text)
            (target / file).write_text(text, "utf-8")


def timed(action: Callable[[], object]) -> float:
    started = time.monotonic()
    action()
    return time.monotonic() - started


def call(command: list[str], folder: Path, own: Mapping[str, str] | None = None) -> str:
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | dict(own or {})
    done = subprocess.run(
        command, capture_output=True, check=False, cwd=folder, env=environment, text=True
    )
    if done.returncode != 0:
        say(done.stdout + done.stderr)
        raise GiveUp(f"`{' '.join(command)}` failed (exit code {done.returncode})")
    return done.stdout


def command() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m tools.bench", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, help="numbers of components (10 100)")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    return bench(given.sizes or [10, 100], given.runs)


if __name__ == "__main__":
    main(command)
