import pytest
import yaml

from openchoreo.delivery import Pin, binding_of
from openchoreo.model import BindingValues

SUBJECT = "Component default/greeter"


@pytest.fixture
def document(make):
    def build(spec="{}", name="greeter-staging"):
        owner = {"projectName": "shop", "componentName": "greeter"}
        (resource,) = make.parsed(
            yaml.safe_dump(
                {
                    "kind": "ReleaseBinding",
                    "metadata": {"name": name, "namespace": "default"},
                    "spec": {"owner": owner, "environment": "staging", **yaml.safe_load(spec)},
                }
            )
        )
        return resource

    return build


def config(text):
    return BindingValues.model_validate(yaml.safe_load(text))


def merged(*documents, said="", **options):
    values = config(said) if said else None
    return binding_of(SUBJECT, "greeter", documents, values, **options)


def test_nothing_said_is_an_active_binding_without_a_pin():
    binding = merged()
    assert (binding.pin, binding.undeploy, binding.hold) == (None, False, False)
    assert binding.path("state") == ("openchoreo:bindings", "greeter", "state")


def test_a_pin_knows_where_it_is_written(document):
    pinned = document("{releaseName: greeter-1}")
    assert merged(pinned).pin == Pin(
        "greeter-1", "ReleaseBinding default/greeter-staging", ("spec", "releaseName")
    )
    assert merged(pinned, said="{releaseName: greeter-2}").pin == Pin(
        "greeter-2", SUBJECT, ("openchoreo:bindings", "greeter", "releaseName")
    )


def test_a_pin_may_name_the_whole_digest():
    pin = Pin("greeter-1@sha256:abc", SUBJECT, ())
    assert (pin.name, pin.digest) == ("greeter-1", "sha256:abc")
    assert Pin("greeter-1", SUBJECT, ()).digest == ""


def test_an_empty_release_name_in_config_lifts_the_pin_of_the_document(document):
    assert merged(document("{releaseName: greeter-1}"), said='{releaseName: ""}').pin is None


def test_state_in_config_goes_first_only_where_it_is_written(document):
    gone = document("{state: Undeploy}")
    assert merged(gone).undeploy
    assert merged(gone, said="{releaseName: greeter-1}").undeploy
    assert not merged(gone, said="{state: Active}").undeploy


def test_hold_comes_from_stack_config():
    assert merged(said="{}", hold=True).hold


def test_maps_are_merged_at_every_depth(document):
    binding = merged(
        document(
            "{componentTypeEnvironmentConfigs: {replicas: 1, resources: {cpu: 1, memory: 2}},"
            " traitEnvironmentConfigs: {cache: {size: 1, ttl: 5}, logs: {level: info}}}"
        ),
        said="{componentTypeEnvironmentConfigs: {resources: {cpu: 4}, list: [1]},"
        " traitEnvironmentConfigs: {cache: {size: 9}}}",
    )
    assert binding.component_type_environment_configs == {
        "replicas": 1,
        "resources": {"cpu": 4, "memory": 2},
        "list": [1],
    }
    assert binding.trait_environment_configs == {
        "cache": {"size": 9, "ttl": 5},
        "logs": {"level": "info"},
    }


def test_variables_and_files_are_merged_by_key_in_their_place(document):
    binding = merged(
        document(
            "{workloadOverrides: {container: {env: [{key: A, value: '1'}, {key: B, value: '2'}],"
            " files: [{key: f, mountPath: /f, value: one}]}}}"
        ),
        said="{workloadOverrides: {container: {env: [{key: C, value: '3'},"
        " {key: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]}}}",
    )
    assert binding.workload_overrides == {
        "container": {
            "env": [
                {"key": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
                {"key": "B", "value": "2"},
                {"key": "C", "value": "3"},
            ],
            "files": [{"key": "f", "mountPath": "/f", "value": "one"}],
        }
    }


@pytest.mark.parametrize("overrides", ["{}", "{container: {}}", "{container: {env: []}}"])
def test_empty_overrides_override_nothing(document, overrides):
    said = f"{{workloadOverrides: {overrides}}}"
    assert merged(said=said).workload_overrides == {}
    base = document("{workloadOverrides: {container: {env: [{key: A, value: '1'}]}}}")
    assert merged(base, said=said).overrides == merged(base).overrides


def test_neither_the_document_nor_the_config_is_changed(document):
    text = "{componentTypeEnvironmentConfigs: {a: {b: 1}}}"
    resource, values = document(text), config("{componentTypeEnvironmentConfigs: {a: {b: 2}}}")
    binding_of(SUBJECT, "greeter", [resource], values)
    assert (resource, values) == (
        document(text),
        config("{componentTypeEnvironmentConfigs: {a: {b: 2}}}"),
    )


def test_two_documents_for_one_component_and_environment_are_refused(make, document):
    text = make.refusal(lambda: merged(document(), document(name="other")))
    assert text == (
        "ReleaseBinding default/other: spec\n"
        "  ReleaseBinding default/greeter-staging binds greeter to staging as well\n"
        "  remove one of the two"
    )


def test_a_key_that_config_lists_twice_is_refused(make):
    said = (
        "{workloadOverrides: {container: {env: [{key: A, value: '1'}, {key: A, value: '2'}],"
        " files: [{key: f, mountPath: /a, value: x}, {key: f, mountPath: /b, value: y}]}}}"
    )
    where = "Component default/greeter: openchoreo:bindings.greeter.workloadOverrides.container"
    assert make.refusal(lambda: merged(said=said)) == (
        f"2 problems\n\n{where}.env[1].key\n  A is listed twice\n\n"
        f"{where}.files[1].key\n  f is listed twice"
    )
