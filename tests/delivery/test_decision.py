"""The decision table, row by row; what is refused is in test_refusals."""

from types import SimpleNamespace

import pytest

from openchoreo.delivery import Action, ReleaseStore, decide
from openchoreo.errors import Problem, Stage

CONFIG = "Component default/greeter: openchoreo:bindings.greeter.releaseName"


def pin(release, stack):
    return f"pulumi config set --path 'openchoreo:bindings.greeter.releaseName' {release} --stack {stack}"


def undeploy(stack):
    return f"pulumi config set --path 'openchoreo:bindings.greeter.state' Undeploy --stack {stack}"


@pytest.fixture(scope="module")
def r(make):
    """Four releases of greeter: one to three were made in this order, today is the fourth."""
    names = ("one", "two", "three", "today")
    return SimpleNamespace(**{name: make.release(f"greeter:{name}") for name in names})


def told(decision):
    """A decision as the tables below write it."""
    release = decision.release.name if decision.release else ""
    return (decision.action, decision.reason, release, decision.available)


class TestTheFirstEnvironment:
    @pytest.fixture
    def first(self, make, r):
        def build(*ran, **changes):
            return make.situation("development", *ran, today=r.today, **changes)

        return build

    def test_auto_deploy_deploys_the_snapshot(self, first, r):
        decision = decide(first(auto_deploy=True))
        assert told(decision) == (Action.DEPLOY, "autoDeploy", r.today.name, "")
        assert decision.release.spec is r.today.spec

    def test_auto_deploy_deploys_the_snapshot_after_others(self, first, r):
        assert told(decide(first(r.one, auto_deploy=True))) == (
            Action.DEPLOY,
            "autoDeploy",
            r.today.name,
            "",
        )

    def test_auto_deploy_keeps_a_snapshot_that_is_the_same(self, first, r):
        decision = decide(first(r.today, auto_deploy=True))
        assert told(decision) == (Action.KEEP, "autoDeploy", r.today.name, "")
        assert decision.upstream == ()

    def test_auto_deploy_goes_back_with_the_definitions(self, first, r):
        decision = decide(first(r.today, r.one, auto_deploy=True))
        assert told(decision) == (Action.DEPLOY, "autoDeploy", r.today.name, "")

    def test_auto_deploy_needs_a_snapshot(self, make, r):
        why = Problem(Stage.COMPONENT, "Component default/greeter", (), "it has no Workload")
        situation = make.situation("development", r.one, auto_deploy=True, today_problems=(why,))
        assert make.refusal(lambda: decide(situation)) == (
            "Component default/greeter\n  it has no Workload"
        )

    def test_a_pin_to_the_snapshot(self, first, r):
        decision = decide(first(pin=r.today.name))
        assert told(decision) == (Action.DEPLOY, "pinned", r.today.name, "")

    def test_a_pin_to_history_is_a_rollback_and_beats_auto_deploy(self, first, r):
        decision = decide(first(r.one, r.two, pin=r.one.name, auto_deploy=True))
        assert told(decision) == (Action.ROLL_BACK, "pinned", r.one.name, "")

    def test_a_rollback_stays_until_the_pin_is_removed(self, first, r):
        rolled_back = first(r.one, r.two, r.one, pin=r.one.name, auto_deploy=True)
        assert told(decide(rolled_back)) == (Action.KEEP, "pinned", r.one.name, "")
        lifted = first(r.one, r.two, r.one, auto_deploy=True)
        assert told(decide(lifted)) == (Action.DEPLOY, "autoDeploy", r.today.name, "")

    def test_a_pin_beats_a_hold(self, first, r):
        decision = decide(first(r.one, pin=r.today.name, said={"hold": True}))
        assert told(decision) == (Action.DEPLOY, "pinned", r.today.name, "")

    def test_a_pin_with_its_whole_digest(self, first, r):
        decision = decide(first(pin=f"{r.today.name}@{r.today.digest}"))
        assert told(decision) == (Action.DEPLOY, "pinned", r.today.name, "")

    def test_a_pin_to_a_release_of_the_repository_by_its_own_name(self, make, first, r):
        own = make.release("greeter:one", alias="greeter-20260223-1")
        decision = decide(first(pin="greeter-20260223-1", imported=(own,)))
        assert told(decision) == (Action.DEPLOY, "pinned", r.one.name, "")
        assert decision.release.shown == "greeter-20260223-1"

    def test_manual_and_nothing_recorded(self, first, r):
        decision = decide(first())
        assert told(decision) == (Action.NOTHING, "autoDeploy is off", "", r.today.name)
        assert decision.hint == pin(r.today.name, "development")

    def test_manual_and_nothing_to_make_a_snapshot_of(self, make):
        decision = decide(make.situation("development"))
        assert told(decision) == (Action.NOTHING, "autoDeploy is off", "", "")

    def test_manual_keeps_what_is_recorded(self, first, r):
        assert told(decide(first(r.one))) == (
            Action.KEEP,
            "autoDeploy is off",
            r.one.name,
            r.today.name,
        )
        assert told(decide(first(r.today))) == (
            Action.KEEP,
            "autoDeploy is off",
            r.today.name,
            "",
        )

    def test_a_hold_keeps_what_is_recorded(self, first, r):
        decision = decide(first(r.one, auto_deploy=True, said={"hold": True}))
        assert told(decision) == (Action.KEEP, "held", r.one.name, r.today.name)
        assert decision.hint == (
            "pulumi config rm --path 'openchoreo:bindings.greeter.hold' --stack development"
        )

    def test_a_hold_before_anything_is_recorded(self, first, r):
        decision = decide(first(auto_deploy=True, said={"hold": True}))
        assert told(decision) == (Action.NOTHING, "held", "", r.today.name)

    def test_active_again_deploys_what_was_undeployed(self, first, r):
        assert told(decide(first(r.one, None))) == (
            Action.DEPLOY,
            "autoDeploy is off",
            r.one.name,
            r.today.name,
        )


class TestALaterEnvironment:
    def test_a_pin_that_upstream_runs(self, make, r):
        decision = decide(
            make.situation(
                "staging",
                pin=r.two.name,
                upstreams=(make.upstream("development", r.one, r.two),),
                known=(r.one, r.two),
            )
        )
        assert told(decision) == (Action.PROMOTE, "pinned", r.two.name, "")
        (evidence,) = decision.upstream
        assert evidence.document() == {
            "environment": "development",
            "stack": "organization/shop/development",
            "lineage": "lineage-of-development",
            "since": "2026-11-23T13:00:00Z",
            "proof": "rendered",
        }

    def test_a_pin_that_upstream_has_run(self, make, r):
        decision = decide(
            make.situation(
                "staging",
                r.two,
                pin=r.one.name,
                upstreams=(make.upstream("development", r.one, r.two, None),),
                known=(r.one,),
            )
        )
        assert told(decision) == (Action.PROMOTE, "pinned", r.one.name, "")

    def test_a_pin_by_the_name_a_repository_gave_it(self, make, r):
        named = make.release("greeter:one", alias="greeter-20260223-1")
        decision = decide(
            make.situation(
                "staging",
                pin="greeter-20260223-1",
                upstreams=(make.upstream("development", named),),
                known=(named,),
            )
        )
        assert told(decision) == (Action.PROMOTE, "pinned", r.one.name, "")
        assert decision.release.alias == "greeter-20260223-1"

    def test_a_pin_by_a_name_that_only_the_repository_knows(self, make, r):
        named = make.release("greeter:one", alias="greeter-20260223-1")
        decision = decide(
            make.situation(
                "staging",
                pin="greeter-20260223-1",
                upstreams=(make.upstream("development", r.one),),
                imported=(named,),
            )
        )
        assert told(decision) == (Action.PROMOTE, "pinned", r.one.name, "")

    def test_one_of_several_upstreams_is_enough(self, make, r):
        decision = decide(
            make.situation(
                "production",
                pin=r.one.name,
                upstreams=(make.upstream("qa", r.two), make.upstream("staging", r.one)),
                known=(r.one,),
            )
        )
        assert decision.release == r.one
        assert [evidence.environment for evidence in decision.upstream] == ["staging"]

    def test_the_file_of_an_exported_ledger_is_part_of_the_evidence(self, make, r):
        upstream = make.upstream("development", r.one, file="ledgers/development.json")
        decision = decide(
            make.situation("staging", pin=r.one.name, upstreams=(upstream,), known=(r.one,))
        )
        assert decision.upstream[0].file == "ledgers/development.json"

    def test_the_same_pin_again_changes_nothing(self, make, r):
        decision = decide(
            make.situation(
                "staging", r.one, pin=r.one.name, upstreams=(make.upstream("development", r.one),)
            )
        )
        assert told(decision) == (Action.KEEP, "pinned", r.one.name, "")

    def test_a_rollback_needs_no_upstream(self, make, r):
        gone = make.upstream("development", ledger=None, problem="there is no stack x")
        decision = decide(
            make.situation("staging", r.one, r.two, pin=r.one.name, upstreams=(gone,))
        )
        assert told(decision) == (Action.ROLL_BACK, "pinned", r.one.name, "")
        (evidence,) = decision.upstream
        assert (evidence.environment, evidence.stack, evidence.since) == (
            "staging",
            "organization/shop/staging",
            "2026-11-23T12:00:00Z",
        )

    def test_auto_deploy_promotes_nothing(self, make, r):
        decision = decide(
            make.situation(
                "staging",
                auto_deploy=True,
                today=r.today,
                upstreams=(make.upstream("development", r.one),),
            )
        )
        assert told(decision) == (Action.NOTHING, "no pin", "", r.one.name)
        assert decision.hint == pin(r.one.name, "staging")

    def test_nothing_recorded_anywhere(self, make):
        decision = decide(make.situation("staging", upstreams=(make.upstream("development"),)))
        assert told(decision) == (Action.NOTHING, "no pin", "", "")
        assert decision.hint == ""

    def test_a_hold_keeps_what_is_recorded_without_a_pin(self, make, r):
        upstreams = (make.upstream("development", r.one, r.two),)
        held = make.situation("staging", r.one, said={"hold": True}, upstreams=upstreams)
        assert told(decide(held)) == (Action.KEEP, "held", r.one.name, r.two.name)
        same = make.situation("staging", r.two, said={"hold": True}, upstreams=upstreams)
        assert told(decide(same)) == (Action.KEEP, "held", r.two.name, "")

    def test_active_again_deploys_the_pin(self, make, r):
        decision = decide(make.situation("staging", r.one, None, pin=r.one.name))
        assert told(decision) == (Action.DEPLOY, "pinned", r.one.name, "")

    def test_what_was_undeployed_needs_no_pin(self, make, r):
        decision = decide(make.situation("staging", r.one, None))
        assert told(decision) == (Action.NOTHING, "no pin", "", "")


class TestUndeployAndRemoval:
    def test_undeploy_removes_what_runs(self, make, r):
        situation = make.situation("staging", r.one, pin=r.one.name, said={"state": "Undeploy"})
        assert told(decide(situation)) == (Action.UNDEPLOY, "state: Undeploy", "", "")

    @pytest.mark.parametrize("ran", ["never", "before"])
    def test_undeploy_of_what_does_not_run_does_nothing(self, make, r, ran):
        releases = (r.one, None) if ran == "before" else ()
        situation = make.situation("staging", *releases, said={"state": "Undeploy"})
        assert told(decide(situation)) == (Action.NOTHING, "state: Undeploy", "", "")

    def test_undeploy_needs_nothing_but_the_binding(self, make, r):
        situation = make.situation(
            "staging",
            r.one,
            said={"state": "Undeploy"},
            defined=False,
            pipeline=None,
            documents=ReleaseStore(),
        )
        assert decide(situation).action == Action.UNDEPLOY

    def test_undeploy_works_where_the_environment_has_left_the_pipeline(self, make, r):
        situation = make.situation("sandbox", r.one, said={"state": "Undeploy"})
        assert decide(situation).action == Action.UNDEPLOY

    def test_a_removed_component_that_runs_is_removed(self, make, r):
        situation = make.situation("staging", r.one, defined=False, removed=True)
        assert told(decide(situation)) == (Action.REMOVE, "openchoreo:removed", "", "")

    def test_a_removed_component_stays_removed(self, make, r):
        situation = make.situation("staging", r.one, None, defined=False, removed=True)
        assert told(decide(situation)) == (Action.NOTHING, "openchoreo:removed", "", "")

    def test_without_its_definition_nothing_that_is_undeployed_is_missed(self, make, r):
        situation = make.situation("staging", r.one, None, defined=False)
        assert told(decide(situation)) == (
            Action.NOTHING,
            "no longer defined, and not deployed",
            "",
            "",
        )

    def test_a_removed_component_that_is_still_defined_is_refused(self, make, r):
        situation = make.situation("staging", r.one, removed=True, removal=2)
        assert make.refusal(lambda: decide(situation)) == (
            "Component default/greeter: openchoreo:removed[2]\n"
            "  default/greeter is to be removed, but is still defined\n"
            f"  remove its definition, or undeploy it: {undeploy('staging')}\n"
            "  or keep it: pulumi config rm --path 'openchoreo:removed[2]' --stack staging"
        )

    def test_what_never_ran_outside_its_pipeline_is_left_alone(self, make, r):
        situation = make.situation("sandbox", today=r.today, auto_deploy=True)
        assert told(decide(situation)) == (
            Action.NOTHING,
            "DeploymentPipeline default/standard does not contain sandbox",
            "",
            "",
        )
