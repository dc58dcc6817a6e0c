"""Definitions as a large organisation writes them: any number of services, always the same ones.

The platform is this repository's own. Components come in groups of four that call each other,
and twenty of them make a project. A group renders sixteen objects, four for each component:

    stock    an endpoint and nothing else                                            3
    orders   variables; calls stock, and orders of the project before                4
    web      variables; reached from outside; calls orders                           5
    mailer   a secret variable; calls orders                                         4

Every component has bindings for staging and production, and every other one for development.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from tools.console import ROOT

NAMESPACE = "default"
PLATFORM = (Path("platform"), Path("namespaces", NAMESPACE, "platform"))
ROLES = ("stock", "orders", "web", "mailer")
IN_PROJECT = 20

Yaml = dict[str, object]


@dataclass(frozen=True, slots=True)
class Service:
    """One component; everything about it follows from its number."""

    number: int

    @property
    def role(self) -> str:
        return ROLES[self.number % len(ROLES)]

    @property
    def name(self) -> str:
        return f"{self.role}-{self.number:04}"

    @property
    def project(self) -> str:
        return project_name(self.number // IN_PROJECT)

    @property
    def calls(self) -> tuple[Service, ...]:
        """The services it needs; their numbers are smaller, so a tree of any size has them."""
        back = {"stock": (), "orders": (1, IN_PROJECT), "web": (1,), "mailer": (2,)}[self.role]
        return tuple(Service(self.number - step) for step in back if step <= self.number)


def write(folder: Path, size: int) -> None:
    """Definitions of `size` components, with the platform they need."""
    for part in PLATFORM:
        shutil.copytree(ROOT / "definitions" / part, folder / part)
    for path, text in files(size).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")


def files(size: int) -> dict[str, str]:
    """What a number of components is written as, by path; the platform comes on top."""
    texts = {f"namespaces/{NAMESPACE}/secrets.yaml": written([secret()])}
    for number in range(0, size, IN_PROJECT):
        name = project_name(number // IN_PROJECT)
        texts[f"{place_of(name)}/project.yaml"] = written([project(name)])
    for number in range(size):
        service = Service(number)
        folder = f"{place_of(service.project)}/components/{service.name}"
        texts[f"{folder}/component.yaml"] = written([component(service)])
        texts[f"{folder}/workload.yaml"] = written([workload(service)])
        texts[f"{folder}/bindings.yaml"] = written(list(bindings(service)))
    return texts


def project_name(number: int) -> str:
    return f"team-{number:02}"


def place_of(project: str) -> str:
    return f"namespaces/{NAMESPACE}/projects/{project}"


def written(resources: Sequence[Yaml]) -> str:
    return yaml.safe_dump_all(resources, sort_keys=False)


def resource(kind: str, name: str, spec: Yaml) -> Yaml:
    return {
        "apiVersion": "openchoreo.dev/v1alpha1",
        "kind": kind,
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": spec,
    }


def project(name: str) -> Yaml:
    spec: Yaml = {
        "deploymentPipelineRef": {"name": "standard"},
        "type": {"kind": "ClusterProjectType", "name": "default"},
    }
    return resource("Project", name, spec)


def component(service: Service) -> Yaml:
    spec: Yaml = {
        "owner": {"projectName": service.project},
        "componentType": {"kind": "ClusterComponentType", "name": "deployment/service"},
        "autoDeploy": True,
    }
    return resource("Component", service.name, spec)


def workload(service: Service) -> Yaml:
    container: Yaml = {"image": f"registry.example.com/{service.role}:1.{service.number}.0"}
    variables = list(environment(service))
    if variables:
        container["env"] = variables
    spec: Yaml = {
        "owner": {"projectName": service.project, "componentName": service.name},
        "container": container,
        "endpoints": {"http": endpoint(service)},
    }
    if service.calls:
        spec["dependencies"] = {"endpoints": [call(service, other) for other in service.calls]}
    return resource("Workload", service.name, spec)


def environment(service: Service) -> Iterator[Yaml]:
    if service.role in {"orders", "web"}:
        yield {"key": "LOG_LEVEL", "value": "info"}
        yield {"key": "REGION", "value": "eu-central"}
        yield {"key": "WORKERS", "value": str(service.number % 8 + 1)}
    if service.role == "mailer":
        reference = {"name": "mail-account", "key": "password"}
        yield {"key": "MAIL_PASSWORD", "valueFrom": {"secretKeyRef": reference}}


def endpoint(service: Service) -> Yaml:
    offered: Yaml = {"type": "HTTP", "port": 80, "targetPort": 8080}
    visibility = {"orders": "namespace", "web": "external"}.get(service.role)
    return offered | {"visibility": [visibility]} if visibility else offered


def call(service: Service, other: Service) -> Yaml:
    inside = service.project == other.project
    needed: Yaml = {} if inside else {"project": other.project}
    variable = f"{other.role.upper()}_URL" if inside else f"PARTNER_{other.role.upper()}_URL"
    return needed | {
        "component": other.name,
        "name": "http",
        "visibility": "project" if inside else "namespace",
        "envBindings": {"address": variable},
    }


def bindings(service: Service) -> Iterator[Yaml]:
    if service.number % 2:
        yield binding(service, "development", {"imagePullPolicy": "Always"})
    yield binding(service, "staging", {"replicas": 2})
    limits = {"cpu": "500m", "memory": "512Mi"}
    yield binding(service, "production", {"replicas": 3, "resources": {"limits": limits}})


def binding(service: Service, stage: str, configs: Yaml) -> Yaml:
    spec: Yaml = {
        "owner": {"projectName": service.project, "componentName": service.name},
        "environment": stage,
        "componentTypeEnvironmentConfigs": configs,
    }
    if service.role == "web":
        level = {"development": "debug", "staging": "info", "production": "warn"}[stage]
        overridden = {"env": [{"key": "LOG_LEVEL", "value": level}]}
        spec["workloadOverrides"] = {"container": overridden}
    return resource("ReleaseBinding", f"{service.name}-{stage}", spec)


def secret() -> Yaml:
    remote: Yaml = {"key": "mail/account", "property": "password"}
    spec: Yaml = {
        "template": {"type": "Opaque"},
        "data": [{"secretKey": "password", "remoteRef": remote}],
    }
    return resource("SecretReference", "mail-account", spec)
