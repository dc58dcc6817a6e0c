"""Pipelines that change while releases run along them."""

import pytest

from tests.engine.conftest import WEATHER
from tests.engine.runs import assert_settled, named, new_images, states, told

pytestmark = [pytest.mark.engine, pytest.mark.long]

PLATFORM = "definitions/namespaces/default/platform"

NEVER = "forecast-000000000000"

ENVIRONMENT = """\
apiVersion: openchoreo.dev/v1alpha1
kind: Environment
metadata: {{name: {name}, namespace: default}}
spec:
  dataPlaneRef: {{kind: ClusterDataPlane, name: default}}
---
apiVersion: openchoreo.dev/v1alpha1
kind: ProjectReleaseBinding
metadata: {{name: weather-{name}, namespace: default}}
spec:
  owner: {{projectName: weather}}
  environment: {name}
"""

PIPELINE = """\
apiVersion: openchoreo.dev/v1alpha1
kind: DeploymentPipeline
metadata: {{name: {name}, namespace: default}}
spec:
  promotionPaths:
"""

PATH = """\
    - sourceEnvironmentRef: {{name: {source}}}
      targetEnvironmentRefs: [{targets}]
"""


def add_environment(repository, name):
    repository.write(f"{PLATFORM}/{name}.yaml", ENVIRONMENT.format(name=name))
    done = repository.pulumi("stack", "init", name)
    assert done.code == 0, done.text


def set_pipeline(repository, paths, name="standard"):
    """`paths` tell for each environment which come after it."""
    text = PIPELINE.format(name=name)
    for source, targets in paths.items():
        listed = ", ".join(f"{{name: {target}}}" for target in targets)
        text += PATH.format(source=source, targets=listed)
    file = "pipeline" if name == "standard" else name
    repository.write(f"{PLATFORM}/{file}.yaml", text)


def assert_refused(repository, stack, text):
    """Preview and update say exactly this, and change nothing."""
    before = repository.raw_outputs(stack), repository.files("manifests")
    for done in (repository.preview(stack), repository.up(stack)):
        assert done.code == 1, done.text
        assert told(done) == f"error: {text}"
    assert (repository.raw_outputs(stack), repository.files("manifests")) == before


def sources(repository, stack):
    """Component -> the environments that its newest entry was promoted from."""
    components = repository.ledger(stack)["components"]
    return {
        key.partition("/")[2]: [one["environment"] for one in record["history"][0]["upstream"]]
        for key, record in components.items()
    }


def test_an_environment_that_is_added_between_two_is_needed_from_then_on(everywhere):
    add_environment(everywhere, "preprod")
    set_pipeline(
        everywhere,
        {"development": ["staging"], "staging": ["preprod"], "preprod": ["production"]},
    )
    assert_settled(everywhere, "production")

    running = everywhere.current("production", "forecast")["name"]
    everywhere.set_image("forecast", "next")
    everywhere.deployed("development")
    everywhere.pin("staging")
    everywhere.deployed("staging")
    everywhere.pin("production", source="staging")
    wanted = everywhere.current("staging", "forecast")["name"]
    assert_refused(
        everywhere,
        "production",
        "Component default/forecast: openchoreo:bindings.forecast.releaseName\n"
        f"  {wanted} has not been deployed in preprod, from where production gets its releases\n"
        "  preprod: stack organization/shop/preprod has recorded nothing, or was destroyed\n"
        f"  production runs {running}\n"
        "  pulumi config set --path 'openchoreo:bindings.forecast.releaseName' "
        f"{running} --stack production\n"
        "  Pulumi.production.yaml:7",
    )
    everywhere.pin("preprod", source="staging")
    everywhere.deployed("preprod")
    everywhere.deployed("production")
    assert states(everywhere, "production")["forecast"] == [f"Active {wanted}", f"Active {running}"]
    assert sources(everywhere, "production") == {"dashboard": ["staging"], "forecast": ["preprod"]}
    assert_settled(everywhere, "production")


def test_an_environment_that_is_added_beside_another_gets_what_the_same_one_has(everywhere):
    add_environment(everywhere, "europe")
    set_pipeline(everywhere, {"development": ["staging"], "staging": ["production", "europe"]})
    assert_settled(everywhere, "production")
    everywhere.pin("europe", source="staging")
    everywhere.deployed("europe")
    assert states(everywhere, "europe") == states(everywhere, "staging")
    assert sources(everywhere, "europe") == {"dashboard": ["staging"], "forecast": ["staging"]}


@pytest.fixture
def renamed(everywhere):
    """The environment staging is called test in all definitions."""
    for file in (everywhere.root / "definitions").rglob("*.yaml"):
        text = file.read_text()
        for field in ("name", "environment"):
            text = text.replace(f"{field}: staging", f"{field}: test")
        file.write_text(text)
    return everywhere


def test_a_renamed_environment_cannot_go_on_with_the_ledger_of_the_old_one(renamed):
    gone = (
        "Stack organization/shop/staging\n"
        "  it holds the ledger of staging, and the definitions have no such Environment\n"
        "  restore it, also to undeploy what runs here; known: development, production, test\n"
        "  or remove all that it has deployed: python -m openchoreo ledger export --stack staging, "
        "then pulumi destroy --stack staging"
    )
    assert_refused(renamed, "staging", gone)
    renamed.set("staging", "environment", "test")
    assert_refused(renamed, "staging", gone)
    assert_settled(renamed, "production")


def test_a_renamed_environment_begins_again_in_a_stack_of_its_name(renamed):
    assert renamed.pulumi("stack", "init", "test").code == 0
    renamed.pin("test")
    renamed.deployed("test")
    assert states(renamed, "test") == states(renamed)
    assert_settled(renamed, "production")

    done = renamed.pulumi(
        "destroy", "--yes", "--skip-preview", "--suppress-outputs", stack="staging"
    )
    assert done.code == 0, done.text
    assert named(renamed, "", "staging") == set()
    assert_settled(renamed, "test")
    assert_settled(renamed, "production")


def test_an_environment_that_left_the_pipeline_can_only_be_undeployed(everywhere):
    set_pipeline(everywhere, {"development": ["production"]})
    names = {
        name: everywhere.current("staging", name)["name"] for name in ("dashboard", "forecast")
    }
    lines = {"dashboard": 1, "forecast": 3}
    problems = [
        f"Component default/{name}\n"
        f"  runs {release} here, but DeploymentPipeline default/standard does not contain staging\n"
        "  restore it, or undeploy the component: pulumi config set --path "
        f"'openchoreo:bindings.{name}.state' Undeploy --stack staging\n"
        f"  {WEATHER}/components/{name}/component.yaml:{lines[name]}"
        for name, release in names.items()
    ]
    assert_refused(everywhere, "staging", "\n\n".join(["2 problems", *problems]))
    assert_settled(everywhere, "production")

    for name in names:
        everywhere.set("staging", f"bindings.{name}.state", "Undeploy")
    everywhere.deployed("staging")
    assert states(everywhere, "staging") == {
        name: [f"Undeploy {release}", f"Active {release}"] for name, release in names.items()
    }
    assert all("/_cluster/namespace_" in name for name in named(everywhere, "", "staging"))
    assert_settled(everywhere, "staging")


def test_one_of_two_environments_before_this_one_is_enough(repository):
    add_environment(repository, "qa")
    set_pipeline(
        repository,
        {"development": ["qa", "staging"], "qa": ["production"], "staging": ["production"]},
    )
    repository.pin("qa")
    repository.deployed("qa")
    repository.pin("production", source="qa")
    repository.deployed("production")
    assert states(repository, "production") == states(repository, "qa")
    assert sources(repository, "production") == {"dashboard": ["qa"], "forecast": ["qa"]}

    new_images(repository)
    repository.deployed("development")
    repository.pin("staging")
    repository.deployed("staging")
    repository.pin("production", source="staging")
    running = repository.current("staging", "forecast")["name"]
    repository.deployed("production")
    assert sources(repository, "production") == {"dashboard": ["staging"], "forecast": ["staging"]}
    before = repository.current("qa", "forecast")["name"]

    repository.set("production", "bindings.forecast.releaseName", NEVER)
    assert_refused(
        repository,
        "production",
        "Component default/forecast: openchoreo:bindings.forecast.releaseName\n"
        f"  no release of forecast is known as {NEVER}\n"
        f"  qa runs {before}\n"
        f"  staging runs {running}\n"
        f"  production runs {running} and has run {before}\n"
        "  pulumi config set --path 'openchoreo:bindings.forecast.releaseName' "
        f"{before} --stack production\n"
        "  Pulumi.production.yaml:7",
    )


@pytest.fixture
def two_projects(repository):
    """The example with a second project, whose only component goes another way: over qa."""
    add_environment(repository, "qa")
    set_pipeline(repository, {"development": ["qa"], "qa": ["production"]}, name="careful")
    words = {"weather": "maps", "forecast": "tiles", "name: standard": "name: careful"}
    for path in ("project.yaml", "components/forecast/component.yaml"):
        write_renamed(repository, path, words)
    write_renamed(repository, "components/forecast/workload.yaml", words)
    repository.deployed("development")
    return repository


def write_renamed(repository, path, words):
    text = (repository.root / WEATHER / path).read_text()
    for old, new in words.items():
        text = text.replace(old, new)
    target = f"{WEATHER}/{path}".replace("weather", "maps").replace("forecast", "tiles")
    repository.write(target, text)


def test_two_projects_of_one_stack_go_their_own_ways(two_projects):
    tiles = two_projects.current("development", "tiles")["name"]
    forecast = two_projects.current("development", "forecast")["name"]
    for stack, name, release, pipeline, environments in (
        ("staging", "tiles", tiles, "careful", "development, qa, production"),
        ("qa", "forecast", forecast, "standard", "development, staging, production"),
    ):
        two_projects.set(stack, f"bindings.{name}.releaseName", release)
        assert_refused(
            two_projects,
            stack,
            f"Component default/{name}: openchoreo:bindings.{name}.releaseName\n"
            f"  {release} cannot run here: DeploymentPipeline default/{pipeline} does not contain "
            f"{stack}\n"
            f"  add it to the promotion paths; the pipeline has {environments}\n"
            "  or remove the pin: pulumi config rm --path "
            f"'openchoreo:bindings.{name}.releaseName' --stack {stack}\n"
            f"  Pulumi.{stack}.yaml:5",
        )
        two_projects.unset(stack, "bindings")

    two_projects.set("production", "bindings.tiles.releaseName", tiles)
    two_projects.set("qa", "bindings.tiles.releaseName", tiles)
    two_projects.deployed("qa")
    two_projects.deployed("production")
    assert states(two_projects, "production") == {"tiles": [f"Active {tiles}"]}
    assert sources(two_projects, "production") == {"tiles": ["qa"]}
    assert_settled(two_projects, "production")
