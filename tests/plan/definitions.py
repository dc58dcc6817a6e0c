"""Definitions, written as short as a test needs them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

ENVIRONMENTS = ("development", "staging", "production")
PATHS = (("development", "staging"), ("staging", "production"))


def resource(kind: str, name: str, spec: dict, namespace: str = "default") -> dict:
    metadata = {"name": name}
    if not kind.startswith("Cluster"):
        metadata["namespace"] = namespace
    return {
        "apiVersion": "openchoreo.dev/v1alpha1",
        "kind": kind,
        "metadata": metadata,
        "spec": spec,
    }


def data_plane(name: str = "default") -> dict:
    spec = {"planeID": name, "clusterAgent": {"clientCA": {"value": ""}}}
    return resource("ClusterDataPlane", name, spec)


def manifest(kind: str, version: str, name: str = "${metadata.componentName}", **more) -> dict:
    metadata = {"name": name, "namespace": "${metadata.namespace}"}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **more}


DEPLOYMENT = manifest(
    "Deployment",
    "apps/v1",
    spec={
        "replicas": "${environmentConfigs.replicas}",
        "selector": {"matchLabels": "${metadata.podSelectors}"},
        "template": {
            "metadata": {"labels": "${metadata.podSelectors}"},
            "spec": {
                "containers": [
                    {
                        "name": "main",
                        "image": "${workload.container.image}",
                        "env": "${dependencies.toContainerEnvs()}",
                    }
                ]
            },
        },
    },
)
SERVICE = manifest("Service", "v1", spec={"ports": "${workload.toServicePorts()}"})


def component_type(name: str = "service", *more: dict) -> dict:
    """Of a Deployment, a Service and what is given."""
    replicas = {"type": "integer", "default": 1}
    spec = {
        "workloadType": "deployment",
        "environmentConfigs": {
            "openAPIV3Schema": {"type": "object", "properties": {"replicas": replicas}}
        },
        "resources": [
            {"id": "deployment" if index == 0 else f"r{index}", "template": template}
            for index, template in enumerate([DEPLOYMENT, SERVICE, *more])
        ],
    }
    return resource("ClusterComponentType", name, spec)


def pipeline(
    paths: Iterable[tuple[str, str]] = PATHS, name: str = "standard", namespace: str = "default"
) -> dict:
    ways = [
        {
            "sourceEnvironmentRef": {"name": source},
            "targetEnvironmentRefs": [{"name": target}] if target else [],
        }
        for source, target in paths
    ]
    return resource("DeploymentPipeline", name, {"promotionPaths": ways}, namespace)


def environment(name: str, namespace: str = "default", **spec) -> dict:
    return resource("Environment", name, spec, namespace)


def project(name: str, namespace: str = "default", **spec) -> dict:
    plain = {
        "deploymentPipelineRef": {"name": "standard"},
        "type": {"kind": "ClusterProjectType", "name": "default"},
    }
    return resource("Project", name, {**plain, **spec}, namespace)


def component(
    name: str,
    *,
    of: str = "shop",
    namespace: str = "default",
    auto: bool = True,
    image: str = "app:1",
    type_: str = "service",
    needs: Iterable[dict] = (),
    endpoints: dict | None = None,
) -> tuple[dict, dict]:
    """A Component with its Workload; `needs` are endpoint dependencies."""
    owner = {"projectName": of}
    workload: dict[str, Any] = {
        "owner": {**owner, "componentName": name},
        "container": {"image": image},
        "endpoints": endpoints or {},
    }
    if needs:
        workload["dependencies"] = {"endpoints": [*needs]}
    return (
        resource(
            "Component",
            name,
            {
                "owner": owner,
                "componentType": {"kind": "ClusterComponentType", "name": f"deployment/{type_}"},
                "autoDeploy": auto,
            },
            namespace,
        ),
        resource("Workload", name, workload, namespace),
    )


def endpoint(*visibility: str, port: int = 80) -> dict:
    return {"type": "HTTP", "port": port, "visibility": [*visibility]}


def needs(component: str, name: str = "http", visibility: str = "project", **more) -> dict:
    bindings = {"address": f"{component.upper()}_URL"}
    return {
        "component": component,
        "name": name,
        "visibility": visibility,
        "envBindings": bindings,
        **more,
    }


def binding(component: str, environment: str, name: str = "", of: str = "shop", **spec) -> dict:
    owner = {"projectName": of, "componentName": component}
    named = name or f"{component}-{environment}"
    return resource("ReleaseBinding", named, {"owner": owner, "environment": environment, **spec})


def platform(namespace: str = "default", *environments: str) -> list[dict]:
    """What a control-plane namespace needs besides components."""
    names = environments or ENVIRONMENTS
    paths = list(pairwise(names)) or [(names[0], "")]
    return [pipeline(paths, namespace=namespace), *(environment(n, namespace) for n in names)]


def database_type(name: str = "database", **more) -> dict:
    """Of a ConfigMap and a StatefulSet; it offers a value, a ConfigMap's key and a Secret's."""
    config = manifest("ConfigMap", "v1", "${metadata.name}", data={"name": "${parameters.name}"})
    config["metadata"]["labels"] = "${metadata.labels}"
    server = manifest("StatefulSet", "apps/v1", "${metadata.name}", spec={"replicas": 1})
    server["metadata"]["labels"] = "${metadata.labels}"
    schema = {"type": "object", "properties": {"name": {"type": "string", "default": "app"}}}
    spec = {
        "parameters": {"openAPIV3Schema": schema},
        "outputs": [
            {"name": "host", "value": "${metadata.name}.${metadata.namespace}"},
            {"name": "name", "configMapKeyRef": {"name": "${metadata.name}", "key": "name"}},
            {"name": "password", "secretKeyRef": {"name": "${metadata.name}", "key": "password"}},
        ],
        "resources": [
            {"id": "config", "template": config},
            {"id": "server", "template": server},
        ],
    }
    return resource("ClusterResourceType", name, {**spec, **more})


def database(name: str = "db", of: str = "shop", type_: str = "database", **spec) -> dict:
    plain = {"owner": {"projectName": of}, "type": {"kind": "ClusterResourceType", "name": type_}}
    return resource("Resource", name, {**plain, **spec})


def resource_binding(of: str, environment: str, project: str = "shop", **spec) -> dict:
    owner = {"projectName": project, "resourceName": of}
    name = f"{of}-{environment}"
    return resource(
        "ResourceReleaseBinding", name, {"owner": owner, "environment": environment, **spec}
    )


def project_binding(of: str, environment: str, **spec) -> dict:
    owner = {"projectName": of}
    name = f"{of}-{environment}"
    return resource(
        "ProjectReleaseBinding", name, {"owner": owner, "environment": environment, **spec}
    )


def uses(component_: tuple[dict, dict], ref: str = "db", **bindings) -> tuple[dict, dict]:
    """A component that needs a Resource; without bindings its host."""
    owner, workload = component_
    need = {"ref": ref, **(bindings or {"envBindings": {"host": "DB_HOST"}})}
    dependencies = {"resources": [need]}
    spec = {**workload["spec"], "dependencies": dependencies}
    return owner, {**workload, "spec": spec}
