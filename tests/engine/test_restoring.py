"""Refreshes, destruction and saved plans: what they leave in the ledger, and what comes next."""

import shutil

import pytest

from tests.engine.runs import assert_settled, named, new_images, said, told, urn_of

pytestmark = [pytest.mark.engine, pytest.mark.long]


def both(repository):
    return repository.raw_outputs("development"), repository.files("manifests")


# Refreshed


def untouched(_):
    """Nothing is to be put back."""


def edited(repository):
    (path,) = named(repository, "deployment.apps_forecast")
    repository.edit(f"manifests/{path}", "replicas: 1", "replicas: 7")


def deleted(repository):
    (path,) = named(repository, "deployment.apps_forecast")
    (repository.root / "manifests" / path).unlink()


def all_deleted(repository):
    shutil.rmtree(repository.root / "manifests")


TOUCHES = [untouched, edited, deleted, all_deleted]


@pytest.mark.parametrize(
    ("touch", "flags"),
    [*((touch, ()) for touch in TOUCHES), (edited, ("--run-program",))],
)
def test_a_refresh_changes_neither_outputs_nor_files_and_the_next_update_puts_them_back(
    repository, touch, flags
):
    outputs, files = both(repository)
    touch(repository)
    touched = repository.files("manifests")
    done = repository.pulumi("refresh", *flags, "--yes", "--suppress-outputs", stack="development")
    assert done.code == 0, done.text
    assert both(repository) == (outputs, touched)
    repository.deployed("development")
    assert both(repository) == (outputs, files)
    assert_settled(repository)


@pytest.mark.parametrize("touch", TOUCHES)
def test_an_update_with_refresh_puts_files_back(repository, touch):
    outputs, files = both(repository)
    touch(repository)
    preview = repository.preview("development", "--refresh")
    assert preview.code == 0, preview.text
    assert repository.raw_outputs("development") == outputs
    repository.deployed("development", "--refresh")
    assert both(repository) == (outputs, files)
    assert_settled(repository)


def test_a_refresh_that_expects_no_changes_tells_of_touched_files(repository):
    edited(repository)
    done = repository.pulumi(
        "refresh", "--yes", "--expect-no-changes", "--suppress-outputs", stack="development"
    )
    assert done.code != 0
    assert done.stderr.strip() == (
        "error: no changes were expected for refresh but changes were proposed"
    )


# Destroyed


def destroyed(repository, *arguments, stack="development"):
    done = repository.pulumi(
        "destroy", "--yes", "--skip-preview", "--suppress-outputs", *arguments, stack=stack
    )
    assert done.code == 0, done.text


def test_what_runs_downstream_outlives_the_stack_before_it(everywhere):
    outputs = everywhere.raw_outputs("staging")
    running = everywhere.current("staging", "forecast")["name"]
    destroyed(everywhere)
    assert everywhere.raw_outputs("development").strip() == "{}"
    assert named(everywhere, "") == set()
    assert_settled(everywhere, "staging")
    assert everywhere.raw_outputs("staging") == outputs

    everywhere.set("staging", "bindings.forecast.releaseName", "forecast-000000000000")
    for refused in (everywhere.preview("staging"), everywhere.up("staging")):
        assert refused.code != 0
        assert told(refused) == (
            "error: Component default/forecast: openchoreo:bindings.forecast.releaseName\n"
            "  no release of forecast is known as forecast-000000000000\n"
            "  development: stack organization/shop/development has recorded nothing, or was destroyed\n"
            f"  staging runs {running}\n"
            "  pulumi config set --path 'openchoreo:bindings.forecast.releaseName' "
            f"{running} --stack staging\n"
            "  Pulumi.staging.yaml:7"
        )
    everywhere.set("staging", "bindings.forecast.releaseName", running)

    everywhere.deployed("development")
    assert_settled(everywhere, "staging")
    assert everywhere.raw_outputs("staging") == outputs


def test_a_stack_that_was_destroyed_begins_a_new_ledger(repository):
    lineage = repository.ledger("development")["lineage"]
    before = said(repository.raw_outputs("development"))
    destroyed(repository)
    repository.deployed("development")
    after = said(repository.raw_outputs("development"))
    assert after["lineage"] != lineage
    assert after == {**before, "lineage": after["lineage"]}


def test_destroying_with_the_program_leaves_nothing_either(repository):
    destroyed(repository, "--run-program")
    assert repository.raw_outputs("development").strip() == "{}"
    assert repository.files("manifests") == {}


@pytest.mark.parametrize("flag", ["--target", "--exclude"])
def test_a_destruction_of_some_objects_changes_no_record_and_the_next_update_restores_them(
    repository, flag
):
    outputs, files = both(repository)
    destroyed(repository, flag, urn_of(repository, "Deployment", "forecast"))
    left = repository.files("manifests")
    (deployment,) = {name for name in files if "deployment.apps_forecast" in name}
    gone = files.keys() - left.keys()
    if flag == "--target":
        assert gone == {deployment}
    else:
        namespace = {name for name in files if "/_cluster/" in name}
        assert left.keys() == {deployment, *namespace}
    assert repository.raw_outputs("development") == outputs
    repository.deployed("development")
    assert both(repository) == (outputs, files)
    assert_settled(repository)


# Promised


def test_a_preview_that_expects_no_changes_tells_of_some_and_an_update_has_made_them(repository):
    before = both(repository)
    new_images(repository)
    preview = repository.preview("development", "--expect-no-changes")
    assert preview.code != 0
    assert preview.stderr.strip() == (
        "error: no changes were expected for preview but changes were proposed"
    )
    assert both(repository) == before
    update = repository.up("development", "--expect-no-changes")
    assert update.code != 0
    assert update.stderr.strip() == (
        "error: no changes were expected for update but changes were proposed"
    )
    after = both(repository)
    assert after != before
    repository.deployed("development", "--expect-no-changes")
    assert both(repository) == after


def planned(repository, stack):
    preview = repository.preview(stack, "--save-plan", "plan.json")
    assert preview.code == 0, preview.text


def test_a_plan_that_somebody_has_carried_out_already_changes_nothing(repository):
    repository.pin("staging")
    planned(repository, "staging")
    repository.deployed("staging")
    before = repository.raw_outputs("staging")
    repository.deployed("staging", "--plan", "plan.json")
    assert repository.raw_outputs("staging") == before


def test_a_plan_of_which_somebody_has_carried_out_a_part_records_the_rest(everywhere):
    first = everywhere.current("staging", "dashboard")["name"]
    new_images(everywhere)
    everywhere.deployed("development")
    everywhere.pin("staging")
    second = everywhere.current("development", "dashboard")["name"]
    planned(everywhere, "staging")
    everywhere.set("staging", "bindings.dashboard.releaseName", first)
    everywhere.deployed("staging")
    everywhere.set("staging", "bindings.dashboard.releaseName", second)
    forecast = everywhere.current("staging", "forecast")

    everywhere.deployed("staging", "--plan", "plan.json")
    assert everywhere.current("staging", "dashboard")["name"] == second
    assert everywhere.current("staging", "forecast") == forecast
    assert_settled(everywhere, "staging")


def test_a_plan_for_other_definitions_is_refused_and_records_nothing(repository):
    new_images(repository)
    planned(repository, "development")
    repository.set_image("forecast", "another")
    before = both(repository)
    done = repository.up("development", "--plan", "plan.json")
    assert done.code == 1
    assert told(done) == (
        "error: create is not allowed by the plan: no steps were expected for this resource"
    )
    assert repository.raw_outputs("development") == before[0]
    repository.deployed("development")
    assert_settled(repository)


def test_a_plan_made_before_another_deployment_records_what_it_applies(repository):
    new_images(repository)
    planned(repository, "development")
    repository.set_image("forecast", "another")
    repository.deployed("development")
    between = repository.current("development", "forecast")["name"]
    repository.set_image("forecast", "next")

    done = repository.up("development", "--plan", "plan.json")
    assert done.code == 1
    assert told(done) == (
        "error: delete is not allowed by the plan: no steps were expected for this resource"
    )
    after = repository.raw_outputs("development")
    newest = repository.current("development", "forecast")
    assert newest["name"] != between
    (deployment,) = named(repository, "deployment.apps_forecast")
    assert ":next\n" in repository.files("manifests")[deployment]
    repository.deployed("development")
    assert repository.raw_outputs("development") == after
    assert_settled(repository)


def test_an_undeployment_that_a_plan_does_not_hold_fails_and_is_recorded(repository):
    repository.set_image("forecast", "next")
    planned(repository, "development")
    repository.set("development", "bindings.dashboard.state", "Undeploy")
    files = named(repository, "dashboard")
    done = repository.up("development", "--plan", "plan.json")
    assert done.code == 1
    assert told(done) == (
        "error: delete is not allowed by the plan: this resource is constrained to same"
    )
    after = repository.raw_outputs("development")
    assert repository.current("development", "dashboard")["state"] == "Undeploy"
    assert named(repository, "dashboard") == files
    repository.deployed("development")
    assert repository.raw_outputs("development") == after
    assert named(repository, "dashboard") == set()
    assert_settled(repository)
