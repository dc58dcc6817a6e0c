import json

import pytest

from openchoreo import config
from openchoreo.errors import OpenChoreoError


def parse(**values):
    raw = {f"openchoreo:{key}": _raw(value) for key, value in values.items()}
    return config.parse(raw, stack="staging")


def _raw(value):
    return value if isinstance(value, str) else json.dumps(value)


def refused(**values):
    with pytest.raises(OpenChoreoError) as error:
        parse(**values)
    return str(error.value)


def test_an_empty_config_is_the_environment_of_its_stack():
    parsed = parse()
    assert parsed.environment == "staging"
    assert parsed.definitions == ("definitions",)


def test_the_environment_can_have_another_name_than_the_stack():
    assert parse(environment="stage-eu").environment == "stage-eu"


def test_keys_of_other_programs_are_not_looked_at():
    assert config.parse({"aws:region": "eu-west-1"}, stack="dev").environment == "dev"


def test_text_that_pulumi_read_as_something_else_is_text_again():
    env = [{"key": "PORT", "value": 8080}, {"key": "DEBUG", "value": True}]
    binding = {"releaseName": 12, "workloadOverrides": {"container": {"env": env}}}
    parsed = parse(bindings={"greeter": binding}).bindings["greeter"]
    assert parsed.release_name == "12"
    assert [item.value for item in parsed.workload_overrides.container.env] == ["8080", "true"]


def test_numbers_of_environment_configs_stay_numbers():
    parsed = parse(bindings={"greeter": {"componentTypeEnvironmentConfigs": {"replicas": 2}}})
    assert parsed.bindings["greeter"].component_type_environment_configs == {"replicas": 2}


def test_files_is_the_target_with_the_default_directory():
    parsed = parse(dataPlanes={"default": "files", "eu": {"directory": "out"}})
    assert parsed.data_planes["default"].directory == ""
    assert parsed.data_planes["eu"].directory == "out"


TEXTS = {
    "unknown key": (
        {"bindngs": {}},
        ("stack config: openchoreo:bindngs\n  unknown key\n  did you mean bindings?"),
    ),
    "unknown key in a binding": (
        {"bindings": {"greeter": {"relaseName": "greeter-1"}}},
        (
            "stack config: openchoreo:bindings.greeter.relaseName\n"
            "  unknown key\n"
            "  did you mean releaseName?"
        ),
    ),
    "override at the wrong place": (
        {"bindings": {"greeter": {"workloadOverrides": {"env": []}}}},
        (
            "stack config: openchoreo:bindings.greeter.workloadOverrides.env\n"
            "  unknown key\n"
            "  known: container"
        ),
    ),
    "unknown state": (
        {"bindings": {"greeter": {"state": "Undeployed"}}},
        (
            "stack config: openchoreo:bindings.greeter.state\n"
            '  must be one of Active, Undeploy, not the string "Undeployed"\n'
            "  did you mean Undeploy?"
        ),
    ),
    "text instead of a list": (
        {"projects": "shop"},
        ('stack config: openchoreo:projects\n  must be a list, not the string "shop"'),
    ),
    "a time": (
        {"bindings": {"greeter": {"releaseName": "2024-01-01 00:00:00 +0000 UTC"}}},
        (
            "stack config: openchoreo:bindings.greeter.releaseName\n"
            "  Pulumi read this as a point in time, 2024-01-01 00:00:00 +0000 UTC\n"
            "  write it in quotes"
        ),
    ),
    "unknown target": (
        {"dataPlanes": {"default": "file"}},
        (
            "stack config: openchoreo:dataPlanes.default\n"
            "  'file' is no target\n"
            "  write files, or {directory: <folder>}"
        ),
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_refused(name):
    values, text = TEXTS[name]
    assert refused(**values) == text


def test_all_problems_are_told_together():
    assert refused(bindngs={}, projects="shop").startswith("2 problems\n\n")


def test_a_secret_value_is_refused():
    with pytest.raises(OpenChoreoError) as error:
        config.parse({"openchoreo:token": "x"}, stack="dev", secret_keys=["openchoreo:token"])
    assert str(error.value) == (
        "stack config: openchoreo:token\n"
        "  is a secret value; nothing under openchoreo: may hold one\n"
        "  write a SecretReference in the definitions, and name it under "
        "workloadOverrides.container.env[].valueFrom.secretKeyRef"
    )


def test_no_message_shows_a_secret_value():
    with pytest.raises(OpenChoreoError) as error:
        config.parse(
            {"openchoreo:bindings": '{"greeter": "hunter2"}'},
            stack="dev",
            secret_keys=["openchoreo:bindings"],
        )
    assert "hunter2" not in str(error.value)


def test_a_config_no_program_can_be_started_with_is_refused_with_the_way_out():
    big = {"greeter": {"componentTypeEnvironmentConfigs": {"note": "x" * 125_000}}}
    assert refused(bindings=big) == (
        "stack config\n"
        "  has 122 KiB; above 120 KiB no program can be started with it\n"
        "  move overrides into ReleaseBinding documents in the definitions"
    )


@pytest.mark.parametrize(
    ("size", "warning"),
    [
        (60_000, ""),
        (
            70_000,
            (
                "the stack config has 68 KiB; above 120 KiB no program can be started with it: "
                "move overrides into ReleaseBinding documents"
            ),
        ),
    ],
)
def test_half_of_the_limit_is_worth_a_warning(size, warning):
    assert config.size_warning({"openchoreo:definitions": "x" * size}) == warning
