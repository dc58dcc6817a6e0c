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


def test_a_set_is_named_by_its_digest():
    assert parse(set=f"sha256:{'0af9' * 16}").set_ == f"sha256:{'0af9' * 16}"
    assert parse().set_ == ""


def test_numbers_of_environment_configs_stay_numbers():
    parsed = parse(bindings={"greeter": {"componentTypeEnvironmentConfigs": {"replicas": 2}}})
    assert parsed.bindings["greeter"].component_type_environment_configs == {"replicas": 2}


def test_files_is_the_target_with_the_default_directory():
    planes = {"default": "files", "eu": {"directory": "out"}, "us": {"directory": 7}}
    parsed = parse(dataPlanes=planes)
    assert parsed.data_planes["default"].directory == ""
    assert parsed.data_planes["eu"].directory == "out"
    assert parsed.data_planes["us"].directory == "7"


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
    "half a set": (
        {"set": "sha256:0af9"},
        (
            "stack config: openchoreo:set\n"
            "  'sha256:0af9' is no digest of a set\n"
            "  write sha256: and 64 hex digits, as `python -m openchoreo sets` shows them"
        ),
    ),
    "a reviewed plan that a variable was to name": (
        {"expect": ""},
        (
            "stack config: openchoreo:expect\n"
            "  '' is no digest of a plan\n"
            "  write sha256: and 64 hex digits, as `python -m openchoreo plan` shows them"
        ),
    ),
    "unknown answer to problems": (
        {"onProblem": "isolat"},
        (
            "stack config: openchoreo:onProblem\n"
            '  must be one of stop, isolate, not the string "isolat"\n'
            "  did you mean isolate?"
        ),
    ),
    "an answer to problems that is like no other": (
        {"onProblem": "true"},
        'stack config: openchoreo:onProblem\n  must be one of stop, isolate, not the string "true"',
    ),
    "answers to problems for each component": (
        {"onProblem": {"greeter": "stop"}},
        "stack config: openchoreo:onProblem\n  must be one of stop, isolate, not a mapping",
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
            "  write files, {directory: <folder>} or {context: <context>}"
        ),
    ),
    "a cluster without a context": (
        {"dataPlanes": {"default": {"kubeconfig": "kubeconfig"}}},
        (
            "stack config: openchoreo:dataPlanes.default.kubeconfig\n"
            "  says which cluster, and there is no context\n"
            "  write context: <name> beside it"
        ),
    ),
    "files and a cluster": (
        {"dataPlanes": {"default": {"directory": "out", "context": "kind-dev"}}},
        (
            "stack config: openchoreo:dataPlanes.default.directory\n"
            "  manifests go to files or to a cluster, and there is context kind-dev\n"
            "  keep one of the two"
        ),
    ),
    "no length of time": (
        {"timeouts": {"Deployment": "5 minutes"}},
        (
            "stack config: openchoreo:timeouts.Deployment\n"
            "  '5 minutes' is no length of time\n"
            "  write for example 90s, 10m or 1h"
        ),
    ),
    "a kind that cannot be waited for": (
        {"waitFor": ["HttpRoute"]},
        (
            "stack config: openchoreo:waitFor[0]\n"
            "  must be one of ExternalSecret, GRPCRoute, HTTPRoute, HorizontalPodAutoscaler, "
            'not the string "HttpRoute"\n'
            "  did you mean HTTPRoute?"
        ),
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_refused(name):
    values, text = TEXTS[name]
    assert refused(**values) == text


def test_lengths_of_time_are_seconds():
    config = parse(timeouts={"default": "90s", "Deployment": "10m", "Job": "1h"})
    assert config.timeouts == {"default": 90, "Deployment": 600, "Job": 3600}


def test_adopt_is_text_as_pulumi_hands_it_over():
    assert [parse(adopt=text).adopt for text in ("true", "false")] == [True, False]


def test_a_problem_stops_the_run_unless_the_config_says_otherwise():
    assert parse().on_problem == "stop"
    assert parse(onProblem="isolate").on_problem == "isolate"


def test_problems_of_all_kinds_are_told_together():
    raw = {
        "openchoreo:bindings": "x" * 125_000,
        "openchoreo:bindngs": "{}",
        "openchoreo:onProblem": "isolat",
        "openchoreo:projects": "shop",
        "openchoreo:releases": "hunter2",
    }
    with pytest.raises(OpenChoreoError) as error:
        config.parse(raw, stack="staging", secret_keys=["openchoreo:releases"])
    long = "x" * 60 + "..."
    assert str(error.value) == (
        "6 problems\n"
        "\n"
        "stack config\n"
        "  has 122 KiB; above 120 KiB no program can be started with it\n"
        "  move overrides into ReleaseBinding documents in the definitions\n"
        "\n"
        "stack config: openchoreo:releases\n"
        "  is a secret value; nothing under openchoreo: may hold one\n"
        "  write a SecretReference in the definitions, and name it under "
        "workloadOverrides.container.env[].valueFrom.secretKeyRef\n"
        "\n"
        "stack config: openchoreo:projects\n"
        '  must be a list, not the string "shop"\n'
        "\n"
        "stack config: openchoreo:bindings\n"
        f'  must be a mapping, not the string "{long}"\n'
        "\n"
        "stack config: openchoreo:onProblem\n"
        '  must be one of stop, isolate, not the string "isolat"\n'
        "  did you mean isolate?\n"
        "\n"
        "stack config: openchoreo:bindngs\n"
        "  unknown key\n"
        "  did you mean bindings?"
    )


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


SHELL = len('{"other:note":""}')


def of_size(size, letter="x"):
    """A config that takes so many bytes in the variable; it is whole, whosever keys they are."""
    return {"other:note": letter * ((size - SHELL) // len(letter.encode()))}


@pytest.mark.parametrize(
    ("limit", "largest"),
    [(config.LIMIT_BYTES, 120), (config.LIMIT_BYTES_ON_WINDOWS, 30)],
    ids=["elsewhere", "Windows"],
)
def test_a_config_no_program_can_be_started_with_is_refused_with_the_way_out(limit, largest):
    fits = config.parse(of_size(largest * 1024), stack="staging", limit=limit)
    assert fits.environment == "staging"
    with pytest.raises(OpenChoreoError) as error:
        config.parse(of_size(largest * 1024 + 1), stack="staging", limit=limit)
    assert str(error.value) == (
        "stack config\n"
        f"  has {largest} KiB; above {largest} KiB no program can be started with it\n"
        "  move overrides into ReleaseBinding documents in the definitions"
    )


def test_unless_told_otherwise_the_limit_is_that_of_linux():
    assert config.parse(of_size(120 * 1024), stack="staging").environment == "staging"
    assert config.size_warning(of_size(64 * 1024)) == ""


@pytest.mark.parametrize(
    ("limit", "half", "largest"),
    [(config.LIMIT_BYTES, 64, 120), (config.LIMIT_BYTES_ON_WINDOWS, 16, 30)],
    ids=["elsewhere", "Windows"],
)
def test_half_of_the_limit_is_worth_a_warning(limit, half, largest):
    assert config.size_warning(of_size(half * 1024), limit=limit) == ""
    assert config.size_warning(of_size(half * 1024 + 1), limit=limit) == (
        f"the stack config has {half} KiB; above {largest} KiB no program can be started with it: "
        "move overrides into ReleaseBinding documents"
    )


def test_letters_of_other_scripts_count_as_the_bytes_they_are():
    assert config.size_warning(of_size(64 * 1024, "\u6771")) == ""
    assert config.size_warning(of_size(64 * 1024 + 3, "\u6771")) == (
        "the stack config has 64 KiB; above 120 KiB no program can be started with it: "
        "move overrides into ReleaseBinding documents"
    )
