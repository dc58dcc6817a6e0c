"""The decision table through whole runs: definitions, config and ledgers together."""

import pytest

from tests.plan.definitions import binding, component, environment, pipeline, platform, project
from tests.plan.world import names


def pin(name, stack, key="greeter"):
    return (
        f"pulumi config set --path 'openchoreo:bindings.{key}.releaseName' {name} --stack {stack}"
    )


def pinned(name):
    return {"bindings": {"greeter": {"releaseName": name}}}


@pytest.fixture
def one(world):
    """greeter in its first version, deployed to development."""
    world.define(*component("greeter"))
    world.deploy()
    return world.current("default/greeter")


class TestTheFirstEnvironment:
    def test_auto_deploy_runs_the_snapshot(self, world, one):
        world.define(*component("greeter", image="app:2"))
        plan = world.deploy()
        assert names(plan) == {"default/greeter": world.current("default/greeter")}
        assert world.current("default/greeter") != one

    def test_a_pin_to_history_beats_auto_deploy(self, world, one):
        world.define(*component("greeter", image="app:2"))
        world.deploy()
        assert names(world.plan(**pinned(one))) == {"default/greeter": one}

    def test_a_pin_to_the_snapshot(self, world, one):
        world.define(*component("greeter", auto=False))
        assert names(world.plan(**pinned(one))) == {"default/greeter": one}

    def test_manual_and_nothing_recorded_shows_what_is_available(self, world, one):
        world.outputs.clear()
        world.define(*component("greeter", auto=False))
        plan = world.plan()
        assert names(plan) == {}
        assert plan.notes == (
            f"default/greeter: {one} is available (autoDeploy is off); {pin(one, 'development')}",
        )

    def test_manual_keeps_what_is_recorded(self, world, one):
        world.define(*component("greeter", image="app:2", auto=False))
        assert names(world.plan()) == {"default/greeter": one}

    def test_a_hold_keeps_what_is_recorded(self, world, one):
        world.define(*component("greeter", image="app:2"))
        plan = world.plan(bindings={"greeter": {"hold": True}})
        assert names(plan) == {"default/greeter": one}


class TestALaterEnvironment:
    def test_a_pin_that_upstream_has_deployed(self, world, one):
        plan = world.plan("staging", **pinned(one))
        assert names(plan) == {"default/greeter": one}
        (component_,) = plan.components
        (evidence,) = component_.done.upstream
        assert (evidence.environment, evidence.stack) == (
            "development",
            "organization/shop/development",
        )
        assert plan.upstream_stacks == ("organization/shop/development",)

    def test_a_pin_to_what_ran_here_needs_no_upstream(self, world, one):
        world.deploy("staging", **pinned(one))
        del world.outputs["organization/shop/development"]
        plan = world.plan("staging", **pinned(one))
        assert names(plan) == {"default/greeter": one}
        assert plan.upstream_stacks == ()

    def test_the_definitions_of_today_do_not_matter(self, world, one):
        world.define(*component("greeter", image="app:2"))
        (planned,) = world.plan("staging", **pinned(one)).components
        assert planned.release.spec["workload"]["container"]["image"] == "app:1"

    def test_no_pin_and_nothing_recorded_shows_what_is_available(self, world, one):
        plan = world.plan("staging")
        assert names(plan) == {}
        assert plan.notes == (
            f"default/greeter: {one} is available (no pin); {pin(one, 'staging')}",
        )

    def test_a_pin_that_nobody_deployed(self, world, one):
        assert world.refusal("staging", **pinned("greeter-000000000000")) == (
            "Component default/greeter: openchoreo:bindings.greeter.releaseName\n"
            "  no release of greeter is known as greeter-000000000000\n"
            f"  development runs {one}\n"
            f"  {pin(one, 'staging')}"
        )

    def test_an_upstream_stack_that_does_not_exist(self, world, one):
        assert world.refusal("production", **pinned(one)) == (
            "Component default/greeter: openchoreo:bindings.greeter.releaseName\n"
            f"  {one} has not been deployed in staging, from where production gets its releases\n"
            "  staging: there is no stack organization/shop/staging\n"
            "  pulumi stack init staging && pulumi up --stack staging"
        )


UNDEPLOY = {"bindings": {"greeter": {"state": "Undeploy"}}}


class TestUndeploy:
    @pytest.mark.usefixtures("one")
    @pytest.mark.parametrize(
        "gone",
        [
            "Component default/greeter",
            "Workload default/greeter",
            "ClusterComponentType /service",
            "Project default/shop",
            "DeploymentPipeline default/standard",
        ],
    )
    def test_it_needs_no_definition(self, world, gone):
        world.forget(gone)
        assert world.plan(**UNDEPLOY).undeployed == (("default", "greeter"),)

    def test_nothing_runs_and_the_history_stays(self, world, one):
        plan = world.deploy(**UNDEPLOY)
        assert names(plan) == {}
        assert plan.undeployed == (("default", "greeter"),)
        assert world.summary() == {"default/greeter": f"{one} (undeployed)"}

    def test_active_deploys_again(self, world, one):
        world.deploy(**UNDEPLOY)
        assert names(world.deploy()) == {"default/greeter": one}
        assert world.summary() == {"default/greeter": one}


class TestNothingIsRemovedByAbsence:
    def test_a_pin_that_vanished(self, world, one):
        world.deploy("staging", **pinned(one))
        assert world.refusal("staging") == (
            "Component default/greeter: openchoreo:bindings.greeter.releaseName\n"
            f"  runs {one} here, but its pin has vanished\n"
            f"  development runs {one}\n"
            f"  staging runs {one}\n"
            f"  pin it again: {pin(one, 'staging')}\n"
            "  or undeploy it: pulumi config set --path "
            "'openchoreo:bindings.greeter.state' Undeploy --stack staging"
        )

    def test_a_definition_that_vanished(self, world, one):
        world.forget("Component default/greeter", "Workload default/greeter")
        assert world.refusal() == (
            "Component default/greeter\n"
            f"  runs {one} here, but its definition has vanished\n"
            "  restore its definition, or remove it: pulumi config set --path "
            "'openchoreo:removed[0]' default/greeter --stack development"
        )

    def test_a_project_that_vanished(self, world, one):
        world.define(project("other"), *component("other", of="other"))
        world.forget("Project default/shop")
        assert world.refusal() == (
            "Component default/greeter\n"
            f"  runs {one} here, but there is no Project default/shop\n"
            "  restore it, or undeploy the component: pulumi config set --path "
            "'openchoreo:bindings.greeter.state' Undeploy --stack development"
        )

    def test_a_project_that_left_the_scope(self, world, one):
        world.define(project("other"))
        assert world.refusal(projects=["other"]) == (
            "Component default/greeter\n"
            f"  runs {one} here, but project default/shop is not in the scope of this stack"
            " (openchoreo move hands it over to another one)\n"
            "  restore it, or undeploy the component: pulumi config set --path "
            "'openchoreo:bindings.greeter.state' Undeploy --stack development"
        )

    def test_an_environment_that_left_the_pipeline(self, world, one):
        world.deploy("staging", **pinned(one))
        world.define(pipeline([("development", "production")]))
        assert world.refusal("staging", **pinned(one)) == (
            "Component default/greeter\n"
            f"  runs {one} here, but DeploymentPipeline default/standard does not contain staging\n"
            "  restore it, or undeploy the component: pulumi config set --path "
            "'openchoreo:bindings.greeter.state' Undeploy --stack staging"
        )

    def test_what_left_the_pipeline_can_be_undeployed(self, world, one):
        world.deploy("staging", **pinned(one))
        world.define(pipeline([("development", "production")]))
        plan = world.plan("staging", bindings={"greeter": {"state": "Undeploy"}})
        assert plan.undeployed == (("default", "greeter"),)

    def test_what_is_no_longer_defined_is_removed_when_somebody_says_so(self, world, one):
        world.forget("Component default/greeter", "Workload default/greeter")
        plan = world.deploy(removed=["greeter"])
        assert names(plan) == {}
        assert world.summary() == {"default/greeter": f"{one} (undeployed)"}
        assert world.plan(removed=["greeter"]).undeployed == ()

    @pytest.mark.usefixtures("one")
    def test_what_is_still_defined_is_not_removed(self, world):
        assert world.refusal(removed=["default/greeter"]) == (
            "Component default/greeter: openchoreo:removed[0]\n"
            "  default/greeter is to be removed, but is still defined\n"
            "  remove its definition, or undeploy it: pulumi config set --path "
            "'openchoreo:bindings.greeter.state' Undeploy --stack development\n"
            "  or keep it: pulumi config rm --path 'openchoreo:removed[0]' --stack development"
        )


def test_an_environment_outside_every_pipeline(world):
    world.define(*component("greeter"), pipeline([("development", "staging")]))
    assert world.refusal("production") == (
        "Environment production\n"
        "  is not in DeploymentPipeline default/standard, with the environments "
        "development, staging\n"
        "  add it to spec.promotionPaths of a pipeline, or name another openchoreo:environment"
    )


def test_a_broken_pipeline_is_told_once_for_all_its_projects(world):
    world.define(project("second"), pipeline([("development", "stagin")]))
    assert world.refusal() == (
        "DeploymentPipeline default/standard: "
        "spec.promotionPaths[0].targetEnvironmentRefs[0].name\n"
        "  there is no Environment stagin in the namespace default\n"
        "  did you mean staging?"
    )


def test_a_pipeline_that_is_relaxed_becomes_a_warning(world):
    world.define(*component("greeter"), pipeline([("development", "stagin")]))
    (warning,) = world.plan(relaxed={6}).warnings
    assert warning.message == "there is no Environment stagin in the namespace default"


@pytest.mark.usefixtures("one")
def test_all_refusals_are_told_together(world):
    world.define(*component("hello"))
    world.deploy()
    unknown = {"releaseName": "nothing"}
    text = world.refusal("staging", bindings={"greeter": unknown, "hello": unknown})
    assert text.startswith("2 problems\n\nComponent default/greeter: ")
    assert "\n\nComponent default/hello: openchoreo:bindings.hello.releaseName\n" in text


def test_a_component_without_its_project_is_refused(world):
    world.define(*component("greeter", of="shpo"))
    assert world.refusal() == (
        "Component default/greeter\n"
        "  there is no Project default/shpo; did you mean shop?\n"
        "  restore it in the definitions"
    )


def test_a_misspelt_pipeline_is_told_the_right_one(world):
    named = {"deploymentPipelineRef": {"name": "standart"}}
    world.define(project("shop", **named), *component("greeter"))
    assert world.refusal() == (
        "Component default/greeter\n"
        "  there is no DeploymentPipeline default/standart; did you mean standard?\n"
        "  restore it in the definitions"
    )


def test_a_type_that_is_not_there(world):
    world.define(*component("greeter", type_="servce"))
    assert world.refusal() == (
        "Component default/greeter: spec.componentType.name\n"
        "  there is no ClusterComponentType servce\n"
        "  did you mean service?"
    )


def test_later_environments_do_not_need_todays_definitions(world, one):
    world.define(*component("greeter", type_="gone"))
    assert names(world.plan("staging", **pinned(one))) == {"default/greeter": one}


def test_several_namespaces_are_one_stack(world):
    world.define(*platform("team"), project("shop", "team"))
    world.define(*component("greeter"), *component("greeter", namespace="team"))
    plan = world.deploy()
    assert list(names(plan)) == ["default/greeter", "team/greeter"]
    assert [one.key for one in plan.projects] == ["default/shop", "team/shop"]
    assert plan.ledger.scope.namespaces == ("default", "team")
    note = world.plan("staging").notes[1]
    assert note.endswith(pin(world.current("team/greeter"), "staging", key="team/greeter"))


def test_a_namespace_with_a_pipeline_of_its_own(world):
    world.define(*platform("team", "development"), project("shop", "team"))
    world.define(*component("greeter", namespace="team"))
    assert list(names(world.plan())) == ["team/greeter"]
    assert world.plan("staging").ledger.scope.namespaces == ("default",)


class TestSeveralUpstreams:
    """production comes after staging and after qa; either is enough."""

    @pytest.fixture
    def ways(self, world):
        paths = [("development", "staging"), ("development", "qa")]
        world.define(*component("greeter"), environment("qa"))
        world.define(pipeline([*paths, ("staging", "production"), ("qa", "production")]))
        world.deploy()
        return world

    @pytest.mark.parametrize("upstream", ["staging", "qa"])
    def test_one_of_them_is_enough(self, ways, upstream):
        pin = pinned(ways.current("default/greeter"))
        ways.deploy(upstream, **pin)
        (planned,) = ways.plan("production", **pin).components
        assert [one.environment for one in planned.done.upstream] == [upstream]

    def test_a_refusal_names_them_all(self, ways):
        one = ways.current("default/greeter")
        lines = ways.refusal("production", **pinned(one)).splitlines()
        assert lines[1].startswith(f"  {one} has not been deployed in staging or qa, from where ")
        assert lines[2:4] == [
            "  staging: there is no stack organization/shop/staging",
            "  qa: there is no stack organization/shop/qa",
        ]


class TestSeveralPipelines:
    def test_each_project_asks_its_own_upstream(self, world):
        world.define(pipeline([("development", "production")], name="short"))
        reference = {"deploymentPipelineRef": {"name": "short"}}
        world.define(project("bank", **reference), *component("vault", of="bank"))
        world.define(*component("greeter"))
        world.deploy()
        vault = {"vault": {"releaseName": world.current("default/vault")}}
        plan = world.plan("production", bindings=vault)
        assert list(names(plan)) == ["default/vault"]
        assert plan.upstream_stacks == ("organization/shop/development",)

    def test_a_component_of_a_project_without_this_environment_is_left_alone(self, world):
        world.define(pipeline([("development", "production")], name="short"))
        reference = {"deploymentPipelineRef": {"name": "short"}}
        world.define(project("bank", **reference), *component("vault", of="bank"))
        assert names(world.plan("staging")) == {}
        assert world.refusal("staging", bindings={"vault": {"releaseName": "vault-1"}}) == (
            "Component default/vault: openchoreo:bindings.vault.releaseName\n"
            "  vault-1 cannot run here: DeploymentPipeline default/short does not contain staging\n"
            "  add it to the promotion paths; the pipeline has development, production\n"
            "  or remove the pin: pulumi config rm --path"
            " 'openchoreo:bindings.vault.releaseName' --stack staging"
        )

    def test_a_pin_of_a_document_is_taken_out_there(self, world):
        world.define(pipeline([("development", "production")], name="short"))
        reference = {"deploymentPipelineRef": {"name": "short"}}
        world.define(project("bank", **reference), *component("vault", of="bank"))
        world.define(binding("vault", "staging", of="bank", releaseName="vault-1"))
        assert world.refusal("staging").splitlines()[-1] == (
            "  or remove the pin: releaseName of ReleaseBinding default/vault-staging"
        )
