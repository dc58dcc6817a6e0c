import pytest

from openchoreo.model import parse
from openchoreo.rendering.configurations import configurations_context, missing_secrets
from openchoreo.rendering.derived import derived_context, volume_name

NO_DEPENDENCIES = {"envVars": [], "volumeMounts": [], "volumes": []}


def references(**held):
    documents = {
        name: {
            "apiVersion": "openchoreo.dev/v1alpha1",
            "kind": "SecretReference",
            "metadata": {"name": name, "namespace": "default"},
            "spec": {
                "template": {"type": "Opaque"},
                "data": [{"secretKey": key, "remoteRef": remote} for key, remote in data.items()],
            },
        }
        for name, data in held.items()
    }
    return {name: parse(document).resource for name, document in documents.items()}


SECRETS = references(
    token={"t": {"key": "path/a", "property": "p1", "version": "v1"}},
    tls={"crt": {"key": "path/b"}},
)


def secret(name, secret_key, **extra):
    return {**extra, "valueFrom": {"secretKeyRef": {"name": name, "key": secret_key}}}


def workload(env=(), files=()):
    return {"container": {"image": "app:1", "env": [*env], "files": [*files]}}


def derived(env=(), files=()):
    configurations = configurations_context(workload(env, files), SECRETS)
    return derived_context("app-dev", configurations, {"endpoints": {}}, NO_DEPENDENCIES, {})


def test_settings_and_secrets_are_apart_in_the_order_of_the_workload():
    env = [
        {"key": "B", "value": "1"},
        secret("token", "t", key="S"),
        {"key": "A"},
    ]
    files = [
        {"key": "app.conf", "mountPath": "/etc/app", "value": "x=1"},
        secret("tls", "crt", key="tls.crt", mountPath="/tls"),
    ]
    remote = {"key": "path/a", "property": "p1", "version": "v1"}
    assert configurations_context(workload(env, files), SECRETS) == {
        "configs": {
            "envs": [{"name": "B", "value": "1"}, {"name": "A", "value": ""}],
            "files": [{"name": "app.conf", "mountPath": "/etc/app", "value": "x=1"}],
        },
        "secrets": {
            "envs": [{"name": "S", "value": "", "remoteRef": remote}],
            "files": [
                {
                    "name": "tls.crt",
                    "mountPath": "/tls",
                    "value": "",
                    "remoteRef": {"key": "path/b"},
                }
            ],
        },
    }


def test_a_secret_that_cannot_be_found_is_left_out_and_told():
    env = [
        secret("nobody", "t", key="A"),
        secret("token", "none", key="B"),
        secret("token", "t", key="C"),
    ]
    found = configurations_context(workload(env), SECRETS)["secrets"]["envs"]
    assert [entry["name"] for entry in found] == ["C"]
    assert [
        (one.index, one.reference, one.key) for one in missing_secrets(workload(env), SECRETS)
    ] == [
        (0, "nobody", "t"),
        (1, "token", "none"),
    ]


def test_without_a_container_setting_every_helper_is_empty():
    assert derived() == {
        "configFileList": [],
        "secretFileList": [],
        "containerEnvFrom": [],
        "configVolumeMounts": [],
        "configVolumes": [],
        "configEnvs": [],
        "secretEnvs": [],
        "servicePorts": [],
        "endpointResources": {},
        "dependencyEnvVars": [],
        "dependencyVolumeMounts": [],
        "dependencyVolumes": [],
    }


def test_variables_are_taken_from_one_config_map_and_one_secret():
    found = derived(env=[{"key": "A", "value": "1"}, secret("token", "t", key="S")])
    assert found["containerEnvFrom"] == [
        {"configMapRef": {"name": "app-dev-env-configs-1ec1b6d5"}},
        {"secretRef": {"name": "app-dev-env-secrets-2c029d18"}},
    ]
    assert found["configEnvs"] == [
        {
            "resourceName": "app-dev-env-configs-1ec1b6d5",
            "envs": [{"name": "A", "value": "1"}],
        }
    ]
    assert found["secretEnvs"][0]["resourceName"] == "app-dev-env-secrets-2c029d18"


def test_a_config_file_is_named_after_the_file():
    found = derived(files=[{"key": "app.conf.yaml", "mountPath": "/etc/cfg", "value": "x"}])
    name, volume = "app-dev-config-app-conf-yaml-9adae2d4", "file-mount-825042e0"
    assert found["configFileList"] == [
        {"name": "app.conf.yaml", "mountPath": "/etc/cfg", "value": "x", "resourceName": name}
    ]
    assert found["configVolumes"] == [{"name": volume, "configMap": {"name": name}}]
    assert found["configVolumeMounts"] == [
        {"name": volume, "mountPath": "/etc/cfg/app.conf.yaml", "subPath": "app.conf.yaml"}
    ]


def test_the_name_of_a_secret_file_follows_where_the_secret_is():
    found = derived(files=[secret("tls", "crt", key="tls.crt", mountPath="/tls")])
    assert found["secretFileList"] == [
        {
            "name": "tls.crt",
            "mountPath": "/tls",
            "resourceName": "app-dev-secret-tls-crt-84dbebc8",
            "remoteRef": {"key": "path/b"},
        }
    ]
    assert found["configVolumes"][0]["secret"] == {"secretName": "app-dev-secret-tls-crt-84dbebc8"}


def test_a_trailing_slash_of_a_directory_is_doubled():
    found = derived(files=[{"key": "f", "mountPath": "/etc/cfg/", "value": ""}])
    assert found["configVolumeMounts"][0]["mountPath"] == "/etc/cfg//f"


def test_volumes_are_sorted_by_name_and_mounts_are_not():
    files = [{"key": f"f{index}", "mountPath": "/etc", "value": ""} for index in range(5)]
    found = derived(files=files)
    names = [volume_name({"name": file["key"], "mountPath": "/etc"}) for file in files]
    assert [mount["name"] for mount in found["configVolumeMounts"]] == names
    assert [volume["name"] for volume in found["configVolumes"]] == sorted(names)


def test_one_file_name_in_two_directories_is_one_config_map():
    files = [{"key": "f", "mountPath": place, "value": place} for place in ("/a", "/b")]
    names = {file["resourceName"] for file in derived(files=files)["configFileList"]}
    assert len(names) == 1


@pytest.mark.parametrize("kind", ["configFileList", "secretFileList"])
def test_only_settings_show_their_value(kind):
    files = [
        {"key": "a", "mountPath": "/", "value": "x"},
        secret("tls", "crt", key="b", mountPath="/"),
    ]
    assert ("value" in derived(files=files)[kind][0]) == (kind == "configFileList")
