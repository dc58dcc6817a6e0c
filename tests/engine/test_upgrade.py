"""What an earlier commit deployed and recorded goes on with today's program, and nothing moves.

Each folder below `upgrade` is such a repository with its state; upgrade/README.md says more.
"""

import re
import shutil
from pathlib import Path

import pytest

from tests.engine.conftest import PULUMI_YAML, ROOT, Repository

pytestmark = pytest.mark.engine

UPGRADE = Path(__file__).parent / "upgrade"
EARLIER = sorted(state.parent for state in UPGRADE.glob("*/.state"))
STACKS = ("development", "staging", "production")

PLACES = ("sourcePosition", "stackTrace")
"""Lines of the SDK and of the program: what registered a resource, not what it is."""


@pytest.fixture(params=EARLIER, ids=lambda folder: folder.name)
def earlier(request, engine, tmp_path):
    """A copy of a repository that an earlier commit deployed, with today's program in it."""
    root = tmp_path / "repository"
    shutil.copytree(request.param, root)
    (root / ".home").mkdir()
    (root / ".home" / "logs").write_text("")
    repository = Repository(root, engine)
    plugin = ROOT / "plugins" / "openchoreo-files"
    repository.write(
        "Pulumi.yaml",
        PULUMI_YAML.format(project=repository.project, venv=ROOT / ".venv", plugin=plugin),
    )
    return repository


def resources(repository, stack):
    """By URN: their order is that of the answers of the last run."""
    found = repository.resources(stack)
    kept = {
        one["urn"]: {key: value for key, value in one.items() if key not in {"modified", *PLACES}}
        for one in found
    }
    assert len(kept) == len(found)
    return kept


def everything(repository, stack):
    """Outputs, resources without the time they were last looked at, and all that users keep."""
    kept = {
        name: text
        for name, text in repository.files(".").items()
        if not name.startswith((".state", ".home"))
    }
    return {
        "outputs": repository.raw_outputs(stack),
        "resources": resources(repository, stack),
        "files": kept,
    }


def history(repository, stack, component="forecast"):
    return repository.ledger(stack)["components"][f"default/{component}"]["history"]


def test_there_is_an_earlier_state():
    assert "123705e" in [folder.name for folder in EARLIER]


@pytest.mark.parametrize(
    "stack", ["development", *(pytest.param(one, marks=pytest.mark.long) for one in STACKS[1:])]
)
def test_nothing_changes_for_a_stack_of_an_earlier_commit(earlier, stack):
    """But that the release of the project, which was not recorded then, is recorded now, and with
    it what runs together as the first set.
    """
    before, record = everything(earlier, stack), earlier.ledger(stack)
    assert before["files"].keys() >= {"__main__.py", f"Pulumi.{stack}.yaml"}
    assert any(name.startswith(f"manifests/{stack}/") for name in before["files"])

    preview = earlier.preview(stack)
    assert preview.code == 0, preview.text
    assert re.findall(r"[+~-] +(openchoreo\S+)", preview.text) == [
        "openchoreo:index:ProjectRelease"
    ]
    assert everything(earlier, stack) == before
    earlier.deployed(stack)
    after = everything(earlier, stack)
    assert after["files"] == before["files"]
    new = after["resources"].keys() - before["resources"].keys()
    assert [urn.rpartition("::")[0].rpartition("$")[2] for urn in new] == [
        "openchoreo:index:ProjectRelease"
    ]
    kept = {urn: one for urn, one in after["resources"].items() if urn not in new}
    assert without_outputs(kept) == without_outputs(before["resources"])
    for key in ("components", "lineage", "environment", "scope", "planes"):
        assert earlier.ledger(stack).get(key) == record.get(key)
    (first,) = earlier.ledger(stack)["sets"]
    assert first["components"] == {
        key: found["history"][0]["release"]
        for key, found in record["components"].items()
        if found["history"][0]["state"] == "Active"
    }
    assert first["projects"].keys() == {"default/weather"}

    earlier.deployed(stack, "--expect-no-changes")
    assert everything(earlier, stack) == after


def without_outputs(resources):
    """Those of the stack are what is recorded."""
    return {
        urn: {key: value for key, value in one.items() if key != "outputs"}
        if one["type"] == "pulumi:pulumi:Stack"
        else one
        for urn, one in resources.items()
    }


def test_a_promotion_goes_on_from_an_earlier_commit(earlier):
    promoted = earlier.current("development", "forecast")
    for stack, source in (("staging", "development"), ("production", "staging")):
        ledger = earlier.ledger(stack)
        before = history(earlier, stack)
        assert before[0]["release"] != promoted["release"]

        earlier.set(stack, "bindings.forecast.releaseName", promoted["name"])
        earlier.deployed(stack)
        newest, *rest = history(earlier, stack)
        assert rest == before
        assert (newest["release"], newest["state"]) == (promoted["release"], "Active")
        assert newest["upstream"] == [
            {
                "environment": source,
                "stack": f"organization/shop/{source}",
                "lineage": earlier.ledger(source)["lineage"],
                "since": earlier.current(source, "forecast")["since"],
                "proof": "rendered",
            }
        ]
        after = earlier.ledger(stack)
        for other in ("default/dashboard", "default/reporter"):
            assert after["components"][other] == ledger["components"][other]
        assert after["lineage"] == ledger["lineage"]
        earlier.deployed(stack, "--expect-no-changes")


def test_a_release_of_an_earlier_commit_can_be_rolled_back_to(earlier):
    before = history(earlier, "staging")
    earlier.set("staging", "bindings.forecast.releaseName", before[-1]["name"])
    earlier.deployed("staging")
    newest, *rest = history(earlier, "staging")
    assert rest == before
    assert newest["release"] == before[-1]["release"] != before[0]["release"]


def test_what_an_earlier_commit_undeployed_can_be_deployed_again(earlier):
    before = history(earlier, "staging", "dashboard")
    assert [entry["state"] for entry in before] == ["Undeploy", "Active"]
    earlier.set("staging", "bindings.dashboard.state", "Active")
    earlier.deployed("staging")
    newest, *rest = history(earlier, "staging", "dashboard")
    assert rest == before
    assert (newest["release"], newest["state"]) == (before[0]["release"], "Active")
    assert "dashboard" in " ".join(earlier.files("manifests/staging"))
