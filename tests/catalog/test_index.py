"""Lookups with OpenChoreo's rules."""

from __future__ import annotations

import pytest

from openchoreo.catalog import load
from openchoreo.model import DataPlaneRef, read

PLANES = """
kind: ClusterDataPlane
metadata: {name: default}
spec: {planeID: a, clusterAgent: {clientCA: {}}}
---
apiVersion: openchoreo.dev/v1alpha1
kind: ClusterDataPlane
metadata: {name: edge}
spec: {planeID: b, clusterAgent: {clientCA: {}}}
---
apiVersion: openchoreo.dev/v1alpha1
kind: DataPlane
metadata: {name: default, namespace: own}
spec: {clusterAgent: {clientCA: {}}}
"""
TYPES = """
kind: ClusterComponentType
metadata: {name: service}
spec: {workloadType: proxy, resources: [&r {id: a, template: &t {apiVersion: v1, kind: A, metadata: {name: a}}}]}
---
apiVersion: openchoreo.dev/v1alpha1
kind: ComponentType
metadata: {name: service, namespace: own}
spec: {workloadType: proxy, resources: [{id: b, template: {apiVersion: v1, kind: A, metadata: {name: a}}}]}
"""


def channel(name: str, environment: str, *, default: bool, namespace: str = "default") -> str:
    return f"""
apiVersion: openchoreo.dev/v1alpha1
kind: ObservabilityAlertsNotificationChannel
metadata: {{name: {name}, namespace: {namespace}}}
spec:
  environment: {environment}
  isEnvDefault: {str(default).lower()}
  type: webhook
  webhookConfig: {{url: "https://example.com"}}
"""


@pytest.fixture
def catalog(write):
    def of(**files: str):
        return load([write(**files)])

    return of


@pytest.mark.parametrize(
    ("ref", "namespace", "found"),
    [
        (None, "own", ("DataPlane", "own", "default")),
        (None, "other", ("ClusterDataPlane", "", "default")),
        ({"kind": "ClusterDataPlane", "name": "edge"}, "own", ("ClusterDataPlane", "", "edge")),
        ({"kind": "DataPlane", "name": "default"}, "other", None),
    ],
)
def test_a_data_plane_is_named_or_called_default(catalog, ref, namespace, found):
    reference = read(DataPlaneRef, ref)[0] if ref else None
    plane = catalog(a=PLANES).data_plane(reference, namespace)
    assert (plane.key if plane else None) == found


def test_without_any_data_plane_there_is_none(catalog):
    assert catalog().data_plane(None, "own") is None


@pytest.mark.parametrize(
    ("kind", "namespace", "name", "found"),
    [
        ("ClusterComponentType", "own", "deployment/service", ("ClusterComponentType", "", "service")),
        ("ComponentType", "own", "service", ("ComponentType", "own", "service")),
        ("ComponentType", "other", "deployment/service", None),
    ],
)  # fmt: skip
def test_a_component_type_is_found_by_the_kind_of_the_reference(
    catalog, kind, namespace, name, found
):
    type_ = catalog(a=TYPES).component_type(kind, namespace, name)
    assert (type_.key if type_ else None) == found


def test_the_default_channel_is_the_first_of_the_environment_that_says_so(catalog):
    found = catalog(
        a=channel("z", "dev", default=True),
        b=channel("m", "dev", default=True),
        c=channel("a", "dev", default=False),
        d=channel("b", "prod", default=True),
        e=channel("c", "dev", default=True, namespace="own"),
    )
    assert found.default_notification_channel("default", "dev") == "m"
    assert found.default_notification_channel("default", "qa") == ""


def test_resources_are_found_by_their_owner(catalog):
    def workload(name: str, project: str, component: str) -> str:
        owner = f"{{projectName: {project}, componentName: {component}}}"
        return f"kind: Workload\nmetadata: {{name: {name}}}\nspec: {{owner: {owner}, container: {{image: i}}}}"

    found = catalog(
        a=workload("one", "shop", "cart"),
        b=workload("two", "zoo", "cart"),
        c=workload("three", "zoo", "cart"),
    )
    assert found.workload_of("default", "shop", "cart").name == "one"
    assert found.workload_of("default", "zoo", "cart") is None
    assert [w.name for w in found.workloads_of("default", "zoo", "cart")] == ["three", "two"]
    assert found.workload_of("other", "shop", "cart") is None


def test_bindings_are_found_by_environment(catalog):
    def binding(name: str, environment: str) -> str:
        return (
            f"kind: ReleaseBinding\nmetadata: {{name: {name}}}\nspec:\n"
            f"  environment: {environment}\n  owner: {{projectName: shop, componentName: cart}}"
        )

    found = catalog(a=binding("x", "dev"), b=binding("z", "prod"), c=binding("a", "prod"))
    assert [b.name for b in found.bindings_of("default", "shop", "cart")] == ["a", "x", "z"]
    assert [b.name for b in found.bindings_of("default", "shop", "cart", "prod")] == ["a", "z"]


def test_of_kind_is_sorted_whatever_the_order_of_the_files(catalog):
    found = catalog(
        b="kind: Environment\nmetadata: {name: a, namespace: two}",
        a="kind: Environment\nmetadata: {name: b, namespace: one}",
        c="kind: Trait\nmetadata: {name: c, namespace: one}",
    )
    assert [str(r) for r in found.of_kind("Trait", "Environment", "Trait")] == [
        "Environment one/b",
        "Environment two/a",
        "Trait one/c",
    ]


def test_a_field_is_located_when_it_is_asked_for(catalog):
    found = catalog(a=PLANES)
    assert found.locate("DataPlane", "own", "default", ("spec", "clusterAgent")) == ("a.yaml", 14)
    assert found.locate("ClusterDataPlane", "ignored", "edge") == ("a.yaml", 6)
    assert found.locate("DataPlane", "own", "other") == ("", 0)


def test_a_catalog_cannot_be_changed(catalog):
    found = catalog(a=PLANES)
    with pytest.raises(TypeError):
        found.resources["x"] = None
