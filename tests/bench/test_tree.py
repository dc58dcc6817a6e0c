from __future__ import annotations

from collections import Counter

import pytest
import yaml

from bench import tree
from openchoreo.catalog import load, read_yaml
from openchoreo.config import StackConfig
from openchoreo.plan import OfflineInputs, render_offline, scope_of

SIZE = 44  # two whole projects and a part of a third
GROUPS, EVEN, ODD = 11, 6, 5
STAGES = ("development", "staging", "production")


def catalog_of(folder, size):
    tree.write(folder, size)
    return load([folder])


def planned(catalog, stage):
    scope = scope_of(catalog, StackConfig(environment=stage))
    return render_offline(OfflineInputs(scope=scope, bindings={}, read_yaml=read_yaml))


def manifests_of(done):
    """Those of components."""
    components = (one for one in done.resources if one.chain == "component")
    return [each.manifest for one in components for each in one.manifests]


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    return catalog_of(tmp_path_factory.mktemp("tree"), SIZE)


def test_a_tree_is_the_same_whenever_it_is_made():
    assert tree.files(SIZE) == tree.files(SIZE)


def test_a_smaller_tree_is_a_part_of_a_larger_one():
    assert tree.files(7).items() <= tree.files(SIZE).items()


def test_every_component_adds_three_files_and_nothing_else_grows_with_them():
    """A project of twenty adds two."""
    assert [len(tree.files(size)) for size in (20, 40, 60, 80)] == [69, 131, 193, 255]


def test_a_tree_has_as_many_components_as_asked_for(catalog):
    assert len(catalog.components) == SIZE
    assert Counter(component.project for component in catalog.components) == {
        "team-00": 20,
        "team-01": 20,
        "team-02": 4,
    }


@pytest.mark.parametrize("size", [*range(10), 19, 20, 21, 39, 40, 41])
def test_a_tree_of_any_size_is_sound_and_has_four_objects_for_each_component(tmp_path, size):
    catalog = catalog_of(tmp_path, size)
    done = planned(catalog, "development")
    assert (catalog.warnings, done.problems, done.warnings) == ((), (), ())
    assert len(manifests_of(done)) == pytest.approx(4 * size, abs=0 if size % 4 == 0 else 1)


@pytest.mark.parametrize("stage", STAGES)
def test_components_render_four_objects_each_in_every_environment(catalog, stage):
    done = planned(catalog, stage)
    assert (done.problems, done.warnings) == ((), ())
    kinds = Counter(manifest["kind"] for manifest in manifests_of(done))
    assert kinds == {
        "Deployment": 3 * GROUPS,
        "CronJob": GROUPS,
        "Service": 3 * GROUPS,
        "NetworkPolicy": SIZE,
        "ConfigMap": 2 * GROUPS,
        "ExternalSecret": GROUPS,
        "HTTPRoute": GROUPS,
        "PodDisruptionBudget": EVEN,
        "HorizontalPodAutoscaler": ODD,
    }
    assert kinds.total() == 4 * SIZE


def test_a_thousand_components_have_ten_types_of_which_all_are_there():
    used = Counter(tree.Service(number).type for number in range(1000))
    assert len(used) == 10
    assert set(used.values()) == {50, 100, 250}
    assert Counter(one.kind for one in used) == {"ComponentType": 3, "ClusterComponentType": 7}
    written = {
        (document["kind"], f"{document['spec']['workloadType']}/{document['metadata']['name']}")
        for path, text in tree.platform(1000)
        if "component-types" in path
        for document in yaml.safe_load_all(text)
    }
    of_the_repository = ("ClusterComponentType", "deployment/service")
    assert written | {of_the_repository} == {(one.kind, one.name) for one in used}


def test_types_of_divisions_are_not_the_same():
    """Else all of them would be compiled as one."""
    first, second = (dict(tree.platform(size)) for size in (400, 800))
    added = {path: text for path, text in second.items() if path not in first}
    assert sorted(path.rpartition("/")[2] for path in added) == [
        "api-1.yaml",
        "sender-1.yaml",
        "site-1.yaml",
    ]
    for path, text in added.items():
        before = yaml.safe_load(first[path.replace("-1.yaml", "-0.yaml")])
        assert yaml.safe_load(text)["spec"] != before["spec"]


def test_components_call_each_other_also_across_projects(catalog):
    workload = catalog.workload_of("default", "team-01", "orders-0021")
    calls = [(call.project, call.component) for call in workload.spec.dependencies.endpoints]
    assert calls == [(None, "stock-0020"), ("team-00", "orders-0001")]


def test_components_have_traits_of_both_kinds_none_one_or_two_of_them(catalog):
    instances = {one.name: one.spec.traits for one in catalog.components}
    assert Counter(map(len, instances.values())) == {0: 2 * GROUPS + ODD, 1: 2 * EVEN, 2: ODD}
    assert [(one.kind, one.name) for one in instances["orders-0005"]] == [
        ("ClusterTrait", "tracing"),
        ("Trait", "autoscaling"),
    ]
    assert all(one.parameters for traits in instances.values() for one in traits)


def document(catalog, kind, name):
    return catalog.get(kind, "default", name).spec.document()


def test_bindings_override_the_type_the_traits_and_the_workload(catalog):
    overridden = document(catalog, "ReleaseBinding", "web-0002-production")
    del overridden["owner"], overridden["state"]
    assert overridden == {
        "environment": "production",
        "componentTypeEnvironmentConfigs": {
            "replicas": 3,
            "resources": {"limits": {"cpu": "500m", "memory": "512Mi"}},
        },
        "traitEnvironmentConfigs": {"availability": {"maxUnavailable": 1}},
        "workloadOverrides": {"container": {"env": [{"key": "LOG_LEVEL", "value": "warn"}]}},
    }


def test_half_of_the_components_override_something_in_the_first_environment(catalog):
    bindings = (one for one in catalog.of_kind("ReleaseBinding"))
    stages = Counter(one.spec.environment for one in bindings)
    assert stages == {"development": SIZE // 2, "staging": SIZE, "production": SIZE}


def rendered_of(catalog, component, kind, stage="development"):
    """The only object of a kind that a component has."""
    (one,) = (
        each.manifest
        for found in planned(catalog, stage).resources
        if found.component == component
        for each in found.manifests
        if each.manifest["kind"] == kind
    )
    return one


def test_a_file_is_mounted_and_overridden(catalog):
    for stage, level in zip(STAGES, ("info", "info", "warn"), strict=True):
        made = rendered_of(catalog, "web-0006", "ConfigMap", stage)
        assert made["data"] == {"site.toml": f'title = "Orders"\n\n[logging]\nlevel = "{level}"\n'}
    pod = rendered_of(catalog, "web-0006", "Deployment")["spec"]["template"]["spec"]
    assert pod["containers"][0]["volumeMounts"][0]["mountPath"] == "/etc/site/site.toml"


@pytest.mark.parametrize(
    ("component", "key"), [("mailer-0003", "MAIL_PASSWORD"), ("mailer-0007", "account.json")]
)
def test_secrets_are_variables_and_files(catalog, component, key):
    (entry,) = rendered_of(catalog, component, "ExternalSecret")["spec"]["data"]
    assert entry["secretKey"] == key
    assert entry["remoteRef"]["key"] == "team-00/mail"


def test_traits_create_and_patch_and_one_comes_with_a_type(catalog):
    container = rendered_of(catalog, "orders-0001", "Deployment")["spec"]["template"]["spec"][
        "containers"
    ][0]
    assert {"name": "TRACES_SAMPLE", "value": "10%"} in container["env"]
    assert "replicas" not in rendered_of(catalog, "orders-0005", "Deployment")["spec"]
    budget = rendered_of(catalog, "web-0002", "PodDisruptionBudget")
    assert budget["spec"]["maxUnavailable"] == 2
    route = rendered_of(catalog, "web-0002", "HTTPRoute")
    (headers,) = (
        one["responseHeaderModifier"]["set"]
        for one in route["spec"]["rules"][0]["filters"]
        if one["type"] == "ResponseHeaderModifier"
    )
    assert headers[0] == {"name": "Cache-Control", "value": "max-age=180"}
