"""What is no manifest, or must not become a file."""

from __future__ import annotations

import pytest

from openchoreo.provider.checks import problems_of_manifest
from openchoreo.provider.structs import UNKNOWN, Marked, Properties

GOOD = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "x", "namespace": "y"}}
TOKEN = "apps/v1:Deployment"
WAY_OUT = (
    "write an OpenChoreo SecretReference, which names the key in the secret store;"
    " the cluster then fetches the value itself"
)

OTHER_TOKEN = (
    "the resource is registered as apps/v1beta1:Deployment, but its manifest is apps/v1:Deployment"
)


def with_(**fields):
    return {**GOOD, **fields}


def named(name):
    return with_(metadata={"name": name})


def namespace_problem(namespace):
    return (
        f"metadata.namespace: {namespace!r} is not allowed by Kubernetes:"
        " write a DNS label such as shop"
    )


def name_problem(name):
    return (
        f"metadata.name: {name!r} is not allowed by Kubernetes:"
        " 1 to 253 characters without / and %, not . or .."
    )


@pytest.mark.parametrize(
    ("manifest", "token", "problems"),
    [
        pytest.param(GOOD, TOKEN, [], id="good"),
        pytest.param(named("system:Node.x_y"), TOKEN, [], id="an unusual but legal name"),
        pytest.param(
            {},
            TOKEN,
            [
                "apiVersion is missing: write something like apps/v1 or v1",
                "kind is missing: write something like Deployment",
                "metadata is missing: a manifest needs metadata.name",
            ],
            id="empty",
        ),
        pytest.param(
            with_(apiVersion=1, kind=["x"]),
            TOKEN,
            [
                "apiVersion: 1 is not a text: write something like apps/v1 or v1",
                "kind: ['x'] is not a text: write something like Deployment",
            ],
            id="no texts",
        ),
        pytest.param(
            with_(apiVersion="../v1", kind="a/b"),
            "../v1:a/b",
            [
                "apiVersion: '../v1' is not allowed by Kubernetes: write something like apps/v1 or v1",
                "kind: 'a/b' is not allowed by Kubernetes: write something like Deployment",
            ],
            id="paths as version and kind",
        ),
        pytest.param(with_(metadata={}), TOKEN, ["metadata.name is missing"], id="no name"),
        pytest.param(
            with_(metadata={"generateName": "x-"}),
            TOKEN,
            ["metadata.name is missing, since generateName has no meaning for files"],
            id="generated name",
        ),
        pytest.param(
            with_(metadata={"name": 3}), TOKEN, ["metadata.name: 3 is not a text"], id="number"
        ),
        *(
            pytest.param(named(name), TOKEN, [name_problem(name)], id=f"name {name[:9]!r}")
            for name in ("", ".", "..", "../../x", "/etc/x", "a%2fb", "x" * 254)
        ),
        *(
            pytest.param(
                with_(metadata={"name": "x", "namespace": namespace}),
                TOKEN,
                [namespace_problem(namespace)],
                id=f"namespace {namespace[:9]!r}",
            )
            for namespace in ("", "..", "../x", "/x", "Shop", "_cluster", "a.b", "x" * 64)
        ),
        pytest.param(
            GOOD,
            "apps/v1beta1:Deployment",
            [OTHER_TOKEN],
            id="another token",
        ),
        pytest.param(
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}},
            "core/v1:Service",
            [],
            id="the core group",
        ),
        pytest.param(
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {"name": "x"},
                "data": {"a": "b"},
                "stringData": {"a": "b"},
            },
            "core/v1:Secret",
            [
                f"a Secret with data would put secrets into files; {WAY_OUT}",
                f"a Secret with stringData would put secrets into files; {WAY_OUT}",
            ],
            id="a secret with data",
        ),
        pytest.param(
            {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}, "data": {}},
            "core/v1:Secret",
            [],
            id="a secret without data",
        ),
        pytest.param(with_(metadata=UNKNOWN), TOKEN, [], id="unknown metadata"),
        pytest.param(with_(apiVersion=UNKNOWN), TOKEN, [], id="unknown version"),
        pytest.param(
            with_(metadata={"name": UNKNOWN, "namespace": UNKNOWN}), TOKEN, [], id="unknown name"
        ),
    ],
)
def test_problems(manifest, token, problems):
    assert list(problems_of_manifest(Properties(manifest), token)) == problems


def test_marked_values():
    marked = (
        Marked(("data", "a.b"), "a secret"),
        Marked((), "a secret"),
        Marked(("x",), "an asset"),
    )
    assert list(problems_of_manifest(Properties(GOOD, marked=marked), TOKEN)) == [
        f'data["a.b"] is a secret, and files are read by everyone; {WAY_OUT}',
        f"the manifest is a secret, and files are read by everyone; {WAY_OUT}",
        "x is an asset; a manifest holds plain data only",
    ]
