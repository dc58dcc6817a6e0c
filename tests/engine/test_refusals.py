"""What is refused before the first resource, in preview and in update alike."""

import pytest

pytestmark = pytest.mark.engine

WEATHER = "definitions/namespaces/default/projects/weather"
FORECAST = f"{WEATHER}/components/forecast"
NEVER = "forecast-000000000000"


def assert_refused(repository, stack, *texts):
    """Preview and update both say the texts, with no traceback, and change nothing at all."""
    before = repository.raw_outputs(stack), repository.files("manifests"), state(repository, stack)
    for done in (repository.preview(stack), repository.up(stack)):
        assert done.code not in {0, -1}, done.text
        assert "Traceback" not in done.text
        told = done.text.partition("Diagnostics:")[2]
        for text in texts:
            assert told.count(text) == 1, done.text
    after = repository.raw_outputs(stack), repository.files("manifests"), state(repository, stack)
    assert after == before


def state(repository, stack):
    """The resources of a stack, without the stack itself, which every run touches."""
    done = repository.pulumi("stack", "--show-urns", "--show-ids", stack=stack)
    return [line for line in done.stdout.splitlines() if "openchoreo" in line]


def test_a_pin_where_upstream_was_never_deployed(repository):
    repository.set("production", "bindings.forecast.releaseName", NEVER)
    assert_refused(
        repository,
        "production",
        "Component default/forecast: openchoreo:bindings.forecast.releaseName",
        f"no release of forecast is known as {NEVER}",
        "staging: stack organization/shop/staging has recorded nothing, or was destroyed",
        "pulumi up --stack staging",
        "Pulumi.production.yaml:5",
    )


def test_a_pin_that_upstream_never_ran(repository):
    running = repository.current("development", "forecast")["name"]
    repository.set("staging", "bindings.forecast.releaseName", NEVER)
    assert_refused(
        repository,
        "staging",
        f"no release of forecast is known as {NEVER}",
        f"development runs {running}",
        "pulumi config set --path 'openchoreo:bindings.forecast.releaseName' "
        f"{running} --stack staging",
    )


def test_a_misspelt_pin_is_told_the_right_one(repository):
    running = repository.current("development", "forecast")["name"]
    misspelt = running[:-1] + ("0" if running[-1] != "0" else "1")
    repository.set("staging", "bindings.forecast.releaseName", misspelt)
    assert_refused(repository, "staging", f"known as {misspelt}; did you mean {running}?")


def test_an_upstream_stack_that_does_not_exist(repository):
    done = repository.pulumi("stack", "rm", "--yes", "--preserve-config", "staging")
    assert done.code == 0, done.text
    repository.set("production", "bindings.forecast.releaseName", NEVER)
    assert_refused(
        repository,
        "production",
        "staging: there is no stack organization/shop/staging",
        "pulumi stack init staging && pulumi up --stack staging",
    )


def test_all_refusals_of_a_stack_are_told_together(repository):
    repository.set("staging", "bindings.forecast.releaseName", NEVER)
    repository.set("staging", "bindings.dashboard.releaseName", "dashboard-000000000000")
    assert_refused(
        repository,
        "staging",
        "2 problems",
        f"no release of forecast is known as {NEVER}",
        "no release of dashboard is known as dashboard-000000000000",
    )


def test_a_consumer_whose_provider_is_not_promoted_yet(repository):
    running = repository.current("development", "dashboard")["name"]
    repository.set("staging", "bindings.dashboard.releaseName", running)
    assert_refused(
        repository,
        "staging",
        "needs the endpoint http of weather/forecast: it is not deployed in staging",
        "pulumi config set --path 'openchoreo:bindings.forecast.releaseName'",
    )


BROKEN = {
    "unknown key": (
        f"{FORECAST}/component.yaml",
        "autoDeploy: true",
        "autoDeply: true",
        [
            "Component default/forecast: spec.autoDeply",
            "did you mean autoDeploy?",
            "component.yaml:",
        ],
    ),
    "wrong type": (
        f"{FORECAST}/workload.yaml",
        "port: 80",
        'port: "80"',
        ["spec.endpoints.http.port", 'must be an integer, not the string "80"', "workload.yaml:"],
    ),
    "missing type": (
        f"{FORECAST}/component.yaml",
        "name: deployment/service",
        "name: deployment/servcie",
        ["there is no ClusterComponentType servcie", "did you mean service?", "component.yaml:"],
    ),
    "expression": (
        "definitions/platform/component-types/service.yaml",
        "replicas: ${environmentConfigs.replicas}",
        "replicas: ${environmentConfig.replicas}",
        [
            "ClusterComponentType service: spec.resources[0].template.spec.replicas",
            "undeclared reference to 'environmentConfig'; did you mean 'environmentConfigs'?",
            "component-types/service.yaml:67",
        ],
    ),
    "not YAML": (
        f"{FORECAST}/component.yaml",
        "  autoDeploy: true",
        "\tautoDeploy: true",
        ["component.yaml:"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_definition(repository, name):
    file, old, new, texts = BROKEN[name]
    repository.edit(file, old, new)
    assert_refused(repository, "development", *texts)


def test_a_workload_of_a_misspelt_component(repository):
    repository.edit(
        f"{FORECAST}/workload.yaml", "componentName: forecast", "componentName: forcast"
    )
    assert_refused(
        repository,
        "development",
        "Component default/forecast\n      has no Workload",
        "there is no Component forcast in project weather\n      did you mean forecast?",
    )


def test_a_policy_that_cannot_be_read(repository):
    repository.write("policy.yaml", "# of the platform team\nrelax: [10]\n")
    assert_refused(
        repository,
        "development",
        "policy.yaml: relax\n      unknown key\n      did you mean relaxed?\n      policy.yaml:2",
    )


def test_definitions_that_are_not_there(repository):
    repository.set("development", "definitions[0]", "definition")
    assert_refused(
        repository,
        "development",
        "stack config: openchoreo:definitions[0]\n      there is no file or directory definition",
        "Pulumi.development.yaml:",
    )


def test_a_wrong_stack_config(repository):
    repository.set("development", "bindngs.forecast.releaseName", NEVER)
    assert_refused(
        repository,
        "development",
        "stack config: openchoreo:bindngs",
        "did you mean bindings?",
        "Pulumi.development.yaml:3",
    )


def test_a_pin_that_vanishes_while_its_component_runs(everywhere):
    running = everywhere.current("staging", "forecast")["name"]
    everywhere.unset("staging", "bindings.forecast.releaseName")
    assert_refused(
        everywhere,
        "staging",
        f"runs {running} here, but its pin has vanished",
        "pin it again: pulumi config set --path 'openchoreo:bindings.forecast.releaseName' "
        f"{running} --stack staging",
        "or undeploy it: pulumi config set --path 'openchoreo:bindings.forecast.state' "
        "Undeploy --stack staging",
    )


def test_a_definition_that_vanishes_while_it_runs(everywhere):
    running = everywhere.current("staging", "dashboard")["name"]
    for file in (everywhere.root / f"{WEATHER}/components/dashboard").iterdir():
        file.unlink()
    assert_refused(
        everywhere,
        "staging",
        f"runs {running} here, but its definition has vanished",
        "restore its definition, or remove it: "
        "pulumi config set --path 'openchoreo:removed[0]' default/dashboard --stack staging",
    )
    everywhere.unset("staging", "bindings.dashboard")
    everywhere.set("staging", "removed[0]", "default/dashboard")
    everywhere.deployed("staging")
    assert "dashboard" not in " ".join(everywhere.files("manifests/staging"))


def test_a_pipeline_entry_that_vanishes_while_it_is_used(everywhere):
    everywhere.edit(
        "definitions/namespaces/default/platform/pipeline.yaml",
        "    - sourceEnvironmentRef:\n        name: staging\n"
        "      targetEnvironmentRefs:\n        - name: production\n",
        "",
    )
    assert_refused(
        everywhere,
        "production",
        "runs forecast-",
        "restore it, or undeploy the component: "
        "pulumi config set --path 'openchoreo:bindings.forecast.state' Undeploy --stack production",
    )
