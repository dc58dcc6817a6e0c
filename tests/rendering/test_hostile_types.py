"""A type that wants too much ends in an error, soon and without eating the memory."""

import pytest

from openchoreo.errors import OpenChoreoError

TOO_LARGE = "the rendering becomes too large: loops have too many items, or too large ones"
CONFIG_MAPS = {"group": "", "version": "v1", "kind": "ConfigMap"}


def message(app, *args, **kwargs):
    with pytest.raises(OpenChoreoError) as caught:
        app.rendered(*args, **kwargs)
    return caught.value.problems[0].message.splitlines()[-1]


def patch(path, value, **more):
    operation = {"op": "add", "path": path, "value": value}
    return {"target": CONFIG_MAPS, "operations": [operation], **more}


def test_a_loop_over_very_many_items(app):
    resource = {**app.config_map("a-${n}"), "forEach": "${lists.range(100000)}", "var": "n"}
    assert message(app, [resource]) == TOO_LARGE


def test_a_loop_that_repeats_a_large_template(app):
    resource = app.config_map("a-${n}", x="x" * 100_000)
    resource |= {"forEach": "${lists.range(2000)}", "var": "n"}
    assert message(app, [resource]) == TOO_LARGE


def test_a_patch_that_is_repeated_without_end(app):
    trait = {"patches": [patch("/data/list/-", "x", forEach="${lists.range(100000)}", var="n")]}
    assert message(app, [app.config_map("a")], traits={"t": trait}, instances=["t"]) == TOO_LARGE


def test_a_patch_that_is_repeated_on_a_large_list(app, monkeypatch):
    monkeypatch.setattr("openchoreo.rendering.scope.MOST_WRITTEN", 2_000_000)
    trait = {
        "patches": [
            patch("/data/list/[*]/x", "${n}", forEach="${lists.range(10000)}", var="n"),
        ]
    }
    resource = app.config_map("a", list="${lists.range(5000).map(i, {'i': i})}")
    assert message(app, [resource], traits={"t": trait}, instances=["t"]) == TOO_LARGE


def test_loops_of_many_expressions_add_up(app, monkeypatch):
    monkeypatch.setattr("openchoreo.rendering.scope.MOST_STEPS", 50_000)
    each = "${string(lists.range(1000).map(i, i + 1).size())}"
    resource = app.config_map("a-${n}", x=each) | {"forEach": "${lists.range(100)}", "var": "n"}
    assert message(app, [resource]).endswith(
        "all expressions together take too many steps; iterate over less"
    )


def test_texts_that_double(app):
    doubled = "'xxxxxxxx'"
    for _ in range(9):
        doubled = f"[{doubled}].map(t, t + t + t + t + t + t + t + t)[0]"
    assert "a text of 16777216" in message(app, [app.config_map("a", x=f"${{{doubled}}}")])


def test_a_template_that_is_nested_very_deeply(app):
    nested = {"a": "${1}"}
    for _ in range(5000):
        nested = {"a": nested}
    assert "deep" in message(app, [app.config_map("a", x=nested)])


def test_parameters_that_are_nested_very_deeply(app):
    nested = {}
    for _ in range(5000):
        nested = {"a": nested}
    type_ = {"parameters": app.schema()}
    assert "deep" in message(app, [app.config_map("a")], type_=type_, parameters={"p": nested})
