import pytest

from openchoreo.errors import OpenChoreoError, format_path
from openchoreo.model import parse

REFERENCE = parse(
    {
        "apiVersion": "openchoreo.dev/v1alpha1",
        "kind": "SecretReference",
        "metadata": {"name": "db", "namespace": "default"},
        "spec": {
            "template": {"type": "Opaque"},
            "data": [{"secretKey": "password", "remoteRef": {"key": "k"}}],
        },
    }
).resource


def secret(key, name, secret_key):
    return {"key": key, "valueFrom": {"secretKeyRef": {"name": name, "key": secret_key}}}


def problems(app, env=(), over=(), **more):
    with pytest.raises(OpenChoreoError) as caught:
        app.rendered(
            workload={"container": {"image": "app:1", "env": [*env]}},
            workload_overrides={"container": {"env": [*over]}},
            secret_references={"db": REFERENCE},
            **more,
        )
    return [
        (f"{one.resource}: {format_path(one.path)}", one.message.splitlines()[-1])
        for one in caught.value.problems
    ]


def test_a_missing_secret_is_told_where_it_is_written(app):
    found = problems(
        app,
        [secret("A", "none", "x"), secret("B", "none", "x")],
        [secret("A", "db", "password"), secret("C", "db", "pass")],
    )
    assert found == [
        (
            "Workload default/app: spec.container.env[1].valueFrom.secretKeyRef",
            "there is no SecretReference none in default",
        ),
        (
            (
                "ReleaseBinding default/app-dev:"
                " spec.workloadOverrides.container.env[1].valueFrom.secretKeyRef"
            ),
            "SecretReference db has no key pass",
        ),
    ]


def test_a_key_written_twice_is_told_where_it_is_written(app):
    twice = [{"key": "A", "value": "1"}, {"key": "A", "value": "2"}]
    assert problems(app, over=twice) == [
        (
            "ReleaseBinding default/app-dev: spec.workloadOverrides.container.env[1].key",
            "A is there twice",
        )
    ]


def test_a_key_in_workload_and_override_is_an_override(app):
    one = {"key": "A", "value": "1"}
    app.rendered(
        workload={"container": {"image": "app:1", "env": [one]}},
        workload_overrides={"container": {"env": [one]}},
    )


def test_a_key_written_twice_is_a_warning_where_that_is_relaxed(app):
    twice = [{"key": "A", "value": "1"}, {"key": "A", "value": "2"}]
    found = app.rendered(
        workload={"container": {"image": "app:1", "env": twice}}, relaxed=frozenset({26})
    )
    assert [one.message.splitlines()[-1] for one in found.warnings] == ["A is there twice"]


def test_values_for_an_embedded_trait_are_refused_with_the_way_out(app):
    type_ = {"traits": [{"kind": "Trait", "name": "t", "instanceName": "e"}]}
    with pytest.raises(OpenChoreoError) as caught:
        app.rendered(type_=type_, traits={"t": {}}, trait_environment_configs={"e": {}})
    assert str(caught.value) == (
        "ReleaseBinding default/app-dev: spec.traitEnvironmentConfigs.e\n"
        "  while rendering Component default/app for dev\n"
        "  the trait instance e belongs to the type, which gives it its values\n"
        "  use componentTypeEnvironmentConfigs"
    )


def test_subjects_can_be_named_by_whoever_knows_them(app):
    twice = [{"key": "A", "value": "1"}, {"key": "A", "value": "2"}]
    found = problems(app, twice, workload_subject="Workload default/other")
    assert found[0][0] == "Workload default/other: spec.container.env[1].key"
