"""The cluster of the tests: the one that OPENCHOREO_TEST_KUBECONFIG names, else our own."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Generator, Iterable
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.cluster.sharing import NoClusterError, shared, started
from tests.cluster.waiting import eventually
from tools import cluster as tool
from tools import cluster_build
from tools.cluster_build import VARIABLE
from tools.console import GiveUp
from tools.kube_api import Api, Json, connect

MADE = "openchoreo.test/made"
REPORTED = "cluster"  # properties of tests that the run shows at its end


@dataclass(frozen=True)
class Cluster:
    api: Api
    ours: bool
    kubeconfig: Path

    def __str__(self) -> str:
        version = self.get("/version")["gitVersion"]
        origin = "started for these tests, with a fake node" if self.ours else f"from {VARIABLE}"
        return f"Kubernetes {version} at {self.api.server}, {origin}"

    def get(self, path: str) -> Json:
        answer = self.api.get(path)
        assert answer.good, answer.message
        return answer.body

    @property
    def context(self) -> str:
        return yaml.safe_load(self.kubeconfig.read_text("utf-8"))["current-context"]

    def create(self, path: str, body: Json) -> Json:
        answer = self.api.create(path, body)
        assert answer.good, answer.message
        return answer.body

    def need_namespaces(self, names: Iterable[str]) -> None:
        for name in sorted(names):
            eventually(lambda name=name: self._namespace(name), lambda phase: phase == "Active")

    def _namespace(self, name: str) -> str:
        """Its phase; one that an earlier run has deleted is there for a while."""
        body = {"metadata": {"name": name, "labels": {MADE: "true"}}}
        answer = self.api.create("/api/v1/namespaces", body)
        if not answer.good:
            assert answer.body.get("reason") == "AlreadyExists", answer.message
            answer = self.api.get(f"/api/v1/namespaces/{name}")
        return answer.body.get("status", {}).get("phase", "gone")

    def remove_namespaces(self) -> None:
        """Asked for and not waited for: it takes many seconds."""
        made = self.get(f"/api/v1/namespaces?labelSelector={MADE}")["items"]
        for each in made:
            self.api.request("DELETE", f"/api/v1/namespaces/{each['metadata']['name']}")


@pytest.fixture(scope="session")
def any_cluster(tmp_path_factory: pytest.TempPathFactory) -> Generator[Cluster]:
    base = tmp_path_factory.getbasetemp()
    common = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    named = os.environ.get(VARIABLE)
    try:
        with given(Path(named), common) if named else ours(common) as found:
            yield found
    except (GiveUp, NoClusterError, OSError) as problem:
        raise pytest.fail.Exception(f"no cluster: {problem}", pytrace=False) from None


@contextmanager
def ours(common: Path) -> Generator[Cluster]:
    with started(common) as kubeconfig:
        found = reached(kubeconfig, ours=True)
        with closing(found.api):
            yield found


@contextmanager
def given(kubeconfig: Path, common: Path) -> Generator[Cluster]:
    found = reached(kubeconfig, ours=False)

    def begin() -> Cluster:
        tool.install(kubectl(), kubeconfig, cluster_build.definitions())
        return found

    with closing(found.api), shared(common, begin, found.remove_namespaces):
        yield found


def reached(kubeconfig: Path, *, ours: bool) -> Cluster:
    return Cluster(connect(yaml.safe_load(kubeconfig.read_text("utf-8"))), ours, kubeconfig)


def kubectl() -> list[str]:
    own = shutil.which("kubectl")
    return [own] if own else [str(cluster_build.ensure()), "kubectl"]


@pytest.fixture
def cluster(any_cluster: Cluster, request: pytest.FixtureRequest) -> Cluster:
    request.node.user_properties.append((REPORTED, str(any_cluster)))
    return any_cluster


@pytest.fixture
def namespace(cluster: Cluster) -> str:
    name = f"test-{uuid.uuid4().hex[:8]}"
    cluster.need_namespaces([name])
    return name


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [
        report
        for kind in ("passed", "failed", "skipped")
        for report in terminalreporter.getreports(kind)
    ]
    told = {
        str(value)
        for report in reports
        for name, value in report.user_properties
        if name == REPORTED
    }
    for line in sorted(told):
        terminalreporter.write_line(f"cluster: {line}")
