"""From `pulumi up` to everything accepted and ready, on a Kubernetes API server with a fake node.

Ours against a bare program with the same objects on the same provider, and against kubectl.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any, cast

from bench import tree
from bench.processes import Action, Taken, run, timed
from bench.projects import OURS, STACK, Project, rendered
from bench.table import Row, alone
from tools import cluster_build
from tools.console import ROOT
from tools.control_plane import CONTEXT

PLUGIN = ROOT / "tests" / "cluster" / "double"

SETTINGS = """\
name: {name}
runtime:
  name: python
  options:
    toolchain: pip
    virtualenv: {venv}
plugins:
  providers:
    - name: kubernetes
      path: {plugin}
"""
CONFIG = """\
config:
  openchoreo:dataPlanes:
    default: {{context: {context}, kubeconfig: {kubeconfig}}}
"""
BARE = """\
import json
from pathlib import Path

import pulumi

settings = {{"context": "{context}", "kubeconfig": "{kubeconfig}", "enableServerSideApply": "true"}}
plane = pulumi.ProviderResource("kubernetes", "default", settings)
names = {{}}
for manifest in json.loads(Path("manifests.json").read_text("utf-8")):
    version, kind = manifest["apiVersion"], manifest["kind"]
    group = version if "/" in version else f"core/{{version}}"
    about = manifest["metadata"]
    needs = [names[about["namespace"]]] if about.get("namespace") in names else []
    made = pulumi.CustomResource(
        f"kubernetes:{{group}}:{{kind}}",
        f"{{about.get('namespace', '')}}/{{about['name']}}",
        manifest,
        pulumi.ResourceOptions(provider=plane, depends_on=needs),
    )
    if kind == "Namespace":
        names[about["name"]] = made
"""


def rows(size: int) -> Generator[Row]:
    """Each of the three deploys the same to a cluster of its own, once."""
    yield alone("`pulumi up`, ours", [_taken(_ours, size).wall])
    yield alone("`pulumi up`, a bare program", [_taken(_bare, size).wall])
    yield alone("`kubectl apply --server-side`, not waiting", [_taken(_kubectl, size).wall])


def version() -> str:
    return f"test double of provider {metadata.version('pulumi-kubernetes')}"


def _taken(measured: Callable[[Path, int, Path], Action], size: int) -> Taken:
    with (
        tempfile.TemporaryDirectory(prefix="openchoreo-bench-") as folder,
        _cluster() as kubeconfig,
    ):
        return timed(measured(Path(folder), size, kubeconfig))


@contextmanager
def _cluster() -> Generator[Path]:
    with tempfile.TemporaryDirectory(prefix="openchoreo-bench-cluster-") as folder:
        place = f"--directory={folder}/cluster"
        run([sys.executable, "-m", "tools.cluster", "start", place], ROOT)
        try:
            yield Path(folder, "cluster", "kubeconfig")
        finally:
            run([sys.executable, "-m", "tools.cluster", "stop", place], ROOT)


def _ours(folder: Path, size: int, kubeconfig: Path) -> Action:
    made = _project(folder / "ours", OURS)
    tree.write(made.folder / "definitions", size)
    config = CONFIG.format(context=CONTEXT, kubeconfig=kubeconfig)
    with (made.folder / f"Pulumi.{STACK}.yaml").open("a", encoding="utf-8") as file:
        file.write(config)
    return made.first_update


def _bare(folder: Path, size: int, kubeconfig: Path) -> Action:
    made = _project(folder / "bare", BARE.format(context=CONTEXT, kubeconfig=kubeconfig))
    manifests = json.dumps(_manifests(folder, size))
    (made.folder / "manifests.json").write_text(manifests, "utf-8")
    return made.first_update


def _kubectl(folder: Path, size: int, kubeconfig: Path) -> Action:
    manifests = _manifests(folder, size)
    spaces = [each for each in manifests if each["kind"] == "Namespace"]
    others = [each for each in manifests if each["kind"] != "Namespace"]
    files: list[Path] = []
    for name, items in (("1", spaces), ("2", others)):
        file = folder / f"{name}.json"
        file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}), "utf-8")
        files.append(file)
    kubectl = [str(cluster_build.ensure()), "kubectl", f"--kubeconfig={kubeconfig}"]

    def apply() -> None:
        for file in files:
            run([*kubectl, "apply", "--server-side", f"--filename={file}"], folder)

    return apply


def _manifests(folder: Path, size: int) -> list[dict[str, Any]]:
    source = folder / "source"
    tree.write(source / "definitions", size)
    return cast("list[dict[str, Any]]", rendered(source))


def _project(folder: Path, program: str) -> Project:
    (folder / "state").mkdir(parents=True)
    settings = SETTINGS.format(name=folder.name, venv=ROOT / ".venv", plugin=PLUGIN)
    (folder / "Pulumi.yaml").write_text(settings, "utf-8")
    (folder / "__main__.py").write_text(program, "utf-8")
    made = Project(folder)
    made.pulumi("stack", "init")
    return made
