"""Sets of releases through whole runs: when one is recorded, and how it is promoted as a whole."""

import json
from datetime import timedelta

import pytest

from openchoreo.delivery.gates import Approval, Approvals, BreakGlass, Papers, Rules
from openchoreo.plan import Gating
from tests.plan.definitions import (
    binding,
    component,
    component_type,
    database,
    database_type,
    manifest,
    pipeline,
    project,
    resource,
    resource_binding,
    uses,
)
from tests.plan.world import NOON, names, without_files

UNKNOWN = "sha256:" + "0" * 64
OTHER = "or name another set: python -m openchoreo sets"


@pytest.fixture
def shop(world):
    """api and page, deployed to development."""
    world.define(*component("api"), *component("page", image="page:1"))
    world.deploy()
    return world


def ledger(world, stack="development"):
    return json.loads(world.outputs[world.full(stack)]["pipeline"])


def sets(world, stack="development"):
    return [one["digest"] for one in ledger(world, stack).get("sets", [])]


def newest(world, stack="development"):
    return sets(world, stack)[0]


def release(world, name, stack="development", chain="components"):
    return ledger(world, stack)[chain][f"default/{name}"]["history"][0]["name"]


def second(world):
    """Other releases of both, in development."""
    world.define(*component("api", image="app:2"), *component("page", image="app:2"))
    world.deploy()


class TestWhatIsRecorded:
    def test_what_runs_once_everything_has_been_applied(self, shop):
        (one,) = ledger(shop)["sets"]
        records = ledger(shop)
        assert one["components"] == {
            key: record["history"][0]["release"] for key, record in records["components"].items()
        }
        assert one["projects"].keys() == {"default/shop"}
        assert (one["since"], one["by"]) == ("2026-11-23T13:00:00Z", "ada")

    def test_an_unchanged_run_changes_no_byte(self, shop):
        before = shop.outputs[shop.full("development")]
        shop.deploy()
        assert shop.outputs[shop.full("development")] == before

    def test_an_override_makes_no_other_set(self, shop):
        before = ledger(shop)["sets"]
        shop.deploy(bindings={"api": {"componentTypeEnvironmentConfigs": {"replicas": 3}}})
        assert ledger(shop)["sets"] == before

    def test_another_release_does(self, shop):
        shop.define(*component("api", image="app:2"))
        shop.deploy()
        first, then = ledger(shop)["sets"]
        assert first["components"].keys() == {"default/api"}
        assert first["digest"] != then["digest"]
        assert then["components"].keys() == {"default/api", "default/page"}

    @pytest.mark.parametrize("failing", ["default/api", "project/default/shop", "environment"])
    def test_nothing_where_something_failed(self, shop, failing):
        before = ledger(shop)["sets"]
        shop.define(*component("api", image="app:2"), *component("page", image="app:2"))
        shop.deploy(failing=[failing])
        assert ledger(shop)["sets"] == before
        shop.deploy()
        assert len(ledger(shop)["sets"]) == 2

    def test_nothing_where_problems_were_isolated(self, shop):
        before = ledger(shop)["sets"]
        shop.define(*component("api", image="app:2"), *component("page", type_="missing"))
        plan = shop.deploy(onProblem="isolate")
        assert len(plan.problems) == 1
        assert names(plan)["default/api"] == release(shop, "api")
        assert ledger(shop)["sets"] == before

    def test_what_was_undeployed_is_in_it_no_more(self, shop):
        shop.deploy(bindings={"api": {"state": "Undeploy"}})
        assert ledger(shop)["sets"][0]["components"] == {"default/api": None}

    def test_a_stack_of_an_earlier_program_gets_its_first(self, shop):
        outputs = shop.outputs[shop.full("development")]
        outputs["pipeline"] = shop.plan().ledger.model_copy(update={"sets": ()}).dumps()
        shop.deploy()
        assert len(sets(shop)) == 1

    def test_the_same_releases_are_the_same_set_everywhere(self, shop):
        shop.deploy("staging", set=newest(shop))
        assert newest(shop, "staging") == newest(shop)
        shop.deploy("production", set=newest(shop))
        assert newest(shop, "production") == newest(shop)


class TestPromotion:
    def test_every_member_is_pinned(self, shop):
        found = newest(shop)
        pinned = names(shop.plan())
        second(shop)
        plan = shop.deploy("staging", set=found)
        assert names(plan) == pinned
        for chain in ("components", "projects"):
            for record in ledger(shop, "staging")[chain].values():
                (entry,) = record["history"]
                assert entry["set"] == found
                assert [one["environment"] for one in entry["upstream"]] == ["development"]

    def test_an_unchanged_run_changes_no_byte(self, shop):
        shop.deploy("staging", set=newest(shop))
        before = shop.outputs[shop.full("staging")]
        shop.deploy("staging", set=newest(shop))
        assert shop.outputs[shop.full("staging")] == before

    def test_what_ran_already_keeps_its_record(self, shop):
        pins = {name: {"releaseName": release(shop, name)} for name in ("api", "page")}
        shop.deploy("staging", bindings=pins)
        before = ledger(shop, "staging")
        shop.deploy("staging", set=newest(shop))
        after = ledger(shop, "staging")
        for key in ("components", "projects", "sets"):
            assert after[key] == before[key]
        assert after["promotedSet"]["digest"] == newest(shop)

    def test_overrides_stay_those_of_the_environment(self, shop):
        more = {"api": {"componentTypeEnvironmentConfigs": {"replicas": 3}}}
        plan = shop.plan("staging", set=newest(shop), bindings=more)
        (api,) = (one for one in plan.components if one.name == "api")
        (deployment,) = (o.manifest for o in api.objects if o.manifest["kind"] == "Deployment")
        assert deployment["spec"]["replicas"] == 3

    def test_a_resource_is_pinned_as_well(self, shop):
        shop.define(database_type(), database(), resource_binding("db", "development"))
        shop.define(uses(component("api")))
        shop.deploy()
        plan = shop.deploy("staging", set=newest(shop))
        assert [one.key for one in plan.resources] == ["default/db"]
        (entry,) = ledger(shop, "staging")["resources"]["default/db"]["history"]
        assert entry["set"] == newest(shop)

    def test_what_the_set_does_not_have_is_decided_as_ever(self, shop):
        found = newest(shop)
        shop.define(*component("cart"))
        shop.deploy()
        pins = {"cart": {"releaseName": release(shop, "cart")}}
        plan = shop.deploy("staging", set=found, bindings=pins)
        assert names(plan).keys() == {"default/api", "default/page", "default/cart"}
        assert "set" not in ledger(shop, "staging")["components"]["default/cart"]["history"][0]
        assert newest(shop, "staging") != found

    def test_it_goes_on_when_upstream_has_forgotten_the_set(self, shop):
        found = newest(shop)
        shop.deploy("staging", set=found, failing=["default/api"])
        outputs = shop.outputs[shop.full("development")]
        plan = shop.plan()
        outputs["pipeline"] = plan.ledger.model_copy(update={"sets": ()}).dumps()
        assert names(shop.plan("staging", set=found)).keys() == {"default/api", "default/page"}

    def test_and_changes_no_byte_then(self, shop):
        found = newest(shop)
        shop.deploy("staging", set=found)
        before = shop.outputs[shop.full("staging")]
        outputs = shop.outputs[shop.full("development")]
        outputs["pipeline"] = shop.plan().ledger.model_copy(update={"sets": ()}).dumps()
        shop.deploy("staging", set=found)
        assert shop.outputs[shop.full("staging")] == before

    def test_a_whole_environment_is_rolled_back(self, shop):
        first = newest(shop)
        shop.deploy("staging", set=first)
        before = names(shop.plan("staging", set=first))
        second(shop)
        shop.deploy("staging", set=newest(shop))
        del shop.outputs[shop.full("development")]
        plan = shop.deploy("staging", set=first)
        assert names(plan) == before
        assert sets(shop, "staging")[0] == sets(shop, "staging")[2] == first

    def test_also_the_first(self, shop):
        first, before = newest(shop), names(shop.plan())
        second(shop)
        shop.define(*component("api", image="app:3"))
        plan = shop.deploy(set=first)
        assert names(plan) == before
        assert ledger(shop)["components"]["default/api"]["history"][0]["set"] == first
        assert names(shop.deploy()) != before

    def test_gates_are_asked_of_every_member(self, shop):
        gating = _gating(Rules(approvals=Approvals(1)))
        text = shop.refusal("staging", set=newest(shop), gating=gating)
        assert text.startswith("3 problems\n\n")
        assert text.count(": openchoreo:set\n") == text.count("approvals: not approved yet") == 3

    def test_break_glass_passes_over_them(self, shop):
        glass = BreakGlass(("approvals",), "outage", NOON + timedelta(days=9))
        gating = _gating(Rules(approvals=Approvals(1)), glass=glass)
        shop.deploy("staging", set=newest(shop), gating=gating)
        (entry,) = ledger(shop, "staging")["components"]["default/api"]["history"]
        assert (entry["set"], entry["breakGlass"]["reason"]) == (newest(shop), "outage")

    def test_who_wrote_the_set_may_not_approve_it(self, shop):
        (one,) = ledger(shop)["sets"]
        digests = [*one["components"].values(), *one["projects"].values()]
        papers = Papers({digest: (Approval("ada"),) for digest in digests})

        def written(pin):
            assert pin.path == ("openchoreo:set",)
            return frozenset({"ada"})

        rules = Rules(approvals=Approvals(1))
        config = {"set": newest(shop), "gating": _gating(rules, papers=papers)}
        assert names(shop.plan("staging", **config)).keys() == {"default/api", "default/page"}
        config["gating"] = _gating(rules, papers=papers, authors_of=written)
        assert shop.refusal("staging", **config).count("approvals: ") == 3


def _gating(rules, **more):
    return Gating(rules_of=lambda _namespace, _project: rules, now=NOON + timedelta(days=1), **more)


class TestASetThatNobodyKnows:
    def test_shows_those_that_there_are(self, shop):
        first = newest(shop)
        second(shop)
        assert shop.refusal("staging", set=UNKNOWN) == (
            "stack config: openchoreo:set\n"
            "  no set has this digest\n"
            f"  development has {newest(shop)} since 2026-11-23T14:00:00Z\n"
            f"  development has {first} since 2026-11-23T13:00:00Z\n"
            "  staging has recorded no set yet\n"
            f"  pulumi config set openchoreo:set {newest(shop)} --stack staging"
        )

    def test_a_slip_of_the_pen_is_told(self, shop):
        first = newest(shop)
        second(shop)
        wrong = f"{first[:-1]}{'0' if first[-1] != '0' else '1'}"
        text = shop.refusal("staging", set=wrong)
        assert text.endswith(f"  pulumi config set openchoreo:set {first} --stack staging")

    def test_only_the_newest_are_listed(self, shop):
        for number in range(6):
            shop.define(*component("api", image=f"other:{number}"))
            shop.deploy()
        lines = shop.refusal("staging", set=UNKNOWN).splitlines()
        assert [line.split()[1] for line in lines[2:7]] == ["has"] * 5
        assert lines[7:9] == ["  and 2 older", "  staging has recorded no set yet"]

    def test_where_upstream_has_recorded_none(self, shop):
        shop.outputs.clear()
        shop.deploy(failing=["default/api"])
        assert shop.refusal("staging", set=UNKNOWN) == (
            "stack config: openchoreo:set\n"
            "  no set has this digest\n"
            "  development has recorded no set yet\n"
            "  staging has recorded no set yet\n"
            "  deploy all of it there first: pulumi up --stack development"
        )

    def test_where_there_is_no_upstream_stack(self, shop):
        assert shop.refusal("production", set=UNKNOWN) == (
            "stack config: openchoreo:set\n"
            "  no set has this digest\n"
            "  staging: there is no stack organization/shop/staging\n"
            "  production has recorded no set yet\n"
            "  pulumi stack init staging && pulumi up --stack staging"
        )

    def test_in_the_first_environment(self, shop):
        shop.outputs.clear()
        assert shop.refusal(set=UNKNOWN) == (
            "stack config: openchoreo:set\n"
            "  no set has this digest\n"
            "  development has recorded no set yet\n"
            "  pulumi config rm openchoreo:set --stack development"
        )

    def test_one_of_other_members_is_refused(self, shop):
        outputs, found = shop.outputs[shop.full("development")], newest(shop)
        plan = shop.plan()
        (one,) = plan.ledger.sets
        changed = one.model_copy(update={"components": {"default/api": UNKNOWN}})
        outputs["pipeline"] = plan.ledger.model_copy(update={"sets": (changed,)}).dumps()
        assert shop.refusal("staging", set=found) == (
            "Stack organization/shop/development: sets[0]\n"
            "  its members are not those of its digest\n"
            "  name another set: python -m openchoreo sets"
        )


class TestAMemberThatCannotBePinned:
    """Each with the whole text of its refusal."""

    def refusal(self, shop, **config):
        return shop.refusal("staging", set=newest(shop), **config)

    def test_has_a_pin_in_stack_config(self, shop):
        api = release(shop, "api")
        assert self.refusal(shop, bindings={"api": {"releaseName": api}}) == (
            "Component default/api: openchoreo:bindings.api.releaseName\n"
            f"  pins {api}, and openchoreo:set pins {api}\n"
            "  leave it to the set: pulumi config rm --path 'openchoreo:bindings.api.releaseName'"
            " --stack staging"
        )

    def test_has_a_pin_in_the_definitions(self, shop):
        shop.define(binding("api", "staging", releaseName="api-1"))
        assert self.refusal(shop) == (
            "ReleaseBinding default/api-staging: spec.releaseName\n"
            f"  pins api-1, and openchoreo:set pins {release(shop, 'api')}\n"
            "  leave it to the set: take releaseName out of ReleaseBinding default/api-staging"
        )

    def test_is_held(self, shop):
        assert self.refusal(shop, bindings={"api": {"hold": True}}) == (
            "Component default/api: openchoreo:bindings.api.hold\n"
            f"  is held, and openchoreo:set pins {release(shop, 'api')}\n"
            "  let it go: pulumi config rm --path 'openchoreo:bindings.api.hold' --stack staging"
        )

    def test_is_undeployed(self, shop):
        assert self.refusal(shop, bindings={"api": {"state": "Undeploy"}}) == (
            "Component default/api: openchoreo:set\n"
            f"  pins {release(shop, 'api')}, and state: Undeploy says that nothing of it runs here\n"
            "  deploy it: pulumi config set --path 'openchoreo:bindings.api.state' Active"
            " --stack staging"
        )

    def test_is_to_be_removed(self, shop):
        assert self.refusal(shop, removed=["api"]) == (
            "Component default/api: openchoreo:removed[0]\n"
            f"  is to be removed, and openchoreo:set pins {release(shop, 'api')}\n"
            "  keep it: pulumi config rm --path 'openchoreo:removed[0]' --stack staging"
        )

    def test_is_not_defined_any_more(self, shop):
        shop.forget("Component default/api", "Workload default/api")
        assert self.refusal(shop) == (
            "Component default/api: openchoreo:set\n"
            f"  pins {release(shop, 'api')}, and there is no such Component in the definitions\n"
            "  restore its definition,\n"
            f"  {OTHER}"
        )

    def test_nor_where_it_ran_before(self, shop):
        first = newest(shop)
        shop.deploy("staging", set=first)
        shop.forget("Component default/api", "Workload default/api")
        assert shop.refusal("staging", set=first) == self.refusal(shop)
        assert "no such Component" in self.refusal(shop)

    def test_is_not_in_the_scope_of_the_stack(self, shop):
        shop.define(project("bank"), *component("teller", of="bank"))
        shop.deploy()
        text = self.refusal(shop, projects=["shop"])
        teller, bank = release(shop, "teller"), release(shop, "bank", chain="projects")
        scope = (
            "and it is not in the scope of this stack\n"
            "  widen openchoreo:namespaces and openchoreo:projects,\n"
            f"  {OTHER}"
        )
        assert text == (
            "2 problems\n\n"
            f"Component default/teller: openchoreo:set\n  pins {teller}, {scope}\n\n"
            f"Project default/bank: openchoreo:set\n  pins {bank}, {scope}"
        )

    def test_is_not_on_the_way_to_this_environment(self, shop):
        shop.define(pipeline([("development", "production")], name="short"))
        bank = project("bank", deploymentPipelineRef={"name": "short"})
        shop.define(bank, *component("teller", of="bank"))
        shop.deploy()
        away = (
            "and DeploymentPipeline default/short does not contain staging\n"
            "  add it to the promotion paths; the pipeline has development, production\n"
            f"  {OTHER}"
        )
        assert self.refusal(shop) == (
            "2 problems\n\n"
            f"Component default/teller: openchoreo:set\n  pins {release(shop, 'teller')}, {away}\n\n"
            "Project default/bank: openchoreo:set\n"
            f"  pins {release(shop, 'bank', chain='projects')}, {away}"
        )

    def test_has_no_way_to_this_environment_any_more(self, shop):
        shop.deploy("staging", set=newest(shop))
        shop.forget("DeploymentPipeline default/standard")
        assert self.refusal(shop).split("\n\n")[1] == (
            "Component default/api: openchoreo:set\n"
            f"  pins {release(shop, 'api')}, and there is no DeploymentPipeline default/standard\n"
            "  restore it in the definitions,\n"
            f"  {OTHER}"
        )

    def test_was_not_deployed_on_its_own_way(self, shop):
        paths = [("development", "qa"), ("qa", "staging"), ("staging", "production")]
        shop.define(pipeline(paths, name="longer"))
        shop.define({**pipeline(), "kind": "Environment", "spec": {}, "metadata": _named("qa")})
        bank = project("bank", deploymentPipelineRef={"name": "longer"})
        shop.define(bank, *component("teller", of="bank"))
        shop.deploy()
        teller = release(shop, "teller")
        assert self.refusal(shop).partition("\n\n")[2].partition("\n\n")[0] == (
            "Component default/teller: openchoreo:set\n"
            f"  {teller} has not been deployed in qa, from where staging gets its releases\n"
            "  qa: there is no stack organization/shop/qa\n"
            "  name another set: python -m openchoreo sets\n"
            "  or pin one by one: pulumi config rm openchoreo:set --stack staging"
        )

    def test_every_problem_is_told_at_once(self, shop):
        shop.define(*component("cart"), database_type(), database())
        shop.define(resource_binding("db", "development"))
        shop.deploy()
        shop.forget("Component default/cart", "Workload default/cart")
        text = self.refusal(
            shop,
            bindings={"api": {"hold": True, "releaseName": "api-1"}, "page": {"state": "Undeploy"}},
            resourceBindings={"db": {"resourceRelease": "db-1"}},
            projectBindings={"shop": {"hold": True}},
        )
        heads = [part.partition("\n")[0] for part in text.split("\n\n")]
        assert heads == [
            "6 problems",
            "Component default/cart: openchoreo:set",
            "Component default/api: openchoreo:bindings.api.releaseName",
            "Component default/api: openchoreo:bindings.api.hold",
            "Component default/page: openchoreo:set",
            "Resource default/db: openchoreo:resourceBindings.db.resourceRelease",
            "Project default/shop: openchoreo:projectBindings.shop.hold",
        ]

    def test_the_document_is_no_longer_kept(self, shop):
        first, api = newest(shop), release(shop, "api")
        for number in range(5):
            shop.define(*component("api", image=f"other:{number}"))
            shop.deploy()
        assert shop.refusal("staging", set=first) == (
            "Component default/api: openchoreo:set\n"
            f"  the document of {api} is no longer kept here or upstream\n"
            "  restore it into a directory of exported releases that openchoreo:releases names"
        )


def _named(name):
    return {"name": name, "namespace": "default"}


class TestAPinThatVanished:
    @pytest.fixture
    def staged(self, shop):
        shop.define(*component("cart"))
        shop.deploy()
        shop.deploy("staging", set=newest(shop))
        return shop

    def tail(self, name):
        api = f"openchoreo:bindings.{name}"
        return (
            f"pulumi config set --path '{api}.releaseName' {{}} --stack staging\n"
            f"  or undeploy it: pulumi config set --path '{api}.state' Undeploy --stack staging"
        )

    def test_names_the_set_that_was_the_pin(self, staged):
        cart = release(staged, "cart")
        text = staged.refusal("staging")
        (found,) = (part for part in text.split("\n\n") if "default/cart" in part)
        assert found == (
            "Component default/cart: openchoreo:bindings.cart.releaseName\n"
            f"  runs {cart} here, but its pin has vanished: it was promoted with set "
            f"{newest(staged)}, and openchoreo:set is gone\n"
            f"  development runs {cart}\n"
            f"  staging runs {cart}\n"
            f"  name the set again: pulumi config set openchoreo:set {newest(staged)}"
            " --stack staging\n"
            f"  or pin it again: {self.tail('cart').format(cart)}"
        )

    def test_and_the_set_that_does_not_have_it(self, staged):
        before, cart = newest(staged), release(staged, "cart")
        staged.deploy(bindings={"cart": {"state": "Undeploy"}})
        assert staged.refusal("staging", set=newest(staged)) == (
            "Component default/cart: openchoreo:bindings.cart.releaseName\n"
            f"  runs {cart} here, but its pin has vanished: it was promoted with set {before}; "
            f"openchoreo:set, {newest(staged)}, does not have it\n"
            f"  development runs nothing now and has run {cart}\n"
            f"  staging runs {cart}\n"
            f"  pin it again: {self.tail('cart').format(cart)}"
        )

    def test_the_set_to_name_again_is_the_last(self, staged):
        staged.define(*component("api", image="app:2"))
        staged.deploy()
        staged.deploy("staging", set=newest(staged))
        again = f"name the set again: pulumi config set openchoreo:set {newest(staged)} --stack"
        assert staged.refusal("staging").count(again) == 3


ISOLATE = {"onProblem": "isolate"}
SIZE = "${string(int(environmentConfigs.size))}"
SIZED = {
    "openAPIV3Schema": {
        "type": "object",
        "properties": {"size": {"type": "string", "default": "1"}},
    }
}


class TestIsolated:
    """A set is promoted as a whole or not at all."""

    def test_one_member_that_is_refused_stops_everything(self, shop):
        held = {"bindings": {"api": {"hold": True}}}
        text = shop.refusal("staging", set=newest(shop), **ISOLATE, **held)
        assert text.startswith("Component default/api: openchoreo:bindings.api.hold\n")

    def test_one_that_is_not_here_does(self, shop):
        shop.forget("Component default/api", "Workload default/api")
        text = shop.refusal("staging", set=newest(shop), **ISOLATE)
        assert text.startswith("Component default/api: openchoreo:set\n")

    def test_one_that_cannot_be_rendered_does(self, shop):
        wrong = {"api": {"componentTypeEnvironmentConfigs": {"replicas": "many"}}}
        text = shop.refusal("staging", set=newest(shop), bindings=wrong, **ISOLATE)
        assert text.startswith("Component default/api: openchoreo:bindings.api.componentType")

    def test_one_whose_binding_is_broken_does(self, shop):
        broken = binding("api", "staging", surplus=1)
        shop.define(broken)
        text = shop.refusal("staging", set=newest(shop), **ISOLATE)
        assert text.startswith("ReleaseBinding default/api-staging: spec.surplus\n")

    def test_one_whose_object_another_claims_does(self, shop):
        clash = manifest("ConfigMap", "v1", name="settings-${environmentConfigs.replicas}")
        shop.define(component_type("service", clash))
        shop.define(*component("cart"))
        replicas = {"componentTypeEnvironmentConfigs": {"replicas": 2}}
        shop.deploy(bindings={"page": replicas, "cart": {"state": "Undeploy"}})
        text = shop.refusal("staging", set=newest(shop), **ISOLATE)
        assert "settings-1" in text

    def test_a_resource_does(self, shop):
        shop.define(database_type(), database(), resource_binding("db", "development"))
        shop.deploy()
        held = {"resourceBindings": {"db": {"hold": True}}}
        text = shop.refusal("staging", set=newest(shop), **ISOLATE, **held)
        assert text.startswith("Resource default/db: openchoreo:resourceBindings.db.hold\n")

    def test_a_resource_that_cannot_be_rendered_does(self, shop):
        config = manifest("ConfigMap", "v1", "${metadata.name}", data={"size": SIZE})
        templates = [{"id": "config", "template": config}]
        shop.define(database_type(environmentConfigs=SIZED, resources=templates, outputs=[]))
        shop.define(database())
        shop.define(resource_binding("db", "development"))
        shop.deploy()
        shop.deploy("staging", set=newest(shop))
        wrong = {"db": {"resourceTypeEnvironmentConfigs": {"size": "many"}}}
        config = {"resourceBindings": wrong, **ISOLATE}
        text = shop.refusal("staging", set=newest(shop), **config)
        assert text.startswith("ClusterResourceType database: spec.resources[0]")

    def test_a_project_does(self, shop):
        shop.deploy("staging", set=newest(shop))
        held = {"projectBindings": {"shop": {"hold": True}}}
        text = shop.refusal("staging", set=newest(shop), **ISOLATE, **held)
        assert text.startswith("Project default/shop: openchoreo:projectBindings.shop.hold\n")

    def test_a_project_that_cannot_be_rendered_does(self, shop):
        spaced = manifest("Namespace", "v1", "${metadata.namespace}")
        spaced["metadata"] = {
            "name": "${metadata.namespace}",
            "labels": "${metadata.labels}",
            "annotations": {"size": SIZE},
        }
        templates = [{"id": "namespace", "template": spaced}]
        spec = {"environmentConfigs": SIZED, "resources": templates}
        shop.define(resource("ClusterProjectType", "default", spec))
        shop.deploy()
        shop.deploy("staging", set=newest(shop))
        wrong = {"projectBindings": {"shop": {"environmentConfigs": {"size": "many"}}}}
        text = shop.refusal("staging", set=newest(shop), **ISOLATE, **wrong)
        assert text.startswith("ClusterProjectType default: spec.resources[0]")

    def test_what_is_no_member_does_not(self, shop):
        found = newest(shop)
        shop.define(*component("cart"))
        shop.deploy()
        wrong = {"cart": {"releaseName": "cart-1"}}
        plan = shop.deploy("staging", set=found, bindings=wrong, **ISOLATE)
        assert names(plan).keys() == {"default/api", "default/page"}
        (problem,) = plan.problems
        assert without_files(str(problem)).startswith("Component default/cart: ")
        assert sets(shop, "staging") == []
