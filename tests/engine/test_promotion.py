"""Promotion, rollback and undeployment through three real stacks."""

import pytest

pytestmark = pytest.mark.engine


def test_one_release_runs_everywhere_and_only_the_overrides_differ(promoted):
    stacks = ("development", "staging", "production")
    digests = {promoted.current(stack, "forecast")["release"] for stack in stacks}
    assert len(digests) == 1

    replicas = {
        stack: text.partition("replicas: ")[2].partition("\n")[0]
        for stack in stacks
        for text in promoted.files(f"manifests/{stack}").values()
        if "kind: Deployment" in text and "forecast" in text.partition("spec:")[0]
    }
    assert replicas == {"development": "1", "staging": "2", "production": "3"}


def test_the_evidence_of_a_promotion_names_the_upstream_entry(promoted):
    upstream = promoted.current("staging", "forecast")
    (evidence,) = promoted.current("production", "forecast")["upstream"]
    assert evidence == {
        "environment": "staging",
        "stack": "organization/shop/staging",
        "lineage": promoted.ledger("staging")["lineage"],
        "since": upstream["since"],
        "proof": "rendered",
    }


def test_a_preview_shows_the_changes_of_a_promotion(repository):
    repository.pin("staging")
    preview = repository.preview("staging", "--diff")
    assert preview.code == 0, preview.text
    assert "openchoreo-files:apps/v1:Deployment" in preview.text
    assert "openchoreo:index:ComponentRelease" in preview.text
    assert repository.files("manifests").keys() == {
        f"development/{name}" for name in repository.files("manifests/development")
    }


@pytest.mark.long
def test_rollback_in_production_needs_no_upstream(everywhere):
    first = everywhere.current("production", "forecast")
    everywhere.set_image("forecast", "next")
    everywhere.deployed("development")
    for stack, source in (("staging", "development"), ("production", "staging")):
        everywhere.pin(stack, source=source)
        everywhere.deployed(stack)
    second = everywhere.current("production", "forecast")
    assert second["release"] != first["release"]

    everywhere.set("production", "bindings.forecast.releaseName", first["name"])
    everywhere.deployed("production")
    history = everywhere.ledger("production")["components"]["default/forecast"]["history"]
    assert [entry["release"] for entry in history] == [
        first["release"],
        second["release"],
        first["release"],
    ]
    assert everywhere.current("staging", "forecast")["release"] == second["release"]


def test_undeploy_removes_the_files_and_keeps_the_history(everywhere):
    everywhere.set("production", "bindings.dashboard.state", "Undeploy")
    everywhere.deployed("production")
    left = " ".join(everywhere.files("manifests/production"))
    assert "dashboard" not in left
    assert "forecast" in left
    history = everywhere.ledger("production")["components"]["default/dashboard"]["history"]
    assert [entry["state"] for entry in history] == ["Undeploy", "Active"]

    everywhere.set("production", "bindings.dashboard.state", "Active")
    everywhere.deployed("production")
    assert "dashboard" in " ".join(everywhere.files("manifests/production"))
    assert everywhere.current("production", "dashboard")["state"] == "Active"


@pytest.mark.long
def test_an_update_from_a_saved_plan_records(repository):
    repository.pin("staging")
    preview = repository.preview("staging", "--save-plan", "plan.json")
    assert preview.code == 0, preview.text
    done = repository.pulumi("up", "--yes", "--plan", "plan.json", stack="staging")
    assert done.code == 0, done.text
    assert (
        repository.current("staging", "forecast")["release"]
        == repository.current("development", "forecast")["release"]
    )
    repository.deployed("staging", "--expect-no-changes")


def test_the_upstream_ledger_is_read_through_a_stack_reference(promoted):
    done = promoted.pulumi("stack", "--show-urns", stack="staging")
    assert "pulumi:pulumi:StackReference::organization/shop/development" in done.text
