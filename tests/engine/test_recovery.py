"""Runs that are interrupted, fail in part or are narrowed, and files that others touch."""

import json
import os
import shutil
import signal
import subprocess

import pytest

pytestmark = pytest.mark.engine

WORKLOADS = "definitions/namespaces/default/projects/weather/components"


def new_images(repository):
    for component in ("forecast", "dashboard"):
        repository.set_image(component, "next")


def file_of(repository, kind, component, stack="development"):
    """The path of one file, below the repository."""
    return next(
        f"manifests/{stack}/{name}"
        for name, text in repository.files(f"manifests/{stack}").items()
        if f"kind: {kind}\n" in text and component in text.partition("spec:")[0]
    )


def urn_of(repository, kind, component, stack="development"):
    return next(
        resource["urn"]
        for resource in repository.resources(stack)
        if resource["type"].endswith(f":{kind}") and component in resource["urn"]
    )


def test_a_file_changed_by_hand_is_shown_and_put_back(repository):
    path = file_of(repository, "Deployment", "forecast")
    before = repository.files("manifests")
    repository.edit(path, "replicas: 1", "replicas: 7")
    preview = repository.preview("development", "--diff")
    assert "replicas" in preview.text
    assert repository.preview("development", "--expect-no-changes").code != 0
    repository.deployed("development")
    assert repository.files("manifests") == before


def test_a_deleted_folder_is_shown_and_put_back(repository):
    before = repository.files("manifests")
    shutil.rmtree(repository.root / "manifests")
    assert repository.preview("development", "--expect-no-changes").code != 0
    repository.deployed("development")
    assert repository.files("manifests") == before


def test_a_fresh_clone_with_the_same_state_gets_the_same_files(repository, tmp_path):
    clone = repository.copy_to(tmp_path / "clone")
    before = repository.files("manifests")
    shutil.rmtree(clone.root / "manifests")
    clone.deployed("development")
    assert clone.files("manifests") == before


def test_destroy_removes_exactly_the_files_written(repository):
    repository.write("manifests/development/default/notes.txt", "mine")
    done = repository.pulumi("destroy", "--yes", "--skip-preview", stack="development")
    assert done.code == 0, done.text
    assert repository.files("manifests") == {"development/default/notes.txt": "mine"}


def test_a_target_directory_that_is_a_link_is_refused(repository, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(repository.root / "manifests/development/default", elsewhere)
    shutil.rmtree(repository.root / "manifests/development/default")
    (repository.root / "manifests/development/default").symlink_to(elsewhere)
    before = repository.raw_outputs("development")
    new_images(repository)
    for done in (repository.preview("development"), repository.up("development")):
        assert done.code != 0
        assert "manifests/development/default" in done.text
        assert "link" in done.text
    assert repository.raw_outputs("development") == before
    assert ":next" not in " ".join(path.read_text() for path in elsewhere.rglob("*.yaml"))


def test_an_interrupted_update_converges(repository):
    new_images(repository)
    before = repository.raw_outputs("development")
    process = subprocess.Popen(
        ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive", "--stack", "development"],
        cwd=repository.root,
        env=repository.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "updating" in line or "creating" in line:
            break
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert repository.raw_outputs("development") == before

    locked = repository.up("development")
    if locked.code:
        assert "pulumi cancel" in locked.text
        assert repository.pulumi("cancel", "--yes", "development").code == 0
        repository.deployed("development")
    repository.deployed("development", "--expect-no-changes")
    deployments = [
        text
        for text in repository.files("manifests/development").values()
        if "kind: Deployment\n" in text
    ]
    assert all(":next\n" in text for text in deployments)
    assert (
        repository.current("development", "forecast")["release"]
        != (
            json.loads(json.loads(before)["pipeline"])["components"]["default/forecast"]["history"][
                0
            ]["release"]
        )
    )


def blocked(repository, component):
    """Makes the file of a component's Deployment one that cannot be replaced."""
    path = repository.root / file_of(repository, "Deployment", component)
    path.unlink()
    path.mkdir()
    (path / "in-the-way").write_text("")


def test_a_component_that_fails_keeps_its_record_and_the_other_gets_its_own(repository):
    before = {name: repository.current("development", name) for name in ("forecast", "dashboard")}
    new_images(repository)
    blocked(repository, "forecast")
    done = repository.up("development", "--continue-on-error")
    assert done.code != 0
    assert repository.current("development", "forecast") == before["forecast"]
    assert (
        repository.current("development", "dashboard")["release"]
        != (before["dashboard"]["release"])
    )


def test_without_continue_on_error_a_failing_run_records_nothing(repository):
    before = repository.raw_outputs("development")
    new_images(repository)
    blocked(repository, "forecast")
    assert repository.up("development").code != 0
    assert repository.raw_outputs("development") == before


def test_a_targeted_update_records_nothing_that_was_not_applied(repository):
    before = repository.ledger("development")["components"]
    new_images(repository)
    # Two objects of the forecast change: its ConfigMap and its Deployment.
    added = "    env:\n      - {key: ADDED, value: by a test}\n"
    repository.edit(f"{WORKLOADS}/forecast/workload.yaml", "    env:\n", added)
    urn = urn_of(repository, "Deployment", "forecast")
    done = repository.up("development", "--target", urn)
    assert done.code == 0, done.text
    assert repository.ledger("development")["components"] == before
    deployment = repository.root / file_of(repository, "Deployment", "forecast")
    assert ":next" in deployment.read_text()
    repository.deployed("development")
    assert repository.ledger("development")["components"] != before


def test_a_first_deployment_of_one_target_records_nothing(repository):
    repository.pin("staging")
    urn = urn_of(repository, "Deployment", "forecast").replace(":development:", ":staging:")
    repository.up("staging", "--target", urn)
    outputs = json.loads(repository.raw_outputs("staging"))
    if "pipeline" in outputs:
        assert json.loads(outputs["pipeline"]).get("components", {}) == {}
    repository.deployed("staging")
    assert repository.current("staging", "forecast")["state"] == "Active"
