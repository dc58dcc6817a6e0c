"""The documents of a tree: projects with a secret each, components, workloads, bindings."""

from __future__ import annotations

from collections.abc import Iterator

from bench.tree.services import NAMESPACE, Service

Yaml = dict[str, object]

TRAIT_CONFIGS: dict[str, tuple[Yaml, Yaml]] = {
    "tracing": ({"samplePercent": 100}, {"samplePercent": 5}),
    "autoscaling": ({"maxReplicas": 3}, {"minReplicas": 3, "maxReplicas": 12}),
    "availability": ({"maxUnavailable": 2}, {"maxUnavailable": 1}),
}
"""Trait -> what bindings say of it, and what they say in production."""


def resource(kind: str, name: str, spec: Yaml) -> Yaml:
    return {
        "apiVersion": "openchoreo.dev/v1alpha1",
        "kind": kind,
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": spec,
    }


def project(name: str) -> Iterator[Yaml]:
    spec: Yaml = {
        "deploymentPipelineRef": {"name": "standard"},
        "type": {"kind": "ClusterProjectType", "name": "default"},
    }
    yield resource("Project", name, spec)
    yield resource(
        "ProjectReleaseBinding",
        f"{name}-production",
        {
            "owner": {"projectName": name},
            "environment": "production",
            "environmentConfigs": {"namespaceAnnotations": {"example.com/on-call": name}},
        },
    )


def secret(project: str) -> Yaml:
    keys = ("password", "account.json")
    spec: Yaml = {
        "template": {"type": "Opaque"},
        "data": [
            {"secretKey": key, "remoteRef": {"key": f"{project}/mail", "property": key}}
            for key in keys
        ],
    }
    return resource("SecretReference", secret_name(project), spec)


def secret_name(project: str) -> str:
    return f"{project}-mail"


def component(service: Service) -> Yaml:
    spec: Yaml = {
        "owner": {"projectName": service.project},
        "componentType": {"kind": service.type.kind, "name": service.type.name},
        "autoDeploy": True,
    }
    if parameters := _parameters(service):
        spec["parameters"] = parameters
    if service.traits:
        spec["traits"] = [
            {
                "kind": trait.kind,
                "name": trait.name,
                "instanceName": trait.name,
                "parameters": _trait_parameters(service, trait.name),
            }
            for trait in service.traits
        ]
    return resource("Component", service.name, spec)


def _parameters(service: Service) -> Yaml:
    given: dict[str, Yaml] = {
        "stock": {},
        "orders": {"readinessPath": "/ready" if service.even else "/health/ready"},
        "web": {"cacheSeconds": 60 * (service.number % 5 + 1)},
        "mailer": {"retries": service.number % 4},
    }
    return given[service.role]


def _trait_parameters(service: Service, trait: str) -> Yaml:
    given: dict[str, Yaml] = {
        "tracing": {"propagators": ["tracecontext", "baggage"]},
        "autoscaling": {"cpuPercent": 60 + service.number % 20},
        "availability": {"healthy": "IfHealthyBudget"},
    }
    return given[trait]


def workload(service: Service) -> Yaml:
    container: Yaml = {"image": f"registry.example.com/{service.role}:1.{service.number}.0"}
    for key, values in (("env", _variables(service)), ("files", _files(service))):
        if listed := list(values):
            container[key] = listed
    spec: Yaml = {
        "owner": {"projectName": service.project, "componentName": service.name},
        "container": container,
    }
    if service.role != "mailer":
        spec["endpoints"] = {"http": _endpoint(service)}
    if service.calls:
        spec["dependencies"] = {"endpoints": [_call(service, other) for other in service.calls]}
    return resource("Workload", service.name, spec)


def _variables(service: Service) -> Iterator[Yaml]:
    if service.role == "orders" or (service.role == "web" and service.even):
        yield {"key": "LOG_LEVEL", "value": "info"}
        yield {"key": "REGION", "value": "eu-central"}
        yield {"key": "WORKERS", "value": str(service.number % 8 + 1)}
    if service.role == "mailer" and service.even:
        yield {"key": "MAIL_PASSWORD", "valueFrom": _from_secret(service, "password")}


def _files(service: Service) -> Iterator[Yaml]:
    if service.even:
        return
    if service.role == "web":
        yield _settings("info")
    if service.role == "mailer":
        wanted = _from_secret(service, "account.json")
        yield {"key": "account.json", "mountPath": "/etc/mail", "valueFrom": wanted}


def _settings(level: str) -> Yaml:
    text = f'title = "Orders"\n\n[logging]\nlevel = "{level}"\n'
    return {"key": "site.toml", "mountPath": "/etc/site", "value": text}


def _from_secret(service: Service, key: str) -> Yaml:
    return {"secretKeyRef": {"name": secret_name(service.project), "key": key}}


def _endpoint(service: Service) -> Yaml:
    offered: Yaml = {"type": "HTTP", "port": 80, "targetPort": 8080}
    visibility = {"orders": "namespace", "web": "external"}.get(service.role)
    return offered | {"visibility": [visibility]} if visibility else offered


def _call(service: Service, other: Service) -> Yaml:
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
    for stage in service.stages:
        spec: Yaml = {
            "owner": {"projectName": service.project, "componentName": service.name},
            "environment": stage,
            "componentTypeEnvironmentConfigs": _configs(service, stage),
        }
        if traits := {trait.name: _trait_configs(trait.name, stage) for trait in service.traits}:
            spec["traitEnvironmentConfigs"] = traits
        if service.role == "web":
            spec["workloadOverrides"] = {"container": _overridden(service, stage)}
        yield resource("ReleaseBinding", f"{service.name}-{stage}", spec)


def _configs(service: Service, stage: str) -> Yaml:
    if stage == "development":
        return {"imagePullPolicy": "Always"}
    production = stage == "production"
    often: Yaml = {"replicas": 3 if production else 2}
    if service.role == "mailer":
        often = {"schedule": "0 * * * *" if production else "0 6 * * *"}
    limits = {"cpu": "500m", "memory": "512Mi"}
    return often | {"resources": {"limits": limits}} if production else often


def _trait_configs(trait: str, stage: str) -> Yaml:
    usual, in_production = TRAIT_CONFIGS[trait]
    return in_production if stage == "production" else usual


def _overridden(service: Service, stage: str) -> Yaml:
    level = {"development": "debug", "staging": "info", "production": "warn"}[stage]
    if service.even:
        return {"env": [{"key": "LOG_LEVEL", "value": level}]}
    return {"files": [_settings(level)]}
