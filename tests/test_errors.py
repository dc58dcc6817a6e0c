import pytest

from openchoreo.errors import (
    Collector,
    OpenChoreoError,
    Problem,
    Stage,
    describe,
    format_path,
    nearest,
)

MISSPELT = Problem(
    Stage.LOAD,
    "Component default/greeter",
    ("spec", "autoDeply"),
    "unknown key",
    "did you mean autoDeploy?",
    "definitions/greeter.yaml",
    9,
)


def test_a_problem_says_where_what_and_what_would_be_right():
    assert str(MISSPELT) == (
        "Component default/greeter: spec.autoDeply\n"
        "  unknown key\n"
        "  did you mean autoDeploy?\n"
        "  definitions/greeter.yaml:9"
    )


def test_a_problem_without_hint_or_line_is_shorter():
    problem = Problem(Stage.LOAD, "", (), "not YAML", file="a.yaml")
    assert str(problem) == "load\n  not YAML\n  a.yaml"


def test_several_problems_are_counted_and_the_same_one_is_told_once():
    other = Problem(Stage.LOAD, "Project default/shop", (), "unknown kind")
    assert describe([MISSPELT, other, MISSPELT]).startswith("2 problems\n\nComponent default/")


def test_a_collector_goes_on_after_a_problem_and_raises_all_of_them():
    found = Collector()

    def fails():
        raise OpenChoreoError(MISSPELT)

    assert found.attempt(fails) is None
    assert found.attempt(lambda: 1) == 1
    with pytest.raises(OpenChoreoError) as error:
        found.raise_if_any()
    assert error.value.problems == (MISSPELT,)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("spec", "resources", 0, "template"), "spec.resources[0].template"),
        (("bindings", "default/greeter", "releaseName"), "bindings.default/greeter.releaseName"),
        (("a.b", "c"), '["a.b"].c'),
        (("a", ""), 'a[""]'),
    ],
)
def test_paths_are_written_as_pulumi_reads_them(path, text):
    assert format_path(path) == text


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("replicsa", ["replicas", "port"], "did you mean replicas?"),
        ("xyz", ["replicas", "port"], "known: port, replicas"),
        ("xyz", [], ""),
    ],
)
def test_the_nearest_name_is_offered(name, known, hint):
    assert nearest(name, known) == hint


def test_a_problem_moves_outwards_with_its_path():
    assert MISSPELT.under("items", 2).path == ("items", 2, "spec", "autoDeply")
