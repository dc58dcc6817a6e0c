from __future__ import annotations

from collections import Counter

import pytest

from bench import tree
from openchoreo.catalog import load, read_yaml
from openchoreo.config import StackConfig
from openchoreo.plan import OfflineInputs, render_offline, scope_of

SIZE = 44  # two whole projects and a part of a third


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tree")
    tree.write(folder, SIZE)
    return load([folder])


@pytest.fixture(scope="module")
def rendered(catalog):
    config = StackConfig(environment="development")
    scope = scope_of(catalog, config)
    return render_offline(OfflineInputs(scope=scope, bindings={}, read_yaml=read_yaml))


def test_a_tree_is_the_same_whenever_it_is_made():
    assert tree.files(SIZE) == tree.files(SIZE)


def test_a_smaller_tree_is_a_part_of_a_larger_one():
    assert tree.files(7).items() <= tree.files(SIZE).items()


def test_a_tree_has_as_many_components_as_asked_for(catalog):
    assert len(catalog.components) == SIZE
    assert Counter(component.project for component in catalog.components) == {
        "team-00": 20,
        "team-01": 20,
        "team-02": 4,
    }


def test_nothing_in_a_tree_is_worth_a_problem_or_a_warning(catalog, rendered):
    assert (catalog.warnings, rendered.problems, rendered.warnings) == ((), (), ())


def test_components_render_four_objects_each(rendered):
    components = [one for one in rendered.resources if one.chain == "component"]
    kinds = Counter(each.manifest["kind"] for one in components for each in one.manifests)
    assert kinds == {
        "Deployment": SIZE,
        "Service": SIZE,
        "NetworkPolicy": SIZE,
        "ConfigMap": SIZE // 2,
        "ExternalSecret": SIZE // 4,
        "HTTPRoute": SIZE // 4,
    }


def test_components_call_each_other_also_across_projects(catalog):
    workload = catalog.workload_of("default", "team-01", "orders-0021")
    calls = [(call.project, call.component) for call in workload.spec.dependencies.endpoints]
    assert calls == [(None, "stock-0020"), ("team-00", "orders-0001")]
