import pytest

from openchoreo.rendering.workload import (
    Repetition,
    repeated_keys,
    with_overrides,
    workload_context,
)


def workload(**container):
    return {"container": {"image": "app:1", **container}}


def env(key, value):
    return {"key": key, "value": value}


def overridden(base, over, field="env"):
    changed = with_overrides(workload(**{field: base}), {"container": {field: over}})
    return [(entry["key"], entry.get("value")) for entry in changed["container"][field]]


@pytest.mark.parametrize(
    ("base", "over", "expected"),
    [
        pytest.param(
            [env("A", "1"), env("B", "2")],
            [env("A", "9")],
            [("A", "9"), ("B", "2")],
            id="a match keeps its place",
        ),
        pytest.param(
            [env("A", "1")],
            [env("C", "3"), env("B", "2")],
            [("A", "1"), ("C", "3"), ("B", "2")],
            id="what is new follows in its own order",
        ),
        pytest.param(
            [env("A", "1")],
            [env("A", "2"), env("A", "3")],
            [("A", "3")],
            id="the last override of a key is taken",
        ),
        pytest.param(
            [env("A", "1")],
            [env("B", "2"), env("B", "3")],
            [("A", "1"), ("B", "2"), ("B", "3")],
            id="a new key written twice is there twice",
        ),
        pytest.param(
            [env("A", "1"), env("A", "2")],
            [env("A", "9")],
            [("A", "9"), ("A", "2")],
            id="of a repeated key the first is replaced",
        ),
    ],
)
def test_variables_are_overridden_by_key(base, over, expected):
    assert overridden(base, over) == expected


def test_an_override_takes_the_whole_place_of_an_entry():
    secret = {"key": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}
    changed = with_overrides(workload(env=[env("A", "1")]), {"container": {"env": [secret]}})
    assert changed["container"]["env"] == [secret]


def test_files_are_overridden_by_key_with_their_directory():
    base = {"key": "app.conf", "mountPath": "/etc", "value": "a"}
    over = {"key": "app.conf", "mountPath": "/opt", "value": "b"}
    changed = with_overrides(workload(files=[base]), {"container": {"files": [over]}})
    assert changed["container"]["files"] == [over]


def test_without_overrides_nothing_is_copied():
    given = workload(env=[env("A", "1")])
    assert with_overrides(given, {}) is given
    assert with_overrides(given, {"container": {"env": []}}) is given


def test_the_given_workload_is_not_changed():
    given = workload(env=[env("A", "1")])
    with_overrides(given, {"container": {"env": [env("A", "2")]}})
    assert given == workload(env=[env("A", "1")])


def test_repeated_keys_are_found():
    given = workload(env=[env("A", "1"), env("B", "2"), env("A", "3")], files=[])
    assert repeated_keys(given) == (Repetition("env", 2, "A"),)


def test_the_context_shows_image_command_and_arguments_where_there_are_any():
    given = {"container": {"image": "app:1", "command": [], "args": ["-v"], "env": [env("A", "1")]}}
    assert workload_context(given) == {
        "container": {"image": "app:1", "args": ["-v"]},
        "endpoints": {},
    }


def test_an_endpoint_has_a_target_port_and_is_visible_to_its_project_at_least():
    given = {
        "container": {"image": "app:1"},
        "endpoints": {
            "http": {
                "type": "HTTP",
                "port": 80,
                "visibility": ["external", "project"],
                "basePath": "/v1",
                "displayName": "",
                "schema": {"content": "..."},
            }
        },
    }
    assert workload_context(given)["endpoints"] == {
        "http": {
            "type": "HTTP",
            "port": 80.0,
            "targetPort": 80.0,
            "visibility": ["project", "external"],
            "basePath": "/v1",
        }
    }
