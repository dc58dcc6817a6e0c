"""A release is redacted on a real engine: its evidence stays, its document never comes back."""

import json

import pytest

from tests.engine.runs import assert_settled, told

pytestmark = pytest.mark.engine


def openchoreo(repository, *arguments):
    done = repository.openchoreo(*arguments, GITHUB_ACTOR="ada")
    assert done.code == 0, done.stderr
    return done.stdout


@pytest.mark.long
def test_a_release_is_redacted(repository):
    old = repository.current("development", "forecast")
    openchoreo(repository, "releases", "export")
    repository.set_image("forecast", "next")
    repository.deployed("development")
    before = repository.outputs("development")

    said = json.loads(
        openchoreo(
            repository,
            "releases",
            "redact",
            old["name"],
            "--stack",
            "development",
            "--reason",
            "a password",
            "--yes",
            "-o",
            "json",
        )
    )
    assert said["digest"] == old["release"]
    assert f"releases/{old['name']}.json" in [one["where"] for one in said["holds"]]
    assert f"file://{repository.root}/.state" in said["mayHold"][0]["where"]
    after = repository.outputs("development")
    former, ledger = json.loads(before["pipeline"]), json.loads(after["pipeline"])
    assert ledger.pop("redacted") == {old["release"]: said["redacted"]}
    assert {**ledger, "digest": ""} == {**former, "digest": ""}
    kept = json.loads(after["releases"])["releases"].keys()
    assert kept == json.loads(before["releases"])["releases"].keys() - {old["release"]}

    for stack in ("development", "staging"):
        repository.set(stack, "releases[0]", "releases")
    assert_settled(repository)
    repository.set("staging", "bindings.forecast.releaseName", old["name"])
    assert told(repository.preview("staging")) == (
        "error: Component default/forecast: openchoreo:bindings.forecast.releaseName\n"
        f"  {old['name']} was redacted in development on {said['redacted']['since']} by ada:"
        " a password\n"
        "  it can run no more; deploy another release\n"
        "  Pulumi.staging.yaml:7"
    )
