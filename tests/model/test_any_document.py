"""Whatever is written, it is read or refused with a path: nothing escapes as a crash."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openchoreo.errors import OpenChoreoError
from openchoreo.model import KINDS, parse, structure_problems

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=80),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner)
)
TEMPLATE = {"id": "proxy", "includeWhen": "${true}", "forEach": "${[]}", "var": "x", "template": {}}
RULE = {"rule": "${true}", "message": "m"}
TARGET = {"group": "", "version": "v1", "kind": "Service", "where": "${true}"}
TYPE = {
    "workloadType": "proxy",
    "resources": [TEMPLATE],
    "traits": [{"kind": "ClusterTrait", "name": "t", "instanceName": "t"}],
    "allowedTraits": [{"kind": "ClusterTrait", "name": "t"}],
    "validations": [RULE],
    "postRenderValidations": [{**RULE, "target": {**TARGET, "mustMatch": False}}],
}
TRAIT = {
    "creates": [{"template": {}}],
    "patches": [{"target": TARGET, "operations": [{"op": "add", "path": "/a", "value": 1}]}],
}
SECRET = {"valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}
WORKLOAD = {
    "container": {
        "image": "i",
        "args": ["a"],
        "env": [{"key": "A", **SECRET}],
        "files": [{"key": "f", "mountPath": "/", "value": ""}],
    },
    "endpoints": {"http": {"type": "HTTP", "port": 80, "visibility": ["external"]}},
    "dependencies": {
        "endpoints": [
            {"component": "c", "name": "h", "visibility": "project", "envBindings": {"port": "P"}}
        ],
        "resources": [{"ref": "db", "envBindings": {"host": "H"}}],
    },
}
OWNER = {"projectName": "p", "componentName": "c"}
LISTENER = {"port": 1, "host": "h"}
SPECS: dict[str, Any] = {
    "ClusterComponentType": TYPE,
    "Trait": TRAIT,
    "Workload": {"owner": OWNER, **WORKLOAD},
    "Component": {
        "owner": {"projectName": "p"},
        "componentType": {"name": "job/x"},
        "traits": [{"name": "t", "instanceName": "t", "parameters": {}}],
    },
    "ComponentRelease": {
        "owner": OWNER,
        "componentType": {"kind": "ComponentType", "name": "n", "spec": TYPE},
        "traits": [{"kind": "Trait", "name": "t", "spec": TRAIT}],
        "workload": WORKLOAD,
    },
    "ReleaseBinding": {
        "owner": OWNER,
        "environment": "e",
        "traitEnvironmentConfigs": {"t": {}},
        "workloadOverrides": {"container": {"env": [{"key": "A"}]}},
    },
    "Project": {"deploymentPipelineRef": {"name": "p"}, "type": {"name": "t"}},
    "DeploymentPipeline": {
        "promotionPaths": [
            {"sourceEnvironmentRef": {"name": "a"}, "targetEnvironmentRefs": [{"name": "b"}]}
        ]
    },
    "ClusterDataPlane": {
        "planeID": "p",
        "clusterAgent": {"clientCA": {"secretKeyRef": {"name": "n", "key": "k"}}},
        "gateway": {"ingress": {"external": {"name": "g", "namespace": "n", "http": LISTENER}}},
    },
    "ResourceType": {
        "resources": [{"id": "a", "template": {}}],
        "outputs": [{"name": "o", "value": "v"}],
    },
    "ObservabilityAlertsNotificationChannel": {
        "environment": "e",
        "type": "webhook",
        "webhookConfig": {"url": "u", "headers": {"h": {"value": "v"}}},
    },
}


def document(kind: str) -> Any:
    return {
        "apiVersion": "openchoreo.dev/v1alpha1",
        "kind": kind,
        "metadata": {"name": "x", "labels": {"a": "b"}},
        "spec": copy.deepcopy(SPECS[kind]),
    }


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if not isinstance(value, dict | list):
        return []
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    return [
        found for step, item in inner for found in ((*path, step), *places(item, (*path, step)))
    ]


@pytest.mark.parametrize("kind", SPECS)
def test_the_documents_to_be_broken_are_sound(kind):
    parse(document(kind))


@settings(max_examples=300, deadline=None)
@given(kind=st.sampled_from(sorted(SPECS)), data=st.data())
def test_a_document_with_anything_anywhere_is_read_or_refused(kind, data):
    broken = document(kind)
    path = data.draw(st.sampled_from(places(broken)))
    at = broken
    for step in path[:-1]:
        at = at[step]
    if isinstance(at, dict) and data.draw(st.booleans()):
        at[data.draw(st.text(max_size=5))] = at.pop(path[-1])
    else:
        at[path[-1]] = data.draw(VALUES)
    for prune in (False, True):
        try:
            structure_problems(parse(broken, prune=prune).resource)
        except OpenChoreoError as error:
            for problem in error.problems:
                assert problem.message
                assert problem.path


def test_every_kind_has_a_model_of_its_own_name():
    for kind, model in KINDS.items():
        assert model.__name__.strip("_") in {
            kind,
            kind.removeprefix("Cluster"),
            "NotificationChannel",
        }
