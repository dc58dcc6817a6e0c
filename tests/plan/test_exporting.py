"""What runs as documents of OpenChoreo: read back, it is what was deployed."""

from pathlib import Path

import pytest
import yaml

from openchoreo.catalog import read_yaml
from openchoreo.config import StackConfig
from openchoreo.delivery import load_ledger, load_store
from openchoreo.errors import OpenChoreoError
from openchoreo.plan import collisions, exported_documents, exported_manifests, scope_of
from openchoreo.plan.clusters import left_to_autoscalers
from tests.differential.cases import samples
from tests.engine.walking import DATA_PLANE, POLICIES, WALKED
from tests.engine.walking import documents as documents_of
from tests.plan.definitions import (
    binding,
    component,
    component_type,
    database,
    database_type,
    endpoint,
    manifest,
    needs,
    project_binding,
    resource,
    resource_binding,
    uses,
)
from tests.plan.world import World, planned_objects

EXAMPLE = Path(__file__).parents[2] / "definitions"


def exported(world, stack="development", relaxed=(), **config):
    """The documents of an environment, and what they are rendered to."""
    settings = StackConfig.model_validate({"environment": stack, **config})
    scope = scope_of(world.catalog(relaxed), settings)
    outputs = world.outputs[world.full(stack)]
    ledger = load_ledger(outputs["pipeline"], source=stack)
    store = load_store(outputs["releases"], source=stack)
    documents = exported_documents(scope, settings, ledger, store)
    assert list(collisions(documents, scope.catalog)) == []
    rendered = exported_manifests(
        scope, settings, ledger, documents, relaxed=frozenset(relaxed), read_yaml=read_yaml
    )
    return documents, rendered


def named(documents):
    return {f"{one.document['kind']} {one.resource.name}": one.document for one in documents}


def assert_the_same(plan, rendered):
    """Plane by plane and object by object what the plan has."""
    assert (rendered.problems, rendered.differing) == ((), ())
    objects = planned_objects(plan)
    manifests = left_to_autoscalers(one.manifest for one in objects)
    planned = sorted(
        (one.plane, str(manifest)) for one, manifest in zip(objects, manifests, strict=True)
    )
    assert sorted((one.plane, str(one.manifest)) for one in rendered.manifests) == planned


@pytest.fixture
def shop(world):
    """With overrides here and there, a Resource, an endpoint, and what is not deployed."""
    world.define(database_type(), database(), resource_binding("db", "development"))
    world.define(*component("api", endpoints={"http": endpoint()}))
    world.define(*uses(component("page", needs=[needs("api")])))
    world.define(*component("worker", auto=False))
    world.define(
        binding("api", "development", "the-api", componentTypeEnvironmentConfigs={"replicas": 3})
    )
    return world


def test_each_environment_is_read_back_as_it_was_deployed(shop):
    overrides = {"container": {"env": [{"key": "LEVEL", "value": "debug"}]}}
    config = {"bindings": {"page": {"workloadOverrides": overrides, "state": "Active"}}}
    plan = shop.deploy(**config)
    documents, rendered = exported(shop, **config)
    assert_the_same(plan, rendered)
    found = named(documents)
    page = shop.current("default/page")
    assert found["ReleaseBinding page-development"]["spec"] == {
        "owner": {"projectName": "shop", "componentName": "page"},
        "environment": "development",
        "releaseName": page,
        "workloadOverrides": overrides,
    }
    assert found["ReleaseBinding the-api"]["spec"]["componentTypeEnvironmentConfigs"] == {
        "replicas": 3
    }
    assert found["ResourceReleaseBinding db-development"]["spec"]["resourceRelease"] in {
        name.partition(" ")[2] for name in found
    }
    assert not any("worker" in name for name in found)
    assert list(found["ComponentRelease " + page]) == ["apiVersion", "kind", "metadata", "spec"]


def test_what_is_recorded_counts_and_not_what_a_pin_asks_for(shop):
    shop.deploy()
    first = shop.current("default/api")
    shop.deploy("staging", bindings={"api": {"releaseName": first}})
    shop.define(*component("api", image="app:2", endpoints={"http": endpoint()}))
    shop.deploy()
    second = {"bindings": {"default/api": {"releaseName": shop.current("default/api")}}}
    documents, rendered = exported(shop, "staging", **second)
    found = named(documents)
    assert found["ReleaseBinding api-staging"]["spec"]["releaseName"] == first
    assert f"ComponentRelease {first}" in found
    assert rendered.differing == ()


def test_overrides_that_were_not_deployed_yet_are_told(shop):
    shop.deploy()
    config = {"bindings": {"api": {"componentTypeEnvironmentConfigs": {"replicas": 9}}}}
    assert exported(shop, **config)[1].differing == ("default/api",)


def test_what_is_undeployed_says_so_where_it_can(shop):
    shop.deploy()
    config = {
        "bindings": {"page": {"state": "Undeploy"}},
        "resourceBindings": {"db": {"state": "Undeploy"}},
    }
    plan = shop.deploy(**config)
    documents, rendered = exported(shop, **config)
    assert_the_same(plan, rendered)
    found = named(documents)
    assert found["ReleaseBinding page-development"]["spec"]["state"] == "Undeploy"
    assert not any(name.startswith("ResourceRelease") for name in found)


def test_releases_keep_the_names_their_users_gave_them(shop):
    (planned,) = (one for one in shop.plan().components if one.name == "api")
    owner = {"projectName": "shop", "componentName": "api"}
    shop.define(resource("ComponentRelease", "v1", {"owner": owner, **planned.release.spec}))
    shop.define(binding("api", "development", "the-api", releaseName="v1"))
    plan = shop.deploy()
    documents, rendered = exported(shop)
    assert_the_same(plan, rendered)
    assert named(documents)["ReleaseBinding the-api"]["spec"]["releaseName"] == "v1"
    assert named(documents)["ComponentRelease v1"]["spec"]["owner"] == owner


def test_labels_and_annotations_of_bindings_are_kept(shop):
    """OpenChoreo renders projects and Resources with the annotations of their bindings."""
    bound = project_binding("shop", "development", environmentConfigs={})
    bound["metadata"] |= {"annotations": {"team": "blue"}, "labels": {"a": "b"}}
    shop.define(bound)
    plan = shop.deploy()
    documents, rendered = exported(shop)
    assert_the_same(plan, rendered)
    found = named(documents)["ProjectReleaseBinding shop-development"]
    assert found["metadata"] == {
        "name": "shop-development",
        "namespace": "default",
        "annotations": {"team": "blue"},
        "labels": {"a": "b"},
    }
    assert found["spec"]["projectRelease"].startswith("shop-")


@pytest.mark.parametrize(
    ("of_type", "bound", "retained"),
    [
        ("Delete", {}, False),
        ("Retain", {}, True),
        ("Delete", {"retainPolicy": "Retain"}, True),
        ("Retain", {"retainPolicy": "Delete"}, False),
    ],
)
def test_what_outlives_its_resource_is_told(world, of_type, bound, retained):
    world.define(database_type(retainPolicy=of_type), database(), *component("greeter"))
    world.define(resource_binding("db", "development"))
    config = {"resourceBindings": {"db": bound}}
    world.deploy(**config)
    documents, rendered = exported(world, **config)
    kinds = {one.manifest["kind"]: one.retained for one in rendered.manifests}
    assert (kinds["StatefulSet"], kinds["Deployment"]) == (retained, False)
    found = named(documents)["ResourceReleaseBinding db-development"]["spec"]
    assert found.get("retainPolicy") == bound.get("retainPolicy")


def test_replicas_that_an_autoscaler_sees_to_are_left_out(world):
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "${metadata.componentName}"}
    scaler = manifest("HorizontalPodAutoscaler", "autoscaling/v2", spec={"scaleTargetRef": target})
    world.define(component_type("service", scaler), *component("greeter"))
    world.deploy()
    _, rendered = exported(world)
    (deployment,) = (o.manifest for o in rendered.manifests if o.manifest["kind"] == "Deployment")
    assert "replicas" not in deployment["spec"]
    assert rendered.differing == ()


def test_what_runs_without_a_definition_is_refused(shop):
    shop.deploy()
    shop.forget("Component default/page", "Workload default/page")
    page = load_ledger(shop.outputs[shop.full("development")]["pipeline"], source="x").components[
        "default/page"
    ]
    with pytest.raises(OpenChoreoError) as raised:
        exported(shop)
    assert str(raised.value) == (
        "Component default/page\n"
        f"  runs {page.current.shown} in development, but is no longer defined\n"
        "  restore its definition, or remove it: openchoreo:removed: [default/page]"
    )


def test_two_bindings_of_one_name_are_told(world):
    """Component a-b in c, and component a in b-c."""
    world.define(*component("greeter"), *component("greeter-x"))
    world.define(binding("greeter-x", "staging", "greeter-development"))
    world.deploy()
    settings = StackConfig(environment="development")
    scope = scope_of(world.catalog(), settings)
    outputs = world.outputs[world.full("development")]
    ledger = load_ledger(outputs["pipeline"], source="x")
    store = load_store(outputs["releases"], source="x")
    documents = exported_documents(scope, settings, ledger, store)
    assert [str(one) for one in collisions(documents, scope.catalog)] == [
        (
            "ReleaseBinding default/greeter-development: metadata.name\n"
            "  has the name of another one in the definitions\n"
            "  write a ReleaseBinding of greeter that has a name of its own"
        )
    ]


class TestRealInputs:
    """The law on whole repositories: exported and read back, each environment is the same."""

    def walked(self, tmp_path, documents, relaxed=()):
        world = World(tmp_path)
        world.define(*documents)
        pins = {}
        for stack in ("development", "staging"):
            config = {**pins, "relaxed": relaxed}
            if stack == "development":
                config |= self.everything(world, relaxed)
            plan = world.deploy(stack, **config)
            assert plan.components
            config.pop("relaxed")
            _, rendered = exported(world, stack, relaxed, **config)
            assert_the_same(plan, rendered)
            pins = {
                "bindings": {
                    one.key: {"releaseName": one.release.shown} for one in plan.components
                },
                "resourceBindings": {
                    one.key: {"resourceRelease": one.release.shown} for one in plan.resources
                },
            }

    @staticmethod
    def everything(world, relaxed):
        """Resources that nothing binds are bound; components that nothing releases are pinned."""
        catalog = world.catalog(relaxed)
        resources = {f"{r.namespace}/{r.name}": {} for r in catalog.of_kind("Resource")}
        offered = world.offline(relaxed=frozenset(relaxed))
        manual = {f"{c.namespace}/{c.name}" for c in catalog.components if not c.spec.auto_deploy}
        pins = {
            f"{one.namespace}/{one.component}": {"releaseName": one.release}
            for one in offered.resources
            if f"{one.namespace}/{one.component}" in manual
        }
        return {"bindings": pins, "resourceBindings": resources}

    def test_the_example(self, tmp_path):
        files = sorted(EXAMPLE.rglob("*.yaml"))
        documents = [one for file in files for one in yaml.safe_load_all(file.read_text("utf-8"))]
        self.walked(tmp_path, documents)

    @pytest.mark.skipif(samples() is None, reason="no public samples here: differential: NOT RUN")
    @pytest.mark.parametrize("tree", WALKED)
    def test_samples(self, tmp_path, tree):
        documents = [*documents_of(tree), yaml.safe_load(DATA_PLANE)]
        self.walked(tmp_path, documents, POLICIES.get(tree, {}).get("relaxed", ()))
