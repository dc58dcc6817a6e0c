"""What is wrong with a resource type before anything uses it."""

import pytest

from openchoreo.errors import format_path
from openchoreo.model import parse
from openchoreo.rendering import check

TEMPLATE = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "${metadata.name}"}}


def problems(*resources, kind="ClusterResourceType", **spec):
    entries = [{"id": f"r{i}", "template": TEMPLATE, **one} for i, one in enumerate(resources)]
    document = {
        "apiVersion": "openchoreo.dev/v1alpha1",
        "kind": kind,
        "metadata": {"name": "db"},
        "spec": {"resources": entries or [{"id": "db", "template": TEMPLATE}], **spec},
    }
    found = check(parse(document).resource)
    return [(format_path(problem.path), problem.message, problem.hint) for problem in found]


def output(value):
    return problems(outputs=[{"name": "o", "value": value}])


@pytest.mark.parametrize(
    "value",
    [
        "applied.nothing",
        "${applied.db.status.x}:${applied['db'].status.x}",
        "${applied[parameters.id].status.x}",
        "${applied.?db.?status.?x.orValue('applied.other')}",
        "${parameters.applied.other}",
    ],
)
def test_good_outputs_have_no_problems(value):
    assert output(value) == []


@pytest.mark.parametrize(
    "value",
    [
        "${applied.dba.status.x}",
        "${applied['dba'].status.x}",
        '${applied[?"dba"].hasValue() ? "a" : "b"}',
        "${has(applied.dba) ? 'a' : 'b'}",
        "${applied.db.status.x}${applied.dba.status.x}",
    ],
)
def test_an_id_that_no_resource_has_is_found(value):
    message = f"{value} names applied.dba, but no resource has this id"
    assert output(value) == [("spec.outputs[0].value", message, "did you mean db?")]


def test_conditions_of_readiness_and_references_are_looked_at_too():
    found = problems(
        {"readyWhen": "${applied.x.status.ready}"},
        outputs=[{"name": "o", "secretKeyRef": {"name": "${applied.y.status.n}", "key": "k"}}],
    )
    assert [path for path, _, _ in found] == [
        "spec.resources[0].readyWhen",
        "spec.outputs[0].secretKeyRef.name",
    ]


@pytest.mark.parametrize("kind", ["ResourceType", "ClusterResourceType"])
def test_nothing_is_applied_where_manifests_are_made(kind):
    template = {**TEMPLATE, "spec": {"x": "${applied.r0}"}}
    found = problems({"includeWhen": "${has(applied.r0)}", "template": template}, kind=kind)
    assert [path for path, _, _ in found] == [
        "spec.resources[0].includeWhen",
        "spec.resources[0].template.spec.x",
    ]
    assert all("undeclared reference to 'applied'" in message for _, message, _ in found)


def test_an_expression_that_does_not_compile_is_told_once():
    assert [path for path, _, _ in output("${ ${applied.x} }")] == ["spec.outputs[0].value"]


def test_schemas_are_looked_at():
    found = problems(environmentConfigs={"openAPIV3Schema": {"type": "nothing"}})
    assert [path for path, _, _ in found] == ["spec.environmentConfigs.openAPIV3Schema.type"]
