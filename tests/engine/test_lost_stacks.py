"""Ledgers and releases as files: a stack that is lost, and an environment in another backend."""

import json
from dataclasses import replace

import pytest

pytestmark = pytest.mark.engine


def openchoreo(repository, *arguments):
    done = repository.openchoreo(*arguments)
    return done.code, done.stdout, done.stderr


@pytest.fixture(scope="module")
def storied(promoted_twice, tmp_path_factory):
    """With a rollback and an undeployment in production."""
    repository = promoted_twice.copy_to(tmp_path_factory.mktemp("storied") / "repository")
    history = repository.ledger("production")["components"]["default/forecast"]["history"]
    repository.set("production", "bindings.forecast.releaseName", history[-1]["name"])
    repository.set("production", "bindings.dashboard.state", "Undeploy")
    repository.deployed("production")
    return repository


@pytest.fixture
def rich(storied, tmp_path):
    return storied.copy_to(tmp_path / "repository")


def lose(repository, stack):
    """The state is gone; what was deployed is still there."""
    state = repository.root / f".state/.pulumi/stacks/shop/{stack}.json"
    for file in state.parent.glob(f"{stack}.json*"):
        file.unlink()
    done = repository.pulumi("stack", "init", stack)
    assert done.code == 0, done.text


@pytest.mark.long
def test_a_lost_stack_is_rebuilt_with_its_evidence(rich):
    code, said, _ = openchoreo(rich, "ledger", "export")
    assert code == 0
    assert said.splitlines()[1].startswith("ledgers/production.json: 2 components, 6 entries")
    before, files = rich.raw_outputs("production"), rich.files("manifests/production")

    lose(rich, "production")
    code, said, error = openchoreo(
        rich, "ledger", "import", "ledgers/production.json", "--stack", "production"
    )
    assert (code, said, error) == (
        0,
        (
            "organization/shop/production has its ledger of production back, 2 components; "
            "next: pulumi up --stack production\n"
        ),
        "",
    )
    assert rich.raw_outputs("production") == before
    rich.deployed("production")
    rich.deployed("production", "--expect-no-changes")
    assert rich.raw_outputs("production") == before
    assert rich.files("manifests/production") == files


@pytest.mark.long
def test_a_stack_that_began_anew_gets_its_history_below(rich):
    openchoreo(rich, "ledger", "export")
    before = rich.ledger("development")
    lose(rich, "development")
    rich.set_image("dashboard", "later")
    rich.deployed("development")
    anew = rich.current("development", "dashboard")
    code, _, error = openchoreo(
        rich, "ledger", "import", "ledgers/development.json", "--stack", "development"
    )
    assert (code, error) == (0, "")
    after = rich.ledger("development")
    assert after["lineage"] == before["lineage"]
    old = before["components"]["default/dashboard"]["history"]
    assert after["components"]["default/dashboard"]["history"] == [anew, *old]
    assert after["components"]["default/forecast"] == before["components"]["default/forecast"]
    rich.deployed("development", "--expect-no-changes")
    assert rich.ledger("development") == after


def test_the_ledger_of_another_environment_is_not_taken(rich):
    openchoreo(rich, "ledger", "export")
    before = rich.raw_outputs("production")
    code, _, error = openchoreo(
        rich, "ledger", "import", "ledgers/staging.json", "--stack", "production"
    )
    assert code == 1
    assert error == (
        "ledgers/staging.json\n"
        "  is the ledger of staging, and stack organization/shop/production is for production\n"
        "  name the file of that environment, or the stack of this one\n"
    )
    assert rich.raw_outputs("production") == before


@pytest.mark.long
def test_an_old_release_is_rolled_back_to_from_exported_documents(rich):
    rich.set_image("forecast", "a")
    rich.deployed("development")
    first = rich.current("development", "forecast")
    code, said, _ = openchoreo(rich, "releases", "export", "--stack", "development")
    assert (code, said) == (0, "releases: 6 releases, 6 of them new\n")
    for tag in ("b", "c", "d", "e"):
        rich.set_image("forecast", tag)
        rich.deployed("development")
    rich.set("development", "bindings.forecast.releaseName", first["name"])
    refused = rich.preview("development")
    assert refused.code != 0
    assert "is no longer kept here or upstream" in refused.text
    rich.set("development", "releases[0]", "releases")
    rich.deployed("development")
    assert rich.current("development", "forecast")["release"] == first["release"]
    code, said, _ = openchoreo(rich, "releases", "export", "--stack", "development")
    assert (code, said) == (0, "releases: 9 releases, 3 of them new\n")


@pytest.mark.long
def test_a_release_is_promoted_from_another_backend(rich, tmp_path):
    openchoreo(rich, "ledger", "export", "--stack", "staging")
    other = replace(rich, backend=tmp_path / "other")
    other.backend.mkdir()
    done = other.pulumi("stack", "init", "production")
    assert done.code == 0, done.text
    release = rich.current("staging", "forecast")
    config = "bindings.forecast.releaseName"
    other.set("production", config, release["name"])
    other.unset("production", "bindings.dashboard")
    refused = other.preview("production")
    assert refused.code != 0
    assert "there is no stack organization/shop/staging" in refused.text

    other.write("policy.yaml", "upstreams: {staging: {file: ledgers/staging.json}}\n")
    other.deployed("production")
    (evidence,) = other.current("production", "forecast")["upstream"]
    assert evidence == {
        "environment": "staging",
        "stack": "organization/shop/staging",
        "lineage": rich.ledger("staging")["lineage"],
        "since": release["since"],
        "proof": "rendered",
        "file": "ledgers/staging.json",
    }
    other.deployed("production", "--expect-no-changes")


def test_an_exported_ledger_that_was_edited_is_refused(rich):
    openchoreo(rich, "ledger", "export", "--stack", "staging")
    file = rich.root / "ledgers/staging.json"
    content = json.loads(file.read_text())
    content["pipeline"]["components"]["default/forecast"]["history"][0]["by"] = "mallory"
    file.write_text(json.dumps(content))
    rich.write("policy.yaml", "upstreams: {staging: {file: ledgers/staging.json}}\n")
    refused = rich.preview("production")
    assert refused.code != 0
    lines = [line.strip() for line in refused.text.splitlines()]
    start = lines.index("error: ledgers/staging.json: digest")
    assert lines[start + 1 : start + 3] == [
        "its ledger was changed after it was written: its digest is not that of its text",
        "export it again from its stack: python -m openchoreo ledger export --stack <stack>",
    ]


def test_what_ran_is_told_and_what_runs_is_exported(rich):
    """Exported manifests are, byte for byte, the files that the engine has deployed."""
    code, said, error = openchoreo(rich, "history", "forecast", "--env", "production")
    assert error == ""
    events = [line.split("  ")[2].strip() for line in said.splitlines()[1:] if line[:1] == "2"]
    assert (code, events) == (0, ["rolled back", "promoted", "promoted"])
    code, said, _ = openchoreo(rich, "export", "--output", "flux", "--layout", "flux")
    assert code == 0, said
    for stack in ("development", "staging", "production"):
        deployed = rich.files(f"manifests/{stack}")
        exported = {
            name: text
            for name, text in rich.files(f"flux/{stack}").items()
            if not name.endswith("kustomization.yaml")
        }
        assert exported == deployed
    code, said, error = openchoreo(rich, "export", "--output", "whole", "--with-definitions")
    assert (code, error) == (0, "")
    bindings = "whole/namespaces/default/projects/weather/components/dashboard/release-bindings"
    assert "state: Undeploy" in (rich.root / bindings / "dashboard-production.yaml").read_text()
    code, said, error = openchoreo(rich, "import", "whole", "--output", "json")
    assert (code, error) == (0, "")
    runs = [one["components"] for one in json.loads(said)["environments"]]
    assert runs == [2, 2, 1]
