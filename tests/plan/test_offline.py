"""Rendering without ledgers: pins, bindings, single components, and what goes wrong."""

import pytest

from openchoreo.delivery import Snapshots
from openchoreo.errors import OpenChoreoError
from openchoreo.plan.releases import snapshot_of
from tests.plan.definitions import (
    binding,
    component,
    endpoint,
    needs,
    platform,
    project,
    resource,
)
from tests.plan.world import without_files

HTTP = {"http": endpoint()}


def snapshot(world, name="greeter"):
    """The release that the definitions make now."""
    catalog = world.catalog()
    release, problems = snapshot_of(catalog, catalog.component("default", name), Snapshots())
    assert not problems
    return release


def release(world, name, of="greeter"):
    """A ComponentRelease document of what the definitions are now."""
    owner = {"projectName": "shop", "componentName": of}
    return resource("ComponentRelease", name, {"owner": owner, **snapshot(world, of).spec})


def told(offline):
    return [
        (one.chain, one.component or one.project, one.binding, one.release, one.release_from)
        for one in offline.resources
    ]


def image(offline, name="greeter"):
    (found,) = (one for one in offline.resources if one.component == name)
    deployment = next(o.manifest for o in found.manifests if o.manifest["kind"] == "Deployment")
    return deployment["spec"]["template"]["spec"]["containers"][0]["image"]


@pytest.fixture
def shop(world):
    world.define(*component("greeter"))
    return world


@pytest.fixture
def released(shop):
    """greeter with the release greeter-1 of its first version, and now in its second."""
    first = release(shop, "greeter-1")
    shop.define(first, *component("greeter", image="app:2"))
    return shop


def test_projects_come_first_and_snapshots_are_named_by_their_content(shop):
    found = shop.offline()
    assert found.problems == ()
    assert told(found) == [
        ("project", "shop", "shop-development", found.resources[0].release, "snapshot"),
        ("component", "greeter", "greeter-development", snapshot(shop).name, "snapshot"),
    ]


def test_manual_components_are_rendered_as_well(shop):
    shop.define(*component("greeter", auto=False))
    assert len(shop.offline("production").resources) == 2


def test_a_pin_to_a_release_of_the_definitions(released):
    released.define(binding("greeter", "development", releaseName="greeter-1"))
    found = released.offline()
    assert told(found)[1] == (
        "component",
        "greeter",
        "greeter-development",
        "greeter-1",
        "pin",
    )
    assert image(found) == "app:1"


def test_a_pin_by_the_name_of_the_content(released):
    digest = Snapshots().imported(released.catalog().releases_of("default", "shop", "greeter")[0])
    found = released.offline(bindings={"greeter": {"releaseName": digest.name}})
    assert (image(found), told(found)[1][4]) == ("app:1", "pin")


def test_a_pin_with_another_digest_is_not_that_release(released):
    pin = f"greeter-1@sha256:{'0' * 64}"
    found = released.offline(bindings={"greeter": {"releaseName": pin}})
    assert image(found) == "app:2"


def test_a_pin_of_another_environment_does_not_matter(released):
    released.define(binding("greeter", "staging", releaseName="greeter-1"))
    assert image(released.offline()) == "app:2"
    assert image(released.offline("staging")) == "app:1"


def test_a_pin_that_is_not_there_warns(released):
    found = released.offline(bindings={"greeter": {"releaseName": "greeter-0"}})
    assert image(found) == "app:2"
    (warning,) = found.warnings
    assert str(warning) == (
        "Component default/greeter: openchoreo:bindings.greeter.releaseName\n"
        "  greeter-0 is not among the definitions; the snapshot of today is rendered instead\n"
        f"  keep its ComponentRelease there, or pin {snapshot(released).name}"
    )


def test_a_pin_to_todays_snapshot_does_not_warn(shop):
    pin = {"greeter": {"releaseName": snapshot(shop).name}}
    assert shop.offline(bindings=pin).warnings == ()


def test_bindings_lie_over_those_of_the_definitions(shop):
    shop.define(
        binding(
            "greeter", "development", componentTypeEnvironmentConfigs={"replicas": 2}, name="mine"
        )
    )
    over = {"greeter": {"componentTypeEnvironmentConfigs": {"replicas": 5}}}

    def replicas(**more):
        (found,) = (one for one in shop.offline(**more).resources if one.component)
        assert found.binding == "mine"
        return next(
            o.manifest["spec"]["replicas"]
            for o in found.manifests
            if o.manifest["kind"] == "Deployment"
        )

    assert replicas() == 2
    assert replicas(bindings=over) == 5


def test_what_is_undeployed_is_left_out(shop):
    shop.define(binding("greeter", "development", state="Undeploy"))
    assert [kind for kind, *_ in told(shop.offline())] == ["project"]


class TestSingleComponents:
    @pytest.fixture
    def several(self, world):
        """page needs api; other is broken."""
        world.define(*component("api", endpoints=HTTP), *component("page", needs=[needs("api")]))
        world.define(component("other")[0])
        return world

    def test_only_they_are_rendered(self, several):
        found = several.offline(only=["page"])
        assert [one.component for one in found.resources] == ["page"]
        assert found.problems == ()

    def test_they_can_be_named_with_their_namespace(self, several):
        found = several.offline(only=["default/page", "api"])
        assert [one.component for one in found.resources] == ["api", "page"]

    def test_problems_of_what_they_need_are_told(self, several):
        several.forget("Workload default/api")
        found = several.offline(only=["page"])
        assert [problem.resource for problem in found.problems] == [
            "Component default/api",
            "Workload default/page",
        ]

    def test_problems_of_others_are_told_where_everything_is_asked_for(self, several):
        (problem,) = several.offline().problems
        assert problem.resource == "Component default/other"

    def test_an_unknown_one(self, several):
        with pytest.raises(OpenChoreoError) as raised:
            several.offline(only=["pgae"])
        assert str(raised.value) == (
            "stack config: openchoreo:component.pgae\n"
            "  there is no component pgae here\n"
            "  did you mean page?"
        )


def test_a_broken_namespace_does_not_hide_the_others(world):
    world.forget("ClusterDataPlane /default")
    world.define(*platform("team"), project("shop", "team"))
    world.define(*component("greeter"), *component("greeter", namespace="team"))
    plane = {"planeID": "eu", "clusterAgent": {"clientCA": {"value": ""}}}
    world.define(resource("DataPlane", "default", plane, "team"))
    found = world.offline()
    assert [one.namespace for one in found.resources] == ["team", "team"]
    assert [problem.resource for problem in found.problems] == ["Environment default/development"]


def test_two_bindings_of_one_component(shop):
    shop.define(binding("greeter", "development", "one"), binding("greeter", "development", "two"))
    found = shop.offline()
    (problem,) = found.problems
    assert without_files(str(problem)) == (
        "ReleaseBinding default/two: spec\n"
        "  ReleaseBinding default/one binds greeter to development as well\n"
        "  remove one of the two"
    )


def test_the_same_definitions_give_the_same_manifests(shop):
    assert shop.offline() == shop.offline()


class TestOwners:
    """Projects, Resources and channels, with what stack config says of them."""

    def test_values_of_a_resource(self, world):
        from openchoreo.config import ResourceBindingConfig
        from tests.plan.definitions import database, database_type, manifest

        schema = {"type": "object", "properties": {"size": {"type": "integer", "default": 1}}}
        server = manifest(
            "StatefulSet",
            "apps/v1",
            "${metadata.name}",
            spec={"replicas": "${environmentConfigs.size}"},
        )
        world.define(
            database_type(
                environmentConfigs={"openAPIV3Schema": schema},
                resources=[{"id": "server", "template": server}],
                outputs=[],
            ),
            database(),
        )
        assert "resource" not in {one.chain for one in world.offline().resources}
        config = {"resourceTypeEnvironmentConfigs": {"size": 3}}
        bindings = {"db": ResourceBindingConfig.model_validate(config)}
        found = world.offline(resource_bindings=bindings).resources
        (resource,) = (one for one in found if one.chain == "resource")
        assert resource.manifests[0].manifest["spec"]["replicas"] == 3
        bindings = {"db": ResourceBindingConfig.model_validate({"state": "Undeploy"})}
        found = world.offline(resource_bindings=bindings).resources
        assert "resource" not in {one.chain for one in found}

    def test_channels(self, world):
        from tests.plan.test_channels import channel

        world.define(channel("alerts"))
        (found,) = (one for one in world.offline().resources if one.chain == "environment")
        assert [one.target_plane for one in found.manifests] == ["observabilityplane"]
