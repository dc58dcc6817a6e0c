"""The decision table, row by row, and every refusal with its whole text."""

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
            f"  remove its definition, or undeploy it: {undeploy('staging')}"
        )


class TestWhatHasVanished:
    def test_the_pin(self, make, r):
        situation = make.situation(
            "staging", r.one, r.two, upstreams=(make.upstream("development", r.two, r.three),)
        )
        assert make.refusal(lambda: decide(situation)) == (
            f"{CONFIG}\n"
            f"  runs {r.two.name} here, but its pin has vanished\n"
            f"  development runs {r.three.name} and has run {r.two.name}\n"
            f"  staging runs {r.two.name} and has run {r.one.name}\n"
            f"  pin it again: {pin(r.two.name, 'staging')}\n"
            f"  or undeploy it: {undeploy('staging')}"
        )

    def test_the_definition(self, make, r):
        situation = make.situation("development", r.one, defined=False, removal=1)
        assert make.refusal(lambda: decide(situation)) == (
            "Component default/greeter\n"
            f"  runs {r.one.name} here, but Component default/greeter is not defined any more\n"
            "  restore its definition, or remove it: pulumi config set --path"
            " 'openchoreo:removed[1]' default/greeter --stack development"
        )

    def test_the_project_or_its_pipeline(self, make, r):
        situation = make.situation(
            "staging",
            r.one,
            pin=r.one.name,
            pipeline=None,
            absent="there is no Project default/shop",
        )
        assert make.refusal(lambda: decide(situation)) == (
            "Component default/greeter\n"
            f"  runs {r.one.name} here, but there is no Project default/shop\n"
            f"  restore it, or undeploy the component: {undeploy('staging')}"
        )

    def test_the_project_of_something_that_never_ran(self, make):
        situation = make.situation(
            "staging", pipeline=None, absent="there is no Project default/shop"
        )
        assert make.refusal(lambda: decide(situation)) == (
            "Component default/greeter\n"
            "  there is no Project default/shop\n"
            "  restore it in the definitions"
        )

    def test_the_place_in_the_pipeline(self, make, r):
        situation = make.situation("sandbox", r.one, pin=r.one.name)
        assert make.refusal(lambda: decide(situation)) == (
            "Component default/greeter\n"
            f"  runs {r.one.name} here, but DeploymentPipeline default/standard does not contain"
            " sandbox\n"
            f"  restore it, or undeploy the component: {undeploy('sandbox')}"
        )

    def test_a_pin_outside_the_pipeline(self, make, r):
        situation = make.situation("sandbox", pin=r.one.name)
        assert make.refusal(lambda: decide(situation)) == (
            f"{CONFIG}\n"
            f"  {r.one.name} cannot run here: DeploymentPipeline default/standard does not"
            " contain sandbox\n"
            "  add it to the promotion paths, or remove the pin; the pipeline has development,"
            " staging, production"
        )

    def test_what_never_ran_outside_its_pipeline_is_left_alone(self, make, r):
        situation = make.situation("sandbox", today=r.today, auto_deploy=True)
        assert told(decide(situation)) == (
            Action.NOTHING,
            "DeploymentPipeline default/standard does not contain sandbox",
            "",
            "",
        )


class TestPinsThatAreRefused:
    """Each in the words a person sees."""

    @pytest.fixture
    def staging(self, make, r):
        """Development has run one and two, and runs three."""

        def build(*ran, **changes):
            upstreams = (make.upstream("development", r.one, r.two, r.three),)
            return make.situation("staging", *ran, **{"upstreams": upstreams, **changes})

        return build

    def test_never_run_upstream(self, make, staging, r):
        situation = staging(r.one, pin=r.today.name, today=r.today)
        assert make.refusal(lambda: decide(situation)) == (
            f"{CONFIG}\n"
            f"  {r.today.name} has not been deployed in development, from where staging gets its"
            " releases\n"
            f"  development runs {r.three.name} and has run {r.two.name}, {r.one.name}\n"
            f"  staging runs {r.one.name}\n"
            f"  {pin(r.three.name, 'staging')}"
        )

    def test_misspelt(self, make, staging, r):
        typo = r.two.name[:-1] + "x"
        assert make.refusal(lambda: decide(staging(pin=typo))) == (
            f"{CONFIG}\n"
            f"  no release of greeter is known as {typo}; did you mean {r.two.name}?\n"
            f"  development runs {r.three.name} and has run {r.two.name}, {r.one.name}\n"
            f"  {pin(r.two.name, 'staging')}"
        )

    def test_unknown(self, make, staging, r):
        assert make.refusal(lambda: decide(staging(pin="greeter-latest"))) == (
            f"{CONFIG}\n"
            "  no release of greeter is known as greeter-latest\n"
            f"  development runs {r.three.name} and has run {r.two.name}, {r.one.name}\n"
            f"  {pin(r.three.name, 'staging')}"
        )

    def test_name_and_digest_of_different_releases(self, make, staging, r):
        wrong = f"{r.two.name}@{r.one.digest}"
        assert make.refusal(lambda: decide(staging(pin=wrong))) == (
            f"{CONFIG}\n"
            f"  {r.two.name} is {r.two.digest}, not {r.one.digest}\n"
            f"  {pin(r.two.name, 'staging')}"
        )

    def test_a_digest_that_is_none(self, make, staging, r):
        wrong = f"{r.two.name}@{r.two.digest[:20]}"
        assert make.refusal(lambda: decide(staging(pin=wrong))) == (
            f"{CONFIG}\n"
            f"  {wrong} is no release: after the @ must come sha256: and 64 hex digits\n"
            f"  {pin(r.two.name, 'staging')}"
        )

    def test_one_name_for_two_releases(self, make, r):
        mine = make.release("greeter:one", alias="greeter-20260223-1")
        theirs = make.release("greeter:two", alias="greeter-20260223-1")
        situation = make.situation(
            "staging",
            pin="greeter-20260223-1",
            imported=(mine,),
            upstreams=(make.upstream("development", theirs),),
        )
        assert make.refusal(lambda: decide(situation)) == (
            f"{CONFIG}\n"
            "  greeter-20260223-1 names 2 releases\n"
            f"  {r.one.digest} in ComponentRelease greeter-20260223-1\n"
            f"  {r.two.digest} in development\n"
            f"  {pin('greeter-20260223-1@' + r.two.digest, 'staging')}"
        )

    def test_two_releases_of_one_name_are_told_apart_by_digest(self, make, r):
        theirs = make.release("greeter:two", alias="greeter-20260223-1")
        situation = make.situation(
            "staging",
            pin=f"greeter-20260223-1@{r.two.digest}",
            imported=(make.release("greeter:one", alias="greeter-20260223-1"),),
            upstreams=(make.upstream("development", theirs),),
            known=(r.two,),
        )
        assert decide(situation).release == r.two

    def test_upstream_runs_nothing_now(self, make, r):
        situation = make.situation(
            "staging", pin=r.three.name, upstreams=(make.upstream("development", r.one, None),)
        )
        assert make.refusal(lambda: decide(situation)) == (
            f"{CONFIG}\n"
            f"  no release of greeter is known as {r.three.name}\n"
            f"  development runs nothing now and has run {r.one.name}\n"
            f"  {pin(r.one.name, 'staging')}"
        )

    def test_upstream_never_deployed_the_component(self, make, r):
        situation = make.situation(
            "staging", pin=r.today.name, today=r.today, upstreams=(make.upstream("development"),)
        )
        assert make.refusal(lambda: decide(situation)) == (
            f"{CONFIG}\n"
            f"  {r.today.name} has not been deployed in development, from where staging gets its"
            " releases\n"
            "  development has not deployed it yet\n"
            "  pulumi up --stack development"
        )

    def test_upstream_stack_never_deployed(self, make, r):
        upstream = make.upstream("development", ledger=None)
        situation = make.situation("staging", pin=r.one.name, upstreams=(upstream,))
        assert make.refusal(lambda: decide(situation)) == (
            f"{CONFIG}\n"
            f"  no release of greeter is known as {r.one.name}\n"
            "  development: stack organization/shop/development has never been deployed\n"
            "  pulumi up --stack development"
        )

    def test_upstream_stack_does_not_exist(self, make, r):
        upstream = make.upstream(
            "development",
            ledger=None,
            problem="there is no stack organization/shop/development",
            hint="pulumi stack init development && pulumi up --stack development",
        )
        situation = make.situation("staging", pin=r.one.name, upstreams=(upstream,))
        assert make.refusal(lambda: decide(situation)) == (
            f"{CONFIG}\n"
            f"  no release of greeter is known as {r.one.name}\n"
            "  development: there is no stack organization/shop/development\n"
            "  pulumi stack init development && pulumi up --stack development"
        )

    def test_upstream_stack_of_another_project(self, make, r):
        upstream = make.upstream("development", ledger=None, stack="organization/api/development")
        situation = make.situation("staging", pin=r.one.name, upstreams=(upstream,))
        assert make.refusal(lambda: decide(situation)).endswith(
            "pulumi up --stack organization/api/development"
        )

    def test_ledger_of_another_environment(self, make, r):
        upstream = make.upstream("development", ledger=make.ledger("qa", r.one))
        situation = make.situation("staging", pin=r.one.name, upstreams=(upstream,))
        assert (
            "  development: stack organization/shop/development holds the ledger of qa\n"
            in make.refusal(lambda: decide(situation))
        )

    def test_ledger_that_does_not_cover_the_project(self, make, r):
        book = make.ledger("development", r.one)
        book = book.within(namespaces=["default"], projects=[("default", "blog")], planes={})
        upstream = make.upstream("development", ledger=book)
        situation = make.situation("staging", pin=r.one.name, upstreams=(upstream,))
        assert (
            "  development: stack organization/shop/development does not cover project"
            " default/shop\n" in make.refusal(lambda: decide(situation))
        )

    def test_unknown_in_the_first_environment(self, make, r):
        situation = make.situation(
            "development",
            r.one,
            pin=r.two.name,
            today=r.today,
            imported=(make.release("greeter:three", alias="greeter-20260223-1"),),
        )
        assert make.refusal(lambda: decide(situation)) == (
            f"{CONFIG}\n"
            f"  no release of greeter is known as {r.two.name}\n"
            f"  development runs {r.one.name}\n"
            f"  today's definitions make {r.today.name}\n"
            "  the definitions hold ComponentRelease greeter-20260223-1\n"
            f"  {pin(r.today.name, 'development')}"
        )

    def test_unknown_in_the_first_environment_without_a_snapshot(self, make, r):
        why = Problem(Stage.COMPONENT, "Component default/greeter", (), "it has no Workload")
        situation = make.situation("development", pin=r.one.name, today_problems=(why,))
        assert make.refusal(lambda: decide(situation)) == (
            "2 problems\n\n"
            f"{CONFIG}\n"
            f"  no release of greeter is known as {r.one.name}\n"
            "  pulumi config rm --path 'openchoreo:bindings.greeter.releaseName'"
            " --stack development\n\n"
            "Component default/greeter\n  it has no Workload"
        )

    def test_a_document_that_is_no_longer_kept(self, make, staging, r):
        assert make.refusal(lambda: decide(staging(pin=r.two.name))) == (
            f"{CONFIG}\n"
            f"  the document of {r.two.name} is no longer kept here or upstream\n"
            "  restore it into a directory of exported releases that openchoreo:releases names"
        )

    def test_a_kept_release_whose_document_is_lost(self, make, r):
        situation = make.situation("development", r.one, documents=ReleaseStore())
        assert make.refusal(lambda: decide(situation)) == (
            "Component default/greeter\n"
            f"  the document of {r.one.name} is no longer kept here or upstream\n"
            "  restore it into a directory of exported releases that openchoreo:releases names"
        )

    def test_a_later_environment_that_nothing_comes_before(self, make, r):
        """Possible only with difference 6 relaxed."""
        pipeline = make.pipeline(
            ("development", "production"), ("staging", "production"), relaxed=frozenset({6})
        )
        situation = make.situation("staging", pin=r.today.name, today=r.today, pipeline=pipeline)
        assert make.refusal(lambda: decide(situation)) == (
            f"{CONFIG}\n"
            f"  {r.today.name} cannot be promoted: no environment comes before staging\n"
            "  pulumi config rm --path 'openchoreo:bindings.greeter.releaseName' --stack staging"
        )

    def test_long_histories_are_cut(self, make, r):
        many = [make.release(f"greeter:{n}") for n in range(9)]
        situation = make.situation(
            "staging", pin="greeter-x", upstreams=(make.upstream("development", *many),)
        )
        shown = ", ".join(release.name for release in many[7:2:-1])
        assert (
            f"  development runs {many[8].name} and has run {shown} and 3 older\n"
            in make.refusal(lambda: decide(situation))
        )
