"""OpenChoreo's own results: the cases of the samples, and the input of each.

A case holds the release and the binding the reference used, so that rendering is compared and
nothing before it; the environment, the data plane and the secrets come from the YAML.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import yaml

from openchoreo.model import DataPlane, Environment, SecretReference, parse
from openchoreo.rendering import (
    Connection,
    Output,
    RenderInput,
    ResourceDependency,
    Target,
    Url,
    connection_targets,
)
from openchoreo.rendering.connections import endpoint_dependencies

EVERY_DIFFERENCE = frozenset(range(1, 29))
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
KINDS = (
    "Environment",
    "DataPlane",
    "ClusterDataPlane",
    "SecretReference",
    "Project",
    "ProjectType",
    "ClusterProjectType",
    "ProjectReleaseBinding",
    "ResourceReleaseBinding",
)


def samples() -> Path | None:
    """Where the samples are, if they are here."""
    beside = Path(__file__).parents[3] / "shared" / "samples"
    path = Path(os.environ.get("OPENCHOREO_SAMPLES", beside))
    return path if (path / "expected" / "index.json").is_file() else None


@dataclass(frozen=True)
class Case:
    tree: str
    file: Path

    def __str__(self) -> str:
        return f"{self.tree}/{self.file.name.removesuffix('.json')}"

    @cached_property
    def expected(self) -> dict:
        return json.loads(self.file.read_text(encoding="utf-8"))

    @property
    def release(self) -> dict | None:
        release = self.expected.get("release")
        return release and {key: value for key, value in release.items() if key != "owner"}

    @property
    def binding(self) -> dict:
        return (self.expected.get("binding") or {}).get("spec", {})

    def render_input(self, relaxed: frozenset[int] = EVERY_DIFFERENCE) -> RenderInput:
        expected, binding = self.expected, self.binding
        metadata, namespace = expected["metadata"], expected["namespace"]
        environment = resources(self.tree, namespace)["Environment", expected["environment"]]
        return RenderInput(
            namespace=namespace,
            project=expected["project"],
            component=expected["component"],
            environment=expected["environment"],
            component_uid=metadata["componentUID"],
            project_uid=metadata["projectUID"],
            environment_uid=metadata["environmentUID"],
            data_plane_uid=metadata["dataPlaneUID"],
            release=self.release,
            environment_resource=environment,
            data_plane=data_plane(self.tree, namespace, environment),
            component_type_environment_configs=binding.get("componentTypeEnvironmentConfigs", {}),
            trait_environment_configs=binding.get("traitEnvironmentConfigs", {}),
            workload_overrides=binding.get("workloadOverrides", {}),
            secret_references=secret_references(self.tree, namespace),
            connections=tuple(self._connections()),
            resource_dependencies=tuple(self._resource_dependencies()),
            relaxed=relaxed,
            read_yaml=yaml.safe_load,
        )

    def _connections(self):
        """As the reference resolved them; that we do so too has a test of its own."""
        resolved = {
            (one["project"], one["component"], one["endpoint"]): one["url"]
            for one in self.expected.get("resolvedConnections") or ()
        }
        workload = self.release["workload"]
        targets = connection_targets(self.expected["namespace"], self.expected["project"], workload)
        for target, dependency in zip(targets, endpoint_dependencies(workload), strict=True):
            url = resolved.get((target.project, target.component, target.endpoint))
            yield Connection(target, _bindings(dependency), url and Url(**url))

    def _resource_dependencies(self):
        pending = {
            one["resourceName"] for one in self.expected.get("pendingResourceDependencies") or ()
        }
        for one in (self.release["workload"].get("dependencies") or {}).get("resources", ()):
            if one["ref"] not in pending:
                yield ResourceDependency(
                    one["ref"],
                    self._outputs(one["ref"]),
                    one.get("envBindings", {}),
                    one.get("fileBindings", {}),
                )

    def _outputs(self, ref: str) -> dict[str, Output]:
        place = f"{self.expected['namespace']}.{ref}.{self.expected['environment']}"
        held = json.loads((self.file.parent / f"resource.{place}.json").read_text())
        return {output["name"]: Output.from_document(output) for output in held["outputs"]}


def _bindings(dependency: dict) -> tuple[tuple[str, str], ...]:
    names = dependency["envBindings"]
    parts = ("address", "host", "port", "basePath")
    return tuple((part, names[part]) for part in parts if names.get(part))


def cases(chain: str = "component") -> list[Case]:
    root = samples()
    if root is None:
        return []
    files = sorted((root / "expected").glob("*/*.json"))
    return [
        Case(file.parent.name, file)
        for file in files
        if not file.name.startswith("_") and _chain(file.name) == chain
    ]


def _chain(name: str) -> str:
    first = name.partition(".")[0]
    return first if first in {"project", "resource"} else "component"


@cache
def resources(tree: str, namespace: str) -> dict:
    """(kind, name) -> resource; what a tree lacks comes from its platform folders."""
    root = samples()
    folders = json.loads((root / "expected" / "index.json").read_text())[tree]
    found: dict = {}
    for folder in (*folders["inputs"], *folders["platform"]):
        platform = folder in folders["platform"]
        for document in documents(root / folder):
            key = (document["kind"], document["metadata"]["name"])
            home = document["metadata"].get("namespace", "" if platform else "default")
            if key in found or document["kind"] not in KINDS:
                continue
            if home in {"", namespace} or platform or document["kind"].startswith("Cluster"):
                found[key] = parse(document, prune=True).resource
    return found


@cache
def documents(folder: Path) -> list[dict]:
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".yaml", ".yml"})
    return [
        document
        for file in files
        for document in yaml.load_all(file.read_text(encoding="utf-8"), LOADER)
        if isinstance(document, dict) and document.get("kind")
    ]


def data_plane(tree: str, namespace: str, environment: Environment) -> DataPlane:
    reference = environment.spec.data_plane_ref
    found = resources(tree, namespace)
    if reference is not None:
        return found[reference.kind, reference.name]
    return found.get(("DataPlane", "default")) or found["ClusterDataPlane", "default"]


def secret_references(tree: str, namespace: str) -> dict[str, SecretReference]:
    found = resources(tree, namespace)
    return {name: one for (kind, name), one in found.items() if kind == "SecretReference"}


__all__ = ["Case", "Target", "cases", "data_plane", "resources", "samples"]
