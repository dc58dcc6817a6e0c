import pytest

from openchoreo.errors import OpenChoreoError
from openchoreo.rendering import ProjectInput, render_project
from openchoreo.rendering.default_project_type import default_project_type
from tests.rendering.conftest import ENVIRONMENT, PLANE, schema

NAMESPACE = {
    "id": "namespace",
    "template": {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "${metadata.namespace}"},
    },
}


def rendered(*resources, parameters=None, **spec):
    more = {key: spec.pop(key) for key in ("environment_configs", "relaxed") if key in spec}
    type_ = {"resources": [NAMESPACE, *resources], **spec}
    return render_project(
        ProjectInput(
            namespace="default",
            project="shop",
            environment="dev",
            project_uid="p-1",
            environment_uid="e-1",
            data_plane_uid="d-1",
            release={
                "projectType": {"kind": "ClusterProjectType", "name": "t", "spec": type_},
                "parameters": parameters or {},
            },
            environment_resource=ENVIRONMENT,
            data_plane=PLANE,
            **more,
        )
    )


def config(name="a", **data):
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}
    return {"id": "config", "template": manifest}


def data(found):
    return found.manifests[1].manifest["data"]


def refusal(*args, **kwargs):
    with pytest.raises(OpenChoreoError) as caught:
        rendered(*args, **kwargs)
    return str(caught.value)


def test_manifests_keep_the_order_of_the_templates_and_get_no_labels():
    found = rendered(config(), {**config("b"), "targetPlane": "observabilityplane"})
    assert [(one.target_plane, one.manifest["metadata"]) for one in found.manifests] == [
        ("dataplane", {"name": "dp-default-shop-dev-08cf0931"}),
        ("dataplane", {"name": "a"}),
        ("dataplane", {"name": "b"}),
    ]


def test_templates_see_who_and_where_the_project_is():
    found = rendered(config(all="${metadata}"))
    assert data(found)["all"] == {
        "namespace": "dp-default-shop-dev-08cf0931",
        "projectNamespace": "default",
        "projectName": "shop",
        "projectUID": "p-1",
        "environmentName": "dev",
        "environmentUID": "e-1",
        "dataPlaneName": "default",
        "dataPlaneUID": "d-1",
        "labels": {
            "openchoreo.dev/namespace": "default",
            "openchoreo.dev/project": "shop",
            "openchoreo.dev/environment": "dev",
            "openchoreo.dev/environment-uid": "e-1",
            "openchoreo.dev/project-uid": "p-1",
        },
        "annotations": {},
    }


def test_without_a_schema_values_are_kept_as_they_are():
    found = rendered(
        config(p="${parameters.x}", e="${environmentConfigs.y}"),
        parameters={"x": 1},
        environment_configs={"y": "z"},
    )
    assert data(found) == {"p": 1, "e": "z"}


def test_with_a_schema_values_get_their_defaults_and_are_not_validated():
    found = rendered(
        config(e="${environmentConfigs}"),
        environmentConfigs=schema(n={"type": "integer"}, d={"type": "string", "default": "x"}),
        environment_configs={"n": "no number"},
    )
    assert data(found) == {"e": {"d": "x", "n": "no number"}}


def test_something_must_make_the_namespace():
    assert refusal(resources=[config()]) == (
        "ClusterProjectType t: spec.resources\n"
        "  while rendering Project default/shop for dev\n"
        "  no resource is the Namespace dp-default-shop-dev-08cf0931, which the components need\n"
        "  add a v1 Namespace with the name ${metadata.namespace}"
    )


def test_rules_are_checked_first():
    text = refusal(validations=[{"rule": "${false}", "message": "never"}])
    assert "${false} evaluated to false: never" in text


def test_helpers_of_components_do_not_exist_here():
    text = refusal(config(p="${workload.toServicePorts()}"))
    assert "undeclared reference to 'workload'" in text


def test_the_default_type_makes_the_namespace():
    found = rendered(resources=default_project_type()["resources"])
    assert found.manifests[0].manifest["kind"] == "Namespace"
    assert found.manifests[0].manifest["metadata"]["labels"]["openchoreo.dev/project"] == "shop"
