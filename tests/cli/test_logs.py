"""openchoreo logs, with an API server and a program in Pulumi's place."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from openchoreo.cluster import Following
from tests.cli.deployed import LABELS, answers, export, made, together, workload
from tests.cluster_edge.server import FakeCluster, at, ended, pod, running, waiting

ROOT = Path(__file__).parents[2]
GREETER = {"app": "greeter"}
DEPLOYMENT = workload(replicas=1)
NOTHING = "/apis/{}/namespaces/shop/{}/greeter"


@pytest.fixture(autouse=True)
def fake(tmp_path, monkeypatch):
    """The cluster of the stack staging."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    with FakeCluster().served() as cluster:
        (tmp_path / "kubeconfig").write_text(cluster.kubeconfig())
        target = {"default": {"context": "test", "kubeconfig": str(tmp_path / "kubeconfig")}}
        config = {"config": {"openchoreo:dataPlanes": target}}
        (tmp_path / "Pulumi.staging.yaml").write_text(json.dumps(config))
        yield cluster


@pytest.fixture
def logs(pulumi, run):
    """The command, for what the stack has deployed."""

    def go(*arguments, state=None, component="greeter", **ledgers):
        pulumi(answers(state or export(DEPLOYMENT), **ledgers))
        return run("logs", component, "--env", "staging", *arguments)

    return go


def two_pods(fake):
    fake.lists["pods"] = [
        pod("greeter-a", running(), labels=GREETER),
        pod("greeter-b", running(), labels=GREETER),
        pod("other", running(), labels={"app": "other"}),
    ]
    fake.log("greeter-a", lines=[(at(1), "listening"), (at(4), "GET /")])
    fake.log("greeter-b", lines=[(at(2), "listening")])


class TestLines:
    def test_each_line_has_its_pod(self, fake, logs):
        two_pods(fake)
        done = logs()
        assert (done.exit_code, done.stderr) == (0, "")
        assert done.stdout == ("greeter-a listening\ngreeter-b listening\ngreeter-a GET /\n")

    def test_times_on_request(self, fake, logs):
        two_pods(fake)
        assert logs("--timestamps").stdout.splitlines()[1] == (
            "greeter-b 2026-11-25T12:00:02.000000000Z listening"
        )

    def test_lines_alone(self, fake, logs):
        two_pods(fake)
        assert logs("--no-prefix").stdout == "listening\nlistening\nGET /\n"

    def test_one_object_a_line(self, fake, logs):
        two_pods(fake)
        lines = logs("-o", "json").stdout.splitlines()
        assert json.loads(lines[2]) == {
            "pod": "greeter-a",
            "container": "main",
            "time": "2026-11-25T12:00:04.000000000Z",
            "line": "GET /",
        }

    def test_colours_of_programs_go_through_pipes(self, fake, logs):
        two_pods(fake)
        fake.logs["greeter-b/main"].lines = [(at(2), "\x1b[31mred")]
        assert "greeter-b \x1b[31mred\n" in logs().stdout

    def test_on_a_terminal_pods_have_colours_and_lines_cannot_steer_it(
        self, fake, logs, monkeypatch
    ):
        two_pods(fake)
        fake.logs["greeter-b/main"].lines = [(at(2), "\x1b[31mred\x1b[2J\x07\tend")]
        monkeypatch.setenv("FORCE_COLOR", "1")
        assert logs().stdout == (
            "\x1b[36mgreeter-a\x1b[0m listening\n"
            "\x1b[32mgreeter-b\x1b[0m \x1b[31mred[2J\tend\x1b[0m\n"
            "\x1b[36mgreeter-a\x1b[0m GET /\n"
        )

    def test_no_colour_is_no_colour(self, fake, logs, monkeypatch):
        two_pods(fake)
        fake.logs["greeter-b/main"].lines = [(at(2), "\x1b[31mred")]
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("NO_COLOR", "1")
        assert logs().stdout == "greeter-a listening\ngreeter-b red\ngreeter-a GET /\n"

    def test_where_a_pod_has_several_containers_they_are_named(self, fake, logs):
        both = pod("greeter-a", running(), running("proxy"), labels=GREETER)
        fake.lists["pods"] = [both]
        fake.log("greeter-a", lines=[(at(1), "one")])
        fake.log("greeter-a", "proxy", lines=[(at(2), "two")])
        assert logs().stdout == "greeter-a/main one\ngreeter-a/proxy two\n"
        assert logs("-c", "proxy").stdout == "greeter-a two\n"

    def test_which_lines(self, fake, logs):
        two_pods(fake)
        assert logs("--tail", "1").stdout == "greeter-b listening\ngreeter-a GET /\n"
        logs("--since", "1h30m")
        assert "sinceSeconds=5400" in fake.asked[-1]

    def test_the_run_before(self, fake, logs):
        before = {"lastState": {"terminated": {"exitCode": 1}}}
        fake.lists["pods"] = [
            pod("greeter-a", running(**before), labels=GREETER),
            pod("greeter-b", running(), labels=GREETER),
        ]
        fake.log("greeter-a", previous=[(at(1), "no database")])
        assert logs("--previous").stdout == "greeter-a no database\n"

    def test_pods_are_found_by_the_labels_of_their_component_too(self, fake, logs):
        """Of kinds that others make pods for."""
        fake.lists["pods"] = [pod("greeter-a", running(), labels=LABELS)]
        fake.log("greeter-a", lines=[(at(1), "one")])
        done = logs(state=export(made("Service", "serving.knative.dev/v1")))
        assert done.stdout == "greeter-a one\n"

    def test_a_pod_that_two_ways_lead_to_is_shown_once(self, fake, logs):
        fake.lists["pods"] = [pod("greeter-a", running(), labels={**GREETER, **LABELS})]
        fake.log("greeter-a", lines=[(at(1), "one")])
        assert logs().stdout == "greeter-a one\n"

    @pytest.mark.parametrize("kind", ["StatefulSet", "DaemonSet"])
    def test_other_workloads(self, fake, logs, kind):
        two_pods(fake)
        assert len(logs(state=export(workload(kind))).stdout.splitlines()) == 3

    def test_a_job(self, fake, logs):
        labels = {"batch.kubernetes.io/job-name": "greeter"}
        fake.lists["pods"] = [pod("greeter-x", ended(), labels=labels)]
        fake.log("greeter-x", lines=[(at(1), "migrated")])
        state = export(made("Job", "batch/v1", template={}))
        assert logs(state=state).stdout == "greeter-x migrated\n"

    def test_all_runs_of_a_cron_job_that_are_there(self, fake, logs):
        cron_job, job = "CronJob", "batch.kubernetes.io/job-name"
        fake.lists["jobs.batch"] = [
            {"metadata": {"name": name, "ownerReferences": [{"kind": cron_job, "name": owner}]}}
            for name, owner in (("greeter-1", "greeter"), ("greeter-2", "greeter"), ("x-1", "x"))
        ]
        fake.lists["pods"] = [
            pod(f"{name}-p", ended(), labels={job: name})
            for name in ("greeter-1", "greeter-2", "x-1")
        ]
        for index, name in enumerate(("greeter-2", "greeter-1", "x-1")):
            fake.log(f"{name}-p", lines=[(at(index), f"run of {name}")])
        state = export(made(cron_job, "batch/v1", schedule="0 * * * *"))
        assert logs(state=state).stdout == (
            "greeter-2-p run of greeter-2\ngreeter-1-p run of greeter-1\n"
        )

    def test_nothing_written(self, fake, logs):
        fake.lists["pods"] = [pod("greeter-a", running(), labels=GREETER)]
        fake.log("greeter-a")
        done = logs("--since", "10m")
        assert (done.exit_code, done.stdout) == (0, "")
        assert done.stderr == "default/greeter has written nothing in staging in the last 10m.\n"

    def test_a_context_that_config_no_longer_has_is_that_of_the_last_run(
        self, fake, logs, tmp_path
    ):
        two_pods(fake)
        (tmp_path / "Pulumi.staging.yaml").write_text("config: {}\n")
        (tmp_path / "other").write_text(fake.kubeconfig().replace('"test"', '"before"'))
        state = export(DEPLOYMENT)
        state["deployment"]["resources"][1]["inputs"]["kubeconfig"] = str(tmp_path / "other")
        assert len(logs(state=state).stdout.splitlines()) == 3


def problem(done):
    assert (done.exit_code, done.stdout) == (1, "")
    return done.stderr


class TestNothing:
    def test_files(self, logs):
        state = export(DEPLOYMENT, package="openchoreo-files")
        assert problem(logs(state=state)) == (
            "Component default/greeter\n"
            "  its manifests are files below manifests/x\n"
            "  logs need a cluster: write openchoreo:dataPlanes: {default: {context: <context>}} in "
            "Pulumi.staging.yaml, then pulumi up --stack staging\n"
        )

    def test_no_pods(self, fake, logs):
        fake.objects[NOTHING.format("apps/v1", "deployments")] = {"spec": {"replicas": 0}}
        assert problem(logs()) == (
            "Component default/greeter\n"
            "  has no pods in staging\n"
            "  Deployment shop/greeter has 0 replicas\n"
        )

    def test_pods_that_are_refused(self, fake, logs):
        failed = {"type": "ReplicaFailure", "status": "True", "message": "exceeded quota: pods"}
        live = {"spec": {"replicas": 1}, "status": {"conditions": [failed]}}
        fake.objects[NOTHING.format("apps/v1", "deployments")] = live
        assert problem(logs()).splitlines()[2] == (
            "  Deployment shop/greeter has no pods: exceeded quota: pods"
        )

    @pytest.mark.parametrize(
        ("spec", "status", "told"),
        [
            ({"suspend": True}, {}, "is suspended"),
            ({}, {}, "has not run yet; its schedule is 0 * * * *"),
            (
                {},
                {"lastScheduleTime": "2026-11-25T12:00:00Z"},
                "ran last at 2026-11-25T12:00:00Z, and the pods of its runs are gone",
            ),
        ],
    )
    def test_a_cron_job_without_runs(self, fake, logs, spec, status, told):
        live = {"spec": {"schedule": "0 * * * *", **spec}, "status": status}
        fake.objects[NOTHING.format("batch/v1", "cronjobs")] = live
        state = export(made("CronJob", "batch/v1", schedule="0 * * * *"))
        assert problem(logs(state=state)).splitlines()[2] == f"  CronJob shop/greeter {told}"

    def test_a_job_whose_pods_are_gone(self, fake, logs):
        live = {"status": {"conditions": [{"type": "Complete", "status": "True"}]}}
        fake.objects[NOTHING.format("batch/v1", "jobs")] = live
        state = export(made("Job", "batch/v1", template={}))
        told = "  Job shop/greeter is over, and its pods are gone"
        assert problem(logs(state=state)).splitlines()[2] == told
        assert problem(logs("-f", state=state)).splitlines()[2] == told

    def test_a_workload_that_somebody_has_deleted(self, logs):
        assert problem(logs()).splitlines()[2] == "  Deployment shop/greeter is not there any more"

    def test_a_component_without_workload(self, logs):
        state = export(made("HTTPRoute", "gateway.networking.k8s.io/v1"), made("Service", "v1"))
        assert problem(logs(state=state)).splitlines()[2] == (
            "  it has no workload there, only HTTPRoute, Service"
        )

    def test_nothing_has_started(self, fake, logs):
        fake.lists["pods"] = [
            pod("greeter-a", waiting("ImagePullBackOff", message="no such tag"), labels=GREETER),
            pod("greeter-b", waiting("PodInitializing"), init=[running("migrate")], labels=GREETER),
        ]
        assert problem(logs()) == (
            "Component default/greeter\n"
            "  nothing of it has started in staging\n"
            "  pod shop/greeter-a cannot pull image app:1: no such tag\n"
            "  pod shop/greeter-b still runs its init container: --container migrate\n"
            "  more is told by: openchoreo events greeter --env staging\n"
        )

    def test_what_has_not_started_is_told_beside_the_lines(self, fake, logs):
        fake.lists["pods"] = [
            pod("greeter-a", waiting("ImagePullBackOff"), labels=GREETER),
            pod("greeter-b", running(), labels=GREETER),
        ]
        fake.log("greeter-b", lines=[(at(1), "one")])
        done = logs()
        assert (done.exit_code, done.stdout) == (0, "greeter-b one\n")
        assert done.stderr == "pod shop/greeter-a cannot pull image app:1\n"

    def test_a_container_that_waits_after_a_crash_is_read(self, fake, logs):
        crashed = waiting("CrashLoopBackOff", lastState={"terminated": {"exitCode": 1}})
        fake.lists["pods"] = [pod("greeter-a", crashed, labels=GREETER)]
        fake.log("greeter-a", lines=[(at(1), "no database")])
        assert logs().stdout == "greeter-a no database\n"

    def test_an_unknown_container(self, fake, logs):
        both = pod(
            "greeter-a", running(), running("proxy"), init=[ended("migrate")], labels=GREETER
        )
        fake.lists["pods"] = [both]
        assert problem(logs("-c", "mian")) == (
            "Component default/greeter\n"
            "  its pods have no container mian\n"
            "  they have main, proxy; init: migrate\n"
        )

    def test_no_run_before(self, fake, logs):
        two_pods(fake)
        assert problem(logs("--previous")) == (
            "Component default/greeter\n"
            "  no container of its 2 pods has ended before\n"
            "  what runs now is shown without --previous\n"
        )

    @pytest.mark.parametrize(("resource", "verb"), [("pods", "list"), ("pods/log", "get")])
    def test_rights_that_are_missing(self, fake, logs, resource, verb):
        two_pods(fake)
        fake.denied.add(resource)
        assert problem(logs()) == (
            "data plane default\n"
            f"  the user of context test may not {verb} {resource} in namespace shop\n"
            "  ask whoever runs the cluster for that right\n"
        )

    def test_a_node_that_gives_no_lines(self, fake, logs):
        two_pods(fake)
        fake.logs["greeter-a/main"].status = (500, "dial tcp 10.0.0.1:10250: no route to host")
        done = logs()
        assert (done.exit_code, done.stdout) == (1, "greeter-b listening\n")
        assert done.stderr == (
            f"pod greeter-a, container main: the API server {fake.url} answers: dial tcp "
            "10.0.0.1:10250: no route to host\n"
            "  is its node well? kubectl --context test get nodes\n"
        )

    def test_nobody_answers(self, fake, logs, tmp_path):
        url = fake.url
        (tmp_path / "kubeconfig").write_text(fake.kubeconfig().replace(url, "http://127.0.0.1:1"))
        told = problem(logs()).splitlines()
        assert told[0] == "data plane default"
        assert told[1].startswith("  the API server http://127.0.0.1:1 cannot be reached: ")
        assert told[2] == "  check the context test: kubectl --context test version"
        assert len(told) == 3

    def test_an_unknown_context(self, logs, tmp_path):
        config = {"default": {"context": "tset", "kubeconfig": str(tmp_path / "kubeconfig")}}
        text = json.dumps({"config": {"openchoreo:dataPlanes": config}})
        (tmp_path / "Pulumi.staging.yaml").write_text(text)
        assert problem(logs()) == (
            "data plane default\n"
            f"  {tmp_path}/kubeconfig has no context tset\n"
            "  did you mean test?\n"
        )

    def test_config_that_is_wrong(self, logs, tmp_path):
        (tmp_path / "Pulumi.staging.yaml").write_text(
            "config:\n  openchoreo:dataPlanes:\n    default: {contxt: test}\n"
        )
        assert problem(logs()) == (
            "stack config: openchoreo:dataPlanes.default.contxt\n"
            "  unknown key\n"
            "  did you mean context?\n"
            "  Pulumi.staging.yaml:3\n"
        )


class TestNames:
    def test_the_whole_name(self, fake, logs):
        two_pods(fake)
        assert logs(component="default/greeter").exit_code == 0

    def test_a_name_in_several_namespaces(self, logs):
        state = together(export(DEPLOYMENT), export(DEPLOYMENT, component="team/greeter"))
        assert problem(logs(state=state)) == (
            "Component greeter\n"
            "  is in several namespaces\n"
            "  write one of default/greeter, team/greeter\n"
        )

    def test_there_is_no_such_environment(self, run, pulumi):
        pulumi(answers(export(DEPLOYMENT)))
        done = run("logs", "greeter", "--env", "stagin")
        assert problem(done) == (
            "pulumi\n  there is no stack for environment stagin\n  did you mean staging?\n"
        )

    def test_a_stack_that_is_called_otherwise(self, run, pulumi, fake, tmp_path):
        two_pods(fake)
        said = answers(export(DEPLOYMENT))
        said["stack export --stack eu --non-interactive"] = said.pop(
            "stack export --stack staging --non-interactive"
        )
        pulumi(said)
        file = tmp_path / "Pulumi.staging.yaml"
        config = json.loads(file.read_text())
        config["config"]["openchoreo:environment"] = "staging"
        (tmp_path / "Pulumi.eu.yaml").write_text(json.dumps(config))
        file.unlink()
        assert len(run("logs", "greeter", "--env", "staging").stdout.splitlines()) == 3


class TestElsewhere:
    """What the ledgers say where the state has no objects."""

    @pytest.fixture
    def deployed(self, world):
        world.deploy()
        world.deploy("staging", bindings=self.pins(world))
        return world

    @staticmethod
    def pins(world, **more):
        return {"greeter": {"releaseName": world.current("default/greeter"), **more}}

    def outputs(self, world, stack):
        return world.outputs[world.full(stack)]

    def test_undeployed(self, deployed, logs):
        deployed.deploy("staging", bindings=self.pins(deployed, state="Undeploy"))
        state = export(outputs=self.outputs(deployed, "staging"))
        development = self.outputs(deployed, "development")
        assert problem(logs(state=state, development=development)) == (
            "Component default/greeter\n"
            "  is undeployed in staging since 2026-11-23T15:00:00Z\n"
            "  it runs in development\n"
        )
        assert problem(logs(state=state)).splitlines()[2] == (
            "  openchoreo deploy greeter --env staging"
        )

    def test_never_here(self, deployed, logs):
        development = self.outputs(deployed, "development")
        assert problem(logs(state=export(), development=development)) == (
            "Component default/greeter\n  has never run in staging\n  it runs in development\n"
        )

    def test_a_ledger_of_others_that_is_not_whole_is_passed_over(self, deployed, logs):
        broken = {"pipeline": self.outputs(deployed, "development")["pipeline"][:-1]}
        assert problem(logs(state=export(), development=broken)) == (
            "Component greeter\n  nothing of that name has run in staging\n"
        )

    def test_nowhere(self, deployed, logs):
        state = export(outputs=self.outputs(deployed, "staging"))
        assert problem(logs(state=state, component="greter")) == (
            "Component greter\n  nothing of that name has run in staging\n  did you mean greeter?\n"
        )


class TestFollowing:
    def test_what_was_not_there_is_waited_for(self, fake, logs, monkeypatch):
        """Until Ctrl-C, which is no failure to tell of."""
        fake.objects[NOTHING.format("apps/v1", "deployments")] = {"spec": {"replicas": 0}}
        monkeypatch.setattr("openchoreo.cli.log_reading.Following", quick)
        monkeypatch.setattr("openchoreo.cli.log_lines.LinesShown.show", Until("one"))
        fake.log("greeter-a", lines=[(at(1), "one")])

        def start():
            fake.wait_for("deployments/greeter")
            fake.lists["pods"] = [pod("greeter-a", running(), labels=GREETER)]

        threading.Thread(target=start, daemon=True).start()
        done = logs("--follow")
        assert done.exit_code == 130
        assert done.stdout == "greeter-a one\n"
        assert done.stderr == (
            "Component default/greeter\n"
            "  has no pods in staging\n"
            "  Deployment shop/greeter has 0 replicas\n"
            "  waiting for it; Ctrl-C ends that\n"
        )

    def test_an_interrupt_ends_the_program_without_a_word(self, fake, logs, monkeypatch):
        two_pods(fake)
        for name in ("greeter-a/main", "greeter-b/main"):
            fake.logs[name].ended = False
        assert logs().exit_code == 0  # and everything it needs is in place
        # A shell has its background jobs ignore an interrupt, and whoever they start as well.
        listening = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
        program = f"{listening}; from openchoreo.cli import main; main()"
        command = [sys.executable, "-c", program, "logs", "greeter", "--env", "staging", "-f"]
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as started:
            lines = [started.stdout.readline() for _ in range(3)]
            fake.logs["greeter-b/main"].write(at(9), "later")
            lines.append(started.stdout.readline())
            started.send_signal(signal.SIGINT)
            rest, told = started.communicate(timeout=20)
        assert sorted(lines[:3]) == [
            "greeter-a GET /\n",
            "greeter-a listening\n",
            "greeter-b listening\n",
        ]
        assert lines[3] == "greeter-b later\n"
        assert (started.returncode, rest, told) == (130, "", "")

    def test_a_job_ends_it(self, fake, logs):
        labels = {"batch.kubernetes.io/job-name": "greeter"}
        fake.lists["pods"] = [pod("greeter-x", ended(), labels=labels)]
        fake.log("greeter-x", lines=[(at(1), "migrated")])
        complete = {"status": {"conditions": [{"type": "Complete", "status": "True"}]}}
        fake.objects[NOTHING.format("batch/v1", "jobs")] = complete
        done = logs("-f", state=export(made("Job", "batch/v1", template={})))
        assert (done.exit_code, done.stdout) == (0, "greeter-x migrated\n")

    def test_nothing_goes_on_of_what_has_ended(self, logs):
        done = logs("-f", "-p")
        assert done.exit_code == 2
        assert "--follow goes on with what runs now; --previous has ended" in done.stderr


def quick(look):
    return Following(look, pause=0.05)


class Until:
    """Shows lines, and is interrupted after one."""

    def __init__(self, text):
        from openchoreo.cli.log_lines import LinesShown

        self.text, self.show = text, LinesShown.show

    def __get__(self, lines, _):
        def show(one):
            self.show(lines, one)
            if one.text == self.text:
                raise KeyboardInterrupt

        return show


@pytest.mark.parametrize("written", ["10", "m", "", "1m1h", "-1s", "0s", "ten"])
def test_what_is_no_length_of_time(run, written):
    done = run("logs", "greeter", "--env", "staging", "--since", written)
    assert done.exit_code == 2
    assert f"{written!r} is no length of time: write 90s, 10m, 1h30m or 2d" in done.stderr


def test_help(run):
    assert run("logs", "--help").exit_code == 0
