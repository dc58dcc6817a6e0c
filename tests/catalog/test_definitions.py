"""The example platform and project that come with the product."""

from __future__ import annotations

from pathlib import Path

import pytest

from openchoreo.catalog import load
from openchoreo.delivery import pipeline_of

DEFINITIONS = Path(__file__).parents[2] / "definitions"


@pytest.fixture(scope="module")
def catalog():
    return load([DEFINITIONS])


def test_the_example_is_read_without_a_single_warning(catalog):
    assert (catalog.warnings, dict(catalog.skipped)) == ((), {})
    assert catalog.names("ClusterComponentType", "") == (
        "scheduled-task",
        "service",
        "web-application",
        "worker",
    )


def test_nothing_keeps_its_components_from_being_released(catalog):
    assert [component.name for component in catalog.components] == ["dashboard", "forecast"]
    for component in catalog.components:
        assert catalog.component_problems(component) == ()
        assert catalog.binding_problems(component) == ()
    for pipeline in catalog.pipelines:
        environments = catalog.names("Environment", pipeline.namespace)
        assert pipeline_of(pipeline, environments).warnings == ()


def test_the_dashboard_depends_on_an_endpoint_of_the_forecast(catalog):
    dashboard = catalog.workload_of("default", "weather", "dashboard").spec
    [dependency] = dashboard.dependencies.endpoints
    provider = catalog.workload_of("default", "weather", dependency.component).spec
    assert dependency.name in provider.endpoints
