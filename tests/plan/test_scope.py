"""Which components a stack is about, and what the names in its config mean."""

import pytest

from openchoreo.config import StackConfig
from openchoreo.errors import OpenChoreoError
from openchoreo.plan import scope_of
from openchoreo.plan.scope import resolve_names
from tests.plan.definitions import component, environment, platform, project


@pytest.fixture
def teams(world):
    """Two namespaces with a shop each, and a bank in one of them."""
    world.define(*platform("team", "development", "staging"))
    world.define(project("shop", "team"), project("bank", "team"))
    for namespace in ("default", "team"):
        world.define(*component("greeter", namespace=namespace))
    world.define(*component("vault", of="bank", namespace="team"))
    return world


def scope(world, environment="development", **config):
    settings = StackConfig.model_validate({"environment": environment, **config})
    return scope_of(world.catalog(), settings)


def keys(scope):
    return ["/".join(key) for key in scope.component_keys]


def refusal(world, environment="development", **config):
    with pytest.raises(OpenChoreoError) as raised:
        scope(world, environment, **config)
    return str(raised.value)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        pytest.param({}, ["default/greeter", "team/greeter", "team/vault"], id="everything"),
        pytest.param({"namespaces": ["team"]}, ["team/greeter", "team/vault"], id="one namespace"),
        pytest.param(
            {"projects": ["shop"]}, ["default/greeter", "team/greeter"], id="a project by name"
        ),
        pytest.param({"projects": ["team/shop"]}, ["team/greeter"], id="with its namespace"),
        pytest.param(
            {"namespaces": ["team"], "projects": ["bank"]}, ["team/vault"], id="both narrow"
        ),
        pytest.param(
            {"projects": ["default/shop", "bank"]}, ["default/greeter", "team/vault"], id="several"
        ),
    ],
)
def test_the_scope_is_narrowed_by_namespaces_and_projects(teams, config, expected):
    assert keys(scope(teams, **config)) == expected


def test_only_namespaces_with_the_environment_count(teams):
    assert keys(scope(teams, "production")) == ["default/greeter"]


def test_a_component_without_a_project_is_not_lost(teams):
    teams.define(*component("stray", of="nowhere"))
    assert "default/stray" in keys(scope(teams, projects=["team/bank"]))


TEXTS = {
    "unknown environment": (
        ("stagin", {}),
        (
            "stack config: openchoreo:environment\n"
            "  there is no Environment stagin in the definitions\n"
            "  did you mean staging?"
        ),
    ),
    "unknown namespace": (
        ("development", {"namespaces": ["default", "tema"]}),
        (
            "stack config: openchoreo:namespaces[1]\n"
            "  there is no namespace tema here\n"
            "  did you mean team?"
        ),
    ),
    "namespace without the environment": (
        ("production", {"namespaces": ["team"]}),
        (
            "stack config: openchoreo:namespaces[0]\n"
            "  there is no namespace team here\n"
            "  known: default"
        ),
    ),
    "unknown project": (
        ("development", {"projects": ["banc"]}),
        (
            "stack config: openchoreo:projects[0]\n"
            "  there is no project banc here\n"
            "  did you mean bank?"
        ),
    ),
    "unknown project of a namespace": (
        ("development", {"projects": ["default/bank"]}),
        (
            "stack config: openchoreo:projects[0]\n"
            "  there is no project default/bank here\n"
            "  did you mean default/shop?"
        ),
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_the_scope_refuses(teams, name):
    (environment, config), text = TEXTS[name]
    assert refusal(teams, environment, **config) == text


def test_definitions_without_any_environment(bare):
    bare.define(project("shop"))
    assert refusal(bare) == (
        "stack config: openchoreo:environment\n"
        "  there is no Environment development in the definitions\n"
        "  the definitions have no Environment at all"
    )


def test_unknown_namespaces_and_projects_are_told_together(teams):
    text = refusal(teams, namespaces=["x"], projects=["y"])
    assert text.startswith("2 problems\n\nstack config: openchoreo:namespaces[0]\n")
    assert "\n\nstack config: openchoreo:projects[0]\n" in text


KNOWN = [("default", "greeter"), ("team", "greeter"), ("team", "vault")]


def places(*names):
    return {name: ("bindings", name) for name in names}


def test_a_bare_name_that_is_unique_and_a_whole_name():
    resolved, problems = resolve_names(places("vault", "team/greeter"), KNOWN)
    assert resolved == {"vault": ("team", "vault"), "team/greeter": ("team", "greeter")}
    assert problems == ()


NAMES = {
    "unknown": (
        ["valt"],
        (
            "stack config: openchoreo:bindings.valt\n"
            "  there is no component valt here\n"
            "  did you mean vault?"
        ),
    ),
    "unknown with a namespace": (
        ["default/vault"],
        (
            "stack config: openchoreo:bindings.default/vault\n"
            "  there is no component default/vault here\n"
            "  did you mean default/greeter?"
        ),
    ),
    "ambiguous": (
        ["greeter"],
        (
            "stack config: openchoreo:bindings.greeter\n"
            "  greeter is in several namespaces\n"
            "  write one of default/greeter, team/greeter"
        ),
    ),
    "named twice": (
        ["vault", "team/vault"],
        (
            "stack config: openchoreo:bindings.team/vault\n"
            "  vault and team/vault are the same component\n"
            "  write it once"
        ),
    ),
}


@pytest.mark.parametrize("case", NAMES)
def test_names_that_mean_no_single_component(case):
    names, text = NAMES[case]
    _, problems = resolve_names(places(*names), KNOWN)
    assert [str(problem) for problem in problems] == [text]


def test_a_name_in_a_list_is_found_by_its_place(teams):
    assert teams.refusal(removed=["team/greeter", "nobody"]).startswith(
        "stack config: openchoreo:removed[1]\n  there is no component nobody here\n"
    )


def test_all_names_are_told_together(teams):
    text = teams.refusal(bindings={"greeter": {}}, removed=["nobody"])
    assert text.startswith("2 problems\n\nstack config: openchoreo:bindings.greeter\n")


def test_a_namespace_needs_no_components(world):
    world.define(environment("development", "empty"))
    assert world.plan().ledger.scope.namespaces == ("default", "empty")
