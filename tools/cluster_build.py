"""The binary of the cluster's parts and the files of its CustomResourceDefinitions."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

from tools.console import ROOT, GiveUp
from tools.gomodules import (
    Program,
    cache,
    compile_program,
    digest,
    find_go,
    go_environment,
    lock,
    replacing,
)

MODULE = ROOT / "tools" / "cluster"
BINARY = "openchoreo-cluster"
VARIABLE = "OPENCHOREO_TEST_KUBECONFIG"
DEFINITIONS = {
    "sigs.k8s.io/gateway-api": "config/crd/standard",
    "github.com/external-secrets/external-secrets": "config/crds/bases",
}
# What clients ask the server for; without these stamps it is a v0.0.0.
STAMPED = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")


def pinned(module: str, file: Path = MODULE / "go.mod") -> str:
    found = re.search(rf"^\s+{re.escape(module)} (v\S+)$", file.read_text("utf-8"), re.MULTILINE)
    if found is None:
        raise GiveUp(f"{file} pins no {module}")
    return found[1]


def program() -> Program:
    version = pinned("k8s.io/kubernetes")
    major, minor, _ = version.removeprefix("v").split(".")
    parts = {"gitVersion": version, "gitMajor": major, "gitMinor": minor}
    return Program(
        name="the Kubernetes cluster",
        version=version,
        module=MODULE,
        package=".",
        stamps=tuple(
            f"{package}.{part}={value}" for package in STAMPED for part, value in parts.items()
        ),
        effort="5 to 13 minutes on 2 cores, 92 MB of downloads, 2.6 GB of memory to link",
        instead=f"kind or k3d, with its kubeconfig in {VARIABLE},",
        log="cluster.log",
    )


def ensure() -> Path:
    """The binary; builds it where the cache has none of the same sources."""
    kubernetes = program()
    built = cache() / "cluster" / kubernetes.key([MODULE / "main.go"])
    if not built.is_dir():
        with lock(cache() / "cluster.lock", kubernetes.name):
            if not built.is_dir():
                with replacing(built) as fresh:
                    compile_program(kubernetes, fresh / BINARY)
    return built / BINARY


def definitions() -> Path:
    """A folder of manifests: what kubectl applies for the kinds that Kubernetes lacks."""
    kubernetes = program()
    module = MODULE / "crds"
    places = [f"{name} {folder}" for name, folder in DEFINITIONS.items()]
    kept = cache() / "crds" / digest([module / "go.mod", module / "go.sum"], places)
    if not kept.is_dir():
        with lock(cache() / "cluster.lock", kubernetes.name):
            if not kept.is_dir():
                with replacing(kept) as fresh:
                    copy_definitions(find_go(kubernetes), module, fresh)
    return kept


def copy_definitions(go: str, module: Path, target: Path) -> None:
    for name, folder in DEFINITIONS.items():
        files = sorted((download(go, module, name) / folder).glob("*.yaml"))
        for file in files:
            if file.name != "kustomization.yaml":
                # Go's own copy cannot be written to, and so not be removed.
                shutil.copyfile(file, target / file.name)


def download(go: str, module: Path, name: str) -> Path:
    done = subprocess.run(
        [go, "mod", "download", "-json", name],
        cwd=module,
        env=go_environment(),
        capture_output=True,
        check=False,
        text=True,
    )
    try:
        return Path(json.loads(done.stdout)["Dir"])
    except (ValueError, KeyError) as problem:
        told = (done.stderr or done.stdout).strip()
        raise GiveUp(f"downloading the Go module {name} failed ({told})") from problem
