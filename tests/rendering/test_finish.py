import pytest

from openchoreo.errors import OpenChoreoError, Stage
from openchoreo.rendering.finish import RESOURCE_HASH, resource_hash

CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"b": 1}}


def test_the_resource_hash_never_changes():
    """Pods of everybody would start anew: this vector is frozen."""
    assert resource_hash([CONFIG]) == "34720507115e"


@pytest.mark.parametrize(
    "same",
    [
        {**CONFIG, "metadata": {"name": "b", "labels": {"x": "y"}}},
        {**CONFIG, "data": {"b": 1.0}},
        dict(reversed(CONFIG.items())),
    ],
    ids=["metadata", "number", "order of keys"],
)
def test_the_hash_is_over_the_content_alone(same):
    assert resource_hash([same]) == resource_hash([CONFIG])


def test_the_hash_does_not_depend_on_the_order_of_manifests():
    other = {**CONFIG, "kind": "Secret"}
    assert resource_hash([other, CONFIG]) == resource_hash([CONFIG, other])


def hashes(manifests):
    return [
        manifest["spec"].get("template", {}).get("metadata", {}).get("annotations", {})
        for manifest in manifests
        if manifest["kind"] in {"Deployment", "StatefulSet"}
    ]


def test_without_anything_else_there_is_no_hash(app):
    assert hashes(app.manifests([app.deployment()])) == [{}]


def test_the_first_workload_of_the_templates_carries_the_hash(app):
    second = app.deployment()
    second["template"]["metadata"]["name"] = "a-goes-first-when-sorted"
    found = hashes(app.manifests([app.deployment(), second, app.config_map("c")]))
    assert [RESOURCE_HASH in annotations for annotations in found] == [False, True]


def test_annotations_of_the_pods_are_kept(app):
    spec = {"template": {"metadata": {"annotations": {"a": "b"}}}}
    found = hashes(app.manifests([app.deployment(**spec), app.config_map("c")]))
    assert found[0]["a"] == "b"


@pytest.mark.parametrize("workload_type", ["cronjob", "job", "proxy", "statefulset"])
def test_other_types_have_no_hash_on_a_deployment(app, workload_type):
    resources = [app.deployment(), app.config_map("c")]
    assert hashes(app.manifests(resources, type_={"workloadType": workload_type})) == [{}]


def test_a_workload_without_spec_cannot_carry_one(app):
    broken = app.deployment()
    del broken["template"]["spec"]
    with pytest.raises(OpenChoreoError) as caught:
        app.rendered([broken, app.config_map("c")])
    assert caught.value.problems[0].path == ("spec", "resources", 0, "template", "spec")


LABELS = {
    "openchoreo.dev/namespace": "default",
    "openchoreo.dev/project": "shop",
    "openchoreo.dev/component": "app",
    "openchoreo.dev/environment": "dev",
    "openchoreo.dev/component-uid": "c-1",
    "openchoreo.dev/environment-uid": "e-1",
    "openchoreo.dev/project-uid": "p-1",
}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (None, LABELS),
        ({"tier": "web"}, {"tier": "web", **LABELS}),
        ({"openchoreo.dev/project": "mine"}, LABELS),
        ("text", LABELS),
        ([1], LABELS),
    ],
    ids=["none", "own", "the platform's win", "text", "list"],
)
def test_every_manifest_has_the_labels_of_the_platform(app, own, expected):
    resource = app.config_map("a")
    if own is not None:
        resource["template"]["metadata"]["labels"] = own
    manifest = app.rendered([resource]).manifests[0].manifest
    assert manifest["metadata"]["labels"] == expected


def test_manifests_are_sorted_by_kind_version_namespace_and_name(app):
    def resource(name, kind="ConfigMap", version="v1", namespace=None):
        made = app.config_map(name)
        made["template"] |= {"kind": kind, "apiVersion": version}
        made["template"]["metadata"] |= {"namespace": namespace} if namespace else {}
        return made

    resources = [
        resource("b", "Service"),
        resource("b", namespace="n"),
        resource("c"),
        resource("a", namespace="n"),
        resource("d", version="example.org/v1"),
        resource("B"),
    ]
    found = app.rendered(resources).manifests
    assert [one.manifest["metadata"]["name"] for one in found] == [
        "d",
        "B",
        "c",
        "a",
        "b",
        "b",
        "openchoreo-app",
    ]


def test_one_name_in_two_planes_or_groups_is_two_objects(app):
    other_plane = {**app.config_map("a"), "targetPlane": "observabilityplane"}
    other_group = app.config_map("a")
    other_group["template"]["apiVersion"] = "example.org/v1"
    assert len(app.manifests([app.config_map("a"), other_plane, other_group])) == 3


def test_two_versions_of_a_group_are_one_object(app):
    resources = [app.config_map("a"), app.config_map("a")]
    for version, resource in zip(("v1", "v2"), resources, strict=True):
        resource["template"]["apiVersion"] = f"example.org/{version}"
    with pytest.raises(OpenChoreoError, match="ConfigMap/a is rendered twice"):
        app.rendered(resources)


def test_two_of_a_name_are_a_warning_where_that_is_relaxed(app):
    given = [app.config_map("a"), app.config_map("a")]
    found = app.rendered(given, relaxed=frozenset({18}))
    assert len(found.manifests) == 3
    assert "is rendered twice" in found.warnings[0].message


def test_a_number_that_json_cannot_write_is_refused_at_its_place(app):
    with pytest.raises(OpenChoreoError) as caught:
        app.rendered([app.config_map("a", x=[1, float("inf")]), app.deployment()])
    problem = caught.value.problems[0]
    assert problem.stage is Stage.CONVERT
    assert problem.path == ("spec", "resources", 0, "template", "data", "x", 1)


def test_integral_doubles_become_integers(app):
    type_ = {"parameters": app.schema(n={"type": "integer"}, f={"type": "number"})}
    data = {"n": "${parameters.n}", "f": "${parameters.f}", "literal": 3}
    found = app.manifests([app.config_map("a", **data)], type_=type_, parameters={"n": 2, "f": 0.5})
    assert repr(found[0]["data"]) == "{'f': 0.5, 'literal': 3, 'n': 2}"
