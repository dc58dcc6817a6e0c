"""Endpoints that components need from each other, inside a project and across projects."""

import pytest

from tests.plan.definitions import (
    DEPLOYMENT,
    binding,
    component,
    component_type,
    endpoint,
    manifest,
    needs,
    platform,
    project,
    resource,
)
from tests.plan.world import names, variables

HTTP = {"http": endpoint()}
NEED = "Workload default/page: spec.dependencies.endpoints[0]\n"


def page(**more):
    """A component that needs the endpoint http of api."""
    return component("page", needs=[needs("api", **more)])


@pytest.fixture
def shop(world):
    """api and page, which needs it, in one project."""
    world.define(*component("api", endpoints=HTTP), *page())
    return world


@pytest.fixture
def projects(world):
    """page is in shop, api in the project bank; its endpoint is open to other projects."""
    world.define(project("bank"))
    world.define(*component("api", of="bank", endpoints={"http": endpoint("namespace")}))
    world.define(*page(project="bank", visibility="namespace"))
    return world


def test_inside_a_project(shop):
    assert variables(shop.plan(), "default/page") == {
        "API_URL": "http://api.dp-default-shop-development-276893d5.svc.cluster.local:80"
    }


def test_across_projects(projects):
    assert variables(projects.plan(), "default/page") == {
        "API_URL": "http://api.dp-default-bank-development-0a45fa6c.svc.cluster.local:80"
    }


def test_components_may_need_each_other(world):
    world.define(*component("api", endpoints=HTTP, needs=[needs("page")]))
    world.define(*component("page", endpoints=HTTP, needs=[needs("api")]))
    plan = world.plan()
    assert list(variables(plan, "default/page")) == ["API_URL"]
    assert list(variables(plan, "default/api")) == ["PAGE_URL"]


def strict_type():
    """A type that cannot be rendered before the addresses of what it needs are known."""
    found = component_type("strict")
    address = "${dependencies.items[0].envVars[0].value}"
    config = manifest("ConfigMap", "v1", data={"address": address})
    found["spec"]["resources"].append({"id": "address", "template": config})
    return found


def test_a_provider_whose_templates_use_its_own_connections(world):
    world.define(strict_type(), *component("db", endpoints=HTTP))
    world.define(*component("api", endpoints=HTTP, needs=[needs("db")], type_="strict"))
    world.define(*page())
    assert list(variables(world.plan(), "default/page")) == ["API_URL"]


def test_one_of_a_circle_must_do_without_its_connections(world):
    world.define(strict_type())
    world.define(*component("api", endpoints=HTTP, needs=[needs("page")], type_="strict"))
    world.define(*component("page", endpoints=HTTP, needs=[needs("api")], type_="strict"))
    text = world.refusal()
    assert "needs the endpoint http of shop/page, which cannot be rendered" in text
    world.define(*component("page", endpoints=HTTP, needs=[needs("api")]))
    assert list(variables(world.plan(), "default/page")) == ["API_URL"]


def test_a_component_may_need_itself(world):
    world.define(*component("api", endpoints=HTTP, needs=[needs("api")]))
    assert list(variables(world.plan(), "default/api")) == ["API_URL"]


def test_what_the_provider_runs_here_counts_and_not_its_definition(shop):
    shop.deploy()
    shop.define(*component("api", endpoints={"grpc": endpoint()}, auto=False))
    assert list(variables(shop.plan(), "default/page")) == ["API_URL"]


def test_a_component_that_does_not_exist(world):
    world.define(*component("apis"), *page())
    assert world.refusal() == (
        f"{NEED}"
        "  needs the endpoint http of shop/api: there is no such component\n"
        "  did you mean apis?"
    )


def test_a_component_of_another_project(projects):
    projects.define(*page())
    assert projects.refusal() == (
        f"{NEED}"
        "  needs the endpoint http of shop/api: api belongs to project bank\n"
        "  write project: bank"
    )


def test_a_component_of_another_namespace_is_none(world):
    world.define(*platform("team"), project("shop", "team"))
    world.define(*component("api", namespace="team", endpoints=HTTP), *page())
    assert world.refusal() == (
        f"{NEED}  needs the endpoint http of shop/api: there is no such component\n  known: page"
    )


def test_a_project_outside_the_scope(projects):
    assert projects.refusal(projects=["shop"]) == (
        f"{NEED}"
        "  needs the endpoint http of bank/api: project bank is not in the scope of this stack\n"
        "  add it to openchoreo:projects of this stack, or name the stack that deploys it: pulumi "
        "config set --path 'openchoreo:projectStacks.bank' "
        "<organization>/<Pulumi project>/<stack>"
    )


def test_a_component_that_is_not_deployed_here(shop):
    shop.define(*component("api", endpoints=HTTP, auto=False))
    release = shop.plan(bindings={"page": {"state": "Undeploy"}}).notes[0].split()[1]
    assert shop.refusal() == (
        f"{NEED}"
        "  needs the endpoint http of shop/api: it is not deployed in development\n"
        "  deploy it here first: pulumi config set --path "
        f"'openchoreo:bindings.api.releaseName' {release} --stack development"
    )


def test_a_consumer_that_is_promoted_before_its_provider(shop):
    shop.deploy()
    pin = {"page": {"releaseName": shop.current("default/page")}}
    assert shop.refusal("staging", bindings=pin) == (
        f"{NEED}"
        "  needs the endpoint http of shop/api: it is not deployed in staging\n"
        "  deploy it here first: pulumi config set --path "
        f"'openchoreo:bindings.api.releaseName' {shop.current('default/api')} --stack staging"
    )


def test_an_older_release_is_named_where_it_is_the_one_that_needs(shop):
    shop.deploy()
    pin = {"page": {"releaseName": shop.current("default/page")}}
    shop.define(*component("page", image="app:2"))
    assert shop.refusal("staging", bindings=pin).startswith(
        f"ComponentRelease default/{shop.current('default/page')}: spec.dependencies.endpoints[0]\n"
    )


def test_a_component_that_is_undeployed(shop):
    shop.deploy()
    assert shop.refusal(bindings={"api": {"state": "Undeploy"}}) == (
        f"{NEED}"
        "  needs the endpoint http of shop/api: it is undeployed in development\n"
        "  set its state to Active, or undeploy what needs it as well"
    )


def test_an_endpoint_that_is_not_offered(shop):
    shop.define(*component("api", endpoints={"https": endpoint()}))
    assert shop.refusal() == (
        f"{NEED}"
        "  needs the endpoint http of shop/api, whose release here has no such endpoint\n"
        "  did you mean https?"
    )


def test_an_endpoint_without_a_service(shop):
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "other", "namespace": "${metadata.namespace}"},
        "spec": {"ports": [{"port": 81}]},
    }
    only = component_type("plain")
    only["spec"]["resources"] = [
        {"id": "deployment", "template": DEPLOYMENT},
        {"id": "service", "template": service},
    ]
    shop.define(only, *component("api", endpoints=HTTP, type_="plain"))
    assert shop.refusal() == (
        f"{NEED}"
        "  needs the endpoint http of shop/api, but no Service of it has the endpoint's port\n"
        "  let the type of the provider render a Service with that port"
    )


def test_an_endpoint_that_is_not_visible(projects):
    projects.define(*component("api", of="bank", endpoints={"http": endpoint("external")}))
    assert projects.refusal() == (
        f"{NEED}"
        "  needs the endpoint http of bank/api, which is visible to project, external only; "
        "its network policy keeps project shop out\n"
        "  add namespace to the visibility of that endpoint in the Workload of api"
    )


def broken(**more):
    """A type with an expression that fails when it is rendered."""
    data = {"first": "${[1, 2][size(workload.endpoints) + 5]}"}
    found = component_type("broken")
    found["spec"]["resources"].append(
        {
            "id": "failing",
            "template": {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": "failing", "namespace": "${metadata.namespace}"},
                "data": data,
            },
        }
    )
    return found, *component("api", type_="broken", endpoints=HTTP, **more)


def test_a_provider_that_cannot_be_rendered(shop):
    shop.define(*broken())
    text = shop.refusal()
    assert text.startswith("2 problems\n\nClusterComponentType broken: spec.resources[2].template")
    assert text.endswith(
        f"\n\n{NEED}"
        "  needs the endpoint http of shop/api, which cannot be rendered\n"
        "  mend the problems of api first"
    )


def test_the_cause_is_told_before_what_follows_from_it(world):
    world.define(*component("api", endpoints=HTTP, needs=[needs("zoo")]))
    world.define(*broken()[:1], *component("zoo", type_="broken", endpoints=HTTP))
    text = world.refusal()
    assert text.startswith("2 problems\n\nClusterComponentType broken: ")
    assert "\n\nWorkload default/api: spec.dependencies.endpoints[0]\n" in text


def test_several_needs_are_told_together(world):
    world.define(*component("page", needs=[needs("api"), needs("other")]))
    assert world.refusal().startswith("2 problems\n\n")


class TestRelaxed:
    def test_what_is_pending_warns_and_has_no_variables(self, world):
        world.define(*page())
        plan = world.plan(relaxed={7})
        assert names(plan).keys() == {"default/page"}
        assert variables(plan, "default/page") == {}
        (warning,) = plan.warnings
        assert warning.message == "needs the endpoint http of shop/api: there is no such component"
        assert (warning.file, warning.line > 1) == ("definitions.yaml", True)

    def test_what_is_closed_warns_and_has_its_variables(self, projects):
        projects.define(*component("api", of="bank", endpoints=HTTP))
        plan = projects.plan(relaxed={8})
        assert list(variables(plan, "default/page")) == ["API_URL"]
        (warning,) = plan.warnings
        assert warning.message == (
            "needs the endpoint http of bank/api, which is visible to project only; "
            "its network policy keeps project shop out"
        )

    def test_one_difference_does_not_relax_the_other(self, world):
        world.define(*page())
        assert world.refusal(relaxed={8}).startswith(NEED)

    def test_a_provider_that_cannot_be_rendered_is_still_refused_itself(self, shop):
        shop.define(*broken())
        text = shop.refusal(relaxed={7})
        assert text.startswith("ClusterComponentType broken: ")


class TestOffline:
    def test_a_provider_that_is_undeployed(self, shop):
        shop.define(binding("api", "development", state="Undeploy"))
        (problem,) = shop.offline().problems
        assert (problem.message, problem.hint) == (
            "needs the endpoint http of shop/api: it is undeployed in development",
            "set its state to Active",
        )

    def test_a_provider_that_makes_no_release(self, shop):
        shop.forget("Workload default/api")
        first, second = shop.offline().problems
        assert (str(first.resource), first.message) == ("Component default/api", "has no Workload")
        assert (second.message, second.hint) == (
            "needs the endpoint http of shop/api: it cannot be rendered here",
            "mend the problems of api first",
        )

    def test_a_component_of_another_project(self, projects):
        projects.define(*page())
        (problem,) = projects.offline().problems
        assert problem.hint == "write project: bank"

    def test_a_component_that_does_not_exist(self, world):
        world.define(resource("Component", "apis", component("apis")[0]["spec"]), *page())
        assert world.offline().problems[-1].hint == "did you mean apis?"
