"""Repositories whose stacks deploy to the cluster of the tests."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import yaml

from tests.cluster.conftest import Cluster
from tests.engine.conftest import Finished, Repository
from tools.console import ROOT

DOUBLE = ROOT / "tests" / "cluster" / "double"
PLUGIN = "pulumi-resource-kubernetes"
STACKS = ("development", "staging", "production")
LABEL = "openchoreo.dev/environment"


def provider() -> tuple[Path, str]:
    """The folder of the Kubernetes provider's plugin, and what to call it in reports."""
    version = metadata.version("pulumi-kubernetes")
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    official = home / "plugins" / f"resource-kubernetes-v{version}"
    if (official / PLUGIN).exists():
        return official, f"Pulumi's own Kubernetes provider v{version}"
    return DOUBLE, "a test double of the Kubernetes provider (tests/cluster/double)"


@dataclass(frozen=True)
class Deployment:
    """A repository, the cluster that its stacks deploy to, and the objects there."""

    repository: Repository
    cluster: Cluster
    project: str
    """Of OpenChoreo; every test has one of its own, and so namespaces of its own."""

    def up(self, stack: str = "development", *arguments: str) -> Finished:
        return self.repository.up(stack, "--continue-on-error", *arguments)

    def deployed(self, stack: str = "development", *arguments: str) -> str:
        done = self.up(stack, *arguments)
        assert done.code == 0, done.text
        return done.text

    def namespace(self, stack: str = "development") -> str:
        """The data-plane namespace of a stack's environment."""
        selector = f"openchoreo.dev/project={self.project},{LABEL}={stack}"
        found = self.cluster.get(f"/api/v1/namespaces?labelSelector={selector}")["items"]
        (one,) = (each["metadata"]["name"] for each in found)
        return one

    def objects(self, stack: str = "development") -> dict[str, dict]:
        """Everything that was deployed, by kind and name, without what the server keeps changing."""
        where = self.namespace(stack)
        paths = {
            "Deployment": f"/apis/apps/v1/namespaces/{where}/deployments",
            "Service": f"/api/v1/namespaces/{where}/services",
            "ConfigMap": f"/api/v1/namespaces/{where}/configmaps",
            "NetworkPolicy": f"/apis/networking.k8s.io/v1/namespaces/{where}/networkpolicies",
            "HTTPRoute": f"/apis/gateway.networking.k8s.io/v1/namespaces/{where}/httproutes",
        }
        return {
            f"{kind} {each['metadata']['name']}": each
            for kind, path in paths.items()
            for each in self.cluster.get(path)["items"]
            if each["metadata"]["name"] != "kube-root-ca.crt"
        }

    def deployment(self, name: str, stack: str = "development") -> str:
        """The path of a component's Deployment."""
        (found,) = (
            each["metadata"]["name"]
            for key, each in self.objects(stack).items()
            if key.startswith("Deployment ")
            and each["metadata"]["labels"].get("openchoreo.dev/component") == name
        )
        return f"/apis/apps/v1/namespaces/{self.namespace(stack)}/deployments/{found}"

    def patch(self, path: str, body: dict, *, manager: str = "kubectl-edit") -> None:
        answer = self.cluster.api.request(
            "PATCH",
            f"{path}?fieldManager={manager}",
            body=body,
            content="application/merge-patch+json",
        )
        assert answer.good, answer.message

    def versions(self, stack: str = "development") -> dict[str, str]:
        """What changes with every change of an object's content."""
        return {
            key: f"{each['metadata']['uid']} {each['metadata'].get('generation', '')} "
            f"{each.get('spec') or each.get('data')}"
            for key, each in self.objects(stack).items()
        }

    def history(self, component: str, stack: str = "development") -> list[dict]:
        record = self.repository.ledger(stack).get("components", {}).get(f"default/{component}")
        return record["history"] if record else []


def prepare(repository: Repository, kubeconfig: Path, context: str, project: str) -> None:
    """Every stack deploys to the cluster; the project gets a name of its own."""
    folder, _ = provider()
    file = repository.root / "Pulumi.yaml"
    content = yaml.safe_load(file.read_text())
    content["plugins"]["providers"].append({"name": "kubernetes", "path": str(folder)})
    file.write_text(yaml.safe_dump(content, sort_keys=False))
    rename(repository.root / "definitions", project)
    for stack in STACKS:
        repository.set(stack, "dataPlanes.default.context", context)
        repository.set(stack, "dataPlanes.default.kubeconfig", str(kubeconfig))


def rename(definitions: Path, project: str) -> None:
    """The example's project weather under another name, so that its namespaces are its own."""
    for file in definitions.rglob("*.yaml"):
        file.write_text(re.sub(r"\bweather\b", project, file.read_text()))
