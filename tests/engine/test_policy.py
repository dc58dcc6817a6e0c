"""Gates of policy.yaml on a real engine, from files that people write."""

from __future__ import annotations

import subprocess

import pytest
import yaml

from tests.engine.conftest import WEATHER
from tests.engine.runs import assert_settled, told

pytestmark = pytest.mark.engine


def rules(repository, **more):
    repository.write("policy.yaml", yaml.safe_dump({"environments": {"staging": more}}))


def hex_of(repository, component="forecast"):
    return repository.current("development", component)["release"].removeprefix("sha256:")


def approve(repository, *names, stack="staging", component="forecast", place=""):
    digest = hex_of(repository, component)
    paper = {
        "environment": stack,
        "digest": f"sha256:{digest}",
        "approvals": [{"by": name} for name in names],
    }
    repository.write(place or f"approvals/{stack}/{digest}.yaml", yaml.safe_dump(paper))


def attest(repository, check, *, passed=True, component="forecast"):
    digest = hex_of(repository, component)
    paper = {
        "environment": "staging",
        "digest": f"sha256:{digest}",
        "check": check,
        "passed": passed,
    }
    repository.write(f"attestations/staging/{digest}/{check}.yaml", yaml.safe_dump(paper))


@pytest.fixture
def pinned(repository):
    """forecast is pinned in staging, and has not run there yet."""
    name = repository.current("development", "forecast")["name"]
    repository.set("staging", "bindings.forecast.releaseName", name)
    return repository


def refusals(repository):
    """The same in preview and update, and nothing was touched."""
    preview, update = repository.preview("staging"), repository.up("staging")
    assert preview.code != 0
    assert update.code != 0
    assert repository.files("manifests/staging") == {}
    assert repository.outputs("staging") == {}
    return told(update)


def for_projects(repository, *names):
    """The project is deployed with its first component, and is asked the same."""
    ledger = repository.ledger("development")
    digest = ledger["projects"]["default/weather"]["history"][0]["release"].removeprefix("sha256:")
    paper = {
        "environment": "staging",
        "digest": f"sha256:{digest}",
        "approvals": [{"by": name} for name in names],
    }
    repository.write(f"approvals/staging/{digest}.yaml", yaml.safe_dump(paper))


@pytest.mark.long
def test_approvals_bind_one_digest_in_one_environment(pinned):
    rules(pinned, approvals={"count": 2, "by": ["ada", "bob"]})
    text = refusals(pinned)
    assert "approvals: not approved yet; needs 2 more approvals by ada or bob" in text
    assert "Project default/weather" in text
    for_projects(pinned, "ada", "bob")
    approve(pinned, "ada")
    assert "approved by ada only; needs 1 more approval by bob" in refusals(pinned)
    approve(pinned, "ada", "bob")
    pinned.deployed("staging")
    entry = pinned.current("staging", "forecast")
    assert entry["approvals"] == [{"by": "ada"}, {"by": "bob"}]
    assert entry["policy"].startswith("sha256:")
    pinned.deployed("staging", "--expect-no-changes")

    pinned.set_image("forecast", "next")
    pinned.deployed("development")
    pinned.pin("staging")
    done = pinned.up("staging")
    assert "not approved yet" in told(done)


@pytest.mark.long
def test_a_paper_that_was_copied_is_none(pinned):
    rules(pinned, approvals={"count": 1})
    approve(pinned, "ada", place=f"approvals/staging/{'0' * 64}.yaml")
    assert "and lies where those for sha256:0000" in refusals(pinned)
    (pinned.root / f"approvals/staging/{'0' * 64}.yaml").unlink()
    approve(pinned, "ada", stack="production", place=f"approvals/staging/{hex_of(pinned)}.yaml")
    assert "is for production, and lies where those for staging are" in refusals(pinned)


@pytest.mark.long
def test_the_author_of_the_pin_cannot_approve_it(pinned):
    rules(pinned, approvals={"count": 1})
    for_projects(pinned, "ada")
    approve(pinned, "eve@example.test")
    git = ["git", "-c", "user.name=Eve", "-c", "user.email=eve@example.test"]
    for command in (["init", "-q"], ["add", "Pulumi.staging.yaml"], ["commit", "-qm", "pin"]):
        subprocess.run([*git, *command], cwd=pinned.root, check=True, capture_output=True)
    assert "approvals: not approved yet; needs 1 more approval" in refusals(pinned)
    approve(pinned, "eve@example.test", "ada")
    pinned.deployed("staging")


@pytest.mark.long
def test_attestations(pinned):
    rules(pinned, projects={"weather": {"attestations": ["load"]}})
    assert "attestations: load has not been attested" in refusals(pinned)
    attest(pinned, "load", passed=False)
    assert "attestations: load has failed" in refusals(pinned)


@pytest.mark.long
def test_break_glass_is_recorded_for_ever(pinned):
    rules(pinned, soak="7d")
    assert "and has to for 7d; until" in refusals(pinned)
    pinned.set("staging", "breakGlass.gates[0]", "soak")
    pinned.set("staging", "breakGlass.reason", "outage")
    pinned.set("staging", "breakGlass.expires", "2020-01-01T00:00:00Z")
    assert "soak: runs in development" in refusals(pinned)
    pinned.set("staging", "breakGlass.expires", "2199-01-01T00:00:00Z")
    pinned.deployed("staging")
    pinned.unset("staging", "breakGlass")
    pinned.deployed("staging", "--expect-no-changes")
    glass = pinned.current("staging", "forecast")["breakGlass"]
    assert (glass["reason"], glass["gates"]) == ("outage", ["soak"])
    assert glass["passedOver"][0]["gate"] == "soak"


@pytest.mark.long
def test_a_policy_that_is_gone_leaves_no_gate_open(pinned):
    rules(pinned, approvals={"count": 1})
    approve(pinned, "ada")
    for_projects(pinned, "ada")
    pinned.deployed("staging")
    (pinned.root / "policy.yaml").unlink()
    done = pinned.up("staging")
    assert told(done) == (
        "error: policy.yaml\n"
        "  is not there, and releases have been deployed here under one\n"
        "  restore it; where there are to be no rules any more, leave an empty file"
    )
    pinned.write("policy.yaml", "")
    pinned.deployed("staging", "--expect-no-changes")


@pytest.mark.long
def test_a_ledger_that_began_anew_is_not_taken_from(pinned):
    pinned.deployed("staging")
    before = pinned.ledger("development")["lineage"]
    done = pinned.pulumi("destroy", "--yes", "--skip-preview", stack="development")
    assert done.code == 0, done.text
    pinned.set_image("forecast", "next")
    pinned.deployed("development")
    lineage = pinned.ledger("development")["lineage"]
    rules(pinned)
    pinned.deployed("staging", "--expect-no-changes")
    pinned.pin("staging")
    assert (
        f"development: stack organization/shop/development holds another ledger, {lineage}, and "
        f"releases were taken so far from {before}; bring that one back"
    ) in told(pinned.up("staging"))
    accepted = {"development": {"lineage": lineage}}
    pinned.write("policy.yaml", yaml.safe_dump({"upstreams": accepted}))
    pinned.deployed("staging")
    (evidence,) = pinned.current("staging", "forecast")["upstream"]
    assert evidence["lineage"] == lineage


@pytest.mark.long
def test_a_rule_for_nobody_is_refused(pinned):
    pinned.write("policy.yaml", "environments:\n  stagin: {soak: 1h}\n")
    assert told(pinned.up("staging")) == (
        "error: policy.yaml: environments.stagin\n"
        "  there is no Environment stagin in the definitions\n"
        "  did you mean staging?\n"
        "  policy.yaml:2"
    )
    pinned.write("policy.yaml", "upstreams:\n  stagin: {lineage: 5ee7}\n")
    assert "there is no Environment stagin in the definitions" in told(pinned.up("staging"))


def test_stack_config_adds_and_takes_nothing_away(pinned):
    rules(pinned, soak="2h")
    pinned.set("staging", "gates.soak", "1h")
    assert told(pinned.up("staging")) == (
        "error: stack config: openchoreo:gates.soak\n"
        "  is less than what policy.yaml says: the policy asks for 2:00:00\n"
        "  remove it, or ask for more\n"
        "  Pulumi.staging.yaml:7"
    )
    pinned.set("staging", "gates.soak", "3h")
    assert "has to for 3h" in refusals(pinned)


@pytest.mark.long
def test_rejected_releases_do_not_come_back(pinned):
    digest = f"sha256:{hex_of(pinned)}"
    pinned.write(
        "policy.yaml", yaml.safe_dump({"rejected": [{"digest": digest, "reason": "leaks"}]})
    )
    assert "rejected: the policy rejects forecast-" in refusals(pinned)


LOOKING_AT_NOTHING = """\
import sys

import openchoreo

openchoreo.deploy()
assert "detect_secrets" not in sys.modules, "it takes a tenth of a second to import"
"""


@pytest.mark.long
def test_a_credential_is_refused_before_it_is_recorded(repository):
    """Nothing that was deployed before is looked at; the way out is a line of the policy."""
    before = repository.raw_outputs("development"), repository.files("manifests")
    secret, place = "hunter2-not-to-be-seen", "workload.container.env.ADMIN_PASSWORD"
    workload = f"{WEATHER}/components/forecast/workload.yaml"
    repository.edit(
        workload, "    env:\n", f"    env:\n      - key: ADMIN_PASSWORD\n        value: {secret}\n"
    )
    for refused in (repository.preview("development"), repository.up("development")):
        assert refused.code != 0
        assert f"error: Component default/forecast: {place}\n" in told(refused) + "\n"
        assert "looks like a password, and would be recorded for ever" in refused.text
        assert f"{workload}:" in refused.text
        assert secret not in refused.text
    assert (repository.raw_outputs("development"), repository.files("manifests")) == before
    allowed = {"kind": "Component", "name": "default/forecast", "path": place, "reason": "a test"}
    repository.write("policy.yaml", yaml.safe_dump({"credentials": {"allowed": [allowed]}}))
    repository.deployed("development")
    assert secret in repository.raw_outputs("development")
    repository.write("policy.yaml", "")
    repository.write("__main__.py", LOOKING_AT_NOTHING)
    assert_settled(repository)
