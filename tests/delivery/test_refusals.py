"""Every refusal with its whole text, as a person sees it."""

from types import SimpleNamespace

import pytest

from openchoreo.delivery import ReleaseStore, decide
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
            f"  runs {r.one.name} here, but its definition has vanished\n"
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
            "  add it to the promotion paths; the pipeline has development, staging, production\n"
            "  or remove the pin: pulumi config rm --path"
            " 'openchoreo:bindings.greeter.releaseName' --stack sandbox"
        )


class TestPinsThatAreRefused:
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
            "  development: stack organization/shop/development has recorded nothing, or was destroyed\n"
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

    def test_long_histories_are_cut(self, make):
        many = [make.release(f"greeter:{n}") for n in range(9)]
        situation = make.situation(
            "staging", pin="greeter-x", upstreams=(make.upstream("development", *many),)
        )
        shown = ", ".join(release.name for release in many[7:2:-1])
        assert (
            f"  development runs {many[8].name} and has run {shown} and 3 older\n"
            in make.refusal(lambda: decide(situation))
        )
