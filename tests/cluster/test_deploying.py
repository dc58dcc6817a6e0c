"""The example on a real API server: deployed, promoted, failing, repaired, taken over, removed."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
import uuid
from pathlib import Path

import pytest
import yaml

from tests.cluster.conftest import REPORTED, reached
from tests.cluster.deploying import Deployment, prepare, provider
from tests.cluster.waiting import eventually
from tests.engine.conftest import engine, new_repository  # noqa: F401 - fixtures
from tools.console import ROOT

pytestmark = pytest.mark.cluster

NOTHING = re.compile(r"^ +\d+ unchanged$", re.MULTILINE)


@pytest.fixture
def shop(cluster, new_repository, tmp_path, request):  # noqa: F811
    """The example, which nobody has deployed yet."""
    request.node.user_properties.append((REPORTED, f"deploys through {provider()[1]}"))
    project = f"w{uuid.uuid4().hex[:8]}"
    repository = new_repository(tmp_path / "repository", ROOT / "definitions", "shop")
    prepare(repository, cluster.kubeconfig, cluster.context, project)
    yield Deployment(repository, cluster, project)
    for each in cluster.get(f"/api/v1/namespaces?labelSelector=openchoreo.dev/project={project}")[
        "items"
    ]:
        cluster.api.request("DELETE", f"/api/v1/namespaces/{each['metadata']['name']}")


def unchanged(done) -> bool:
    return done.code == 0 and not re.search(r"\d+ (created|updated|deleted|replaced)", done.text)


def available(deployment, name, stack="development") -> int:
    found = deployment.cluster.get(deployment.deployment(name, stack))
    return found["status"].get("availableReplicas", 0)


class TestDelivery:
    def test_three_environments_and_a_promotion(self, shop):
        shop.deployed()
        assert available(shop, "forecast") == available(shop, "dashboard") == 1
        for stack, source in (("staging", "development"), ("production", "staging")):
            shop.repository.pin(stack, source=source)
            shop.deployed(stack)
            assert available(shop, "forecast", stack) >= 1
        for stack in ("development", "staging", "production"):
            before, outputs = shop.versions(stack), shop.repository.raw_outputs(stack)
            assert unchanged(again := shop.up(stack, "--diff")), again.text
            assert shop.versions(stack) == before
            assert shop.repository.raw_outputs(stack) == outputs
            assert shop.history("forecast", stack)[0]["proof"] == "applied"

        shop.repository.set_image("forecast", "2.0.0")
        shop.deployed()
        shop.repository.pin("staging")
        said = json.loads(shop.repository.preview("staging", "--json").stdout)
        promised = {
            step["urn"].rpartition("/")[2]
            for step in said["steps"]
            if step["op"] != "same" and "kubernetes:" in step["urn"]
        }
        before = shop.versions("staging")
        shop.deployed("staging")
        after = shop.versions("staging")
        changed = {key.split(" ")[1] for key in after if after[key] != before.get(key)}
        assert changed == promised
        assert {name.rpartition("-")[0] for name in changed} == {"forecast-staging"}

    def test_pods_have_endpoints(self, shop):
        shop.deployed()
        where = shop.namespace()
        path = f"/apis/discovery.k8s.io/v1/namespaces/{where}/endpointslices"

        def ready():
            return {
                each["metadata"]["labels"]["kubernetes.io/service-name"]
                for each in shop.cluster.get(path)["items"]
                if any(one["conditions"]["ready"] for one in each.get("endpoints") or ())
            }

        eventually(ready, lambda found: found == {"dashboard", "forecast"})

    def test_undeploy_and_redeploy(self, shop):
        shop.deployed()
        shop.repository.set("development", "bindings.dashboard.state", "Undeploy")
        shop.deployed()
        assert not [key for key in shop.objects() if "dashboard" in key]
        assert shop.history("dashboard")[0]["state"] == "Undeploy"
        shop.repository.unset("development", "bindings.dashboard.state")
        shop.deployed()
        assert available(shop, "dashboard") == 1

    def test_a_component_that_is_no_longer_defined(self, shop):
        shop.deployed()
        folder = "definitions/namespaces/default/projects/weather/components/dashboard"
        for file in (shop.repository.root / folder).iterdir():
            file.unlink()
        done = shop.up()
        assert done.code != 0
        assert "removed" in done.text
        assert available(shop, "dashboard") == 1
        shop.repository.set("development", "removed[0]", "default/dashboard")
        shop.deployed()
        assert not [key for key in shop.objects() if "dashboard" in key]

    def test_destroy_leaves_nothing(self, shop):
        shop.deployed()
        where = shop.namespace()
        done = shop.repository.pulumi("destroy", "--yes", stack="development")
        assert done.code == 0, done.text
        assert shop.cluster.api.get(f"/api/v1/namespaces/{where}").status == 404

    def test_a_new_configuration_restarts_pods_and_the_old_one_stays_meanwhile(self, shop):
        shop.deployed()
        before = shop.objects()
        shop.repository.set(
            "development",
            "bindings.forecast.workloadOverrides.container.env[0]",
            {"key": "LOG_LEVEL", "value": "trace"},
        )
        shop.deployed()
        after = shop.objects()
        (key,) = {each for each in before if "forecast-development-env-configs" in each}
        deployment = next(each for each in before if "Deployment forecast" in each)
        assert "trace" in str(after[key]["data"])
        # It has never been away, and its pods are others.
        assert after[key]["metadata"]["uid"] == before[key]["metadata"]["uid"]
        hashes = [each[deployment]["spec"]["template"]["metadata"] for each in (before, after)]
        assert hashes[0] != hashes[1]
        assert available(shop, "forecast") == 1


class TestFailingRollouts:
    def test_message_record_and_repair(self, shop):
        shop.repository.set("development", "timeouts.Deployment", "4s")
        shop.deployed()
        good = shop.history("forecast")[0]["release"]
        shop.repository.set_image("forecast", "crashloop")
        shop.repository.set_image("dashboard", "2.0.0")
        done = shop.up()
        assert done.code != 0
        assert "container main ends again and again" in done.text
        assert re.search(
            r"default/forecast: forecast-\w+ is not ready; the record stays at", done.text
        )
        assert [entry["release"] for entry in shop.history("forecast")] == [good]
        assert len(shop.history("dashboard")) == 2

        again = shop.up()
        assert again.code != 0, "what is not ready is waited for again"
        shop.repository.set_image("forecast", "3.0.0")
        shop.deployed()
        assert available(shop, "forecast") == 1
        assert len(shop.history("forecast")) == 2

        shop.repository.set_image("forecast", "imagepull")
        done = shop.up()
        assert done.code != 0
        assert "cannot pull image" in done.text
        name = shop.history("forecast")[1]["name"]
        shop.repository.set("development", "bindings.forecast.releaseName", name)
        shop.deployed()
        assert shop.history("forecast")[0]["release"] == good
        assert available(shop, "forecast") == 1

    def test_without_continue_on_error_the_reason_is_told_as_well(self, shop):
        shop.repository.set("development", "timeouts.Deployment", "3s")
        shop.repository.set_image("forecast", "crashloop")
        done = shop.repository.up("development")
        assert done.code != 0
        assert "container main ends again and again" in done.text, done.text


class TestBefore:
    def test_a_context_that_is_not_there(self, shop):
        shop.repository.set("development", "dataPlanes.default.context", "kind-dev")
        done = shop.repository.preview("development")
        assert done.code != 0
        assert "kind-dev" in done.text
        assert shop.cluster.context in done.text
        assert "Traceback" not in done.text

    def test_a_cluster_that_does_not_answer(self, shop, tmp_path):
        content = yaml.safe_load(shop.cluster.kubeconfig.read_text())
        content["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
        (tmp_path / "away").write_text(yaml.safe_dump(content))
        shop.repository.set("development", "dataPlanes.default.kubeconfig", str(tmp_path / "away"))
        done = shop.up()
        assert done.code != 0
        assert "https://127.0.0.1:1 cannot be reached" in done.text
        assert "Traceback" not in done.text
        assert not shop.repository.outputs("development")

    def test_a_kind_that_is_not_installed(self, shop):
        path = "definitions/platform/component-types/web-application.yaml"
        shop.repository.edit(path, "gateway.networking.k8s.io/v1\n", "gateway.example.com/v1\n")
        done = shop.up()
        assert done.code != 0
        assert "has no kind HTTPRoute of gateway.example.com/v1" in done.text
        state = shop.repository.pulumi("stack", "export", stack="development").stdout
        assert "kubernetes:" not in state

    def test_objects_that_are_there_already_are_refused_and_can_be_adopted(self, shop):
        shop.deployed()
        before, ledger = shop.objects(), shop.repository.raw_outputs("development")
        exported = shop.repository.openchoreo("ledger", "export")
        assert exported.code == 0, exported.stderr
        lost = shop.repository.pulumi(
            "stack", "rm", "--force", "--yes", "--preserve-config", stack="development"
        )
        assert lost.code == 0, lost.text
        shop.repository.pulumi("stack", "init", "development")
        restored = shop.repository.openchoreo(
            "ledger", "import", "ledgers/development.json", "--stack", "development"
        )
        assert restored.code == 0, restored.stderr
        refused = shop.up()
        assert refused.code != 0
        assert f"Namespace {shop.namespace()} is there already" in refused.text
        assert "openchoreo:adopt true" in refused.text
        shop.repository.set("development", "adopt", "true")
        shop.deployed()
        assert shop.objects() == before
        assert shop.repository.raw_outputs("development") == ledger
        shop.repository.unset("development", "adopt")
        assert unchanged(shop.up())


class TestDrift:
    def drift(self, shop, *arguments):
        return shop.repository.openchoreo("drift", "--stack", "development", *arguments)

    def test_edited_and_deleted_objects_are_shown_and_come_back(self, shop):
        shop.deployed()
        assert self.drift(shop).code == 0
        before = shop.versions()
        path = shop.deployment("forecast")
        shop.patch(path, {"spec": {"replicas": 3}})
        (service,) = (key for key in shop.objects() if key == "Service dashboard")
        where = f"/api/v1/namespaces/{shop.namespace()}/services/{service.split()[1]}"
        assert shop.cluster.api.request("DELETE", where).good
        shown = self.drift(shop)
        assert shown.code == 1
        assert "replicas" in shown.stdout
        assert "dashboard" in shown.stdout
        repaired = self.drift(shop, "--repair")
        assert repaired.code == 0, repaired.text
        assert shop.objects()["Deployment " + path.rpartition("/")[2]]["spec"]["replicas"] == 1
        assert "Service dashboard" in shop.objects()
        assert before.keys() == shop.versions().keys()
        assert self.drift(shop).code == 0

    def test_what_others_add_is_left_alone(self, shop):
        shop.deployed()
        path = shop.deployment("forecast")
        shop.patch(path, {"metadata": {"annotations": {"example.com/other": "tool"}}})
        assert self.drift(shop).code == 0
        assert unchanged(shop.up())
        shop.repository.set_image("forecast", "2.0.0")
        shop.deployed()
        annotations = shop.cluster.get(path)["metadata"]["annotations"]
        assert annotations["example.com/other"] == "tool"

    def test_a_namespace_that_was_deleted_comes_back(self, shop):
        shop.deployed()
        where = f"/api/v1/namespaces/{shop.namespace()}"
        shop.cluster.api.request("DELETE", where)
        early = self.drift(shop, "--repair")
        if early.code:
            assert "is being deleted" in early.text
        eventually(lambda: shop.cluster.api.get(where).status, lambda status: status == 404)
        repaired = self.drift(shop, "--repair")
        assert repaired.code == 0, repaired.text
        assert available(shop, "forecast") == 1

    def test_another_field_manager_is_named(self, shop):
        shop.deployed()
        path = shop.deployment("forecast")
        (container,) = shop.cluster.get(path)["spec"]["template"]["spec"]["containers"]
        body = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "spec": {
                "template": {"spec": {"containers": [{"name": container["name"], "image": "x:1"}]}}
            },
        }
        answer = shop.cluster.api.request(
            "PATCH",
            f"{path}?fieldManager=argocd&force=true",
            body=body,
            content="application/apply-patch+yaml",
        )
        assert answer.good, answer.message
        shop.repository.set_image("forecast", "2.0.0")
        done = shop.up()
        assert done.code != 0
        assert "argocd" in done.text
        assert len(shop.history("forecast")) == 1


def running(shop, *arguments):
    """An update that goes on in the background."""
    command = ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive", *arguments]
    return subprocess.Popen(
        [*command, "--stack", "development"],
        cwd=shop.repository.root,
        env=shop.repository.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def image_of(shop, path):
    answer = shop.cluster.api.get(path)
    return answer.body["spec"]["template"]["spec"]["containers"][0]["image"] if answer.good else ""


class TestInterruptions:
    def test_two_updates_at_once(self, shop):
        shop.deployed()
        shop.repository.set_image("forecast", "notready")
        shop.repository.set("development", "timeouts.Deployment", "6s")
        path = shop.deployment("forecast")
        first = running(shop)
        eventually(lambda: image_of(shop, path), lambda image: image.endswith(":notready"))
        second = shop.up()
        assert second.code != 0
        assert "locked" in second.text
        assert first.wait(60) != 0
        assert len(shop.history("forecast")) == 1

    def test_an_api_server_that_goes_away_and_comes_back(self, new_repository, tmp_path, cluster):  # noqa: F811
        if not cluster.ours:
            pytest.skip("the API server of somebody else is not stopped")
        folder = tmp_path / "cluster"
        started = [ROOT / ".venv/bin/python", "-m", "tools.cluster"]
        done = subprocess.run(
            [*started, "start", f"--directory={folder}"], cwd=ROOT, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
        try:
            repository = new_repository(tmp_path / "repository", ROOT / "definitions", "shop")
            own = reached(folder / "kubeconfig", ours=True)
            prepare(repository, own.kubeconfig, own.context, "stormy")
            shop = Deployment(repository, own, "stormy")
            shop.deployed()
            shop.repository.set_image("forecast", "notready")
            shop.repository.set("development", "timeouts.Deployment", "8s")
            path = shop.deployment("forecast")
            update = running(shop)
            eventually(lambda: image_of(shop, path), lambda image: image.endswith(":notready"))
            restart_api_server(folder)
            assert update.wait(120) != 0
            ready = lambda: reached(folder / "kubeconfig", ours=True).api.get("/readyz").good  # noqa: E731
            eventually(lambda: calm(ready), bool)
            shop = Deployment(repository, reached(folder / "kubeconfig", ours=True), "stormy")
            assert len(shop.history("forecast")) == 1
            shop.repository.set_image("forecast", "2.0.0")
            shop.deployed()
            assert len(shop.history("forecast")) == 2
            assert available(shop, "forecast") == 1
        finally:
            subprocess.run(
                [*started, "stop", f"--directory={folder}"],
                cwd=ROOT,
                check=False,
                capture_output=True,
            )

    def test_a_run_that_is_killed_during_a_rollout_converges(self, shop):
        shop.deployed()
        shop.repository.set_image("forecast", "notready")
        shop.repository.set("development", "timeouts.Deployment", "5m")
        command = ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"]
        process = subprocess.Popen(
            [*command, "--stack", "development"],
            cwd=shop.repository.root,
            env=shop.repository.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        path = shop.deployment("forecast")
        eventually(
            lambda: shop.cluster.get(path)["spec"]["template"]["spec"]["containers"][0]["image"],
            lambda image: image.endswith(":notready"),
        )
        process.kill()
        process.wait()
        assert len(shop.history("forecast")) == 1
        shop.repository.set_image("forecast", "2.0.0")
        locked = shop.up()
        assert locked.code != 0
        assert "pulumi cancel" in locked.text
        shop.repository.pulumi("cancel", "--yes", "development")
        shop.deployed()
        assert len(shop.history("forecast")) == 2
        assert available(shop, "forecast") == 1


def calm(ask):
    try:
        return ask()
    except OSError:
        return False


def restart_api_server(folder):
    """Killed, away for a while, and started as it was."""
    lines = (folder / "pids").read_text().splitlines()
    (pid,) = (int(line.split()[1]) for line in lines if line.startswith("kube-apiserver "))
    command = Path(f"/proc/{pid}/cmdline").read_bytes().decode().rstrip("\0").split("\0")
    os.kill(pid, signal.SIGKILL)
    time.sleep(2)
    with (folder / "logs" / "again.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    with (folder / "pids").open("a") as pids:
        pids.write(f"kube-apiserver {process.pid}\n")
    process.returncode = 0  # it is ended with the others


class TestReadiness:
    def test_a_route_that_nobody_accepts_is_waited_for_on_request(self, shop):
        shop.repository.set("development", "waitFor[0]", "HTTPRoute")
        shop.repository.set("development", "timeouts.HTTPRoute", "2s")
        done = shop.up()
        assert done.code != 0
        assert "waits for jsonpath=" in done.text or "timed out" in done.text
        assert not shop.history("forecast")
        for key, route in shop.objects().items():
            if key.startswith("HTTPRoute "):
                where = f"/apis/gateway.networking.k8s.io/v1/namespaces/{shop.namespace()}"
                shop.patch(
                    f"{where}/httproutes/{key.split()[1]}/status",
                    {"status": {"parents": [accepted(route["spec"]["parentRefs"][0])]}},
                    manager="gateway",
                )
        shop.deployed()
        assert len(shop.history("forecast")) == 1


def accepted(parent):
    condition = {
        "type": "Accepted",
        "status": "True",
        "reason": "Accepted",
        "message": "",
        "lastTransitionTime": "2026-11-25T00:00:00Z",
    }
    return {
        "parentRef": parent,
        "controllerName": "example.com/gateway",
        "conditions": [condition],
    }


class TestRights:
    def test_what_a_user_may_not_do_is_told_first(self, shop, tmp_path):
        shop.cluster.need_namespaces([shop.project])
        accounts = f"/api/v1/namespaces/{shop.project}/serviceaccounts"
        shop.cluster.create(accounts, {"metadata": {"name": "weak"}})
        token = shop.cluster.create(f"{accounts}/weak/token", {"spec": {}})["status"]["token"]
        content = yaml.safe_load(shop.cluster.kubeconfig.read_text())
        content["users"][0]["user"] = {"token": token}
        (tmp_path / "weak").write_text(yaml.safe_dump(content))
        shop.repository.set("development", "dataPlanes.default.kubeconfig", str(tmp_path / "weak"))
        done = shop.up()
        assert done.code != 0
        assert "write clusterIdentifier: <a name of yours>, and it is not asked" in done.text
        shop.repository.set("development", "dataPlanes.default.clusterIdentifier", "ours")
        done = shop.up()
        assert done.code != 0
        assert "does not allow it" in done.text or "may not create deployments.apps" in done.text
        assert "Traceback" not in done.text
        assert not shop.repository.outputs("development")


class TestTargets:
    def test_two_data_planes_in_one_stack(self, shop):
        namespaces = shop.repository.root / "definitions" / "namespaces"
        shutil.copytree(namespaces / "default", namespaces / "other")
        for file in (namespaces / "other").rglob("*.yaml"):
            text = re.sub(r"namespace: default\b", "namespace: other", file.read_text())
            text = re.sub(r"(kind: ClusterDataPlane\n +name: )default\b", r"\1eu", text)
            file.write_text(text)
        plane = shop.repository.root / "definitions/platform/data-planes/default.yaml"
        text = re.sub(r"\n  name: default\n", "\n  name: eu\n", plane.read_text(), count=1)
        (plane.parent / "eu.yaml").write_text(text)
        for key in ("context", "kubeconfig"):
            value = {"context": shop.cluster.context, "kubeconfig": str(shop.cluster.kubeconfig)}[
                key
            ]
            shop.repository.set("development", f"dataPlanes.eu.{key}", value)
        shop.deployed()
        ledger = shop.repository.ledger("development")
        assert {name: one["target"] for name, one in ledger["planes"].items()} == {
            "default": "cluster",
            "eu": "cluster",
        }
        assert {key.partition("/")[0] for key in ledger["components"]} == {"default", "other"}
        assert unchanged(shop.up())

    def test_from_files_to_a_cluster(self, shop):
        target = {"context": shop.cluster.context, "kubeconfig": str(shop.cluster.kubeconfig)}
        shop.repository.unset("development", "dataPlanes")
        shop.deployed()
        assert shop.repository.files("manifests")
        release = shop.history("forecast")[0]["release"]
        for key, value in target.items():
            shop.repository.set("development", f"dataPlanes.default.{key}", value)
        told = shop.deployed()
        assert "data plane default moves from files to the cluster" in told
        assert not shop.repository.files("manifests")
        assert available(shop, "forecast") == 1
        assert [(e["release"], e["proof"]) for e in shop.history("forecast")] == [
            (release, "applied"),
            (release, "rendered"),
        ]
        shop.repository.unset("development", "dataPlanes")
        refused = shop.up()
        assert refused.code != 0
        assert "has no line for it any more" in refused.text
        assert available(shop, "forecast") == 1
