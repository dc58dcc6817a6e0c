"""What a run changes, and why."""

from dataclasses import replace
from datetime import timedelta

from openchoreo.delivery import COMPONENTS, Ledger
from openchoreo.delivery.gates import Rules
from openchoreo.forecast import Wanted, risks_of
from openchoreo.plan import Gating
from tests.plan.definitions import (
    binding,
    component,
    component_type,
    data_plane,
    endpoint,
    environment,
    manifest,
    needs,
)
from tests.plan.world import NOON

IMAGE = "spec.template.spec.containers[main].image"


def test_nothing_changes_after_a_run(shop):
    shop.run()
    found = shop.forecast()
    assert (found.changes, found.refusals, found.warnings) == ((), (), ())


def test_what_a_first_run_makes(shop, told):
    assert told(shop.forecast()) == [
        "create default/api Deployment: release",
        "create default/api NetworkPolicy: release",
        "create default/api Service: release",
        "create default/web Deployment: release",
        "create default/web NetworkPolicy: release",
        "create default/web Service: release",
        "create project/default/shop Namespace: release",
    ]


def test_another_release(shop, told):
    shop.run()
    shop.define(*component("web", image="app:2"))
    assert told(shop.forecast()) == [f"update default/web Deployment {IMAGE}: release"]


def test_another_override(shop, told):
    shop.run()
    configs = {"componentTypeEnvironmentConfigs": {"replicas": 3}}
    assert told(shop.forecast(bindings={"web": configs})) == [
        "update default/web Deployment spec.replicas: override"
    ]


def test_another_override_in_a_document(shop, told):
    shop.run()
    configs = {"componentTypeEnvironmentConfigs": {"replicas": 3}}
    shop.define(binding("web", "development", **configs))
    assert told(shop.forecast()) == ["update default/web Deployment spec.replicas: override"]


def test_another_release_and_another_override(shop, told):
    shop.run()
    shop.define(*component("web", image="app:2"))
    configs = {"componentTypeEnvironmentConfigs": {"replicas": 3}}
    assert told(shop.forecast(bindings={"web": configs})) == [
        "update default/web Deployment spec.replicas: override",
        f"update default/web Deployment {IMAGE}: release",
    ]


def test_another_environment(shop, told):
    config = manifest("ConfigMap", "v1", data={"store": "${dataplane.secretStore}"})
    shop.define(component_type("service", config), plane_with("vault"))
    shop.run()
    shop.define(plane_with("bank"))
    assert [line for line in told(shop.forecast()) if "ConfigMap" in line] == [
        "update default/api ConfigMap data.store: environment",
        "update default/web ConfigMap data.store: environment",
    ]


def plane_with(store):
    plane = data_plane()
    plane["spec"]["secretStoreRef"] = {"name": store}
    return plane


def test_another_program(shop, told):
    """Manifests as an older program rendered them."""
    shop.run()
    for one in shop.exports["development"]["deployment"]["resources"]:
        if one["type"].endswith(":Service"):
            one["inputs"]["spec"]["type"] = "ClusterIP"
    key = shop.full("development")
    shop.outputs[key]["pipeline"] = _of_another_program(shop)
    assert told(shop.forecast()) == [
        "update default/api Service spec.type: program",
        "update default/web Service spec.type: program",
    ]


def _of_another_program(shop):
    inputs = shop.inputs()
    ledger: Ledger = inputs.recalled.ledger
    records = {}
    for name, record in ledger.components.items():
        entry = record.current.model_copy(update={"rendering": record.current.rendering - 1})
        records[name] = record.model_copy(update={"history": (entry, *record.history[1:])})
    return ledger.model_copy(update={"components": records}).dumps()


def test_what_follows_from_a_dependency(shop, told):
    shop.define(*component("api", endpoints={"http": endpoint()}))
    shop.define(*component("web", needs=[needs("api")]))
    shop.run()
    shop.define(*component("api", endpoints={"http": endpoint(port=81)}))
    assert told(shop.forecast())[-1:] == [
        (
            "update default/web Deployment spec.template.spec.containers[main].env[API_URL].value:"
            " dependency"
        )
    ]


def test_what_is_undeployed(shop, told):
    shop.run()
    assert told(shop.forecast(bindings={"web": {"state": "Undeploy"}})) == [
        "delete default/web Deployment: undeployed",
        "delete default/web NetworkPolicy: undeployed",
        "delete default/web Service: undeployed",
    ]


def test_a_policy_that_goes_with_its_pods_is_no_risk(shop):
    shop.run()
    found = shop.forecast(bindings={"web": {"state": "Undeploy"}})
    assert risks_of(found, ["default/web"]) == ()


def test_a_promotion_that_is_wanted(shop, told):
    shop.run()
    shop.run("staging", bindings={"web": {"releaseName": shop.current("default/web")}})
    bindings = {"web": {"releaseName": shop.current("default/web")}}
    shop.define(*component("web", image="app:2"))
    shop.run()
    found = shop.forecast("staging", bindings=bindings, wanted=[shop.pin("web")])
    assert told(found) == [f"update default/web Deployment {IMAGE}: release"]
    assert shop.forecast("staging", bindings=bindings).changes == ()


def test_a_set_that_is_promoted(shop, told):
    shop.run()
    first = shop.newest_set()
    shop.run("staging", set=first)
    shop.define(*component("web", image="app:2"))
    shop.run()
    override = {"web": {"componentTypeEnvironmentConfigs": {"replicas": 3}}}
    found = shop.forecast("staging", set=shop.newest_set(), bindings=override)
    assert told(found) == [
        "update default/web Deployment spec.replicas: override",
        f"update default/web Deployment {IMAGE}: release",
    ]
    assert shop.forecast("staging", set=first).changes == ()


def test_closed_gates_are_looked_past(shop, told):
    shop.run()
    gating = Gating(
        rules_of=lambda *_: Rules(soak=timedelta(days=1)), now=NOON + timedelta(hours=2)
    )
    found = shop.forecast("staging", gating=gating, wanted=[shop.pin("web")])
    assert "create default/web Deployment: release" in told(found)
    assert [one.resource for one in found.refusals] == [
        "Component default/web",
        "Project default/shop",
    ]
    assert "soak: runs in development since" in found.refusals[0].message


def test_a_dependency_that_is_missing_there(shop, told):
    shop.define(*component("api", endpoints={"http": endpoint()}))
    shop.define(*component("web", needs=[needs("api")]))
    shop.run()
    found = shop.forecast("staging", wanted=[shop.pin("web")])
    assert "create default/web Deployment: release" in told(found)
    risks = [one for one in risks_of(found, ["default/web"]) if one.name == "dependency-missing"]
    assert [f"{one.owner} {one.where}: {one.said}" for one in risks] == [
        (
            "default/web Workload default/web: spec.dependencies.endpoints[0]: needs the endpoint http"
            " of shop/api: it is not deployed in staging"
        )
    ]
    both = shop.forecast("staging", wanted=[shop.pin("web"), shop.pin("api")])
    assert both.refusals == ()
    assert not [one for one in risks_of(both, ["default/web"]) if one.name == "dependency-missing"]


def test_what_cannot_be_said(shop):
    shop.run()
    wanted = Wanted(words=COMPONENTS, name="web", key="default/web", pin="web-000000000000")
    found = shop.forecast("staging", wanted=[wanted])
    assert (found.plan, found.changes) == (None, ())
    assert "no release of web is known as web-000000000000" in found.refusals[0].message


def with_default(replicas):
    found = component_type()
    schema = found["spec"]["environmentConfigs"]["openAPIV3Schema"]
    schema["$defs"] = {"Many": {"type": "integer", "default": replicas}}
    schema["properties"]["replicas"] = {"$ref": "#/$defs/Many"}
    return found


def test_a_default_that_moves_is_a_risk_and_so_is_another_type(shop):
    shop.define(with_default(1))
    shop.run()
    shop.define(with_default(2))
    found = shop.forecast()
    where = "ClusterComponentType deployment/service"
    assert [(one.name, one.where, one.said) for one in risks_of(found, ["default/web"])] == [
        ("type-changed", where, "has changed since the release that runs"),
        ("default-moved", where, "the default of environmentConfigs.replicas goes from 1 to 2"),
    ]


def test_another_workload_is_no_other_type(shop):
    shop.define(with_default(1))
    shop.run()
    shop.define(*component("web", image="app:2@sha256:1"))
    names = {one.name for one in risks_of(shop.forecast(), ["default/web"])}
    assert names == {"pods-restart"}


def test_other_namespaces_of_words(shop):
    """An environment that only names itself anew is nobody's cause."""
    shop.run()
    shop.define(environment("development"))
    assert replace(shop.forecast(), plan=None, again=None).changes == ()
