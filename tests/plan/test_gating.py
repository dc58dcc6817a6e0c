"""The policy's gates in a plan: what is asked, what is refused together, and what is recorded."""

import json
from datetime import timedelta

import pytest

from openchoreo.delivery.gates import Approval, Approvals, BreakGlass, Papers, Rejected, Rules
from openchoreo.plan import Gating
from tests.plan.definitions import component, component_type, manifest
from tests.plan.world import NOON, names, without_files

LATER = NOON + timedelta(days=1)


def odd_type():
    """With a container that an override makes privileged."""
    debug = {
        "name": "debug",
        "image": "debug:1",
        "securityContext": {"privileged": "${environmentConfigs.width > 0}"},
    }
    name = "${metadata.componentName}-debug"
    found = component_type("odd", manifest("Pod", "v1", name, spec={"containers": [debug]}))
    schema = found["spec"]["environmentConfigs"]["openAPIV3Schema"]
    schema["properties"]["width"] = {"type": "integer", "default": 0}
    return found


PRIVILEGED = odd_type()
WIDE = {"api": {"componentTypeEnvironmentConfigs": {"width": 1}}}


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

    def test_isolated_a_component_with_something_forbidden_keeps_what_it_has(self, world):
        world.define(PRIVILEGED, *component("api"), *component("page", type_="odd"))
        world.deploy()
        before = names(world.plan())
        world.define(*component("api", image="app:2"), *component("page", type_="odd", image="a:2"))
        after = names(world.plan())
        wide = {"page": WIDE["api"]}
        rules = Rules(checks=("privileged",))
        plan = world.deploy(gating=gating(rules), onProblem="isolate", bindings=wide)
        assert [without_files(str(one)) for one in plan.problems] == [
            (
                "Component default/page\n"
                "  renders Pod default/dp-default-shop-development-276893d5/page-debug: container "
                "debug is privileged, which the policy forbids in development (privileged)"
            )
        ]
        assert names(plan) == {
            "default/api": after["default/api"],
            "default/page": before["default/page"],
        }
        (asked,) = (one for one in plan.gates if one.subject == "Component default/page")
        assert [answer.gate for answer in asked.opened.closed] == ["manifests"]


class TestOverrides:
    """Of a release that runs or ran already: what they make of it is looked at all the same."""

    RULES = Rules(checks=("privileged",))
    GLASS = BreakGlass(("manifests",), "outage", LATER + timedelta(hours=1))
    SAID = (
        "renders Pod default/dp-default-shop-development-276893d5/api-debug: container debug is "
        "privileged, which the policy forbids in development (privileged)"
    )

    @pytest.fixture
    def odd(self, world):
        world.define(PRIVILEGED, *component("api", type_="odd"))
        world.deploy()
        return world

    def test_are_refused(self, odd):
        text = f"Component default/api\n  {self.SAID}"
        assert odd.refusal(gating=gating(self.RULES), bindings=WIDE) == text

    def test_are_refused_with_a_way_back(self, odd):
        """Other than it ran before: a pin of what ran is not the way around."""
        first = odd.current("default/api")
        odd.define(*component("api", type_="odd", image="app:2"))
        odd.deploy()
        back = {"api": {"releaseName": first}}
        assert names(odd.plan(gating=gating(self.RULES), bindings=back)) == {"default/api": first}
        wide = {"api": {**back["api"], **WIDE["api"]}}
        assert self.SAID in odd.refusal(gating=gating(self.RULES), bindings=wide)

    def test_that_break_glass_passes_over_are_recorded_once(self, odd):
        odd.deploy(gating=gating(self.RULES, glass=self.GLASS), bindings=WIDE)
        newest, oldest = ledger(odd)["components"]["default/api"]["history"]
        assert newest["release"] == oldest["release"]
        assert "breakGlass" not in oldest
        assert newest["breakGlass"] == {
            "gates": ["manifests"],
            "reason": "outage",
            "expires": self.GLASS.expires.isoformat(),
            "passedOver": [{"gate": "manifests", "passed": False, "said": self.SAID}],
        }
        before = odd.outputs[odd.full("development")]
        for more in ({}, {"glass": self.GLASS}):
            odd.deploy(gating=gating(self.RULES, **more), bindings=WIDE)
            assert odd.outputs[odd.full("development")] == before

    def test_of_which_none_is_forbidden_leave_no_break_glass_behind(self, odd):
        glass = gating(self.RULES, glass=self.GLASS)
        odd.deploy(
            gating=glass, bindings={"api": {"componentTypeEnvironmentConfigs": {"width": 0}}}
        )
        (entry,) = ledger(odd)["components"]["default/api"]["history"]
        assert "breakGlass" not in entry


class TestAnswers:
    """Why something may run is told, and is there as data, also for what is refused."""

    RULES = Rules(soak=timedelta(hours=1), approvals=Approvals(1))
    OVER = (
        "soak: has run in development since 2026-11-23T13:00:00Z",
        "approvals: approved by ada",
    )

    def papers(self, shop):
        records = [one for c in ("components", "projects") for one in ledger(shop)[c].values()]
        return Papers({one["history"][0]["release"]: (Approval("ada"),) for one in records})

    def test_of_what_newly_runs(self, shop):
        config = {**pins(shop), "gating": gating(self.RULES, papers=self.papers(shop))}
        plan = shop.deploy("staging", **config)
        notes = [one for one in plan.notes if " may run in " in one]
        assert notes == [
            "\n  ".join([f"{subject} may run in staging", *self.OVER])
            for subject in (
                f"Component default/api: {shop.current('default/api')}",
                f"Component default/page: {shop.current('default/page')}",
                f"Project default/shop: {plan.projects[0].release.name}",
            )
        ]
        api = plan.gates[0].document()
        assert {key: api[key] for key in ("subject", "release", "open", "passedOver")} == {
            "subject": "Component default/api",
            "release": shop.current("default/api"),
            "open": True,
            "passedOver": [],
        }
        assert {one["gate"]: one["said"] for one in api["gates"]} == {
            "rejected": "nobody has rejected it",
            "freeze": "no freezes",
            "upstream": "one environment before is enough",
            "proof": "manifests are proof enough",
            "soak": "has run in development since 2026-11-23T13:00:00Z",
            "approvals": "approved by ada",
            "attestations": "no check asked for",
        }
        again = shop.plan("staging", **config)
        assert (again.gates, again.notes) == ((), ())

    def test_of_what_is_passed_over(self, shop):
        glass = BreakGlass(("approvals",), "outage", LATER + timedelta(hours=1))
        plan = shop.plan("staging", **pins(shop), gating=gating(self.RULES, glass=glass))
        (note,) = (one for one in plan.notes if one.startswith("Project"))
        assert note.splitlines()[2].startswith(
            "  break-glass passes over approvals: not approved yet; needs 1 more approval in "
        )
        assert {tuple(one.document()["passedOver"]) for one in plan.gates} == {("approvals",)}

    def test_of_what_is_refused_where_that_is_isolated(self, shop):
        config = {**pins(shop), "gating": gating(self.RULES, papers=self.papers(shop))}
        shop.deploy("staging", **config)
        shop.define(*component("api", image="app:2"))
        shop.deploy()
        plan = shop.plan("staging", **{**config, **pins(shop)}, onProblem="isolate")
        (asked,) = plan.gates
        closed = {one["gate"] for one in asked.document()["gates"] if not one["passed"]}
        assert (asked.subject, asked.opened.open) == ("Component default/api", False)
        assert closed == {"approvals"}
        assert not [one for one in plan.notes if " may run in " in one]

    def test_of_manifests(self, world):
        world.define(*component("api"))
        (asked, _) = world.plan(gating=gating(Rules(checks=("privileged",)))).gates
        assert asked.document()["gates"][-1] == {
            "gate": "manifests",
            "passed": True,
            "said": "nothing in it is forbidden",
        }
