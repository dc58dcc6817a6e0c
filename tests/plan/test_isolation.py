"""`onProblem: isolate`: what a component with problems keeps, and that the others go on."""

import pytest

from openchoreo.catalog import Broken
from openchoreo.errors import OpenChoreoError
from openchoreo.plan import record
from tests.plan.definitions import (
    binding,
    component,
    component_type,
    endpoint,
    manifest,
    needs,
    pipeline,
    project,
)
from tests.plan.world import NOON, names, planned_objects, without_files

ISOLATE = {"onProblem": "isolate"}


@pytest.fixture
def shop(world):
    """Two projects, deployed to development."""
    world.define(project("bank"))
    world.define(*component("greeter", image="greeter:1"))
    world.define(*component("teller", of="bank", image="teller:1"))
    world.deploy()
    return world


def told(plan):
    """The problems of a plan, without their files."""
    return [without_files(str(problem)) for problem in plan.problems]


def kept(plan):
    return [one.key for one in plan.components if one.done is None]


def manifests(plan, key):
    (found,) = (one for one in plan.components if one.key == key)
    return [planned.manifest for planned in found.objects]


def frozen(plan):
    return {one.key for one in plan.components if any(o.frozen for o in one.objects)}


def broken_workload(name, of="shop"):
    _, workload = component(name, of=of)
    return {**workload, "spec": {**workload["spec"], "container": {"imagee": "x"}}}


class TestWhatIsKept:
    def test_a_broken_definition_keeps_what_is_recorded_and_the_other_project_goes_on(self, shop):
        before = names(shop.plan())
        shop.define(broken_workload("greeter"))
        shop.define(*component("teller", of="bank", image="teller:2"))
        plan = shop.plan(**ISOLATE)
        assert kept(plan) == ["default/greeter"]
        assert names(plan)["default/greeter"] == before["default/greeter"]
        assert names(plan)["default/teller"] != before["default/teller"]
        assert told(plan) == [
            "Workload default/greeter: spec.container.image\n  is required, but missing",
            (
                "Workload default/greeter: spec.container.imagee\n"
                "  unknown key\n"
                "  did you mean image?"
            ),
        ]

    def test_without_isolation_nothing_goes_on(self, shop):
        shop.define(broken_workload("greeter"))
        with pytest.raises(OpenChoreoError):
            shop.plan()

    def test_its_manifests_are_those_that_are_recorded(self, shop):
        before = manifests(shop.plan(), "default/greeter")
        shop.define(broken_workload("greeter"))
        plan = shop.plan(**ISOLATE)
        assert manifests(plan, "default/greeter") == before
        assert frozen(plan) == set()

    def test_its_record_does_not_change(self, shop):
        before = shop.outputs[shop.full("development")]
        shop.define(broken_workload("greeter"))
        shop.deploy(**ISOLATE)
        assert shop.outputs[shop.full("development")] == before

    def test_a_pin_that_is_refused_keeps_what_is_recorded(self, shop):
        greeter, teller = shop.current("default/greeter"), shop.current("default/teller")
        pins = {"greeter": {"releaseName": greeter}, "teller": {"releaseName": teller}}
        shop.deploy("staging", bindings=pins)
        shop.define(*component("teller", of="bank", image="teller:2"))
        shop.deploy()
        pins = {
            "greeter": {"releaseName": "greeter-000000000000"},
            "teller": {"releaseName": shop.current("default/teller")},
        }
        plan = shop.plan("staging", bindings=pins, **ISOLATE)
        assert names(plan) == {
            "default/greeter": greeter,
            "default/teller": shop.current("default/teller"),
        }
        (problem,) = told(plan)
        assert problem.startswith("Component default/greeter: openchoreo:bindings.greeter")
        assert kept(plan) == ["default/greeter"]

    def test_an_override_that_breaks_the_rendering_freezes_what_runs(self, shop):
        before = manifests(shop.plan(), "default/greeter")
        wrong = {"greeter": {"componentTypeEnvironmentConfigs": {"replicas": "many"}}}
        plan = shop.plan(bindings=wrong, **ISOLATE)
        assert frozen(plan) == {"default/greeter"}
        assert sorted(map(str, manifests(plan, "default/greeter"))) == sorted(map(str, before))
        assert kept(plan) == ["default/greeter"]

    def test_a_broken_binding_freezes_what_it_is_for(self, shop):
        more = {"componentTypeEnvironmentConfigs": {"replicas": 3}}
        shop.define(binding("greeter", "development", **more))
        shop.deploy()
        before = manifests(shop.plan(), "default/greeter")
        shop.define(binding("greeter", "development", componentTypeEnvironmentConfig={}))
        plan = shop.plan(**ISOLATE)
        assert frozen(plan) == {"default/greeter"}
        assert sorted(map(str, manifests(plan, "default/greeter"))) == sorted(map(str, before))

    def test_a_broken_binding_of_another_environment_concerns_only_that_one(self, shop):
        shop.define(binding("greeter", "staging", componentTypeEnvironmentConfig={}))
        shop.define(*component("greeter", image="greeter:2"))
        plan = shop.plan(**ISOLATE)
        assert kept(plan) == []
        assert len(plan.problems) == 1

    def test_another_override_beside_a_problem_is_not_applied(self, shop):
        shop.define(broken_workload("greeter"))
        more = {"greeter": {"componentTypeEnvironmentConfigs": {"replicas": 7}}}
        before = shop.states["development"]
        plan = shop.plan(bindings=more, **ISOLATE)
        assert frozen(plan) == {"default/greeter"}
        after = {str(one.manifest) for one in planned_objects(plan)}
        assert after == {str(one) for one in before.values()}

    def test_what_was_half_applied_is_restored_to_what_is_recorded(self, shop):
        before = manifests(shop.plan(), "default/greeter")
        shop.define(*component("greeter", image="greeter:2"))
        shop.deploy(failing=["default/greeter"])
        shop.define(broken_workload("greeter"))
        plan = shop.plan(**ISOLATE)
        assert manifests(plan, "default/greeter") == before

    def test_a_component_that_never_ran_is_left_out(self, shop):
        shop.define(component("newcomer")[0], broken_workload("newcomer"))
        plan = shop.plan(**ISOLATE)
        assert set(names(plan)) == {"default/greeter", "default/teller"}
        assert plan.problems

    def test_a_project_that_vanished_keeps_its_namespace(self, shop):
        before = {str(one) for one in shop.states["development"].values()}
        shop.forget("Project default/bank")
        plan = shop.plan(**ISOLATE)
        assert {str(one.manifest) for one in planned_objects(plan)} == before
        assert kept(plan) == ["default/teller"]
        assert "default/bank" in plan.ledger.scope.projects

    def test_what_depends_on_a_frozen_component_still_finds_it(self, shop):
        shop.define(*component("greeter", endpoints={"http": endpoint()}))
        wanted = needs("greeter")
        shop.define(*component("client", image="client:1", needs=[wanted]))
        shop.deploy()
        shop.define(*component("client", image="client:2", needs=[wanted]))
        wrong = {"greeter": {"componentTypeEnvironmentConfigs": {"replicas": "many"}}}
        plan = shop.plan(bindings=wrong, **ISOLATE)
        assert frozen(plan) == {"default/greeter"}
        assert kept(plan) == ["default/greeter"]

    def test_what_needs_what_is_not_there_is_kept_as_well(self, shop):
        wanted = needs("greeter", visibility="namespace", project="shop")
        shop.define(*component("teller", of="bank", image="teller:2", needs=[wanted]))
        plan = shop.plan(**ISOLATE)
        assert kept(plan) == ["default/teller"]

    def test_an_object_that_two_claim_stays_with_the_first(self, shop):
        clash = manifest("ConfigMap", "v1", name="settings", data={"a": "b"})
        shop.define(component_type("clashing", clash))
        shop.define(*component("greeter", type_="clashing"))
        shop.deploy()
        shop.define(*component("second"))
        shop.deploy()
        before = names(shop.plan())
        shop.define(*component("second", type_="clashing"))
        plan = shop.plan(**ISOLATE)
        assert kept(plan) == ["default/second"]
        assert names(plan) == before

    def test_undeploying_goes_on_beside_a_problem(self, shop):
        shop.define(broken_workload("greeter"))
        plan = shop.deploy(bindings={"teller": {"state": "Undeploy"}}, **ISOLATE)
        assert names(plan) == {"default/greeter": shop.current("default/greeter")}
        assert shop.summary()["default/teller"].endswith("(undeployed)")


class TestWhatStopsEverything:
    def refusal(self, world, **config):
        with pytest.raises(OpenChoreoError) as raised:
            world.plan(**ISOLATE, **config)
        return without_files(str(raised.value))

    def test_a_name_in_the_config_that_is_nobodys(self, shop):
        assert self.refusal(shop, bindings={"greter": {}}) == (
            "stack config: openchoreo:bindings.greter\n"
            "  there is no component greter here\n"
            "  did you mean greeter?"
        )

    def test_a_pipeline(self, shop):
        circle = [("development", "staging"), ("staging", "development")]
        shop.define(pipeline(circle))
        assert self.refusal(shop).startswith("DeploymentPipeline default/standard")

    def test_a_broken_environment(self, shop):
        shop.named["Environment default/staging"]["spec"] = {"dataPlaneReff": {}}
        assert self.refusal(shop).startswith("Environment default/staging: spec.dataPlaneReff")

    def test_a_file_nobody_can_read(self, shop):
        file = shop.write()
        text = file.read_text()
        shop.write = lambda: file
        file.write_text(text + "\n---\na: [\n")
        assert "definitions.yaml" in self.refusal(shop)

    def test_a_release_that_is_not_what_its_digest_says(self, shop):
        outputs = shop.outputs[shop.full("development")]
        outputs["releases"] = outputs["releases"].replace("greeter:1", "greeter:9")
        shop.define(broken_workload("greeter"))
        assert "is not the release it is kept as" in self.refusal(shop)

    def test_what_can_neither_be_rendered_nor_found(self, shop):
        shop.states.clear()
        wrong = {"greeter": {"componentTypeEnvironmentConfigs": {"replicas": "many"}}}
        text = self.refusal(shop, bindings=wrong)
        assert text.endswith(
            "Component default/greeter\n"
            "  cannot keep what runs here: it cannot be rendered, and the state has none of it\n"
            "  mend the problems above; until then nothing of this stack can be changed"
        )


def test_a_run_that_changes_nothing_records_nothing_beside_problems(shop):
    before = shop.outputs[shop.full("development")]
    shop.define(broken_workload("greeter"))
    plan = shop.plan(**ISOLATE)
    from openchoreo.delivery import Stamp

    outputs = record(plan, {one.key for one in plan.components}, Stamp(NOON, "bob"))
    assert (outputs.pipeline, outputs.releases) == (before["pipeline"], before["releases"])


def test_whose_a_broken_resource_is(shop):
    from openchoreo.catalog import survey

    shop.define(broken_workload("greeter"))
    found = survey([shop.write()])
    assert found.broken == {
        "Workload default/greeter": Broken("Workload", "default", "greeter", "greeter")
    }
