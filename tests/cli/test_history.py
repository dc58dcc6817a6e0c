"""openchoreo history, with a program in Pulumi's place."""

import json
from datetime import timedelta

import pytest

from openchoreo.delivery import load_ledger
from openchoreo.delivery.gates import Approval, Approvals, Attestation, BreakGlass, Papers, Rules
from openchoreo.plan import Gating
from tests.cli.test_ledger import said
from tests.plan.definitions import component, database, database_type, resource_binding
from tests.plan.world import NOON


@pytest.fixture
def walked(world):
    """Two releases through development, one of them in staging and back again."""
    world.deploy()
    first = world.current("default/greeter")
    world.define(*component("greeter", image="app:2"))
    world.deploy()
    second = world.current("default/greeter")
    for release in (first, second, first):
        world.deploy("staging", bindings={"greeter": {"releaseName": release}})
    world.first, world.second = first, second
    return world


def test_what_ran_when_in_all_environments(walked, pulumi, run):
    pulumi(said(walked, "organization/shop/production"))
    done = run("history", "greeter")
    assert (done.exit_code, done.stderr) == (0, "")
    first, second = walked.first, walked.second
    evidence = "rendered (stack organization/shop/development)"
    older = f"    ran in development since 2026-11-23 13:00 UTC, {evidence}\n"
    newer = f"    ran in development since 2026-11-23 14:00 UTC, {evidence}\n"
    assert done.stdout == (
        "SINCE                 ENVIRONMENT  WHAT         RELEASE               BY   PROOF\n"
        f"2026-11-23 17:00 UTC  staging      rolled back  {first}  ada  rendered\n{older}"
        f"2026-11-23 16:00 UTC  staging      promoted     {second}  ada  rendered\n{newer}"
        f"2026-11-23 15:00 UTC  staging      promoted     {first}  ada  rendered\n{older}"
        f"2026-11-23 14:00 UTC  development  deployed     {second}  ada  rendered\n"
        f"2026-11-23 13:00 UTC  development  deployed     {first}  ada  rendered\n"
    )


def test_in_one_environment(walked, pulumi, run):
    pulumi(said(walked))
    lines = run("history", "default/greeter", "--env", "development").stdout.splitlines()
    assert [line.split()[3] for line in lines[1:]] == ["development", "development"]


def test_nothing_of_it_in_one_environment(walked, pulumi, run):
    walked.define(*component("page"))
    walked.deploy()
    pulumi(said(walked))
    done = run("history", "page", "--env", "staging")
    assert (done.exit_code, done.stdout) == (
        0,
        "default/page has not been deployed in staging.\n",
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["greter"],
            (
                "greter\n"
                "  nothing of that name has been deployed in any environment\n"
                "  did you mean greeter?\n"
            ),
        ),
        (
            ["shop"],
            (
                "shop\n"
                "  nothing of that name has been deployed in any environment\n"
                "  did you mean project/default/shop?\n"
            ),
        ),
        (
            ["greeter", "--env", "stagin"],
            (
                "Environment stagin\n"
                "  nothing has been deployed there by a stack of this project\n"
                "  did you mean staging?\n"
            ),
        ),
    ],
)
def test_what_is_not_there(walked, pulumi, run, arguments, told):
    pulumi(said(walked))
    done = run("history", *arguments)
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", told)


def test_nothing_is_deployed_at_all(world, pulumi, run):
    pulumi(said(world, "organization/shop/development"))
    done = run("history", "greeter")
    assert (done.exit_code, done.stderr) == (
        1,
        "greeter\n  nothing of that name has been deployed in any environment\n",
    )


def test_projects_and_resources(world, pulumi, run):
    world.define(database_type(), database(), resource_binding("db", "development"))
    world.deploy()
    pulumi(said(world))
    for name, kind in (("project/default/shop", "Project"), ("resource/db", "Resource")):
        found = json.loads(run("history", name, "--output", "json").stdout)
        assert (found["kind"], len(found["entries"])) == (kind, 1)


class TestGates:
    """What was asked, satisfied and passed over stays with the entry for ever."""

    @pytest.fixture
    def passed_over(self, world):
        world.deploy()
        ledger = ledger_of(world, "development")
        entry = ledger.components["default/greeter"].current
        project = ledger.projects["default/shop"].current
        glass = BreakGlass(("soak",), "checkout is down", NOON + timedelta(days=2))
        papers = Papers(
            {
                entry.release: (Approval("bob", "2026-11-23T13:30:00Z", "tried it", signed=True),),
                project.release: (Approval("bob"),),
            },
            {entry.release: (Attestation("load-test", by="ci"),)},
        )
        rules = Rules(soak=timedelta(days=2), approvals=Approvals(1))
        gating = Gating(
            rules_of=lambda _namespace, _project: rules,
            papers=papers,
            now=NOON + timedelta(hours=2),
            glass=glass,
            digest="sha256:0123456789abcdef",
        )
        world.release = entry.name
        world.hours += 1
        world.deploy("staging", bindings={"greeter": {"releaseName": world.release}}, gating=gating)
        world.deploy("staging", bindings={"greeter": {"state": "Undeploy"}})
        return world

    def test_text(self, passed_over, pulumi, run):
        pulumi(said(passed_over))
        release = passed_over.release
        gap = " " * 2
        assert run("history", "greeter", "--env", "staging").stdout == (
            "SINCE                 ENVIRONMENT  WHAT        RELEASE               BY   PROOF\n"
            f"2026-11-23 16:00 UTC  staging      undeployed  {release}  ada\n"
            f"2026-11-23 15:00 UTC  staging      promoted  {gap}{release}  ada  rendered\n"
            "    ran in development since 2026-11-23 13:00 UTC, rendered"
            " (stack organization/shop/development)\n"
            "    asked by policy 0123456789ab\n"
            "    approved by bob at 2026-11-23T13:30:00Z (signed): tried it\n"
            "    attested load-test by ci\n"
            "    break-glass for soak until 2026-11-25 12:00 UTC: checkout is down\n"
            "    break-glass passed over soak: runs in development since 2026-11-23T13:00:00Z,"
            " and has to for 2d; until 2026-11-25T13:00:00Z\n"
        )

    def test_json(self, passed_over, pulumi, run):
        pulumi(said(passed_over))
        found = json.loads(run("history", "greeter", "--env", "staging", "-o", "json").stdout)
        gone, entry = found.pop("entries")
        assert found == {
            "kind": "Component",
            "namespace": "default",
            "name": "greeter",
            "dropped": {},
        }
        assert (gone["event"], gone["until"]) == ("undeployed", None)
        assert "breakGlass" not in gone
        digest = entry["release"]
        assert passed_over.release == f"greeter-{digest[7:19]}"
        lineage = "lineage-of-development"
        assert {key: entry[key] for key in entry if key not in {"manifests", "release"}} == {
            "environment": "staging",
            "event": "promoted",
            "until": "2026-11-23T16:00:00Z",
            "name": passed_over.release,
            "format": 1,
            "proof": "rendered",
            "rendering": entry["rendering"],
            "upstream": [
                {
                    "environment": "development",
                    "stack": "organization/shop/development",
                    "lineage": lineage,
                    "since": "2026-11-23T13:00:00Z",
                    "proof": "rendered",
                }
            ],
            "policy": "sha256:0123456789abcdef",
            "approvals": [
                {
                    "by": "bob",
                    "at": "2026-11-23T13:30:00Z",
                    "comment": "tried it",
                    "signed": True,
                }
            ],
            "attestations": [{"check": "load-test", "by": "ci"}],
            "breakGlass": {
                "gates": ["soak"],
                "reason": "checkout is down",
                "expires": "2026-11-25T12:00:00+00:00",
                "passedOver": [
                    {
                        "gate": "soak",
                        "passed": False,
                        "said": "runs in development since 2026-11-23T13:00:00Z, and has to for 2d",
                        "needed": "until 2026-11-25T13:00:00Z",
                        "until": "2026-11-25T13:00:00Z",
                    }
                ],
            },
            "state": "Active",
            "since": "2026-11-23T15:00:00Z",
            "by": "ada",
        }


def test_what_was_dropped_is_counted(walked, pulumi, run):
    outputs = walked.outputs[walked.full("staging")]
    ledger = load_ledger(outputs["pipeline"], source="x")
    outputs["pipeline"] = ledger.bounded(2).dumps()
    pulumi(said(walked))
    lines = run("history", "greeter", "--env", "staging").stdout.splitlines()
    assert lines[-1] == "2 older entries of staging are not kept any more."
    found = json.loads(run("history", "greeter", "-o", "json").stdout)
    assert found["dropped"] == {"staging": 2}


def ledger_of(world, stack):
    return load_ledger(world.outputs[world.full(stack)]["pipeline"], source=stack)
