"""What golden directories do not show: the corners of OpenChoreo's traits."""

import pytest

from openchoreo.errors import OpenChoreoError

CONFIG_MAPS = {"group": "", "version": "v1", "kind": "ConfigMap"}


def add(path, value, target=None, **more):
    operation = {"op": "add", "path": path, "value": value}
    return {"target": target or CONFIG_MAPS, "operations": [operation], **more}


def data(manifests):
    return {manifest["metadata"]["name"]: manifest.get("data") for manifest in manifests}


def problems(app, *args, **kwargs):
    with pytest.raises(OpenChoreoError) as caught:
        app.rendered(*args, **kwargs)
    return [problem.message.splitlines()[-1] for problem in caught.value.problems]


def test_creates_go_before_patches_and_patches_before_removes(app):
    trait = {
        "removes": [{"target": {**CONFIG_MAPS, "where": "${has(resource.data.gone)}"}}],
        "patches": [
            add("/data/seen", "yes"),
            add("/data/gone", "1", {**CONFIG_MAPS, "where": "${resource.metadata.name == 'b'}"}),
        ],
        "creates": [app.config_map("a"), app.config_map("b")],
    }
    assert data(app.manifests(traits={"t": trait}, instances=["t"])) == {"a": {"seen": "yes"}}


def test_a_later_trait_sees_what_an_earlier_one_made(app):
    traits = {
        "first": {"creates": [app.config_map("a")]},
        "second": {"patches": [add("/data/x", "1")]},
    }
    found = app.manifests(traits=traits, instances=["first", "second"])
    assert data(found) == {"a": {"x": "1"}}
    found = app.manifests(traits=traits, instances=["second", "first"])
    assert data(found) == {"a": {}}


def test_traits_of_the_type_go_before_those_of_the_component(app):
    traits = {
        "own": {"patches": [add("/data/x", "1")]},
        "embedded": {"creates": [app.config_map("a")]},
    }
    embedded = {"traits": [{"kind": "Trait", "name": "embedded", "instanceName": "e"}]}
    found = app.manifests(type_=embedded, traits=traits, instances=["own"])
    assert data(found) == {"a": {"x": "1"}}


def test_an_empty_group_matches_any_group(app):
    other = app.config_map("b")
    other["template"]["apiVersion"] = "example.org/v1"
    trait = {"patches": [add("/data/x", "1")]}
    found = app.manifests([app.config_map("a"), other], traits={"t": trait}, instances=["t"])
    assert data(found) == {"a": {"x": "1"}, "b": {"x": "1"}}


@pytest.mark.parametrize(
    "target",
    [
        {**CONFIG_MAPS, "kind": "Secret"},
        {**CONFIG_MAPS, "version": "v2"},
        {**CONFIG_MAPS, "group": "apps"},
    ],
    ids=["kind", "version", "group"],
)
def test_a_patch_without_a_target_does_nothing_and_renders_nothing(app, target):
    trait = {"patches": [add("/data/x", "${parameters.missing}", target)]}
    found = app.manifests([app.config_map("a")], traits={"t": trait}, instances=["t"])
    assert data(found) == {"a": {}}


def test_a_patch_for_the_other_plane_does_nothing(app):
    trait = {"patches": [add("/data/x", "1", targetPlane="observabilityplane")]}
    found = app.manifests([app.config_map("a")], traits={"t": trait}, instances=["t"])
    assert data(found) == {"a": {}}


def test_operations_are_rendered_where_only_the_condition_finds_nothing(app):
    target = {**CONFIG_MAPS, "where": "${false}"}
    trait = {"patches": [add("/data/x", "${parameters.missing}", target)]}
    assert problems(app, [app.config_map("a")], traits={"t": trait}, instances=["t"]) == [
        "CEL evaluation error in expression 'parameters.missing': no such key: missing"
    ]


def test_a_condition_that_is_no_expression_is_refused(app):
    trait = {"patches": [add("/data/x", "1", {**CONFIG_MAPS, "where": "true"})]}
    assert problems(app, [app.config_map("a")], traits={"t": trait}, instances=["t"]) == [
        "true must evaluate to boolean, not string"
    ]


def test_the_resource_is_known_in_conditions_only(app):
    trait = {"patches": [add("/data/x", "${resource.kind}")]}
    assert problems(app, [app.config_map("a")], traits={"t": trait}, instances=["t"]) == [
        "CEL compilation error in expression 'resource.kind': 1:1: undeclared reference to 'resource'"
    ]


def test_a_later_item_of_a_loop_sees_what_an_earlier_one_changed(app):
    target = {**CONFIG_MAPS, "where": "${!has(resource.data.x)}"}
    patch = add("/data/x", "${n}", target, forEach="${['1', '2']}", var="n")
    found = app.manifests(
        [app.config_map("a")], traits={"t": {"patches": [patch]}}, instances=["t"]
    )
    assert data(found) == {"a": {"x": "1"}}


def test_a_loop_without_var_calls_its_item_item(app):
    patch = add("/data/${item}", "1", forEach="${['x']}")
    found = app.manifests(
        [app.config_map("a")], traits={"t": {"patches": [patch]}}, instances=["t"]
    )
    assert data(found) == {"a": {"x": "1"}}


def test_a_loop_variable_may_hide_another_one(app):
    patch = add("/data/x", "${metadata}", forEach="${['1']}", var="metadata")
    found = app.manifests(
        [app.config_map("a")], traits={"t": {"patches": [patch]}}, instances=["t"]
    )
    assert data(found) == {"a": {"x": "1"}}


@pytest.mark.parametrize(
    ("value", "written"),
    [("${oc_omit()}", {}), ({"a": "${oc_omit()}", "b": "1"}, {"b": "1"}), (None, None)],
    ids=["omitted", "omitted inside", "null"],
)
def test_what_a_patch_writes(app, value, written):
    trait = {"patches": [add("/data/x", value)]}
    found = app.manifests([app.config_map("a")], traits={"t": trait}, instances=["t"])
    assert data(found) == {"a": {"x": written}}


def test_one_value_in_two_manifests_is_not_shared(app):
    trait = {
        "patches": [
            add("/data/x", {"k": "1"}),
            add("/data/x/l", "2", {**CONFIG_MAPS, "where": "${resource.metadata.name == 'a'}"}),
        ]
    }
    resources = [app.config_map("a"), app.config_map("b")]
    found = app.manifests(resources, traits={"t": trait}, instances=["t"])
    assert data(found) == {"a": {"x": {"k": "1", "l": "2"}}, "b": {"x": {"k": "1"}}}


def test_a_path_must_become_a_string(app):
    trait = {"patches": [add("${1}", "1")]}
    assert problems(app, [app.config_map("a")], traits={"t": trait}, instances=["t"]) == [
        "${1} must evaluate to a string, not int"
    ]


def test_a_trait_sees_its_own_values_and_name(app):
    trait = {
        "parameters": app.schema(p={"type": "string"}),
        "creates": [app.config_map("a", all="${parameters} ${trait.name}/${trait.instanceName}")],
    }
    instance = {"name": "t", "instanceName": "one", "parameters": {"p": "x"}}
    found = app.manifests(
        type_={"parameters": app.schema(p={"type": "string"})},
        parameters={"p": "component"},
        traits={"t": trait},
        instances=[instance],
    )
    assert data(found) == {"a": {"all": '{"p":"x"} t/one'}}


def test_values_of_a_component_are_no_templates_and_those_of_a_type_are(app):
    trait = {
        "parameters": app.schema(p={"type": "string"}),
        "creates": [app.config_map("${trait.instanceName}", p="${parameters.p}")],
    }
    bound = {
        "kind": "Trait",
        "name": "t",
        "instanceName": "e",
        "parameters": {"p": "${metadata.componentName}"},
    }
    instance = {"name": "t", "instanceName": "o", "parameters": {"p": "${metadata.componentName}"}}
    found = app.manifests(type_={"traits": [bound]}, traits={"t": trait}, instances=[instance])
    assert data(found) == {"e": {"p": "app"}, "o": {"p": "${metadata.componentName}"}}


def test_defaults_of_an_embedded_trait_stay_in_that_trait(app):
    """OpenChoreo lets them leak into the parameters of the component (difference 22)."""
    inner = {"type": "object", "properties": {"leaked": {"type": "string", "default": "yes"}}}
    trait = {"parameters": app.schema(cfg=inner)}
    bound = {
        "kind": "Trait",
        "name": "t",
        "instanceName": "e",
        "parameters": {"cfg": "${parameters.cfg}"},
    }
    type_ = {
        "parameters": app.schema(cfg={"type": "object"}),
        "traits": [bound],
        "postRenderValidations": [
            {"target": CONFIG_MAPS, "rule": "${!has(parameters.cfg.leaked)}", "message": "leaked"}
        ],
    }
    app.rendered([app.config_map("a")], type_=type_, traits={"t": trait}, parameters={"cfg": {}})


@pytest.mark.parametrize("embedded", [True, False], ids=["of the type", "of the component"])
def test_null_is_the_same_for_every_trait(app, embedded):
    """OpenChoreo takes it for 0 in a trait of the type, and skips the default (difference 23)."""
    trait = {
        "parameters": app.schema(n={"type": "integer", "default": 3}),
        "creates": [app.config_map("a", n="${parameters.n}")],
    }
    instance = {"kind": "Trait", "name": "t", "instanceName": "e", "parameters": {"n": None}}
    more = {"type_": {"traits": [instance]}} if embedded else {"instances": [instance]}
    assert data(app.manifests(traits={"t": trait}, **more)) == {"a": {"n": 3}}


def test_a_trait_the_release_does_not_hold_is_refused(app):
    assert problems(app, instances=["t"]) == ["the release does not hold Trait t"]


@pytest.mark.parametrize("value", [[], "x", "${oc_omit()}"])
def test_bindings_of_an_embedded_trait_must_be_an_object(app, value):
    bound = {"kind": "Trait", "name": "t", "instanceName": "e", "parameters": value or [1]}
    found = problems(app, type_={"traits": [bound]}, traits={"t": {}})
    assert found[0].startswith("parameters must be an object, not ")


def test_what_a_trait_creates_may_be_completed_by_its_patches(app):
    created = app.config_map("a")
    del created["template"]["metadata"]["name"]
    trait = {"creates": [created], "patches": [add("/metadata/name", "late")]}
    assert data(app.manifests(traits={"t": trait}, instances=["t"])) == {"late": {}}


def test_what_stays_incomplete_is_refused(app):
    created = app.config_map("a")
    del created["template"]["metadata"]["name"]
    assert problems(app, traits={"t": {"creates": [created]}}, instances=["t"]) == [
        "the manifest was rendered without metadata.name"
    ]


def test_a_patch_that_takes_metadata_away_is_refused(app):
    operation = {"op": "remove", "path": "/metadata"}
    trait = {"patches": [{"target": CONFIG_MAPS, "operations": [operation]}]}
    assert problems(app, [app.config_map("a")], traits={"t": trait}, instances=["t"]) == [
        "the manifest was rendered without metadata"
    ]
