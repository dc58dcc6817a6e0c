"""Projects as releases of their own: seeded, pinned, recorded, and never removed by absence."""

import json

import pytest

from tests.plan.definitions import component, project, project_binding, resource
from tests.plan.world import names, objects

NAMESPACE = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "${metadata.namespace}", "labels": "${metadata.labels}"},
}


def project_type(tier: str = "basic", **more) -> dict:
    labels = {
        "openchoreo.dev/namespace": "${metadata.projectNamespace}",
        "openchoreo.dev/project": "${metadata.projectName}",
        "tier": tier,
    }
    template = {**NAMESPACE, "metadata": {**NAMESPACE["metadata"], "labels": labels}}
    resources = [{"id": "namespace", "template": template}]
    return resource("ClusterProjectType", "default", {"resources": resources, **more})


@pytest.fixture
def shop(world):
    world.define(project_type(), *component("api"))
    return world


def ledger(world, stack="development"):
    return json.loads(world.outputs[world.full(stack)]["pipeline"])


def current(world, stack="development"):
    return ledger(world, stack)["projects"]["default/shop"]["history"][0]


def tier(plan) -> str:
    (planned,) = plan.projects
    return planned.objects[0].manifest["metadata"]["labels"]["tier"]


def promoted(world, stack="staging", **config):
    pins = {"api": {"releaseName": world.current("default/api")}}
    return world.deploy(stack, bindings=pins, **config)


class TestFirstEnvironment:
    def test_follows_the_definitions(self, shop):
        shop.deploy()
        first = current(shop)
        assert (first["name"].rpartition("-")[0], first["state"]) == ("shop", "Active")
        shop.define(project_type("gold"))
        assert tier(shop.deploy()) == "gold"
        assert current(shop)["name"] != first["name"]
        assert len(ledger(shop)["projects"]["default/shop"]["history"]) == 2

    def test_is_held(self, shop):
        shop.deploy()
        shop.define(project_type("gold"))
        held = shop.plan(projectBindings={"shop": {"hold": True}})
        assert tier(held) == "basic"
        assert [one.partition(" is available")[0] for one in held.notes] == [
            f"Project default/shop: {shop.plan().projects[0].release.name}"
        ]

    def test_goes_back_by_pin(self, shop):
        shop.deploy()
        first = current(shop)["name"]
        shop.define(project_type("gold"))
        shop.deploy()
        pinned = {"shop": {"projectRelease": first}}
        assert tier(shop.deploy(projectBindings=pinned)) == "basic"
        assert current(shop)["name"] == first

    def test_takes_values_from_binding_and_config(self, shop):
        template = {**NAMESPACE, "metadata": {"name": "${metadata.namespace}"}}
        template["metadata"]["labels"] = {"tier": "${environmentConfigs.tier}"}
        schema = {"type": "object", "properties": {"tier": {"type": "string", "default": "none"}}}
        shop.define(
            resource(
                "ClusterProjectType",
                "default",
                {
                    "environmentConfigs": {"openAPIV3Schema": schema},
                    "resources": [{"id": "namespace", "template": template}],
                },
            )
        )
        assert tier(shop.plan()) == "none"
        shop.define(project_binding("shop", "development", environmentConfigs={"tier": "silver"}))
        assert tier(shop.plan()) == "silver"
        config = {"shop": {"environmentConfigs": {"tier": "gold"}}}
        assert tier(shop.plan(projectBindings=config)) == "gold"
        assert names(shop.plan()) == names(shop.plan(projectBindings=config))


class TestLaterEnvironment:
    def test_is_seeded_with_what_runs_upstream(self, shop):
        shop.deploy()
        shop.define(project_type("gold"))
        assert tier(promoted(shop)) == "basic"
        (evidence,) = current(shop, "staging")["upstream"]
        assert evidence["environment"] == "development"

    def test_keeps_that_until_it_is_pinned(self, shop):
        shop.deploy()
        promoted(shop)
        shop.define(project_type("gold"))
        shop.deploy()
        kept = promoted(shop)
        new = current(shop)["name"]
        assert tier(kept) == "basic"
        assert [*kept.notes] == [
            (
                f"Project default/shop: {new} is available (no pin); pulumi config set --path "
                f"'openchoreo:projectBindings.shop.projectRelease' {new} --stack staging"
            )
        ]
        assert tier(promoted(shop, projectBindings={"shop": {"projectRelease": new}})) == "gold"

    def test_cannot_run_what_upstream_has_not_deployed(self, shop):
        shop.deploy()
        promoted(shop)
        shop.define(project_type("gold"))
        name = shop.plan().projects[0].release.name
        before = current(shop)["name"]
        assert shop.refusal("staging", projectBindings={"shop": {"projectRelease": name}}) == (
            "2 problems\n\n"
            "Component default/api: openchoreo:bindings.api.releaseName\n"
            f"  runs {shop.current('default/api')} here, but its pin has vanished\n"
            f"  development runs {shop.current('default/api')}\n"
            f"  staging runs {shop.current('default/api')}\n"
            f"  pin it again: pulumi config set --path 'openchoreo:bindings.api.releaseName' "
            f"{shop.current('default/api')} --stack staging\n"
            "  or undeploy it: pulumi config set --path 'openchoreo:bindings.api.state' Undeploy "
            "--stack staging\n\n"
            "Project default/shop: openchoreo:projectBindings.shop.projectRelease\n"
            f"  {name} has not been deployed in development, from where staging gets its releases\n"
            f"  development runs {before}\n"
            f"  staging runs {before}\n"
            "  pulumi config set --path 'openchoreo:projectBindings.shop.projectRelease' "
            f"{before} --stack staging"
        )

    def test_an_older_program_recorded_no_project(self, shop):
        """Then the first release is that of today's definitions."""
        shop.deploy()
        outputs = shop.outputs[shop.full("development")]
        content = json.loads(outputs["pipeline"])
        del content["projects"], content["digest"]
        outputs["pipeline"] = json.dumps(content | {"digest": digest_of(content)})
        assert tier(promoted(shop)) == "basic"
        assert "upstream" not in current(shop, "staging")


def digest_of(content: dict) -> str:
    from openchoreo.delivery.encoding import digest_of as digest
    from openchoreo.delivery.encoding import encoded

    return digest(encoded(content))


class TestItStays:
    def test_when_everything_in_it_is_undeployed(self, shop):
        shop.deploy()
        plan = shop.deploy(bindings={"api": {"state": "Undeploy"}})
        assert [one.partition("/")[0] for one in objects(plan)] == ["Namespace default"]

    def test_when_its_definition_vanishes(self, shop):
        shop.deploy()
        shop.deploy(bindings={"api": {"state": "Undeploy"}})
        shop.forget("Project default/shop")
        plan = shop.deploy(bindings={"api": {"state": "Undeploy"}})
        assert [one.partition("/")[0] for one in objects(plan)] == ["Namespace default"]
        assert [*plan.notes] == [
            (
                "Project default/shop is no longer defined; its own objects stay, until it is removed: "
                "pulumi config set --path 'openchoreo:removed[0]' project/default/shop "
                "--stack development"
            )
        ]

    def test_until_it_is_removed(self, shop):
        shop.deploy()
        shop.deploy(bindings={"api": {"state": "Undeploy"}})
        shop.forget("Project default/shop")
        gone = {"bindings": {"api": {"state": "Undeploy"}}, "removed": ["project/default/shop"]}
        plan = shop.deploy(**gone)
        assert objects(plan) == []
        assert plan.gone == (("projects", ("default", "shop")),)
        assert current(shop)["state"] == "Undeploy"
        before = shop.outputs[shop.full("development")]
        shop.deploy(**gone)
        assert shop.outputs[shop.full("development")] == before

    def test_removing_what_is_defined_is_refused(self, shop):
        shop.deploy()
        assert shop.refusal(removed=["project/default/shop"]) == (
            "Project default/shop: openchoreo:removed[0]\n"
            "  default/shop is to be removed, but is still defined\n"
            "  remove its definition, or keep it: pulumi config rm --path 'openchoreo:removed[0]' "
            "--stack development"
        )


class TestNames:
    def test_of_no_project(self, shop):
        assert shop.refusal(projectBindings={"shp": {}}) == (
            "stack config: openchoreo:projectBindings.shp\n"
            "  there is no project shp here\n"
            "  did you mean shop?"
        )

    def test_in_two_namespaces(self, shop):
        from tests.plan.definitions import platform

        shop.define(*platform("team"), project("shop", "team"))
        assert "shop is in several namespaces" in shop.refusal(projectBindings={"shop": {}})
        shop.plan(projectBindings={"default/shop": {"hold": True}})


def test_two_bindings_of_one_project(shop):
    second = project_binding("shop", "development")
    second["metadata"]["name"] = "another"
    shop.define(project_binding("shop", "development"), second)
    assert shop.refusal() == (
        "ProjectReleaseBinding default/shop-development: spec\n"
        "  ProjectReleaseBinding default/another binds shop to development as well\n"
        "  remove one of the two"
    )
