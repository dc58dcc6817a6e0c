"""Every Resource of the samples, rendered as OpenChoreo's own renderer does."""

from __future__ import annotations

import pytest

from openchoreo.rendering import Output, ResourceInput, render_resource, resolve_outputs
from tests.differential.cases import EVERY_DIFFERENCE, Case, cases, data_plane, resources, samples
from tests.differential.comparison import differences

ALL = cases("resource")

pytestmark = pytest.mark.skipif(samples() is None, reason="differential: NOT RUN, no samples here")


def resource_input(case: Case) -> ResourceInput:
    expected = case.expected
    metadata, namespace = expected["metadata"], expected["namespace"]
    environment = resources(case.tree, namespace)["Environment", expected["environment"]]
    return ResourceInput(
        namespace=namespace,
        project=metadata["projectName"],
        resource=expected["resource"],
        environment=expected["environment"],
        resource_uid=metadata["resourceUID"],
        project_uid=metadata["projectUID"],
        environment_uid=metadata["environmentUID"],
        data_plane_uid=metadata["dataPlaneUID"],
        release=case.release,
        environment_resource=environment,
        data_plane=data_plane(case.tree, namespace, environment),
        environment_configs=environment_configs(case),
        relaxed=EVERY_DIFFERENCE,
    )


def environment_configs(case: Case) -> dict:
    """Those of the binding; what the samples bind by hand."""
    key = ("ResourceReleaseBinding", case.expected["name"])
    found = resources(case.tree, case.expected["namespace"]).get(key)
    return (found and found.spec.resource_type_environment_configs) or {}


def test_the_samples_have_resources():
    assert len(ALL) == 3


@pytest.mark.parametrize("case", ALL, ids=str)
def test_manifests_and_ids_are_equal(case):
    expected = {
        **case.expected,
        "targetPlanes": ["dataplane"] * len(case.expected["resources"]),
        "metadata": {**case.expected["metadata"], "annotations": {}},
    }
    rendered = render_resource(resource_input(case))
    assert differences(expected, rendered) == []
    assert list(rendered.ids) == case.expected["ids"]


@pytest.mark.parametrize("case", ALL, ids=str)
def test_outputs_are_equal_while_nothing_is_observed(case):
    found = resolve_outputs(resource_input(case), {})
    due = {one["name"]: Output.from_document(one) for one in case.expected["outputs"]}
    assert [*found.outputs.items()] == [*due.items()]
    assert found.problems == ()
