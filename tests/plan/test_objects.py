"""What a plan registers: the objects of projects and components, and where they go."""

import pytest

from openchoreo.errors import OpenChoreoError
from tests.plan.definitions import (
    component,
    component_type,
    data_plane,
    endpoint,
    environment,
    manifest,
    needs,
    platform,
    project,
    resource,
)
from tests.plan.world import names, objects

NAMESPACE = "dp-default-shop-development-276893d5"


def config_map(name, version="v1", kind="ConfigMap"):
    return manifest(kind, version, name=name)


def template(id_, document, **more):
    return {"id": id_, "template": document, **more}


class TestObjects:
    def test_their_names_tell_plane_and_namespace(self, world):
        world.define(*component("greeter"))
        assert objects(world.plan()) == [
            f"Namespace default/{NAMESPACE}",
            f"Deployment default/{NAMESPACE}/greeter",
            f"Service default/{NAMESPACE}/greeter",
            f"NetworkPolicy default/{NAMESPACE}/openchoreo-greeter",
        ]

    def test_two_components_must_not_render_the_same_object(self, world):
        world.define(component_type("service", config_map("shared")))
        world.define(*component("one"), *component("two"))
        assert world.refusal() == (
            "Component default/two\n"
            f"  renders ConfigMap default/{NAMESPACE}/shared, and so does Component default/one\n"
            "  let the templates make names that differ, as with ${metadata.name}"
        )

    def test_a_collision_is_placed_in_the_definitions(self, world):
        world.define(component_type("service", config_map("shared")))
        world.define(*component("one"), *component("two"))
        with pytest.raises(OpenChoreoError) as raised:
            world.plan()
        (problem,) = raised.value.problems
        assert (problem.file, problem.line > 1) == ("definitions.yaml", True)

    def test_another_version_of_the_same_group_is_the_same_object(self, world):
        old = component_type("old", config_map("route", "example.com/v1beta1", "Route"))
        new = component_type("new", config_map("route", "example.com/v1", "Route"))
        world.define(old, new, *component("one", type_="old"), *component("two", type_="new"))
        assert world.refusal().startswith(
            f"Component default/two\n  renders Route default/{NAMESPACE}/route, "
        )

    def test_another_group_is_another_object(self, world):
        one = component_type("old", config_map("route", "one.example.com/v1", "Route"))
        two = component_type("new", config_map("route", "two.example.com/v1", "Route"))
        world.define(one, two, *component("one", type_="old"), *component("two", type_="new"))
        assert len(names(world.plan())) == 2

    def test_a_project_and_its_component_must_not_render_the_same_object(self, world):
        world.define(component_type("service", config_map("shared")), *component("one"))
        namespace = {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": "${metadata.namespace}"},
        }
        spec = {
            "resources": [
                template("namespace", namespace),
                template("shared", config_map("shared")),
            ]
        }
        world.define(resource("ClusterProjectType", "default", spec))
        assert world.refusal() == (
            "Component default/one\n"
            f"  renders ConfigMap default/{NAMESPACE}/shared, and so does Project default/shop\n"
            "  let the templates make names that differ, as with ${metadata.name}"
        )

    def test_all_problems_of_rendering_are_told_together(self, world):
        overrides = {"componentTypeEnvironmentConfigs": {"replicas": "two"}}
        world.define(*component("one"), *component("two"))
        text = world.refusal(bindings={"one": overrides, "two": overrides})
        assert text.startswith("2 problems\n\n")

    def test_the_order_of_definitions_does_not_matter(self, world):
        world.define(*platform("a"), project("z", "a"), project("bank"))
        world.define(*component("c", of="z", namespace="a"), *component("vault", of="bank"))
        world.define(*component("page", needs=[needs("api")]))
        world.define(*component("api", endpoints={"http": endpoint()}))
        first = world.plan()
        world.named = dict(reversed(world.named.items()))
        again = world.plan()
        assert again.projects == first.projects
        assert again.ledger == first.ledger
        assert objects(again) == objects(first)


class TestDataPlanes:
    def plane(self, plan):
        return {plane.name: plane.directory for plane in plan.planes}

    def test_the_default_directory(self, world):
        world.define(*component("greeter"))
        assert self.plane(world.plan()) == {"default": "manifests/development/default"}

    def test_a_directory_of_the_config(self, world):
        world.define(*component("greeter"))
        plan = world.plan(dataPlanes={"default": {"directory": "out/dev"}})
        assert self.plane(plan) == {"default": "out/dev"}

    def test_files_is_the_default_directory(self, world):
        world.define(*component("greeter"))
        plan = world.plan(dataPlanes={"default": "files"})
        assert self.plane(plan) == {"default": "manifests/development/default"}

    def test_an_unknown_plane_in_the_config(self, world):
        world.define(*component("greeter"))
        assert world.refusal(dataPlanes={"defualt": "files"}) == (
            "stack config: openchoreo:dataPlanes.defualt\n"
            "  no component of this stack runs on a data plane defualt\n"
            "  did you mean default?"
        )

    def test_two_planes_in_one_directory(self, world):
        world.define(data_plane("eu"), *platform("team"), project("shop", "team"))
        reference = {"kind": "ClusterDataPlane", "name": "eu"}
        world.define(environment("development", "team", dataPlaneRef=reference))
        world.define(*component("greeter"), *component("greeter", namespace="team"))
        targets = {"default": {"directory": "out"}, "eu": {"directory": "./out/"}}
        assert world.refusal(dataPlanes=targets) == (
            "stack config: openchoreo:dataPlanes.eu\n"
            "  default and eu would both be written to ./out/\n"
            "  give each data plane a directory of its own"
        )

    def test_a_stack_that_runs_nothing_yet_may_name_any(self, world):
        assert world.plan(dataPlanes={"later": "files"}).planes == ()

    def test_a_plane_of_the_ledger_stays_known(self, world):
        world.define(*component("greeter"))
        world.deploy()
        world.define(
            data_plane("eu"),
            environment("development", dataPlaneRef={"kind": "ClusterDataPlane", "name": "eu"}),
        )
        plan = world.plan(dataPlanes={"default": "files"})
        assert self.plane(plan) == {"eu": "manifests/development/eu"}
        assert list(plan.ledger.planes) == ["default", "eu"]

    def test_the_observability_plane_lies_beside_the_data_plane(self, world):
        rule = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "alerts"}}
        service = component_type()
        service["spec"]["resources"].append(
            template("alerts", rule, targetPlane="observabilityplane")
        )
        world.define(service, *component("greeter"))
        plan = world.plan(dataPlanes={"default-observability": {"directory": "alerts"}})
        assert self.plane(plan) == {
            "default": "manifests/development/default",
            "default-observability": "alerts",
        }
        assert "ConfigMap default-observability/alerts" in objects(plan)

    def test_an_environment_without_any_data_plane(self, world):
        world.forget("ClusterDataPlane /default")
        world.define(*component("greeter"))
        assert world.refusal() == (
            "Environment default/development: spec.dataPlaneRef\n"
            "  names no data plane, and there is no DataPlane or ClusterDataPlane default\n"
            "  define a ClusterDataPlane default"
        )

    def test_an_environment_that_names_none_where_there_are_others(self, world):
        world.forget("ClusterDataPlane /default")
        world.define(data_plane("eu"), *component("greeter"))
        assert world.refusal().endswith("\n  known: eu")

    def test_an_environment_that_names_an_unknown_one(self, world):
        reference = {"kind": "ClusterDataPlane", "name": "defualt"}
        world.define(environment("development", dataPlaneRef=reference), *component("greeter"))
        assert world.refusal() == (
            "Environment default/development: spec.dataPlaneRef.name\n"
            "  there is no ClusterDataPlane defualt\n"
            "  did you mean default?"
        )

    def test_data_planes_of_several_namespaces_are_told_together(self, world):
        world.forget("ClusterDataPlane /default")
        world.define(*platform("team"), project("shop", "team"))
        world.define(*component("greeter"), *component("greeter", namespace="team"))
        assert world.refusal().startswith("2 problems\n\nEnvironment default/development")


def project_binding(name, environment="development", **spec):
    owner = {"projectName": "shop"}
    return resource(
        "ProjectReleaseBinding", name, {"owner": owner, "environment": environment, **spec}
    )


class TestProjects:
    @pytest.fixture(autouse=True)
    def greeter(self, world):
        world.define(*component("greeter"))

    def test_without_any_type_a_project_is_its_namespace(self, world):
        (planned,) = world.plan().projects
        assert [one.manifest["kind"] for one in planned.objects] == ["Namespace"]

    def test_a_type_that_is_not_there(self, world):
        spec = {
            "resources": [
                template(
                    "namespace",
                    {
                        "apiVersion": "v1",
                        "kind": "Namespace",
                        "metadata": {"name": "${metadata.namespace}"},
                    },
                )
            ]
        }
        world.define(resource("ClusterProjectType", "defaults", spec))
        assert world.refusal() == (
            "Project default/shop: spec.type.name\n"
            "  there is no ClusterProjectType default\n"
            "  did you mean defaults?"
        )

    def test_two_bindings_of_one_environment(self, world):
        world.define(project_binding("one"), project_binding("two"))
        assert world.refusal() == (
            "ProjectReleaseBinding default/two: spec\n"
            "  ProjectReleaseBinding default/one binds shop to development as well\n"
            "  remove one of the two"
        )

    def test_bindings_of_other_environments_do_not_matter(self, world):
        world.define(project_binding("one"), project_binding("two", "staging"))
        assert len(world.plan().projects) == 1

    def test_a_project_that_runs_nothing_here_has_no_namespace(self, world):
        world.define(project("empty"))
        assert [one.key for one in world.plan().projects] == ["default/shop"]

    def test_a_project_that_ran_something_keeps_its_namespace(self, world):
        world.deploy()
        plan = world.plan(bindings={"greeter": {"state": "Undeploy"}})
        assert objects(plan) == [f"Namespace default/{NAMESPACE}"]
