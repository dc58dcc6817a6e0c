"""Resources on a real API server: read from it, waited for, retained."""

from __future__ import annotations

import pytest

from tests.cluster.building import Builder, database_type, new_name, rewrite
from tests.cluster.conftest import REPORTED
from tests.cluster.deploying import provider
from tests.engine.conftest import engine, new_repository  # noqa: F401 - fixtures
from tests.plan.definitions import component, database, endpoint, resource_binding, uses

pytestmark = pytest.mark.cluster

HTTP = {"http": endpoint()}


@pytest.fixture
def builder(cluster, new_repository, tmp_path, request):  # noqa: F811
    request.node.user_properties.append((REPORTED, f"deploys through {provider()[1]}"))
    name = new_name()
    yield Builder(new_repository, cluster, tmp_path, name)
    selector = f"openchoreo.dev/project={name}"
    for each in cluster.get(f"/api/v1/namespaces?labelSelector={selector}")["items"]:
        cluster.api.request("DELETE", f"/api/v1/namespaces/{each['metadata']['name']}")


def everything(name, *, type_=None, image="app:1", output="ready"):
    """api, which uses an output of db that only the cluster knows; page uses nothing."""
    return (
        type_ or database_type(),
        database(of=name),
        resource_binding("db", "development", project=name),
        *uses(
            component("api", of=name, image=image, endpoints=HTTP), envBindings={output: "OUTPUT"}
        ),
        *component("page", of=name, image=image, endpoints=HTTP),
    )


def env(shop, component_="api", stack="development"):
    (found,) = (
        each
        for each in shop.cluster.get(
            f"/apis/apps/v1/namespaces/{shop.namespace(stack)}/deployments"
        )["items"]
        if each["metadata"]["labels"].get("openchoreo.dev/component") == component_
    )
    return {one["name"]: one.get("value") for one in container(found).get("env", [])}


def container(deployment):
    return deployment["spec"]["template"]["spec"]["containers"][0]


def record(shop, stack="development"):
    return shop.repository.ledger(stack)["resources"]["default/db"]


def test_what_only_the_cluster_knows_reaches_the_workload_in_one_run(builder):
    shop = builder.deployment(*everything(builder.name))
    preview = shop.repository.preview("development", "--diff")
    assert preview.code == 0, preview.text
    assert "value: [unknown]" in preview.text
    shop.deployed()
    assert env(shop) == {"OUTPUT": "1"}
    assert record(shop)["outputs"]["ready"] == {"value": "1"}
    assert record(shop)["history"][0]["proof"] == "applied"
    outputs = shop.repository.raw_outputs("development")
    shop.deployed("development", "--expect-no-changes")
    preview = shop.repository.preview("development", "--expect-no-changes")
    assert preview.code == 0, preview.text
    assert shop.repository.raw_outputs("development") == outputs


def test_it_goes_through_all_environments(builder):
    shop = builder.deployment(*everything(builder.name))
    shop.deployed()
    for stack, source in (("staging", "development"), ("production", "staging")):
        release = record(shop, source)["history"][0]["name"]
        shop.repository.pin(stack, source=source)
        shop.repository.set(stack, "resourceBindings.db.resourceRelease", release)
        shop.deployed(stack)
        assert env(shop, stack=stack) == {"OUTPUT": "1"}
        shop.deployed(stack, "--expect-no-changes")


def test_who_uses_one_that_is_not_ready_stays_as_it_is(builder):
    shop = builder.deployment(*everything(builder.name))
    shop.repository.set("development", "timeouts.default", "4s")
    shop.deployed()
    before = {name: shop.history(name)[0]["release"] for name in ("api", "page")}
    known = record(shop)["history"][0]["release"]

    never = database_type()
    never["spec"]["resources"][1]["readyWhen"] = "${applied.server.status.readyReplicas == 7}"
    rewrite(shop, *everything(builder.name, type_=never, image="app:2"))
    done = shop.up()
    assert done.code != 0
    text = " ".join(done.text.split())
    assert "is not ready server: its readyWhen does not hold" in text
    assert "default/api: left as it is, since default/db is not ready" in text
    assert shop.history("api")[0]["release"] == before["api"]
    assert shop.history("page")[0]["release"] != before["page"]
    assert record(shop)["history"][0]["release"] == known
    assert env(shop) == {"OUTPUT": "1"}
    path = shop.deployment("api")
    assert container(shop.cluster.get(path))["image"] == "app:1"

    rewrite(shop, *everything(builder.name, image="app:2"))
    shop.deployed()
    assert container(shop.cluster.get(path))["image"] == "app:2"
    assert shop.history("api")[0]["release"] != before["api"]


def test_a_first_deployment_without_a_ready_resource_creates_nothing_that_needs_it(builder):
    never = database_type()
    never["spec"]["resources"][1]["readyWhen"] = "${applied.server.status.readyReplicas == 7}"
    shop = builder.deployment(*everything(builder.name, type_=never))
    shop.repository.set("development", "timeouts.default", "4s")
    done = shop.up()
    assert done.code != 0
    assert [*shop.repository.ledger("development")["components"]] == ["default/page"]
    deployments = f"/apis/apps/v1/namespaces/{shop.namespace()}/deployments"
    images = {container(one)["image"] for one in shop.cluster.get(deployments)["items"]}
    assert images == {"app:1", "db:1"}
    assert "resources" not in shop.repository.ledger("development")
    rewrite(shop, *everything(builder.name))
    shop.deployed()
    assert env(shop) == {"OUTPUT": "1"}


class TestRetained:
    def claims(self, shop, where):
        path = f"/api/v1/namespaces/{where}/persistentvolumeclaims"
        return [one["metadata"]["uid"] for one in shop.cluster.get(path)["items"]]

    def test_destroy_leaves_data_and_its_namespace(self, builder):
        kept = database_type(retainPolicy="Retain")
        shop = builder.deployment(*everything(builder.name, type_=kept))
        shop.deployed()
        where = shop.namespace()
        before = self.claims(shop, where)
        done = shop.repository.pulumi("destroy", "--yes", stack="development")
        assert done.code == 0, done.text
        assert shop.cluster.get(f"/api/v1/namespaces/{where}")["status"]["phase"] == "Active"
        assert self.claims(shop, where) == before != []
        names = [key for key in shop.objects() if key.startswith("Deployment")]
        assert [one.partition("-")[0] for one in names] == ["Deployment r"]

        refused = shop.up()
        assert "is there already, and this stack has not made it" in refused.text
        shop.repository.set("development", "adopt", "true")
        shop.deployed()
        assert self.claims(shop, where) == before
        assert env(shop) == {"OUTPUT": "1"}

    def test_undeploying_leaves_them_as_well(self, builder):
        kept = database_type(retainPolicy="Retain")
        shop = builder.deployment(*everything(builder.name, type_=kept))
        shop.deployed()
        before = self.claims(shop, shop.namespace())
        shop.repository.set("development", "bindings.api.state", "Undeploy")
        shop.repository.set("development", "resourceBindings.db.state", "Undeploy")
        shop.deployed()
        assert self.claims(shop, shop.namespace()) == before != []
        assert record(shop)["history"][0]["state"] == "Undeploy"
        assert record(shop)["retained"] is True

    def test_what_is_not_retained_goes(self, builder):
        shop = builder.deployment(*everything(builder.name))
        shop.deployed()
        where = shop.namespace()
        done = shop.repository.pulumi("destroy", "--yes", stack="development")
        assert done.code == 0, done.text
        assert shop.cluster.api.get(f"/api/v1/namespaces/{where}").status == 404
