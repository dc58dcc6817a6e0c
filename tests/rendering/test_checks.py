"""What is wrong with a type or trait before anything uses it."""

import pytest

from openchoreo.errors import format_path
from openchoreo.model import parse
from openchoreo.rendering.checks import check


def resource(kind, spec):
    document = {
        "apiVersion": "openchoreo.dev/v1alpha1",
        "kind": kind,
        "metadata": {"name": "app"},
        "spec": spec,
    }
    return parse(document).resource


def template(kind="Deployment", version="apps/v1", metadata=None, **more):
    named = {"name": "${metadata.name}"} if metadata is None else metadata
    return {"apiVersion": version, "kind": kind, "metadata": named, **more}


def component_type(*templates, workload_type="deployment", **spec):
    resources = [
        {"id": workload_type if index == 0 else f"r{index}", "template": one}
        for index, one in enumerate(templates or [template()])
    ]
    return {"workloadType": workload_type, "resources": resources, **spec}


def shown(problems):
    return [f"{format_path(problem.path)}: {problem.message}" for problem in problems]


def problems_of_type(spec):
    return shown(check(resource("ClusterComponentType", spec)))


def problems_of_trait(spec):
    return shown(check(resource("ClusterTrait", spec)))


def test_a_good_type_has_no_problems():
    spec = component_type(
        template(
            metadata={"name": "a", "namespace": " ${ metadata.namespace } "},
            spec={
                "replicas": "${environmentConfigs.replicas}",
                "volumes": "${configurations.toVolumes()}",
                "gateway": "${gateway.ingress.external.name}",
            },
        ),
        template("ConfigMap", "v1"),
        preRenderValidations=[{"rule": "${size(workload.endpoints) > 0}", "message": "m"}],
        postRenderValidations=[
            {
                "forEach": "${[1]}",
                "var": "n",
                "target": {
                    "group": "",
                    "version": "v1",
                    "kind": "Service",
                    "where": "${resource.x == n}",
                },
                "rule": "${resource.kind == string(n)}",
                "message": "m",
            }
        ],
        traits=[
            {
                "kind": "ClusterTrait",
                "name": "t",
                "instanceName": "i",
                "parameters": {"a": "${parameters.a}"},
            }
        ],
    )
    assert problems_of_type(spec) == []


TEMPLATE = "spec.resources[0].template"


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        (
            component_type(template(spec="${paramters.a}")),
            (
                f"{TEMPLATE}.spec: CEL compilation error in expression 'paramters.a': 1:1: undeclared"
                " reference to 'paramters'; did you mean 'parameters'?"
            ),
        ),
        (
            component_type(template(spec="${trait.name}")),
            (
                f"{TEMPLATE}.spec: CEL compilation error in expression 'trait.name': 1:1: undeclared"
                " reference to 'trait'"
            ),
        ),
        (
            component_type(parameters={"openAPIV3Schema": {"typ": "object"}}),
            "spec.parameters.openAPIV3Schema.typ: unknown schema keyword typ",
        ),
    ],
    ids=["misspelt name", "a name of traits", "schema keyword"],
)
def test_a_type_is_checked_without_any_component(spec, problem):
    assert problems_of_type(spec) == [problem]


def test_a_loop_variable_is_known_inside_its_template_only():
    spec = component_type()
    spec["resources"].append(
        {
            "id": "many",
            "includeWhen": "${one.on}",
            "forEach": "${one.list}",
            "var": "one",
            "template": template("ConfigMap", "v1", data="${one.data}"),
        }
    )
    assert [line.partition(":")[0] for line in problems_of_type(spec)] == [
        "spec.resources[1].includeWhen",
        "spec.resources[1].forEach",
    ]


def test_every_part_of_a_trait_is_checked():
    wrong = "${wrong.x}"
    target = {"group": "", "version": "v1", "kind": "ConfigMap", "where": wrong}
    spec = {
        "preRenderValidations": [{"rule": wrong, "message": "m"}],
        "creates": [{"includeWhen": wrong, "template": template("ConfigMap", "v1", data=wrong)}],
        "patches": [
            {
                "target": target,
                "operations": [{"op": "add", "path": f"/{wrong}", "value": [wrong]}],
            }
        ],
        "removes": [{"target": target, "forEach": wrong, "var": "x"}],
        "postRenderValidations": [{"when": wrong, "target": target, "rule": wrong, "message": "m"}],
    }
    assert [line.partition(":")[0] for line in problems_of_trait(spec)] == [
        "spec.preRenderValidations[0].rule",
        "spec.creates[0].includeWhen",
        "spec.creates[0].template.data",
        "spec.patches[0].target.where",
        "spec.patches[0].operations[0].path",
        "spec.patches[0].operations[0].value[0]",
        "spec.removes[0].forEach",
        "spec.removes[0].target.where",
        "spec.postRenderValidations[0].when",
        "spec.postRenderValidations[0].target.where",
        "spec.postRenderValidations[0].rule",
    ]


def test_other_kinds_have_nothing_to_check():
    channel = resource("Project", {"deploymentPipelineRef": {"name": "p"}})
    assert check(channel) == ()


def test_a_project_type_has_no_helpers_and_no_workload():
    spec = {
        "resources": [
            {"id": "a", "template": template("Namespace", "v1", x="${workload.container}")}
        ]
    }
    found = shown(check(resource("ClusterProjectType", spec)))
    assert [line.partition(":")[0] for line in found] == ["spec.resources[0].template.x"]


def test_a_template_that_is_nested_very_deeply_is_refused():
    nested = {}
    for _ in range(5000):
        nested = {"a": nested}
    assert problems_of_type(component_type(template(spec=nested))) == ["spec: is nested too deeply"]
