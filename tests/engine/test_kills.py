"""`kill -9` of an update at ten points: no record is false, and the next runs converge."""

import signal

import pytest

from tests.engine.runs import (
    COMPONENTS,
    LOCKED,
    add_component,
    assert_settled,
    killed_at,
    new_images,
    said,
    stoppable,
)

pytestmark = [pytest.mark.engine, pytest.mark.long]

POINTS = (
    "started",
    "planned",
    "answer 1",  # of the provider; after it, one for each of 16 objects
    "answer 5",
    "answer 9",
    "answer 13",
    "applied",
    "recorded",
    "gone manifests/**/*retired*",
    "ended",
)


def left_by(repository):
    """What the ledger says, and which files there are."""
    return said(repository.raw_outputs("development")), repository.files("manifests")


def gone_on(repository, *flags):
    """The same after the run that follows a killed one."""
    cancelled = repository.pulumi("cancel", "--yes", "development")
    assert cancelled.code == 0, cancelled.text
    repository.deployed("development", *flags)
    return left_by(repository)


@pytest.fixture(scope="session")
def changing(example, tmp_path_factory):
    """A repository whose next run changes two components, adds one and undeploys one."""
    repository = stoppable(example.copy_to(tmp_path_factory.mktemp("changing") / "repository"))
    add_component(repository, "retired")
    repository.deployed("development")
    new_images(repository)
    added = "    env:\n      - {key: ADDED, value: by a test}\n"
    repository.edit(f"{COMPONENTS}/forecast/workload.yaml", "    env:\n", added)
    add_component(repository, "fresh")
    repository.set("development", "bindings.retired.state", "Undeploy")
    return repository


@pytest.fixture(scope="session")
def undisturbed(changing, tmp_path_factory):
    """What the ledger says and which files there are after a run that nobody kills."""
    repository = changing.copy_to(tmp_path_factory.mktemp("undisturbed") / "repository")
    repository.deployed("development")
    assert_settled(repository)
    return left_by(repository)


@pytest.mark.parametrize("flags", [(), ("--continue-on-error",)], ids=["plain", "continue"])
@pytest.mark.parametrize("point", POINTS)
def test_a_killed_update_leaves_no_false_record_and_the_next_converges(
    changing, undisturbed, tmp_path, point, flags
):
    repository = changing.copy_to(tmp_path / "repository")
    before = repository.raw_outputs("development")
    # One step at a time, so that a number of answers tells how far the run has come.
    assert killed_at(repository, point, "--parallel", "1", *flags) == -signal.SIGKILL

    after = repository.raw_outputs("development")
    if point == "ended":
        assert left_by(repository) == undisturbed
    else:
        assert after == before

    locked = repository.up("development", *flags)
    assert locked.code != 0
    assert LOCKED.fullmatch(locked.stderr), locked.text
    assert gone_on(repository, *flags) == undisturbed
    if point == "ended":
        assert repository.raw_outputs("development") == after
    assert_settled(repository)


@pytest.mark.parametrize("point", ["answer 5", "applied", "gone manifests/**/*retired*"])
def test_without_checkpoints_a_killed_update_converges_as_well(
    changing, undisturbed, tmp_path, point
):
    """What `--apply` does in files mode: the state is written once, at the end."""
    repository = changing.copy_to(tmp_path / "repository")
    before = repository.raw_outputs("development")
    once = {"PULUMI_SKIP_CHECKPOINTS": "true"}
    assert killed_at(repository, point, "--parallel", "1", **once) == -signal.SIGKILL
    assert repository.raw_outputs("development") == before
    assert gone_on(repository) == undisturbed
    assert_settled(repository)


def test_without_checkpoints_a_killed_first_update_converges_as_well(
    example, undisturbed_first, tmp_path
):
    repository = stoppable(example.copy_to(tmp_path / "repository"))
    once = {"PULUMI_SKIP_CHECKPOINTS": "true"}
    assert killed_at(repository, "answer 5", "--parallel", "1", **once) == -signal.SIGKILL
    assert gone_on(repository) == undisturbed_first
    assert_settled(repository)


@pytest.fixture
def undisturbed_first(example, tmp_path):
    repository = example.copy_to(tmp_path / "undisturbed")
    repository.deployed("development")
    return left_by(repository)
