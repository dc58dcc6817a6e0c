"""OpenChoreo's own functions, and the helpers on its variables."""

import pytest

from openchoreo.template import COMPONENT, PLAIN, TemplateError, compile_template, dialect

RELAXED = dialect(helpers=True, relaxed=frozenset({24}))

FUNCTIONS = {
    "merge: later wins": ("oc_merge({'a': 1, 'b': 1}, {'b': 2})", {"a": 1, "b": 2}),
    "merge: nested maps are replaced whole": (
        "oc_merge({'a': {'p': 1, 'q': 2}}, {'a': {'p': 3}})",
        {"a": {"p": 3}},
    ),
    "merge: any number": (
        "oc_merge({'a': 1}, {'b': 2}, {'a': 3}, m)",
        {"a": 1.0, "b": 2, "d": None},
    ),
    "merge: null stays null": ("oc_merge(m, {'z': 1})", {"a": 1.0, "d": None, "z": 1}),
    "merge: an absent value is null": (
        "oc_merge({'o': m.?zz}, {'p': m.?a})",
        {"o": None, "p": 1.0},
    ),
    "merge: a mark to omit becomes an empty map": (
        "oc_merge({'x': oc_omit()}, {'y': 1})",
        {"x": {}, "y": 1},
    ),
    "merge: marks further inside are left out": (
        "oc_merge({'a': [1, oc_omit()]}, {'b': {'c': oc_omit()}})",
        {"a": [1], "b": {}},
    ),
    "merge: with or else": ("oc_merge({'a': 1}, m.?zz.orValue({}))", {"a": 1}),
    "hash": ("oc_hash('test')", "afd071e5"),
    "hash: nothing": ("oc_hash('')", "811c9dc5"),
    "name: one text": ("oc_generate_name('Hello World!')", "hello-world-7f83b165"),
    "name: several": ("oc_generate_name('a', '')", "a--9baf4407"),
    "name: several, empty first": ("oc_generate_name('', 'a')", "a-c2748917"),
    "name: a list": ("oc_generate_name(l)", "x-y-cc96fed8"),
    "name: a list made of strings": ("oc_generate_name('x,y'.split(','))", "x-y-cc96fed8"),
    "name: up to 253": ("oc_generate_name('a'.replace('a', s)).size()", 12),
    "label": (
        "oc_dns_label('http', 'my-service', 'prod', 'default')",
        "http-my-service-prod-default-800d0dd2",
    ),
    "label: nothing": ("oc_dns_label('')", "e3b0c442"),
    "omit is equal to itself": ("[oc_omit() == oc_omit(), oc_omit() == 1]", [True, False]),
    "omit has no fields": ("has(oc_omit().x)", False),
    "omit has a type without a name": ("type(oc_omit())", {}),
}


@pytest.mark.parametrize(
    ("expression", "value"), [pytest.param(*case, id=name) for name, case in FUNCTIONS.items()]
)
def test_a_function_gives_what_openchoreo_gives(render, expression, value):
    assert render(f"${{{expression}}}") == value
    assert render(f"${{{expression}}}", dialect=PLAIN) == value


def test_names_have_their_limits(render):
    long = ",".join(f"'{letter * 99}'" for letter in "abcd")
    assert len(render(f"${{oc_generate_name({long})}}")) == 253
    assert len(render(f"${{oc_dns_label({long})}}")) == 63


REFUSED = {
    "merge: one argument": (
        "oc_merge({'a': 1})",
        "compile",
        "oc_merge requires at least 2 arguments",
    ),
    "merge: no argument": ("oc_merge()", "compile", "oc_merge requires at least 2 arguments"),
    "merge: a map with other keys": (
        "oc_merge({'a': 1}, {1: 2})",
        "compile",
        "no matching overload",
    ),
    "merge: a map that turns out to have other keys": (
        "oc_merge(dyn({1: 2}), {'a': 1})",
        "evaluate",
        "no such overload: oc_merge(map, map)",
    ),
    "merge: no map": ("oc_merge(m, l)", "evaluate", "no such overload: oc_merge(map, list)"),
    "hash: null": ("oc_hash(null)", "compile", "no matching overload"),
    "hash: a number": ("oc_hash(n)", "evaluate", "no such overload: oc_hash(double)"),
    "name: no argument": (
        "oc_generate_name()",
        "evaluate",
        "oc_generate_name needs at least one part",
    ),
    "label: no argument": ("oc_dns_label()", "evaluate", "oc_dns_label needs at least one part"),
    "name: an empty list": (
        "oc_generate_name([])",
        "evaluate",
        "oc_generate_name needs at least one part",
    ),
    "name: a number": (
        "oc_generate_name(n)",
        "evaluate",
        "no such overload: oc_generate_name(double)",
    ),
    "name: a map": ("oc_generate_name(m)", "evaluate", "no such overload: oc_generate_name(map)"),
    "name: a list of numbers": ("oc_generate_name([1])", "compile", "no matching overload"),
    "name: no string first": (
        "oc_generate_name(oc_omit(), 'a')",
        "evaluate",
        "no such overload: oc_generate_name(list): item 0 is no string",
    ),
    "name: no string later": (
        "oc_generate_name('a', n)",
        "evaluate",
        "no such overload: oc_generate_name(list): item 1 is no string",
    ),
    "name: a list in a list": (
        "oc_dns_label(l, 'z')",
        "evaluate",
        "no such overload: oc_dns_label(list): item 0 is no string",
    ),
}


@pytest.mark.parametrize(
    ("expression", "stage", "marker"),
    [pytest.param(*case, id=name) for name, case in REFUSED.items()],
)
def test_a_function_refuses_what_it_cannot_use(render, expression, stage, marker):
    with pytest.raises(TemplateError) as caught:
        render(f"${{{expression}}}")
    assert caught.value.stage == stage
    assert marker in caught.value.message


def test_relaxed_names_pass_over_what_is_no_string(render):
    """Difference 24: OpenChoreo looks at the first item only."""
    assert render("${oc_generate_name('a', n)}", dialect=RELAXED) == "a-ca978112"
    assert render("${oc_generate_name('a', optional.of('b'))}", dialect=RELAXED) == "a-b-d44362d6"
    for expression in ("oc_generate_name(oc_omit(), 'a')", "oc_generate_name(dyn([n, 'a']))"):
        with pytest.raises(TemplateError, match=r"no such overload: oc_generate_name\(list\)"):
            render(f"${{{expression}}}", dialect=RELAXED)
    with pytest.raises(TemplateError, match="needs at least one part"):
        render("${oc_generate_name()}", dialect=RELAXED)


DERIVED = {
    "configurations": {
        "toConfigFileList": "configFileList",
        "toSecretFileList": "secretFileList",
        "toContainerEnvFrom": "containerEnvFrom",
        "toContainerVolumeMounts": "configVolumeMounts",
        "toVolumes": "configVolumes",
        "toConfigEnvsByContainer": "configEnvs",
        "toSecretEnvsByContainer": "secretEnvs",
    },
    "workload": {"toServicePorts": "servicePorts"},
    "dependencies": {
        "toContainerEnvs": "dependencyEnvVars",
        "toContainerVolumeMounts": "dependencyVolumeMounts",
        "toVolumes": "dependencyVolumes",
    },
}
HELPERS = [
    pytest.param(variable, helper, field, id=f"{variable}.{helper}")
    for variable, helpers in DERIVED.items()
    for helper, field in helpers.items()
]


def context(**derived):
    return {"configurations": {}, "workload": {}, "dependencies": {}, "m": {}, "derived": derived}


@pytest.mark.parametrize(("variable", "helper", "field"), HELPERS)
def test_a_helper_reads_what_was_derived(render, variable, helper, field):
    for call in (f"{variable}.{helper}()", f"( {variable} ) . {helper}( )", f"derived.{field}"):
        assert render(f"${{{call}}}", context(**{field: [helper]})) == [helper]


@pytest.mark.parametrize(("variable", "helper", "field"), HELPERS)
def test_a_helper_is_there_on_its_own_variable_only(variable, helper, field):
    known = frozenset(context(**{field: []}))
    for receiver in ("m", "derived", "[1]", f"{variable}.x", f"dyn({variable})"):
        with pytest.raises(TemplateError, match=f"undeclared reference to '{helper}'"):
            compile_template(f"${{{receiver}.{helper}()}}", variables=known)
    with pytest.raises(TemplateError, match=f"undeclared reference to '{helper}'"):
        compile_template(f"${{{variable}.{helper}()}}", variables=known, dialect=PLAIN)
    with pytest.raises(TemplateError):
        compile_template(f"${{{variable}.{helper}(1)}}", variables=known)


def test_the_name_of_a_helper_is_free_as_a_field(render):
    values = {"configurations": {"toVolumes": 1.0}}
    assert render("${configurations.toVolumes}", values) == 1.0


def test_helpers_are_lists_like_any_other(render):
    values = context(configVolumes=[{"name": "a"}], dependencyVolumes=[{"name": "b"}])
    assert render("${configurations.toVolumes() + dependencies.toVolumes()}", values) == [
        {"name": "a"},
        {"name": "b"},
    ]
    assert render("${configurations.toVolumes().map(v, v.name)}", values) == ["a"]


def test_the_api_of_an_endpoint_is_optional(render):
    values = context(endpointResources={"http": [{"path": "/"}]})
    call = "workload.toEndpointResources"
    assert render(f"${{{call}('http')}}", values) == [{"path": "/"}]
    assert render(f"${{{call}('grpc').orValue([])}}", values) == []
    assert render(f"${{{call}('grpc').hasValue()}}", values) is False
    with pytest.raises(TemplateError, match="undeclared reference to 'toEndpointResources'"):
        render("${m.toEndpointResources('http')}", values)


def test_helpers_are_unknown_where_nothing_was_derived():
    with pytest.raises(TemplateError, match="undeclared reference to 'derived'"):
        compile_template("${configurations.toVolumes()}", variables=frozenset({"configurations"}))


def test_a_dialect_is_made_once():
    assert dialect(helpers=True, relaxed=frozenset({6, 7})) is COMPONENT
    assert dialect(helpers=False) is PLAIN
    assert dialect(helpers=True, relaxed=frozenset({6, 24})) is RELAXED
