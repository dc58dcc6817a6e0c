"""Repositories with definitions of a test's own, whose stacks deploy to the cluster of the tests."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.cluster.conftest import Cluster
from tests.cluster.deploying import STACKS, Deployment, provider
from tests.engine.conftest import Repository
from tests.plan.definitions import component_type, data_plane, manifest, platform, project, resource


@dataclass
class Builder:
    """Definitions that can be changed between the runs; `name` is that of the project."""

    make: Callable[..., Repository]
    cluster: Cluster
    folder: Path
    name: str

    def deployment(self, *documents: dict | tuple[dict, ...]) -> Deployment:
        definitions = self.folder / "definitions"
        definitions.mkdir(exist_ok=True)
        write(definitions, *common(self.name), *documents)
        repository = self.make(self.folder / "repository", definitions, "shop")
        connect(repository, self.cluster)
        return Deployment(repository, self.cluster, self.name)


def new_name() -> str:
    return f"p{uuid.uuid4().hex[:8]}"


def connect(repository: Repository, cluster: Cluster) -> None:
    """Every stack deploys to the cluster."""
    folder, _ = provider()
    file = repository.root / "Pulumi.yaml"
    content = yaml.safe_load(file.read_text())
    content["plugins"]["providers"].append({"name": "kubernetes", "path": str(folder)})
    file.write_text(yaml.safe_dump(content, sort_keys=False))
    for stack in STACKS:
        repository.set(stack, "dataPlanes.default.context", cluster.context)
        repository.set(stack, "dataPlanes.default.kubeconfig", str(cluster.kubeconfig))


def write(folder: Path, *documents: dict | tuple[dict, ...]) -> None:
    """What comes later is written in place of what has the same kind and name."""
    every = [
        one for found in documents for one in (found if isinstance(found, tuple) else (found,))
    ]
    named = {(one["kind"], one["metadata"]["name"]): one for one in every}
    (folder / "all.yaml").write_text(yaml.safe_dump_all(named.values(), sort_keys=False))


def rewrite(deployment: Deployment, *documents: dict | tuple[dict, ...]) -> None:
    """Other definitions for the next run."""
    folder = deployment.repository.root / "definitions"
    write(folder, *common(deployment.project), *documents)


def common(name: str) -> list[dict]:
    return [data_plane(), service_type(), *platform(), project_type(), project(name)]


def service_type() -> dict:
    """A Service that sends to the pods, which a cluster asks for."""
    found = component_type()
    service = next(
        each["template"]
        for each in found["spec"]["resources"]
        if each["template"]["kind"] == "Service"
    )
    service["spec"]["selector"] = "${metadata.podSelectors}"
    return found


def project_type() -> dict:
    template = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "${metadata.namespace}", "labels": "${metadata.labels}"},
    }
    return resource(
        "ClusterProjectType", "default", {"resources": [{"id": "namespace", "template": template}]}
    )


def database_type(**more) -> dict:
    """A claim, and a Deployment that is ready when its own condition says so."""
    labels = {"app": "${metadata.name}"}
    claim = manifest(
        "PersistentVolumeClaim",
        "v1",
        "${metadata.name}",
        spec={
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
        },
    )
    server = manifest(
        "Deployment",
        "apps/v1",
        "${metadata.name}",
        spec={
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "main", "image": "${parameters.image}"}]},
            },
        },
    )
    for one in (claim, server):
        one["metadata"]["labels"] = "${metadata.labels}"
    schema = {"type": "object", "properties": {"image": {"type": "string", "default": "db:1"}}}
    spec = {
        "parameters": {"openAPIV3Schema": schema},
        "outputs": [
            {"name": "host", "value": "${metadata.name}.${metadata.namespace}"},
            {"name": "ready", "value": "${string(applied.server.status.readyReplicas)}"},
        ],
        "resources": [
            {"id": "claim", "template": claim},
            {
                "id": "server",
                "readyWhen": "${applied.server.status.readyReplicas == 1}",
                "template": server,
            },
        ],
    }
    return resource("ClusterResourceType", "database", {**spec, **more})
