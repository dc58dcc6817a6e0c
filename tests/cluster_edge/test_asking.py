"""Kinds, rights and objects of a cluster, from an API server's answers."""

import pytest

from openchoreo.cluster import (
    ClusterError,
    Denied,
    connect,
    denied,
    discover,
    doctor,
    existing,
    missing_kinds,
    terminating,
)

RESOURCES = {
    "/api/v1": {
        "resources": [
            {"name": "namespaces", "kind": "Namespace", "namespaced": False},
            {"name": "services", "kind": "Service", "namespaced": True},
            {"name": "services/status", "kind": "Service", "namespaced": True},
        ]
    },
}
NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
SERVICE = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a", "namespace": "shop"}}
ROUTE = {
    "apiVersion": "gateway.networking.k8s.io/v1",
    "kind": "HTTPRoute",
    "metadata": {"name": "a", "namespace": "shop"},
}


class Api:
    """Answers by path; a review is allowed where its verb is among `allowed`."""

    def __init__(self, answers=None, allowed=()):
        self.answers, self.allowed, self.asked = {**RESOURCES, **(answers or {})}, allowed, []

    def get(self, path):
        self.asked.append(path)
        return self.answers.get(path)

    def post(self, _, body):
        verb = body["spec"]["resourceAttributes"]["verb"]
        return {"status": {"allowed": verb in self.allowed}}


def test_what_a_cluster_has_no_kind_for_is_counted():
    kinds = discover(Api(), ["v1", "gateway.networking.k8s.io/v1"])
    assert missing_kinds(kinds, [SERVICE, ROUTE, ROUTE]) == [
        ("gateway.networking.k8s.io/v1", "HTTPRoute", 2)
    ]


def test_nothing_is_asked_in_a_namespace_that_is_not_there():
    api = Api()
    kinds = discover(api, ["v1"])
    assert existing(api, kinds, [NAMESPACE, SERVICE]) == []
    assert "/api/v1/namespaces/shop/services/a" not in api.asked


def test_objects_that_are_there_are_found():
    api = Api({"/api/v1/namespaces/shop": {}, "/api/v1/namespaces/shop/services/a": {}})
    assert existing(api, discover(api, ["v1"]), [NAMESPACE, SERVICE]) == [NAMESPACE, SERVICE]


def test_a_namespace_that_is_being_deleted():
    gone = {"metadata": {"deletionTimestamp": "2026-11-25T00:00:00Z"}}
    api = Api({"/api/v1/namespaces/shop": gone, "/api/v1/namespaces/other": {"metadata": {}}})
    assert terminating(api, ["shop", "other", "none"]) == ["shop"]


def test_one_question_is_enough_for_who_may_do_everything():
    assert denied(Api(allowed=["*"]), discover(Api(), ["v1"]), [SERVICE]) == []


def test_rights_that_are_missing_are_told_by_verb_resource_and_namespace():
    api = Api(allowed=["get", "create", "patch"])
    assert denied(api, discover(api, ["v1"]), [SERVICE, SERVICE, NAMESPACE]) == [
        Denied("delete", "namespaces", ""),
        Denied("delete", "services", "shop"),
    ]


def test_where_kinds_come_from():
    groups = [{"name": "keda.sh", "versions": [{"version": "v2"}]}]
    api = Api({"/apis": {"groups": groups}})
    needs = [
        ("v1", "Service"),
        ("v1", "Servise"),
        ("example.com/v1", "Thing"),
        ("gateway.networking.k8s.io/v1", "HTTPRoute"),
        ("keda.sh/v1", "ScaledObject"),
    ]
    assert doctor(api, needs) == [
        (
            "has no Thing of example.com/v1; its definition is another product's; ask who runs the "
            "cluster"
        ),
        (
            "has no HTTPRoute of gateway.networking.k8s.io/v1; Gateway API, standard channel: "
            "https://gateway-api.sigs.k8s.io"
        ),
        (
            "has no ScaledObject of keda.sh/v1: it serves v2 of keda.sh; install a version that has "
            "it, or write another one in the type"
        ),
        "has no Servise of v1: is the kind misspelt in the type?",
    ]


KUBECONFIG = """
contexts: [{name: kind-dev, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
users: [{name: u, user: {token: secret-token}}]
current-context: kind-dev
"""


class TestConnecting:
    @pytest.fixture
    def kubeconfig(self, tmp_path):
        (tmp_path / "config").write_text(KUBECONFIG)
        return str(tmp_path / "config")

    def test_another_context_is_told_with_the_nearest(self, kubeconfig):
        with pytest.raises(ClusterError) as failure:
            connect(kubeconfig, "kind-def")
        assert failure.value.message == f"{kubeconfig} has no context kind-def"
        assert failure.value.hint == "did you mean kind-dev?"

    def test_a_file_need_not_have_a_current_context(self, kubeconfig, tmp_path):
        (tmp_path / "config").write_text(KUBECONFIG.replace("current-context: kind-dev", ""))
        assert connect(kubeconfig, "kind-dev").server == "http://127.0.0.1:1"
        with pytest.raises(ClusterError) as failure:
            connect(kubeconfig, "kind-def")
        assert failure.value.message == (
            f"context kind-def of {kubeconfig} cannot be used: Invalid kube-config file. Expected "
            f"object with name kind-def in {kubeconfig}/contexts list"
        )

    def test_no_such_file(self, tmp_path):
        with pytest.raises(ClusterError) as failure:
            connect(str(tmp_path / "none"), "kind-dev")
        told = failure.value.message
        assert told.startswith(f"no kubeconfig can be read from {tmp_path}/none: ")

    def test_nobody_there(self, kubeconfig):
        api = connect(kubeconfig, "kind-dev")
        with pytest.raises(ClusterError) as failure:
            api.get("/version")
        told = failure.value.message
        assert told.startswith("the API server http://127.0.0.1:1 cannot be reached: ")
        assert "secret-token" not in told
        assert failure.value.hint == (
            "check the context kind-dev: kubectl --context kind-dev version"
        )
