"""Ledgers that move to another backend or stack, or are read from elsewhere."""

from dataclasses import dataclass, replace

import pytest

from tests.engine.conftest import Repository
from tests.engine.runs import assert_settled, new_images, states, told

pytestmark = [pytest.mark.engine, pytest.mark.long]

STACKS = ("development", "staging", "production")


@dataclass(frozen=True)
class WithPassphrase(Repository):
    """A repository with another passphrase than its fixture gave it."""

    passphrase: str = ""

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "PULUMI_CONFIG_PASSPHRASE": self.passphrase}


def succeeds(repository, *arguments, stack=""):
    done = repository.pulumi(*arguments, stack=stack)
    assert done.code == 0, done.text


def test_stacks_move_to_another_backend_and_promotions_go_on(everywhere, tmp_path):
    (tmp_path / "state").mkdir()
    moved = replace(everywhere, backend=tmp_path / "state")
    outputs = {stack: everywhere.raw_outputs(stack) for stack in STACKS}
    for stack in STACKS:
        exported = str(tmp_path / f"{stack}.json")
        succeeds(everywhere, "stack", "export", "--file", exported, stack=stack)
        succeeds(moved, "stack", "init", stack)
        succeeds(moved, "stack", "import", "--file", exported, stack=stack)
    for stack in STACKS:
        assert_settled(moved, stack)
        assert moved.raw_outputs(stack) == outputs[stack]

    lineage = moved.ledger("development")["lineage"]
    new_images(moved)
    moved.deployed("development")
    moved.pin("staging")
    moved.deployed("staging")
    assert states(moved, "staging") == states(moved)
    (evidence,) = moved.current("staging", "forecast")["upstream"]
    assert evidence["lineage"] == lineage
    assert everywhere.raw_outputs("staging") == outputs["staging"]


def test_a_renamed_stack_goes_on_with_the_name_of_its_environment(everywhere):
    outputs = everywhere.raw_outputs("staging")
    succeeds(everywhere, "stack", "rename", "stage", stack="staging")
    refused = everywhere.up("stage")
    assert refused.code == 1
    assert told(refused) == (
        "error: stack config: openchoreo:environment\n"
        "  there is no Environment stage in the definitions\n"
        "  did you mean staging?\n"
        "  Pulumi.stage.yaml:2"
    )
    everywhere.set("stage", "environment", "staging")
    assert_settled(everywhere, "stage")
    assert everywhere.raw_outputs("stage") == outputs

    everywhere.set_image("forecast", "next")
    everywhere.deployed("development")
    everywhere.pin("stage")
    everywhere.deployed("stage")
    everywhere.pin("production", source="stage")
    assert everywhere.up("production").code == 1
    everywhere.write("policy.yaml", "upstreams:\n  staging: {stack: organization/shop/stage}\n")
    everywhere.deployed("production")
    (evidence,) = everywhere.current("production", "forecast")["upstream"]
    assert (evidence["environment"], evidence["stack"]) == ("staging", "organization/shop/stage")


def test_a_promotion_needs_no_passphrase_but_its_own(repository):
    succeeds(repository, "stack", "rm", "--yes", "staging")
    staging = WithPassphrase(repository.root, repository.engine, passphrase="of staging")
    succeeds(staging, "stack", "init", "staging")
    wrong = staging.preview("development")
    assert wrong.code != 0
    assert wrong.stderr.strip() == (
        "error: getting stack configuration: get stack secrets manager: incorrect passphrase"
    )
    staging.pin("staging")
    staging.deployed("staging")
    assert states(staging, "staging") == states(repository)
    assert_settled(staging, "staging")


@pytest.fixture
def other_project(repository, tmp_path):
    """Another Pulumi project in another folder: development with a newer forecast."""
    copy = repository.copy_to(tmp_path / "other")
    other = replace(copy, project="other", backend=repository.root / ".state")
    other.edit("Pulumi.yaml", "name: shop\n", "name: other\n")
    succeeds(other, "stack", "init", "development")
    succeeds(other, "stack", "init", "empty")
    other.set_image("forecast", "elsewhere")
    other.deployed("development")
    return other


def upstream(repository, stack):
    repository.write("policy.yaml", f"upstreams:\n  development: {{stack: {stack}}}\n")


def test_releases_come_from_the_stack_of_another_project_that_the_policy_names(
    repository, other_project
):
    release = other_project.current("development", "forecast")["name"]
    running = repository.current("development", "forecast")["name"]
    repository.pin("staging")
    repository.set("staging", "bindings.forecast.releaseName", release)
    told_of = {
        "organization/shop/development": f"development runs {running}",
        "organization/other/empty": (
            "development: stack organization/other/empty has recorded nothing, or was destroyed"
        ),
        "organization/other/missing": "development: there is no stack organization/other/missing",
    }
    for stack, whereabouts in told_of.items():
        upstream(repository, stack)
        refused = repository.up("staging")
        assert refused.code == 1
        assert f"no release of forecast is known as {release}\n  {whereabouts}\n" in told(refused)

    upstream(repository, "organization/other/development")
    repository.deployed("staging")
    assert states(repository, "staging")["forecast"] == [f"Active {release}"]
    (evidence,) = repository.current("staging", "forecast")["upstream"]
    assert evidence["stack"] == "organization/other/development"
    assert evidence["lineage"] == other_project.ledger("development")["lineage"]
    assert_settled(repository, "staging")
