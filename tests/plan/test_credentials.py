"""Literals that look like credentials are refused before they are recorded, and nowhere shown."""

from copy import deepcopy

import pytest
import yaml

from tests.plan.definitions import (
    binding,
    component,
    component_type,
    database,
    database_type,
    manifest,
    project,
    project_binding,
    resource,
    resource_binding,
)
from tests.plan.world import names

SECRET = "hunter2-not-to-be-seen"
PLACE = "workload.container.env.DB_PASSWORD"
WAY_OUT = (
    "  put it into a secret store, and refer to it: a SecretReference, and valueFrom.secretKeyRef"
    " here\n"
    "  or, where it is none, let the platform team write so into policy.yaml, credentials.allowed: "
)
RECORDED = "and would be recorded for ever, readable for everybody who can read the stack\n"
RENDERED = "and would be written into manifests and into the state of the stack\n"


def nothing_known(_text):
    return ()


def refusal(world, stack="development", **config):
    text = world.refusal(stack, known_in=nothing_known, **config)
    assert SECRET not in text
    assert SECRET[:7] not in text
    return text


def deploy(world, stack="development", **config):
    return world.deploy(stack, known_in=nothing_known, **config)


def with_password(name="greeter", key="DB_PASSWORD", **more):
    owner, workload = component(name, **more)
    workload["spec"]["container"]["env"] = [
        {"key": "LOG_LEVEL", "value": "info"},
        {"key": key, "value": SECRET},
    ]
    return owner, workload


@pytest.fixture
def shop(world):
    variables = manifest(
        "ConfigMap", "v1", data={"all": "${string(configurations.configs.envs.size())}"}
    )
    variables["metadata"]["annotations"] = {
        "values": "${configurations.configs.envs.map(e, e.value).join(',')}"
    }
    world.define(component_type("service", variables), *component("greeter"))
    return world


def test_a_release_with_a_password_is_refused_and_nothing_is_recorded(shop):
    deploy(shop)
    before = dict(shop.outputs[shop.full("development")])
    shop.define(*with_password())
    assert refusal(shop) == (
        f"Component default/greeter: {PLACE}\n"
        f"  looks like a password, {RECORDED}{WAY_OUT}"
        f"{{kind: Component, name: default/greeter, path: '{PLACE}', reason: ...}}"
    )
    assert shop.outputs[shop.full("development")] == before


def test_file_and_line_are_those_of_the_workload(shop):
    shop.define(*with_password())
    with pytest.raises(Exception, match="looks like") as raised:
        shop.plan(known_in=nothing_known)
    (problem,) = raised.value.problems
    line = shop.write().read_text("utf-8").splitlines()[problem.line - 1]
    assert (problem.file.rpartition("/")[2], line.strip()) == (
        "definitions.yaml",
        f"value: {SECRET}",
    )


def test_what_the_policy_allows_is_recorded(shop):
    shop.define(*with_password())
    deploy(shop, allowed=[("Component", "default/greeter", PLACE)])
    before = shop.outputs[shop.full("development")]
    deploy(shop)
    assert shop.outputs[shop.full("development")] == before


@pytest.mark.parametrize(
    "allowed",
    [
        ("Component", "default/other", PLACE),
        ("Component", "greeter", PLACE),
        ("Project", "default/greeter", PLACE),
        ("Component", "default/greeter", "workload.container.env"),
    ],
)
def test_another_place_is_not_allowed_with_it(shop, allowed):
    shop.define(*with_password())
    assert "looks like a password" in refusal(shop, allowed=[allowed])


def test_an_allowed_place_stays_one_when_another_variable_comes_before_it(shop):
    owner, workload = with_password()
    workload["spec"]["container"]["env"].insert(0, {"key": "NEW", "value": "x"})
    shop.define(owner, workload)
    deploy(shop, allowed=[("Component", "default/greeter", PLACE)])


def test_what_is_recorded_already_is_asked_nothing(shop):
    shop.define(*with_password())
    shop.deploy()
    asked = []
    shop.deploy(known_in=lambda text: asked.append(text) or ())
    pin = {"greeter": {"releaseName": shop.current("default/greeter")}}
    shop.deploy("staging", bindings=pin, known_in=lambda text: asked.append(text) or ())
    assert asked == []
    assert shop.summary("staging") == shop.summary()


def test_a_way_back_is_asked_nothing(shop):
    shop.define(*with_password())
    shop.deploy()
    old = shop.current("default/greeter")
    shop.define(*component("greeter", image="app:2"))
    deploy(shop)
    plan = deploy(shop, bindings={"greeter": {"releaseName": old}})
    assert names(plan) == {"default/greeter": old}


def test_everything_is_told_together_and_what_is_shared_once(world):
    type_ = deepcopy(component_type())
    container = type_["spec"]["resources"][0]["template"]["spec"]["template"]["spec"]["containers"]
    container[0]["args"] = ["--password", SECRET]
    world.define(type_, *with_password("api"), *component("page"))
    text = refusal(world)
    place = "spec.resources.deployment.template.spec.template.spec.containers.main.args[1]"
    assert text == (
        "2 problems\n\n"
        f"Component default/api: {PLACE}\n"
        f"  looks like a password, {RECORDED}{WAY_OUT}"
        f"{{kind: Component, name: default/api, path: '{PLACE}', reason: ...}}\n\n"
        f"ClusterComponentType service: {place}\n"
        f"  looks like a password, {RECORDED}{WAY_OUT}"
        f"{{kind: ClusterComponentType, name: service, path: '{place}', reason: ...}}"
    )
    allowed = [
        ("Component", "default/api", PLACE),
        ("ClusterComponentType", "service", place),
    ]
    deploy(world, allowed=allowed)


def test_parameters_of_a_component_and_of_its_traits(shop):
    trait = resource(
        "ClusterTrait",
        "backup",
        {
            "parameters": {
                "openAPIV3Schema": {"type": "object", "properties": {"token": {"type": "string"}}}
            }
        },
    )
    type_ = deepcopy(component_type())
    type_["spec"]["parameters"] = trait["spec"]["parameters"]
    type_["spec"]["allowedTraits"] = [{"kind": "ClusterTrait", "name": "backup"}]
    owner, workload = component("greeter")
    token = "9f8e7d6c5b4a3f2e"
    owner["spec"]["parameters"] = {"token": token}
    owner["spec"]["traits"] = [
        {
            "kind": "ClusterTrait",
            "name": "backup",
            "instanceName": "nightly",
            "parameters": {"token": token},
        }
    ]
    shop.define(type_, trait, owner, workload)
    text = refusal(shop)
    assert token not in text
    assert [line for line in text.splitlines() if line.startswith("Component")] == [
        "Component default/greeter: componentProfile.parameters.token",
        "Component default/greeter: componentProfile.traits.nightly.parameters.token",
    ]


def test_resources_and_projects(shop):
    world = shop
    world.define(
        database_type(),
        database(parameters={"name": "x", "password": SECRET}),
        resource_binding("db", "development"),
    )
    type_ = world.named["ClusterResourceType /database"]
    properties = type_["spec"]["parameters"]["openAPIV3Schema"]["properties"]
    properties["password"] = {"type": "string"}
    schema = {"type": "object", "properties": {"token": {"type": "string"}}}
    namespace = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "${metadata.namespace}"},
    }
    world.define(
        resource(
            "ClusterProjectType",
            "default",
            {
                "parameters": {"openAPIV3Schema": schema},
                "resources": [{"id": "namespace", "template": namespace}],
            },
        ),
        project("shop", parameters={"token": "9f8e7d6c5b4a3f2e"}),
    )
    text = refusal(world)
    assert [line for line in text.splitlines() if ": parameters" in line] == [
        "Resource default/db: parameters.password",
        "Project default/shop: parameters.token",
    ]
    allowed = [
        ("Resource", "default/db", "parameters.password"),
        ("Project", "default/shop", "parameters.token"),
    ]
    deploy(world, allowed=allowed)


def test_a_release_of_a_repository_that_is_pinned_for_the_first_time(shop):
    deploy(shop)
    spec = {
        "owner": {"projectName": "shop", "componentName": "greeter"},
        "componentType": {
            "kind": "ClusterComponentType",
            "name": "deployment/older",
            "spec": deepcopy(component_type()["spec"]),
        },
        "workload": with_password()[1]["spec"] | {},
    }
    spec["workload"].pop("owner")
    spec["componentType"]["spec"]["resources"][0]["template"]["metadata"]["annotations"] = {
        "password": SECRET
    }
    shop.define(resource("ComponentRelease", "greeter-old", spec))
    text = refusal(shop, bindings={"greeter": {"releaseName": "greeter-old"}})
    annotations = "resources.deployment.template.metadata.annotations"
    assert [line for line in text.splitlines() if line.startswith("Component")] == [
        f"Component default/greeter: {PLACE}",
        f"Component default/greeter: componentType.spec.{annotations}.password",
    ]


OVERRIDES = {"container": {"env": [{"key": "DB_PASSWORD", "value": SECRET}]}}
OVERRIDDEN = "workloadOverrides.container.env.DB_PASSWORD"


def test_overrides_in_stack_config(shop):
    deploy(shop)
    config = {"bindings": {"greeter": {"workloadOverrides": OVERRIDES}}}
    assert refusal(shop, **config) == (
        "Component default/greeter: "
        "openchoreo:bindings.greeter.workloadOverrides.container.env[0].value\n"
        f"  looks like a password, {RENDERED}{WAY_OUT}"
        f"{{kind: Component, name: default/greeter, path: '{OVERRIDDEN}', reason: ...}}"
    )
    deploy(shop, allowed=[("Component", "default/greeter", OVERRIDDEN)], **config)
    deploy(shop, **config)  # what is applied already is asked nothing,
    shop.define(*component("greeter", image="app:2"))
    deploy(shop, **config)  # with another release as well


def test_overrides_in_a_release_binding(shop):
    shop.define(binding("greeter", "development", workloadOverrides=OVERRIDES))
    assert refusal(shop) == (
        "ReleaseBinding default/greeter-development: spec.workloadOverrides.container.env[0].value\n"
        f"  looks like a password, {RENDERED}{WAY_OUT}"
        f"{{kind: Component, name: default/greeter, path: '{OVERRIDDEN}', reason: ...}}"
    )


def test_overrides_of_resources_and_projects(shop):
    schema = {"type": "object", "properties": {"password": {"type": "string"}}}
    shop.define(
        database_type(environmentConfigs={"openAPIV3Schema": schema}),
        database(),
        resource_binding("db", "development", resourceTypeEnvironmentConfigs={"password": SECRET}),
    )
    assert refusal(shop).startswith(
        "ResourceReleaseBinding default/db-development: "
        "spec.resourceTypeEnvironmentConfigs.password\n"
    )
    shop.forget("Resource default/db", "ResourceReleaseBinding default/db-development")
    namespace = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "${metadata.namespace}"},
    }
    shop.define(
        resource(
            "ClusterProjectType",
            "default",
            {
                "environmentConfigs": {"openAPIV3Schema": schema},
                "resources": [{"id": "namespace", "template": namespace}],
            },
        ),
        project_binding("shop", "development", environmentConfigs={"password": SECRET}),
    )
    assert refusal(shop).startswith(
        "ProjectReleaseBinding default/shop-development: spec.environmentConfigs.password\n"
    )


def test_isolated_only_its_component_keeps_what_it_has(shop):
    shop.define(*component("page"))
    deploy(shop)
    before = names(shop.plan())
    shop.define(*with_password(), *component("page", image="app:2"))
    plan = deploy(shop, onProblem="isolate")
    assert names(plan)["default/greeter"] == before["default/greeter"]
    assert names(plan)["default/page"] != before["default/page"]
    assert [problem.path[-1] for problem in plan.problems] == ["DB_PASSWORD"]


def test_isolated_overrides_leave_the_objects_as_they_are(shop):
    shop.define(*component("page"))
    deploy(shop)
    shop.define(
        binding("greeter", "development", workloadOverrides=OVERRIDES),
        *component("page", image="app:2"),
    )
    plan = deploy(shop, onProblem="isolate")
    assert SECRET not in yaml.safe_dump(
        [one.manifest for c in plan.components for one in c.objects]
    )
    assert len(plan.problems) == 1


def test_gates_are_told_in_the_same_run(shop):
    from openchoreo.delivery.gates import Approvals, Rules
    from openchoreo.plan import Gating

    rules = Rules(approvals=Approvals(1))
    shop.define(*with_password())
    text = refusal(shop, gating=Gating(rules_of=lambda _namespace, _project: rules))
    assert "approvals: not approved yet" in text
    assert "looks like a password" in text


def test_rendering_without_a_stack_records_nothing_and_asks_nothing(shop):
    shop.define(*with_password())
    assert shop.offline().problems == ()
