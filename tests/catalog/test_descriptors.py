"""The Workload that a workload descriptor describes."""

import pytest
import yaml

from openchoreo.catalog.descriptors import Owner, plain_workload, read_descriptor, workload_from
from openchoreo.errors import OpenChoreoError
from openchoreo.model import parse

OWNER = Owner("default", "shop", "api")

WHOLE = """\
apiVersion: openchoreo.dev/v1alpha1
metadata:
  name: api
endpoints:
  - name: http
    type: HTTP
    port: 80
    targetPort: 8080
    basePath: /v1
    visibility: [external]
    schemaFile: openapi.yaml
  - name: events
    type: TCP
    port: 9000
    schemaFile: openapi.yaml
dependencies:
  endpoints:
    - component: users
      name: grpc
      visibility: project
      envBindings: {address: USERS}
  resources:
    - ref: db
      envBindings: {host: DB_HOST}
configurations:
  env:
    - {name: LEVEL, value: info}
    - {name: TOKEN, value: ignored, valueFrom: {secretKeyRef: {name: api, key: token}}}
    - {name: EMPTY}
  files:
    - {name: app.conf, mountPath: /etc, valueFrom: {path: app.conf}}
    - {name: motd, mountPath: /etc, value: hello}
"""

FILES = {"openapi.yaml": "openapi: 3.0.0\n", "app.conf": "a = 1\n"}


def made(text: str, files=FILES):
    def read_file(name: str) -> str:
        if name not in files:
            raise FileNotFoundError(2, "No such file or directory")
        return files[name]

    descriptor = read_descriptor(yaml.safe_load(text), "workload.yaml")
    return workload_from(descriptor, OWNER, "api:1", "workload.yaml", read_file)


def refusal(text: str) -> str:
    with pytest.raises(OpenChoreoError) as raised:
        made(text)
    return str(raised.value)


def test_everything_it_can_say():
    assert made(WHOLE) == {
        "apiVersion": "openchoreo.dev/v1alpha1",
        "kind": "Workload",
        "metadata": {"name": "api-workload", "namespace": "default"},
        "spec": {
            "owner": {"projectName": "shop", "componentName": "api"},
            "container": {
                "image": "api:1",
                "env": [
                    {"key": "LEVEL", "value": "info"},
                    {
                        "key": "TOKEN",
                        "valueFrom": {"secretKeyRef": {"name": "api", "key": "token"}},
                    },
                    {"key": "EMPTY"},
                ],
                "files": [
                    {"key": "app.conf", "value": "a = 1\n", "mountPath": "/etc"},
                    {"key": "motd", "value": "hello", "mountPath": "/etc"},
                ],
            },
            "endpoints": {
                "http": {
                    "type": "HTTP",
                    "port": 80,
                    "targetPort": 8080,
                    "basePath": "/v1",
                    "visibility": ["external"],
                    "schema": {"type": "openapi", "content": "openapi: 3.0.0\n"},
                },
                "events": {
                    "type": "TCP",
                    "port": 9000,
                    "schema": {"content": "openapi: 3.0.0\n"},
                },
            },
            "dependencies": {
                "endpoints": [
                    {
                        "component": "users",
                        "name": "grpc",
                        "visibility": "project",
                        "envBindings": {"address": "USERS"},
                    }
                ],
                "resources": [{"ref": "db", "envBindings": {"host": "DB_HOST"}}],
            },
        },
    }


@pytest.mark.parametrize("text", [WHOLE, "apiVersion: openchoreo.dev/v1alpha1\n"])
def test_what_is_made_is_a_workload(text):
    assert str(parse(made(text)).resource) == "Workload default/api-workload"


def test_of_an_image_alone():
    assert parse(plain_workload(OWNER, "api:1")).resource.spec.container.image == "api:1"


def test_every_file_that_is_missing_is_told():
    text = WHOLE.replace("openapi.yaml", "missing.yaml")
    assert refusal(text) == (
        "2 problems\n\n"
        "workload.yaml: endpoints[0].schemaFile\n"
        "  missing.yaml cannot be read: No such file or directory\n"
        "  name a file beside the descriptor or below its folder\n\n"
        "workload.yaml: endpoints[1].schemaFile\n"
        "  missing.yaml cannot be read: No such file or directory\n"
        "  name a file beside the descriptor or below its folder"
    )


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("type: TCP", "type: tcp", "workload.yaml: endpoints[1].type\n"),
        (
            "visibility: [external]",
            "visibility: [public]",
            "workload.yaml: endpoints[0].visibility",
        ),
        ("visibility: project", "visibility: external", "dependencies.endpoints[0].visibility\n"),
        ("      name: grpc\n", "", "dependencies.endpoints[0].name\n  is required, but missing"),
        ("ref: db", "rf: db", "workload.yaml: dependencies.resources[0].rf\n  unknown key\n"),
        ("name: events", "name: http", "endpoints[1].name\n  http is listed twice"),
        ("name: TOKEN", "name: LEVEL", "configurations.env[1].name\n  LEVEL is listed twice"),
    ],
)
def test_mistakes(old, new, text):
    assert old in WHOLE
    assert text in refusal(WHOLE.replace(old, new))
