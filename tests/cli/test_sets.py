"""openchoreo sets, with a program in Pulumi's place."""

import json
from pathlib import Path

import pytest

from tests.cli.stacks import answers
from tests.plan.definitions import component


def sets(world, stack="development"):
    ledger = json.loads(world.outputs[world.full(stack)]["pipeline"])
    return [one["digest"] for one in ledger["sets"]]


@pytest.fixture
def promoted(shop):
    """Two sets in development, of which the first went to staging."""
    (first,) = sets(shop)
    shop.run("staging", set=first)
    shop.define(*component("web", image="app:2"))
    shop.run()
    return shop


def test_what_ran_together_where(promoted, pulumi, run):
    pulumi(answers(promoted, "production"))
    newest, first = sets(promoted)
    done = run("sets")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        f"SET{' ' * 70}ENVIRONMENT  SINCE                 BY   MEMBERS\n"
        f"{newest}  development  2026-11-23 15:00 UTC  ada  3        runs now\n"
        f"{first}  development  2026-11-23 13:00 UTC  ada  3\n"
        f"{first}  staging      2026-11-23 14:00 UTC  ada  3        runs now\n"
        "\n"
        "To promote the newest:\n"
        f"  pulumi config set openchoreo:set {newest} --stack staging\n"
        f"  pulumi config set openchoreo:set {first} --stack production\n"
    )


def test_of_one_stack_as_json(promoted, pulumi, run):
    pulumi(answers(promoted, "production"))
    (first,) = sets(promoted, "staging")
    (one,) = json.loads(run("sets", "--stack", "staging", "-o", "json").stdout)
    assert one["members"].keys() == {"components", "projects", "resources"}
    assert one["members"]["components"].keys() == {"default/api", "default/web"}
    assert {**one, "members": {}} == {
        "digest": first,
        "environment": "staging",
        "stack": "staging",
        "since": "2026-11-23T14:00:00Z",
        "by": "ada",
        "runsNow": True,
        "members": {},
        "promote": [f"pulumi config set openchoreo:set {first} --stack production"],
    }


def test_every_set_has_all_of_its_members_in_json(promoted, pulumi, run):
    pulumi(answers(promoted))
    found = json.loads(run("sets", "--stack", "development", "-o", "json").stdout)
    assert [len(one["members"]["components"]) for one in found] == [2, 2]
    assert [one["runsNow"] for one in found] == [True, False]


def test_what_no_longer_runs_is_not_told_to(promoted, pulumi, run):
    promoted.deploy(failing=["default/api"], bindings={"web": {"state": "Undeploy"}})
    pulumi(answers(promoted))
    assert "runs now" not in run("sets", "--stack", "development").stdout


def test_the_stack_of_an_environment_may_have_another_name(promoted, pulumi, run):
    Path("Pulumi.staging.yaml").unlink()
    Path("Pulumi.stage-eu.yaml").write_text("config: {openchoreo:environment: staging}\n")
    pulumi(answers(promoted))
    newest, _ = sets(promoted)
    assert run("sets", "--stack", "development").stdout.endswith(
        f"  pulumi config set openchoreo:set {newest} --stack stage-eu\n"
    )


def test_the_last_environment_leads_nowhere(promoted, pulumi, run):
    promoted.run("production", set=sets(promoted, "staging")[0])
    pulumi(answers(promoted))
    assert "To promote" not in run("sets", "--stack", "production").stdout


def test_definitions_that_cannot_be_read_hide_no_set(promoted, pulumi, run):
    Path("Pulumi.development.yaml").write_text("config: [")
    pulumi(answers(promoted))
    done = run("sets", "--stack", "development")
    assert (done.exit_code, len(done.stdout.splitlines())) == (0, 3)


def test_nothing_is_recorded_yet(shop, pulumi, run):
    shop.outputs.clear()
    shop.exports.clear()
    pulumi(answers(shop, "development"))
    done = run("sets")
    assert (done.exit_code, done.stdout) == (
        0,
        "No set is recorded yet: it takes a run in which everything succeeds.\n",
    )


def test_a_stack_that_is_not_there(promoted, pulumi, run):
    pulumi(answers(promoted))
    done = run("sets", "--stack", "stagin")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Stack stagin\n  there is no such stack\n  did you mean staging?\n"


def test_a_ledger_that_is_not_whole(promoted, pulumi, run):
    outputs = promoted.outputs[promoted.full("staging")]
    outputs["pipeline"] = outputs["pipeline"].replace("ada", "eve")
    pulumi(answers(promoted))
    done = run("sets")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Stack organization/shop/staging: digest\n")


def test_why_names_the_set(promoted, pulumi, run):
    first, web = sets(promoted)[1], promoted.current("default/web", "staging")
    file = Path("Pulumi.staging.yaml")
    file.write_text(f"config: {{openchoreo:set: '{first}'}}\n")
    pulumi(answers(promoted))
    text = run("why", "web", "--env", "staging").stdout
    assert f"pinned to {web}@sha256:" in text
    assert "by Component default/web: openchoreo:set" in text
    held = "openchoreo:bindings: {web: {hold: true}}"
    file.write_text(f"config: {{openchoreo:set: '{first}', {held}}}\n")
    text = run("why", "web", "--env", "staging").stdout
    assert f"is held, and openchoreo:set pins {web}" in text
