"""The policy's gates in a plan: what is asked, what is refused together, and what is recorded."""

import json
from datetime import timedelta

import pytest

from openchoreo.delivery.gates import Approval, Approvals, BreakGlass, Papers, Rejected, Rules
from openchoreo.plan import Gating
from tests.plan.definitions import component
from tests.plan.world import NOON, names

LATER = NOON + timedelta(days=1)


def gating(rules, **more):
    return Gating(rules_of=lambda _namespace, _project: rules, now=LATER, digest="sha256:p", **more)


@pytest.fixture
def shop(world):
    world.define(*component("api"), *component("page"))
    world.deploy()
    return world


def pins(world):
    return {
        "bindings": {
            name: {"releaseName": world.current(f"default/{name}")} for name in ("api", "page")
        }
    }


def test_every_gate_of_everything_is_told_together(shop):
    rules = Rules(soak=timedelta(days=2), approvals=Approvals(1))
    text = shop.refusal("staging", gating=gating(rules), **pins(shop))
    assert text.startswith("3 problems\n\n")
    assert text.count("soak: runs in development since 2026-11-23T13:00:00Z") == 3
    assert text.count("approvals: not approved yet") == 3


def test_what_is_satisfied_is_recorded_and_nothing_changes_afterwards(shop):
    digests = [
        entry["release"]
        for chain in ("components", "projects")
        for record in ledger(shop)[chain].values()
        for entry in record["history"]
    ]
    papers = Papers({digest: (Approval("ada", comment="ok"),) for digest in digests})
    config = {**pins(shop), "gating": gating(Rules(approvals=Approvals(1)), papers=papers)}
    shop.deploy("staging", **config)
    (entry,) = ledger(shop, "staging")["components"]["default/api"]["history"]
    assert (entry["policy"], entry["approvals"]) == ("sha256:p", [{"by": "ada", "comment": "ok"}])
    before = shop.outputs[shop.full("staging")]
    shop.deploy("staging", **{**pins(shop), "gating": gating(Rules(approvals=Approvals(9)))})
    assert shop.outputs[shop.full("staging")] == before


def ledger(world, stack="development"):
    return json.loads(world.outputs[world.full(stack)]["pipeline"])


def test_the_first_environment_is_asked_as_well(shop):
    shop.define(*component("api", image="app:2"))
    digest = shop.plan().components.__next__().release.digest
    rules = Rules(rejected=(Rejected(digest, "leaks"),))
    assert "rejected: the policy rejects" in shop.refusal(gating=gating(rules))


def test_isolated_what_is_closed_keeps_what_it_has(shop):
    shop.define(*component("api", image="app:2"), *component("page", image="app:3"))
    new = names(shop.plan())
    digest = next(one.release.digest for one in shop.plan().components if one.key == "default/api")
    rules = Rules(rejected=(Rejected(digest),))
    plan = shop.deploy(gating=gating(rules), onProblem="isolate")
    assert names(plan)["default/api"] != new["default/api"]
    assert names(plan)["default/page"] == new["default/page"]
    assert len(plan.problems) == 1


class TestManifests:
    RULES = Rules(checks=("missingLimits",), kinds=("NetworkPolicy",))

    def test_what_is_forbidden_is_told_object_by_object(self, world):
        world.define(*component("api"))
        assert world.refusal(gating=gating(self.RULES)) == (
            "2 problems\n\n"
            "Component default/api\n"
            "  renders Deployment default/dp-default-shop-development-276893d5/api: container main "
            "has no limit of cpu and memory, which the policy forbids in development (missingLimits)"
            "\n\nComponent default/api\n"
            "  renders NetworkPolicy default/dp-default-shop-development-276893d5/openchoreo-api, a "
            "kind that the policy forbids in development"
        )

    def test_what_runs_already_is_asked_nothing_until_it_changes(self, shop):
        assert shop.plan(gating=gating(self.RULES))
        shop.define(*component("api", image="app:2"))
        assert "missingLimits" in shop.refusal(gating=gating(self.RULES))

    def test_break_glass_passes_over_it(self, world):
        world.define(*component("api"))
        glass = BreakGlass(("manifests",), "outage", LATER + timedelta(hours=1))
        world.deploy(gating=gating(self.RULES, glass=glass))
        (entry,) = ledger(world)["components"]["default/api"]["history"]
        assert entry["breakGlass"]["reason"] == "outage"
        old = BreakGlass(("manifests",), "outage", LATER)
        world.define(*component("api", image="app:2"))
        assert "missingLimits" in world.refusal(gating=gating(self.RULES, glass=old))
