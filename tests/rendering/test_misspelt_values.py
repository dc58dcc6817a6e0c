"""Values whose name is nearly that of a declared one: OpenChoreo ignores them, we say so."""

import pytest

from openchoreo.errors import format_path
from openchoreo.rendering.parts import Section
from openchoreo.rendering.strictness import Strictness
from openchoreo.rendering.values import Place, Values

SCHEMA = {"type": "object", "properties": {"replicas": {"type": "integer"}, "port": {}}}


def warnings(values):
    strictness = Strictness(frozenset())
    reading = Values("while rendering", strictness)
    place = Place("ReleaseBinding default/app", ("spec", "componentTypeEnvironmentConfigs"))
    section = Section(SCHEMA, "environmentConfigs")
    reading.declared(section, "ClusterComponentType service", values, place)
    reading.raise_if_any()
    return strictness.warnings


def test_a_misspelt_value_is_told_what_was_meant():
    (warning,) = warnings({"replica": 3})
    assert format_path(warning.path) == "spec.componentTypeEnvironmentConfigs.replica"
    assert warning.message == "while rendering\nClusterComponentType service declares no replica"
    assert warning.hint == "did you mean replicas?"


@pytest.mark.parametrize("values", [{}, {"replicas": 3}, {"team": "weather"}])
def test_values_that_are_declared_or_quite_different_are_left_alone(values):
    assert warnings(values) == ()
