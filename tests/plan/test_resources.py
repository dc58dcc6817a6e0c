"""Resources as releases of their own, and components that use what they offer."""

import json

import pytest

from openchoreo.plan import Handed
from openchoreo.plan.late import UNKNOWN
from openchoreo.rendering import Output
from tests.plan.definitions import (
    component,
    database,
    database_type,
    manifest,
    project,
    resource_binding,
    uses,
)
from tests.plan.world import objects

NEED = "Workload default/api: spec.dependencies.resources[0]"
BOUND = {"db": {}}
PLACE = "dp-default-shop-development-276893d5"
HOST = f"r-db-development-fd7f47f0.{PLACE}"


@pytest.fixture
def shop(world):
    """api uses db, which is bound in development."""
    world.define(database_type(), database(), resource_binding("db", "development"))
    world.define(*uses(component("api")))
    return world


def ledger(world, stack="development"):
    return json.loads(world.outputs[world.full(stack)]["pipeline"])


def record(world, name="default/db", stack="development"):
    return ledger(world, stack)["resources"][name]


def current(world, stack="development") -> str:
    return record(world, stack=stack)["history"][0]["name"]


def env(plan, key="default/api") -> list[dict]:
    (found,) = (one for one in plan.components if one.key == key)
    deployment = next(o.manifest for o in found.objects if o.manifest["kind"] == "Deployment")
    return deployment["spec"]["template"]["spec"]["containers"][0]["env"]


def pins(world, **more) -> dict:
    return {
        "bindings": {"api": {"releaseName": world.current("default/api")}},
        "resourceBindings": {"db": {"resourceRelease": current(world)}},
        **more,
    }


class TestOutputs:
    def test_a_value_is_a_variable(self, shop):
        assert env(shop.plan()) == [{"name": "DB_HOST", "value": HOST}]

    def test_keys_are_references(self, shop):
        bindings = {"password": "PASSWORD", "name": "NAME"}
        shop.define(*uses(component("api"), envBindings=bindings))
        name = HOST.partition(".")[0]
        assert env(shop.plan()) == [
            {"name": "NAME", "valueFrom": {"configMapKeyRef": {"key": "name", "name": name}}},
            {
                "name": "PASSWORD",
                "valueFrom": {"secretKeyRef": {"key": "password", "name": name}},
            },
        ]

    def test_are_in_the_record(self, shop):
        shop.deploy()
        found = record(shop)
        assert found["project"] == "shop"
        assert found["outputs"] == {
            "host": {"value": HOST},
            "name": {"configMapKeyRef": {"key": "name", "name": HOST.partition(".")[0]}},
            "password": {"secretKeyRef": {"key": "password", "name": HOST.partition(".")[0]}},
        }

    def test_a_resource_is_before_who_uses_it(self, shop):
        (api,) = shop.plan().components
        assert api.needs == ("default/db",)


class TestRefusals:
    def test_no_such_resource(self, shop):
        shop.define(*uses(component("api"), "bd"))
        assert shop.refusal() == (
            f"{NEED}\n  needs the Resource bd: there is no such Resource\n  known: db"
        )

    def test_of_another_project(self, shop):
        shop.define(project("bank"), database("vault", of="bank"))
        shop.define(*uses(component("api"), "vault"))
        assert shop.refusal() == (
            f"{NEED}\n"
            "  needs the Resource vault: vault belongs to project bank\n"
            "  a component can use Resources of its own project only, shop"
        )

    def test_not_bound_here(self, shop):
        name = next(shop.plan().resources).release.name
        shop.forget("ResourceReleaseBinding default/db-development")
        assert shop.refusal() == (
            f"{NEED}\n"
            "  needs the Resource db: it is not deployed in development\n"
            "  deploy it here first: pulumi config set --path "
            f"'openchoreo:resourceBindings.db.resourceRelease' {name} --stack development"
        )

    def test_undeployed_here(self, shop):
        shop.deploy()
        assert shop.refusal(resourceBindings={"db": {"state": "Undeploy"}}) == (
            f"{NEED}\n"
            "  needs the Resource db: it is undeployed in development\n"
            "  set its state to Active, or undeploy what needs it as well"
        )

    def test_no_such_output(self, shop):
        shop.define(*uses(component("api"), envBindings={"hots": "DB_HOST"}))
        assert shop.refusal() == (
            f"{NEED}.envBindings.hots\n"
            "  needs the output hots of the Resource db, whose release here has no such output\n"
            "  did you mean host?"
        )

    def test_a_file_of_plain_text(self, shop):
        shop.define(*uses(component("api"), fileBindings={"host": "/etc/db"}))
        assert shop.refusal() == (
            f"{NEED}.fileBindings.host\n"
            "  mounts the output host of the Resource db as a file, but it is plain text there, "
            "and no Secret or ConfigMap\n"
            "  bind it to a variable under envBindings, or let its type offer a secretKeyRef"
        )

    def test_what_only_a_cluster_knows(self, shop):
        outputs = [{"name": "host", "value": "${applied.server.status.host}"}]
        shop.define(database_type(outputs=outputs))
        assert shop.refusal() == (
            f"{NEED}.envBindings.host\n"
            "  needs the output host of the Resource db: it is known only to the cluster, and this "
            "data plane is written to files\n"
            "  deploy to a cluster, or hand it over in __main__.py: deploy(resources={...})"
        )

    def test_a_type_that_does_not_exist(self, shop):
        shop.define(database(type_="databse"))
        assert shop.refusal() == (
            "Resource default/db: spec.type.name\n"
            "  there is no ClusterResourceType databse\n"
            "  did you mean database?"
        )

    def test_a_type_that_cannot_be_rendered(self, shop):
        broken = manifest("ConfigMap", "v1", "${metadata.nme}")
        shop.define(database_type(resources=[{"id": "config", "template": broken}]))
        assert "ClusterResourceType database: spec.resources[0].template.metadata.name" in (
            shop.refusal()
        )

    def test_an_output_that_cannot_be_made(self, shop):
        outputs = [{"name": "host", "value": "${parameters.name.size()}"}]
        shop.define(database_type(outputs=outputs))
        assert "must evaluate to string, not" in shop.refusal()

    def test_two_bindings(self, shop):
        second = resource_binding("db", "development")
        second["metadata"]["name"] = "another"
        shop.define(second)
        assert shop.refusal() == (
            "ResourceReleaseBinding default/db-development: spec\n"
            "  ResourceReleaseBinding default/another binds db to development as well\n"
            "  remove one of the two"
        )

    def test_relaxed_it_goes_without(self, shop):
        shop.forget("ResourceReleaseBinding default/db-development")
        plan = shop.plan(relaxed={7})
        assert env(plan) == []
        (warning,) = plan.warnings
        assert warning.message == "needs the Resource db: it is not deployed in development"


class TestPromotion:
    def test_the_same_release_with_the_names_of_the_environment(self, shop):
        shop.deploy()
        plan = shop.deploy("staging", **pins(shop))
        (variable,) = env(plan)
        assert "-staging-" in variable["value"]
        assert current(shop, "staging") == current(shop)
        (evidence,) = record(shop, stack="staging")["history"][0]["upstream"]
        assert evidence["environment"] == "development"

    def test_before_the_resource_is_refused(self, shop):
        shop.deploy()
        config = pins(shop)
        del config["resourceBindings"]
        assert shop.refusal("staging", **config) == (
            f"{NEED}\n"
            "  needs the Resource db: it is not deployed in staging\n"
            "  deploy it here first: pulumi config set --path "
            f"'openchoreo:resourceBindings.db.resourceRelease' {current(shop)} --stack staging"
        )

    def test_of_a_release_that_never_ran_upstream_is_refused(self, shop):
        shop.deploy()
        config = pins(shop, resourceBindings={"db": {"resourceRelease": "db-000000000000"}})
        assert shop.refusal("staging", **config).startswith(
            "Resource default/db: openchoreo:resourceBindings.db.resourceRelease\n"
            "  no release of db is known as db-000000000000\n"
        )

    def test_with_an_output_of_another_kind_is_refused(self, shop):
        """What was a Secret when the component was built is plain text in the release there."""
        shop.define(*uses(component("api"), fileBindings={"password": "/etc/db"}))
        shop.deploy()
        shop.deploy("staging", **pins(shop))
        outputs = [{"name": "password", "value": "open"}]
        shop.define(database_type(outputs=outputs), *component("api", auto=False))
        shop.deploy(bindings={"api": {"state": "Undeploy"}})
        config = pins(shop)
        config["bindings"] = {
            "api": {
                "releaseName": ledger(shop, "staging")["components"]["default/api"]["history"][0][
                    "name"
                ]
            }
        }
        assert shop.refusal("staging", **config) == (
            f"{NEED}.fileBindings.password\n".replace(
                "Workload default/api",
                f"ComponentRelease default/{config['bindings']['api']['releaseName']}",
            )
            + "  mounts the output password of the Resource db as a file, but it is plain text "
            "there, and no Secret or ConfigMap\n"
            "  bind it to a variable under envBindings, or let its type offer a secretKeyRef"
        )

    def test_takes_values_of_its_environment(self, shop):
        schema = {"type": "object", "properties": {"size": {"type": "integer", "default": 1}}}
        server = manifest(
            "StatefulSet",
            "apps/v1",
            "${metadata.name}",
            spec={"replicas": "${environmentConfigs.size}"},
        )
        shop.define(
            database_type(
                environmentConfigs={"openAPIV3Schema": schema},
                resources=[{"id": "server", "template": server}],
            )
        )
        shop.deploy()
        config = pins(shop)
        config["resourceBindings"]["db"]["resourceTypeEnvironmentConfigs"] = {"size": 3}
        (managed,) = shop.plan("staging", **config).resources
        assert managed.objects[0].manifest["spec"]["replicas"] == 3


class TestUndeploy:
    def test_takes_its_objects_away_and_keeps_the_history(self, shop):
        shop.define(*component("api"))
        shop.deploy()
        gone = {"resourceBindings": {"db": {"state": "Undeploy"}}}
        plan = shop.deploy(**gone)
        assert [*plan.resources] == []
        assert plan.gone == (("resources", ("default", "db")),)
        assert [one["state"] for one in record(shop)["history"]] == ["Undeploy", "Active"]
        assert "outputs" not in record(shop)
        before = shop.outputs[shop.full("development")]
        shop.deploy(**gone)
        assert shop.outputs[shop.full("development")] == before

    def test_nothing_is_removed_by_absence(self, shop):
        shop.define(*component("api"))
        shop.deploy()
        shop.forget("ResourceReleaseBinding default/db-development")
        assert len([*shop.plan().resources]) == 1
        shop.forget("Resource default/db")
        assert shop.refusal() == (
            "Resource default/db\n"
            f"  runs {current(shop)} here, but its definition has vanished\n"
            "  restore its definition, or remove it: pulumi config set --path "
            "'openchoreo:removed[0]' resource/default/db --stack development"
        )
        plan = shop.deploy(removed=["resource/default/db"])
        assert plan.gone == (("resources", ("default", "db")),)

    def test_a_component_of_the_same_name_is_another_thing(self, shop):
        shop.define(*component("db"), *component("api"))
        shop.deploy()
        shop.forget("Resource default/db", "ResourceReleaseBinding default/db-development")
        plan = shop.plan(removed=["resource/default/db"])
        assert [one.key for one in plan.components] == ["default/api", "default/db"]
        assert [*plan.resources] == []


class TestRetain:
    def retained(self, plan) -> list[str]:
        found = [
            one
            for project_ in plan.projects
            for one in (*project_.objects, *(o for r in project_.resources for o in r.objects))
        ]
        return [one.manifest["kind"] for one in found if one.retained]

    def test_by_type_binding_and_config(self, shop):
        assert self.retained(shop.plan()) == []
        shop.define(database_type(retainPolicy="Retain"))
        assert self.retained(shop.plan()) == ["Namespace", "ConfigMap", "StatefulSet"]
        shop.define(resource_binding("db", "development", retainPolicy="Delete"))
        assert self.retained(shop.plan()) == []
        config = {"db": {"retainPolicy": "Retain"}}
        assert len(self.retained(shop.plan(resourceBindings=config))) == 3

    def test_the_namespace_is_kept_for_what_was_left_behind(self, shop):
        shop.define(database_type(retainPolicy="Retain"), *component("api"))
        shop.deploy()
        plan = shop.deploy(resourceBindings={"db": {"state": "Undeploy"}})
        assert self.retained(plan) == ["Namespace"]
        assert record(shop)["retained"] is True
        shop.define(resource_binding("db", "development", retainPolicy="Delete"))
        assert self.retained(shop.deploy()) == []


class TestIsolation:
    def test_what_runs_goes_on(self, shop):
        shop.deploy()
        before = current(shop)
        shop.define(database(type_="databse"))
        plan = shop.deploy(onProblem="isolate")
        assert [one.message for one in plan.problems] == ["there is no ClusterResourceType databse"]
        assert env(plan) == [{"name": "DB_HOST", "value": HOST}]
        assert current(shop) == before

    def test_what_never_ran_is_not_there(self, shop):
        shop.define(database(type_="databse"), *component("page"))
        plan = shop.plan(onProblem="isolate")
        assert [one.key for one in plan.components] == ["default/page"]


class TestHandedOver:
    """Outputs that the program gives, with deploy(resources=...)."""

    def test_text_is_there_at_once(self, shop):
        handed = {"db": {"host": Handed("value", Output(value="db.example.test"))}}
        assert env(shop.plan(handed=handed)) == [{"name": "DB_HOST", "value": "db.example.test"}]

    def test_what_is_known_later_is_not_known_in_the_manifest(self, shop):
        plan = shop.plan(handed={"default/db": {"host": Handed("value")}})
        assert env(plan) == [{"name": "DB_HOST", "value": UNKNOWN}]
        (api,) = plan.components
        assert api.complete is not None
        whole = api.complete({("default", "db"): {"host": Output(value="late.example.test")}})
        found = plan.with_completed({api.key: whole})
        assert env(found) == [{"name": "DB_HOST", "value": "late.example.test"}]

    def test_it_meets_what_only_a_cluster_knows(self, shop):
        outputs = [{"name": "host", "value": "${applied.server.status.host}"}]
        shop.define(database_type(outputs=outputs))
        handed = {"db": {"host": Handed("value", Output(value="db.example.test"))}}
        assert env(shop.plan(handed=handed)) == [{"name": "DB_HOST", "value": "db.example.test"}]

    def test_names_that_mean_nothing(self, shop):
        handed = {"bd": {"host": Handed("value", Output(value="x"))}}
        assert shop.refusal(handed=handed) == (
            "deploy(resources=...): bd\n  there is no Resource bd here\n  known: db"
        )
        handed = {"db": {"hots": Handed("value", Output(value="x"))}}
        assert shop.refusal(handed=handed) == (
            "deploy(resources=...): default/db.hots\n"
            "  the type of Resource db declares no output hots\n"
            "  did you mean host?"
        )

    def test_another_kind_than_declared(self, shop):
        handed = {"db": {"password": Handed("value", Output(value="x"))}}
        assert shop.refusal(handed=handed) == (
            "deploy(resources=...): default/db.password\n"
            "  the type declares it as secretKeyRef, and it is handed over as value\n"
            "  hand over SecretKey(name, key)"
        )


class TestOnACluster:
    CLUSTER = {"dataPlanes": {"default": {"context": "kind"}}}  # noqa: RUF012 - never changed

    def test_outputs_are_read_once_it_runs(self, shop):
        outputs = [{"name": "host", "value": "${applied.server.status.host}"}]
        shop.define(database_type(outputs=outputs))
        plan = shop.plan(**self.CLUSTER)
        (managed,) = plan.resources
        assert managed.late == {"host"}
        seen = managed.observe({"server": {}, "config": {}}, {})
        assert [one.partition(":")[0] for one in seen.waiting] == ["output host"]
        seen = managed.observe({"server": {"host": "1.2.3.4"}, "config": {}}, {})
        assert (seen.outputs, seen.waiting) == ({"host": Output(value="1.2.3.4")}, ())
        (api,) = plan.components
        whole = api.complete({("default", "db"): seen.outputs})
        assert env(plan.with_completed({api.key: whole})) == [
            {"name": "DB_HOST", "value": "1.2.3.4"}
        ]
        assert whole.done.proof == "applied"

    def test_it_waits_for_its_own_condition(self, shop):
        condition = "${applied.server.status.readyReplicas == 1}"
        server = manifest("StatefulSet", "apps/v1", "${metadata.name}", spec={"replicas": 1})
        shop.define(
            database_type(
                resources=[{"id": "server", "readyWhen": condition, "template": server}],
                outputs=[{"name": "host", "value": "db"}],
            )
        )
        (managed,) = shop.plan(**self.CLUSTER).resources
        assert len(managed.observe({"server": {}}, {}).waiting) == 1
        assert managed.observe({"server": {"readyReplicas": 0}}, {}).waiting == (
            "server: its readyWhen does not hold",
        )
        assert managed.observe({"server": {"readyReplicas": 1}}, {}).waiting == ()

    def test_names_of_objects_cannot_depend_on_it(self, shop):
        from tests.plan.definitions import component_type

        shop.define(
            database_type(outputs=[{"name": "host", "value": "${applied.server.status.h}"}])
        )
        named = manifest("ConfigMap", "v1", "${dependencies.toContainerEnvs()[0].value}")
        shop.define(component_type("service", named))
        assert "known only once the Resource has been applied" in shop.refusal(**self.CLUSTER)


class TestNames:
    def test_in_config(self, shop):
        assert shop.refusal(resourceBindings={"dbb": {}}) == (
            "stack config: openchoreo:resourceBindings.dbb\n"
            "  there is no Resource dbb here\n"
            "  did you mean db?"
        )


def test_what_a_stack_has_is_its_summary(shop):
    shop.deploy()
    assert [*shop.summary()] == ["default/api", "resource/default/db"]


def test_its_objects_come_with_those_of_the_project(shop):
    kinds = [one.partition(" ")[0] for one in objects(shop.plan())]
    assert kinds == [
        "Namespace",
        "Deployment",
        "Service",
        "NetworkPolicy",
        "ConfigMap",
        "StatefulSet",
    ]
