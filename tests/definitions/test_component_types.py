"""What the component types of the example platform make of components."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from openchoreo.cli import main

DEFINITIONS = Path(__file__).parents[2] / "definitions"
HEADER = "apiVersion: openchoreo.dev/v1alpha1\n"


@pytest.fixture
def render(tmp_path):
    def rendered(*more: str, environment: str = "development", only: tuple[str, ...] = ()) -> Any:
        for number, text in enumerate(more):
            body = HEADER + textwrap.dedent(text).lstrip("\n")
            (tmp_path / f"{number}.yaml").write_text(body)
        names = [option for name in only for option in ("--component", name)]
        sources = ["--definitions", str(DEFINITIONS), "--definitions", str(tmp_path)]
        command = ["render", *sources, "--environment", environment, *names]
        result = CliRunner().invoke(main, [*command, "--format", "json", "--output", "-"])
        found = json.loads(result.stdout if result.exit_code == 0 else result.stderr)
        return found if result.exit_code == 0 else [problem["message"] for problem in found]

    return rendered


def manifests(found: Any, component: str) -> dict[str, Any]:
    """By kind and name."""
    return {
        f"{item['manifest']['kind']} {item['manifest']['metadata']['name']}": item["manifest"]
        for entry in found
        if entry["component"] == component
        for item in entry["manifests"]
    }


def component(name: str, type_: str, **spec: Any) -> str:
    body = {"owner": {"projectName": "weather"}, **spec}
    body["componentType"] = {"kind": "ClusterComponentType", "name": type_}
    return f"kind: Component\nmetadata: {{name: {name}}}\nspec: {json.dumps(body)}"


def workload(name: str, **spec: Any) -> str:
    owner = {"projectName": "weather", "componentName": name}
    return (
        f"kind: Workload\nmetadata: {{name: {name}}}\nspec: {json.dumps({'owner': owner, **spec})}"
    )


def kinds(found: dict[str, Any]) -> list[str]:
    return sorted(name.split()[0] for name in found)


def only(found: dict[str, Any], kind: str) -> Any:
    [manifest] = [manifest for name, manifest in found.items() if name.split()[0] == kind]
    return manifest


def test_both_components_of_the_example_are_served_and_fenced_in(render):
    found = render()
    for name in ("dashboard", "forecast"):
        assert {"Deployment", "Service", "HTTPRoute", "NetworkPolicy"} <= set(
            kinds(manifests(found, name))
        )


def test_the_dashboard_is_given_the_address_of_the_forecast(render):
    for environment in ("development", "production"):
        found = render(environment=environment)
        [container] = only(manifests(found, "dashboard"), "Deployment")["spec"]["template"]["spec"][
            "containers"
        ]
        namespace = only(manifests(found, "forecast"), "Service")["metadata"]["namespace"]
        assert container["env"] == [
            {
                "name": "PODINFO_BACKEND_URL",
                "value": f"http://forecast.{namespace}.svc.cluster.local:80",
            }
        ]


@pytest.mark.parametrize(
    ("environment", "replicas", "level", "cpu"),
    [
        ("development", 1, "info", "100m"),
        ("staging", 2, "info", "100m"),
        ("production", 3, "warn", "500m"),
    ],
)
def test_only_what_bindings_override_differs_between_environments(
    render, environment, replicas, level, cpu
):
    found = manifests(render(environment=environment), "forecast")
    deployment = only(found, "Deployment")["spec"]
    [container] = deployment["template"]["spec"]["containers"]
    assert deployment["replicas"] == replicas
    assert container["resources"]["limits"] == {"cpu": cpu, "memory": "256Mi"}
    assert only(found, "ConfigMap")["data"]["PODINFO_LEVEL"] == level


def test_the_namespace_carries_the_labels_that_network_policies_select_by(render):
    [project] = [entry for entry in render() if entry["chain"] == "project"]
    [namespace] = [item["manifest"] for item in project["manifests"]]
    labels = namespace["metadata"]["labels"]
    assert labels["openchoreo.dev/namespace"] == "default"
    assert labels["openchoreo.dev/environment"] == "development"


def test_a_service_is_routed_by_path_where_its_endpoints_ask_for_it(render):
    endpoints = {
        "v1": {"type": "HTTP", "port": 80, "basePath": "/v1", "visibility": ["internal"]},
        "raw": {"type": "TCP", "port": 81, "visibility": ["external"]},
    }
    found = manifests(
        render(
            component("api", "deployment/service"),
            workload("api", container={"image": "api:1"}, endpoints=endpoints),
            only=("api",),
        ),
        "api",
    )
    assert kinds(found) == ["Deployment", "HTTPRoute", "NetworkPolicy", "Service"]
    route = only(found, "HTTPRoute")["spec"]
    assert route["hostnames"] == ["development-default.internal.localhost"]
    assert route["rules"] == [
        {
            "matches": [{"path": {"type": "PathPrefix", "value": "/api-v1"}}],
            "filters": [
                {
                    "type": "URLRewrite",
                    "urlRewrite": {
                        "path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/v1"}
                    },
                }
            ],
            "backendRefs": [{"name": "api", "port": 80}],
        }
    ]
    assert [port["name"] for port in only(found, "Service")["spec"]["ports"]] == ["raw", "v1"]


def test_a_web_application_has_a_host_name_of_its_own(render):
    route = only(manifests(render(), "dashboard"), "HTTPRoute")["spec"]
    [host] = route["hostnames"]
    assert host.startswith("page-dashboard-development-default-")
    assert host.endswith(".apps.localhost")
    assert route["rules"] == [{"backendRefs": [{"name": "dashboard", "port": 80}]}]


def test_a_worker_is_a_deployment_that_nobody_can_call(render):
    found = manifests(
        render(
            component("queue", "deployment/worker"),
            workload("queue", container={"image": "queue:1", "args": ["--all"]}),
            only=("queue",),
        ),
        "queue",
    )
    assert kinds(found) == ["Deployment", "NetworkPolicy"]
    [container] = only(found, "Deployment")["spec"]["template"]["spec"]["containers"]
    assert container["args"] == ["--all"]
    assert "command" not in container
    assert "ingress" not in only(found, "NetworkPolicy")["spec"]


def test_a_scheduled_task_keeps_the_developers_limits_and_the_environments_schedule(render):
    secret = {"valueFrom": {"secretKeyRef": {"name": "tokens", "key": "api"}}}
    container = {
        "image": "job:1",
        "env": [{"key": "A", "value": "1"}, {"key": "TOKEN", **secret}],
        "files": [
            {"key": "app.conf", "mountPath": "/etc/app", "value": "x: 1\n"},
            {"key": "token", "mountPath": "/etc/token", **secret},
        ],
    }
    found = manifests(
        render(
            component("nightly", "cronjob/scheduled-task", parameters={"backoffLimit": 1}),
            workload("nightly", container=container),
            """
            kind: SecretReference
            metadata: {name: tokens}
            spec:
              template: {}
              data: [{secretKey: api, remoteRef: {key: weather/api, property: token}}]
            """,
            """
            kind: ReleaseBinding
            metadata: {name: nightly-production}
            spec:
              owner: {projectName: weather, componentName: nightly}
              environment: production
              componentTypeEnvironmentConfigs: {schedule: "0 3 * * *"}
            """,
            environment="production",
            only=("nightly",),
        ),
        "nightly",
    )
    assert kinds(found) == [
        "ConfigMap",
        "ConfigMap",
        "CronJob",
        "ExternalSecret",
        "ExternalSecret",
        "NetworkPolicy",
    ]
    cronjob = only(found, "CronJob")["spec"]
    assert (cronjob["schedule"], cronjob["jobTemplate"]["spec"]["backoffLimit"]) == ("0 3 * * *", 1)
    assert "timeZone" not in cronjob
    names = {manifest["metadata"]["name"] for manifest in found.values()}
    pod = cronjob["jobTemplate"]["spec"]["template"]["spec"]
    mounted = {_source(volume) for volume in pod["volumes"]}
    assert mounted <= names
    for manifest in found.values():
        if manifest["kind"] == "ExternalSecret":
            [entry] = manifest["spec"]["data"]
            assert entry["remoteRef"] == {"key": "weather/api", "property": "token"}


def _source(volume: dict[str, Any]) -> str:
    return volume["configMap"]["name"] if "configMap" in volume else volume["secret"]["secretName"]


@pytest.mark.parametrize(
    ("type_", "endpoints", "message"),
    [
        (
            "deployment/service",
            {},
            "A service needs an endpoint; without one, use the type deployment/worker.",
        ),
        (
            "deployment/worker",
            {"http": {"type": "HTTP", "port": 80}},
            "A worker has no endpoints; with endpoints, use the type deployment/service.",
        ),
        (
            "deployment/web-application",
            {"tcp": {"type": "TCP", "port": 80}},
            "A web application needs an endpoint of the type HTTP.",
        ),
    ],
)
def test_a_type_says_which_other_one_would_be_right(render, type_, endpoints, message):
    [problem] = render(
        component("x", type_), workload("x", container={"image": "x:1"}, endpoints=endpoints)
    )
    assert message in problem
