"""Updates that are cancelled, narrowed to some objects, or run beside others."""

import re
import signal

import pytest

from tests.engine.runs import (
    LOCKED,
    assert_settled,
    finished,
    held_at,
    named,
    new_images,
    said,
    states,
    stoppable,
    told,
    urn_of,
)

pytestmark = [pytest.mark.engine, pytest.mark.long]

UNDEPLOYED = "bindings.dashboard.state"

UNLOCKED = re.compile(
    r"error: there was a problem deleting the lock at file://\S+, manual clean up may be required:"
    r" blob \(key \S+\) \(code=NotFound\): .*: no such file or directory\n"
)


@pytest.fixture
def changed(repository):
    """The example with new images for both components, which no run has seen yet."""
    new_images(repository)
    return stoppable(repository)


@pytest.fixture(scope="session")
def next_outcome(example, tmp_path_factory):
    """What is recorded and written when nothing disturbs the deployment of new images."""
    repository = example.copy_to(tmp_path_factory.mktemp("outcome") / "repository")
    new_images(repository)
    repository.deployed("development")
    return outcome(repository)


def outcome(repository, stack="development"):
    return said(repository.raw_outputs(stack)), repository.files("manifests")


# Cancelled


@pytest.mark.parametrize(
    ("point", "flags"),
    [
        ("started", ()),
        ("answer 3", ()),
        ("applied", ()),
        ("applied", ("--continue-on-error",)),
    ],
)
def test_an_update_that_is_cancelled_before_its_end_records_nothing(
    changed, next_outcome, point, flags
):
    before = changed.raw_outputs("development")
    with held_at(changed, point, *flags) as process:
        process.send_signal(signal.SIGINT)
        done = finished(process)
    assert done.code == 1
    assert "^C received; cancelling." in done.text
    assert told(done) == "error: update canceled"
    assert changed.raw_outputs("development") == before
    changed.deployed("development")
    assert outcome(changed) == next_outcome
    assert_settled(changed)


def test_an_update_that_is_cancelled_after_its_record_keeps_it_and_deletes_later(changed):
    changed.set("development", UNDEPLOYED, "Undeploy")
    files = named(changed, "dashboard")
    with held_at(changed, "recorded") as process:
        process.send_signal(signal.SIGINT)
        done = finished(process)
    assert done.code == 1
    assert told(done) == "error: update canceled"
    assert states(changed)["dashboard"] == [
        "Undeploy dashboard-0294d598d19d",
        "Active dashboard-0294d598d19d",
    ]
    assert named(changed, "dashboard") == files
    after = changed.raw_outputs("development")
    changed.deployed("development")
    assert changed.raw_outputs("development") == after
    assert named(changed, "dashboard") == set()
    assert_settled(changed)


def test_pulumi_cancel_takes_the_lock_of_a_running_update_and_does_not_stop_it(
    changed, next_outcome
):
    with held_at(changed, "answer 3") as process:
        cancelled = changed.pulumi("cancel", "--yes", "development")
        assert (cancelled.code, cancelled.text.strip()) == (
            0,
            "The currently running update for 'development' has been canceled!",
        )
    done = finished(process)
    assert done.code == 0
    assert UNLOCKED.fullmatch(done.stderr), done.stderr
    assert outcome(changed) == next_outcome
    assert_settled(changed)


# Two at once


def test_a_second_update_of_the_same_stack_is_refused_and_the_first_goes_on(changed, next_outcome):
    before = changed.raw_outputs("development")
    with held_at(changed, "answer 3") as process:
        second = changed.up("development")
        assert second.code == 1
        assert second.stdout.strip() == ""
        assert LOCKED.fullmatch(second.stderr), second.stderr
        assert changed.preview("development").code == 0
        assert changed.raw_outputs("development") == before
    assert finished(process).code == 0
    assert outcome(changed) == next_outcome
    assert_settled(changed)


def test_development_and_staging_are_updated_at_the_same_time(everywhere):
    new_images(everywhere)
    everywhere.deployed("development")
    everywhere.pin("staging")
    everywhere.set_image("forecast", "after-next")
    stoppable(everywhere)
    before = states(everywhere), states(everywhere, "staging")
    with (
        held_at(everywhere, "planned") as development,
        held_at(everywhere, "planned", stack="staging") as staging,
    ):
        pass
    for done in (finished(development), finished(staging)):
        assert (done.code, done.stderr.strip()) == (0, ""), done.text
    pinned = everywhere.ledger("staging")["components"]
    assert states(everywhere, "staging") == {
        name: [before[0][name][0], *before[1][name]] for name in ("forecast", "dashboard")
    }
    assert pinned["default/forecast"]["history"][0]["upstream"][0]["environment"] == "development"
    after = states(everywhere)
    assert after["dashboard"] == before[0]["dashboard"]
    assert after["forecast"][1:] == before[0]["forecast"]
    assert after["forecast"][0] not in before[0]["forecast"]
    for stack in ("development", "staging"):
        assert_settled(everywhere, stack)


# Narrowed


@pytest.mark.parametrize("dependents", [(), ("--target-dependents",)], ids=["alone", "dependents"])
def test_a_target_records_the_component_of_which_nothing_else_has_changed(
    changed, next_outcome, dependents
):
    before = states(changed)
    urn = urn_of(changed, "Deployment", "forecast")
    changed.deployed("development", "--target", urn, *dependents)
    after = states(changed)
    assert after["dashboard"] == before["dashboard"]
    assert after["forecast"][1:] == before["forecast"]
    ledger, files = next_outcome
    assert after["forecast"][0] == f"Active {newest(ledger, 'forecast')}"
    for name in named(changed, "forecast"):
        assert changed.files("manifests")[name] == files[name]
    changed.deployed("development")
    assert outcome(changed) == next_outcome
    assert_settled(changed)


def newest(ledger, component):
    return ledger["components"][f"default/{component}"]["history"][0]["name"]


@pytest.mark.parametrize("dependents", [(), ("--exclude-dependents",)], ids=["alone", "dependents"])
def test_an_excluded_object_keeps_the_record_of_its_component(changed, next_outcome, dependents):
    before = states(changed)
    urn = urn_of(changed, "Deployment", "forecast")
    changed.deployed("development", "--exclude", urn, *dependents)
    after = states(changed)
    assert after["forecast"] == before["forecast"]
    assert after["dashboard"][1:] == before["dashboard"]
    changed.deployed("development")
    assert outcome(changed) == next_outcome
    assert_settled(changed)


@pytest.fixture
def first(repository):
    """Staging with its pins, before its first run, and the URN of one Deployment in it."""
    repository.pin("staging")
    urn = urn_of(repository, "Deployment", "forecast").replace(":development:", ":staging:")
    preview = repository.pulumi("preview", "--json", stack="staging")
    name = re.search(r"Deployment::(\S*forecast-staging-\S*)\"", preview.stdout)
    assert name, preview.text
    return repository, f"{urn.rpartition('::')[0]}::{name[1]}"


@pytest.mark.parametrize("dependents", [(), ("--target-dependents",)], ids=["alone", "dependents"])
def test_a_first_deployment_of_one_target_fails_and_records_nothing(first, dependents):
    repository, urn = first
    done = repository.up("staging", "--target", urn, *dependents)
    assert done.code == 1
    parent = urn.partition("$openchoreo-files:")[0]
    assert told(done) == (
        f"error: Resource '{urn}' depends on '{parent}::default/forecast' which was was not "
        "specified in --target list."
    )
    assert repository.raw_outputs("staging").strip() == "{}"
    assert named(repository, "", "staging") == set()
    repository.deployed("staging")
    assert states(repository, "staging") == states(repository)
    assert_settled(repository, "staging")


def test_a_first_deployment_without_one_object_records_the_other_component(first):
    repository, urn = first
    repository.deployed("staging", "--exclude", urn)
    assert states(repository, "staging") == {"dashboard": states(repository)["dashboard"]}
    repository.deployed("staging")
    assert states(repository, "staging") == states(repository)
    assert_settled(repository, "staging")


def test_an_undeployment_beside_a_target_is_recorded_before_its_files_go(changed):
    before = states(changed)
    changed.set("development", UNDEPLOYED, "Undeploy")
    files = named(changed, "dashboard")
    changed.deployed("development", "--target", urn_of(changed, "Deployment", "forecast"))
    undeployed = [before["dashboard"][0].replace("Active", "Undeploy"), *before["dashboard"]]
    assert states(changed)["dashboard"] == undeployed
    assert named(changed, "dashboard") == files
    after = changed.raw_outputs("development")

    changed.deployed("development")
    assert changed.raw_outputs("development") == after
    assert named(changed, "dashboard") == set()
    assert_settled(changed)


def test_an_undeployment_with_an_excluded_object_is_recorded_before_its_file_goes(changed):
    changed.set("development", UNDEPLOYED, "Undeploy")
    urn = urn_of(changed, "Deployment", "dashboard")
    changed.deployed("development", "--exclude", urn)
    assert states(changed)["dashboard"][0] == "Undeploy dashboard-0294d598d19d"
    assert len(named(changed, "dashboard")) == 1
    after = changed.raw_outputs("development")
    changed.deployed("development")
    assert changed.raw_outputs("development") == after
    assert named(changed, "dashboard") == set()
    assert_settled(changed)


def test_an_undeployment_that_was_not_carried_out_stays_in_the_history(changed):
    before = states(changed)
    changed.set("development", UNDEPLOYED, "Undeploy")
    changed.deployed("development", "--target", urn_of(changed, "Deployment", "forecast"))
    changed.unset("development", UNDEPLOYED)
    changed.deployed("development")
    newest, *older = states(changed)["dashboard"]
    assert newest.startswith("Active ")
    assert older == [before["dashboard"][0].replace("Active", "Undeploy"), *before["dashboard"]]
    assert_settled(changed)


@pytest.mark.parametrize("flags", [(), ("--continue-on-error",)], ids=["plain", "continue"])
def test_an_undeployment_is_recorded_although_a_file_cannot_be_deleted(repository, flags):
    (path,) = named(repository, "deployment.apps_dashboard")
    blocked = repository.root / "manifests" / path
    blocked.unlink()
    blocked.mkdir()
    repository.set("development", UNDEPLOYED, "Undeploy")
    done = repository.up("development", *flags)
    assert done.code == 1
    assert (
        f"error: cannot remove manifests/{path}: something else than a file is in its place; "
        "remove it\n"
    ) in done.text
    after = repository.raw_outputs("development")
    assert states(repository)["dashboard"] == [
        "Undeploy dashboard-0294d598d19d",
        "Active dashboard-0294d598d19d",
    ]

    blocked.rmdir()
    repository.deployed("development")
    assert repository.raw_outputs("development") == after
    assert named(repository, "dashboard") == set()
    assert_settled(repository)
