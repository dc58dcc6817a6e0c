import pytest

from openchoreo.errors import OpenChoreoError, describe
from openchoreo.model import DataPlane
from openchoreo.rendering import (
    Output,
    ResourceInput,
    ready,
    render_resource,
    resolve_outputs,
)
from tests.rendering.conftest import ENVIRONMENT, PLANE, schema

NAME, NAMESPACE = "r-db-dev-bc7f9eb0", "dp-default-shop-dev-08cf0931"


def given(*resources, parameters=None, **spec):
    inputs = ("environment_configs", "relaxed", "annotations", "data_plane")
    more = {key: spec.pop(key) for key in inputs if key in spec}
    type_ = {"resources": [*resources], **spec}
    frozen = {"kind": "ClusterResourceType", "name": "t", "spec": type_}
    return ResourceInput(
        **{
            "namespace": "default",
            "project": "shop",
            "resource": "db",
            "environment": "dev",
            "resource_uid": "r-1",
            "project_uid": "p-1",
            "environment_uid": "e-1",
            "data_plane_uid": "d-1",
            "release": {"resourceType": frozen, "parameters": parameters or {}},
            "environment_resource": ENVIRONMENT,
            "data_plane": PLANE,
            **more,
        }
    )


def config(id_="config", *, when=None, ready_when=None, **data):
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": id_}, "data": data}
    conditions = {"includeWhen": when, "readyWhen": ready_when}
    return {"id": id_, "template": manifest, **{k: v for k, v in conditions.items() if v}}


def data(*args, **kwargs):
    return render_resource(given(*args, **kwargs)).manifests[0].manifest["data"]


def refusal(*args, **kwargs):
    with pytest.raises(OpenChoreoError) as caught:
        render_resource(given(*args, **kwargs))
    return str(caught.value)


def outputs(*outputs, applied=None):
    return resolve_outputs(given(config(), outputs=[*outputs]), applied or {})


def test_manifests_keep_the_order_of_the_templates_and_get_no_labels():
    rendered = render_resource(given(config("b"), config("x", when="${false}"), config("a")))
    assert [(one.target_plane, one.manifest["metadata"]) for one in rendered.manifests] == [
        ("dataplane", {"name": "b"}),
        ("dataplane", {"name": "a"}),
    ]
    assert rendered.ids == ("b", "a")


def test_templates_have_no_loops():
    rendered = render_resource(given({**config(), "forEach": "${[1, 2]}"}))
    assert len(rendered.manifests) == 1


def test_templates_see_who_and_where_the_resource_is():
    assert data(config(all="${metadata}"), annotations={"a": "b"})["all"] == {
        "name": NAME,
        "namespace": NAMESPACE,
        "resourceNamespace": "default",
        "resourceName": "db",
        "resourceUID": "r-1",
        "projectName": "shop",
        "projectUID": "p-1",
        "environmentName": "dev",
        "environmentUID": "e-1",
        "dataPlaneName": "default",
        "dataPlaneUID": "d-1",
        "labels": {
            "openchoreo.dev/namespace": "default",
            "openchoreo.dev/project": "shop",
            "openchoreo.dev/resource": "db",
            "openchoreo.dev/environment": "dev",
            "openchoreo.dev/resource-uid": "r-1",
            "openchoreo.dev/environment-uid": "e-1",
            "openchoreo.dev/project-uid": "p-1",
        },
        "annotations": {"a": "b"},
    }


def test_there_is_always_a_gateway():
    found = data(config(g="${gateway}", e="${environment}", d="${dataplane}"))
    assert found == {"g": {}, "e": {}, "d": {}}


def test_the_data_plane_shows_neither_annotations_nor_an_empty_egress():
    plane = DataPlane.model_validate(
        {
            "kind": "DataPlane",
            "metadata": {"name": "p", "namespace": "default", "annotations": {"a": "b"}},
            "spec": {
                "planeID": "p",
                "clusterAgent": {"clientCA": {"value": ""}},
                "secretStoreRef": {"name": "vault"},
                "gateway": {
                    "ingress": {"external": {"name": "gw", "namespace": "edge"}},
                    "egress": {},
                },
            },
        }
    )
    gateway = {"ingress": {"external": {"name": "gw", "namespace": "edge"}}}
    found = data(config(g="${gateway}", e="${environment}", d="${dataplane}"), data_plane=plane)
    assert found == {
        "g": gateway,
        "e": {"gateway": gateway},
        "d": {"secretStore": "vault", "gateway": gateway},
    }


def test_without_a_schema_values_are_kept_as_they_are():
    found = data(
        config(p="${parameters.x}", e="${environmentConfigs.y}"),
        parameters={"x": 1},
        environment_configs={"y": "z"},
    )
    assert found == {"p": 1, "e": "z"}


@pytest.mark.parametrize(
    ("expression", "name"),
    [("${applied.config}", "applied"), ("${workload.container}", "workload")],
)
def test_templates_see_neither_status_nor_workload(expression, name):
    assert f"undeclared reference to '{name}'" in refusal(config(x=expression))


def test_a_condition_must_be_a_boolean():
    assert refusal(config(when="${'yes'}")) == (
        "ClusterResourceType t: spec.resources[0].includeWhen\n"
        "  while rendering Resource default/db for dev\n"
        "  ${'yes'} must evaluate to boolean, not string"
    )


def test_outputs_are_values_or_references():
    found = outputs(
        {"name": "host", "value": "${metadata.name}.svc"},
        {"name": "token", "secretKeyRef": {"name": "${metadata.name}", "key": "token"}},
        {"name": "user", "value": "", "configMapKeyRef": {"name": "users", "key": "${'k'}"}},
    )
    assert found.problems == ()
    assert [*found.outputs.items()] == [
        ("host", Output(value=f"{NAME}.svc")),
        ("token", Output(source="secretKeyRef", name=NAME, key="token")),
        ("user", Output(source="configMapKeyRef", name="users", key="k")),
    ]


def test_outputs_see_what_is_observed():
    output = {"name": "ip", "value": "${applied.config.status.ip}:${applied.config.status.port}"}
    found = outputs(output, applied={"config": {"ip": "10.0.0.1", "port": 80}})
    assert found.outputs == {"ip": Output(value="10.0.0.1:80")}


def test_an_output_that_fails_does_not_keep_back_the_others():
    found = outputs(
        {"name": "port", "value": "${8080}"},
        {"name": "good", "value": "${8080}:x"},
        {"name": "ip", "value": "${applied.config.status.ip}"},
    )
    assert found.outputs == {"good": Output(value="8080:x")}
    assert describe(found.problems) == (
        "2 problems\n"
        "\n"
        "ClusterResourceType t: spec.outputs[0].value\n"
        "  while rendering Resource default/db for dev\n"
        "  ${8080} must evaluate to string, not int\n"
        "  write string(...) around it\n"
        "\n"
        "ClusterResourceType t: spec.outputs[2].value\n"
        "  while rendering Resource default/db for dev\n"
        "  CEL evaluation error in expression 'applied.config.status.ip': no such key: config"
    )


@pytest.mark.parametrize(
    ("condition", "applied", "due"),
    [
        (None, {}, True),
        ("${applied.config.status.n == 1}", {"config": {"n": 1}}, True),
        ("${applied.config.status.n == 1}", {"config": {"n": 2}}, False),
        ("${has(applied.config) && applied.config.status.n == 1}", {}, False),
    ],
)
def test_a_manifest_is_ready_when_it_says_so(condition, applied, due):
    assert ready(given(config(ready_when=condition)), applied, "config") is due


def test_readiness_that_asks_for_a_status_not_yet_there_is_an_error():
    with pytest.raises(OpenChoreoError) as caught:
        ready(given(config(ready_when="${applied.config.status.n == 1}")), {}, "config")
    assert str(caught.value).endswith("no such key: config")


def test_with_a_schema_values_get_their_defaults_and_are_not_validated():
    found = data(
        config(e="${environmentConfigs}"),
        environmentConfigs=schema(n={"type": "integer"}, d={"type": "string", "default": "x"}),
        environment_configs={"n": "no number"},
    )
    assert found == {"e": {"d": "x", "n": "no number"}}


def test_the_same_object_twice_is_refused_unless_relaxed():
    twice = {**config(), "id": "other"}
    assert "ConfigMap/config is rendered twice" in refusal(config(), twice)
    relaxed = render_resource(given(config(), twice, relaxed=frozenset({18})))
    assert len(relaxed.manifests) == 2
    assert len(relaxed.warnings) == 1
