"""The table of docs/network.md, by evaluating what an API server holds."""

from __future__ import annotations

import re
import uuid

import pytest

from tests.cluster.building import Builder, database_type, new_name
from tests.cluster.conftest import REPORTED
from tests.cluster.deploying import provider
from tests.cluster.policies import Network, Pod
from tests.engine.conftest import engine, new_repository  # noqa: F401 - fixtures
from tests.plan.definitions import component, database, endpoint, project, resource_binding
from tools.console import ROOT

pytestmark = pytest.mark.cluster

PORTS = {"project": 8001, "namespace": 8002, "internal": 8003, "external": 8004}
OTHER = 9999


def table() -> dict[str, dict[str, bool]]:
    """Caller -> visibility, or "another port" -> whether it may."""
    page = (ROOT / "docs/network.md").read_text("utf-8")
    rows = [
        [cell.strip(" `") for cell in line.strip("|").split("|")]
        for line in page.splitlines()
        if line.startswith("|")
    ]
    heading, _, *rest = rows
    return {
        row[0]: dict(zip(heading[1:], (c == "allow" for c in row[1:]), strict=True)) for row in rest
    }


@pytest.fixture(scope="module")
def town(any_cluster, new_repository, tmp_path_factory):  # noqa: F811
    """Two projects in two environments, a Resource, and pods of nobody."""
    name, other = new_name(), new_name()
    endpoints = {
        # The Service's port is another one: policies are about those of the pods.
        visibility: {**endpoint(visibility, port=port - 8000), "targetPort": port}
        for visibility, port in PORTS.items()
    }
    builder = Builder(new_repository, any_cluster, tmp_path_factory.mktemp("town"), name)
    shop = builder.deployment(
        database_type(outputs=[{"name": "host", "value": "db"}]),
        database(of=name),
        resource_binding("db", "development", project=name),
        component("api", of=name, endpoints=endpoints),
        component("page", of=name, endpoints={"http": endpoint()}),
        project(other),
        component("client", of=other, endpoints={"http": endpoint()}),
    )
    shop.deployed()
    shop.repository.pin("staging")
    shop.deployed("staging")
    strange = f"strange-{uuid.uuid4().hex[:8]}"
    any_cluster.need_namespaces([strange])
    for pod, labels in (("gateway", {"openchoreo.dev/system-component": "gateway"}), ("any", {})):
        any_cluster.create(
            f"/api/v1/namespaces/{strange}/pods",
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": pod, "labels": {**labels, "pod": pod}},
                "spec": {
                    "automountServiceAccountToken": False,
                    "containers": [{"name": "main", "image": "app:1"}],
                },
            },
        )
    yield Town(any_cluster, shop.project, other, strange)
    for each in (name, other):
        selector = f"openchoreo.dev/project={each}"
        for one in any_cluster.get(f"/api/v1/namespaces?labelSelector={selector}")["items"]:
            any_cluster.api.request("DELETE", f"/api/v1/namespaces/{one['metadata']['name']}")


class Town:
    """What the API server holds, and who is who in it."""

    def __init__(self, cluster, name, other, strange):
        namespaces = cluster.get("/api/v1/namespaces")["items"]
        policies = cluster.get("/apis/networking.k8s.io/v1/networkpolicies")["items"]
        self.network = Network(
            {one["metadata"]["name"]: one["metadata"].get("labels", {}) for one in namespaces},
            tuple(policies),
        )
        self._pods = [
            Pod(one["metadata"]["namespace"], one["metadata"].get("labels", {}))
            for one in cluster.get("/api/v1/pods")["items"]
        ]
        self.api = self.pod(name, "development", component="api")
        self.callers = {
            "the component itself": self.api,
            "a component of the same project and environment": self.pod(
                name, "development", component="page"
            ),
            "a Resource of the same project and environment": self.pod(name, "development"),
            "a component of another project, in the same environment": self.pod(
                other, "development", component="client"
            ),
            "the same project in another environment": self.pod(name, "staging", component="page"),
            "another project in another environment": self.pod(
                other, "staging", component="client"
            ),
            "a pod of the platform, such as a gateway": self.stranger(strange, "gateway"),
            "any other pod of the cluster": self.stranger(strange, "any"),
        }

    def pod(self, project_, environment, *, component=""):
        """A pod of a component; without one, that of the Resource, which has no such labels."""
        labels = {"openchoreo.dev/project": project_, "openchoreo.dev/environment": environment}
        for one in self._pods:
            home = self.network.namespaces[one.namespace]
            here = all(home.get(key) == value for key, value in labels.items())
            if here and one.labels.get("openchoreo.dev/component", "") == component:
                return one
        raise AssertionError(f"there is no pod of {project_}/{component} in {environment}")

    def stranger(self, namespace, name):
        found = (p for p in self._pods if p.namespace == namespace and p.labels.get("pod") == name)
        return next(found)


def test_the_page_names_everybody(town):
    assert table().keys() == town.callers.keys()


@pytest.mark.parametrize("caller", table())
def test_who_may_reach_what(caller, town, request):
    request.node.user_properties.append((REPORTED, f"deploys through {provider()[1]}"))
    source = town.callers[caller]
    found = {
        **{name: town.network.allows(source, town.api, port) for name, port in PORTS.items()},
        "another port": town.network.allows(source, town.api, OTHER),
    }
    assert found == table()[caller]
    # The ports of the Service are not those of the pods.
    assert not any(town.network.allows(source, town.api, port - 8000) for port in PORTS.values())


def test_a_component_without_endpoints_cannot_be_reached():
    """Its policy has no rule at all."""
    policy = {
        "metadata": {"namespace": "a"},
        "spec": {"podSelector": {"matchLabels": {"x": "y"}}, "policyTypes": ["Ingress"]},
    }
    network = Network({"a": {}}, (policy,))
    assert not network.allows(Pod("a", {}), Pod("a", {"x": "y"}), 80)
    assert network.allows(Pod("a", {}), Pod("a", {"x": "z"}), 80)


def test_the_words_of_the_table():
    page = (ROOT / "docs/network.md").read_text("utf-8")
    cells = [
        cell.strip()
        for row in re.findall(r"^\| [^-].*", page, re.MULTILINE)[1:]
        for cell in row.strip("|").split("|")[1:]
    ]
    assert set(cells) == {"allow", "block"}
