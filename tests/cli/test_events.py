"""openchoreo events, with an API server and a program in Pulumi's place."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.cli.deployed import answers, export, made, workload
from tests.cluster_edge.server import FakeCluster, pod, running

GREETER = {"app": "greeter"}
NOW = datetime(2026, 11, 25, 12, 30, tzinfo=UTC)
DEPLOYMENT = workload()
ROUTE = made("HTTPRoute", "gateway.networking.k8s.io/v1")


@pytest.fixture(autouse=True)
def fake(tmp_path, monkeypatch):
    """The cluster of the stack staging."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("openchoreo.cli.events.now", lambda: NOW)
    with FakeCluster().served() as cluster:
        (tmp_path / "kubeconfig").write_text(cluster.kubeconfig())
        target = {"default": {"context": "test", "kubeconfig": str(tmp_path / "kubeconfig")}}
        config = {"config": {"openchoreo:dataPlanes": target}}
        (tmp_path / "Pulumi.staging.yaml").write_text(json.dumps(config))
        yield cluster


@pytest.fixture
def events(pulumi, run):
    def go(*arguments, state=None):
        pulumi(answers(state or export(DEPLOYMENT, ROUTE)))
        return run("events", "greeter", "--env", "staging", *arguments)

    return go


def event(kind, name, time="2026-11-25T12:00:00Z", **more):
    about = {"kind": kind, "namespace": "shop", "name": name}
    return {
        "metadata": {"name": f"{name}.1", "namespace": "shop", "uid": f"{kind}/{name}/{time}"},
        "involvedObject": about,
        "lastTimestamp": time,
        "type": "Normal",
        "reason": "Seen",
        "message": "as it should be",
        "count": 1,
        **more,
    }


def replica_set(name, owner="greeter", **labels):
    owners = [{"kind": "Deployment", "name": owner}]
    return {
        "metadata": {
            "name": name,
            "namespace": "shop",
            "labels": {**GREETER, **labels},
            "ownerReferences": owners,
        }
    }


def test_events_of_all_its_objects_by_time(fake, events):
    fake.lists["pods"] = [pod("greeter-7d9f-bcdfg", running(), labels=GREETER)]
    fake.lists["replicasets.apps"] = [replica_set("greeter-7d9f"), replica_set("other-1", "other")]
    fake.lists["events"] = [
        event("HTTPRoute", "greeter", "2026-11-25T12:29:55Z", reason="Accepted"),
        event("Pod", "greeter-7d9f-bcdfg", "2026-11-25T11:00:00Z", type="Warning", count=12),
        event("ReplicaSet", "greeter-7d9f", "2026-11-25T10:59:00Z"),
        event("ReplicaSet", "other-1"),
        event("Pod", "other-1-bcdfg"),
        event("Service", "greeter"),
        event("Deployment", "greeter", "2026-11-23T08:00:00Z"),
    ]
    done = events()
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        "AGE    TYPE     REASON    OBJECT                   COUNT  MESSAGE\n"
        "2d4h   Normal   Seen      Deployment/greeter       1      as it should be\n"
        "1h31m  Normal   Seen      ReplicaSet/greeter-7d9f  1      as it should be\n"
        "1h30m  Warning  Seen      Pod/greeter-7d9f-bcdfg   12     as it should be\n"
        "5s     Normal   Accepted  HTTPRoute/greeter        1      as it should be\n"
    )


def shown(done):
    """The objects of the events that are shown."""
    return [line.split()[3] for line in done.stdout.splitlines()[1:]]


class TestWhoseTheyAre:
    def test_pods_that_are_gone(self, fake, events):
        """By the name of the ReplicaSet that made them, which is there for longer."""
        fake.lists["replicasets.apps"] = [replica_set("greeter-7d9f")]
        for name in ("greeter-7d9f-x2z4c", "greeter-7d9f-x2z4c-x2z4c", "greeter-7d9f-other"):
            fake.lists.setdefault("events", []).append(event("Pod", name))
        assert shown(events()) == ["Pod/greeter-7d9f-x2z4c"]

    def test_of_a_stateful_set(self, fake, events):
        claims = [{"metadata": {"name": "data"}}]
        state = export(workload("StatefulSet", volumeClaimTemplates=claims))
        fake.lists["events"] = [
            event("Pod", "greeter-0"),
            event("Pod", "greeter-api-0"),
            event("PersistentVolumeClaim", "data-greeter-0"),
            event("PersistentVolumeClaim", "other-greeter-0"),
        ]
        assert shown(events(state=state)) == [
            "PersistentVolumeClaim/data-greeter-0",
            "Pod/greeter-0",
        ]

    def test_of_a_cron_job(self, fake, events):
        owners = [{"kind": "CronJob", "name": "greeter"}]
        metadata = {"name": "greeter-manual", "namespace": "shop", "ownerReferences": owners}
        fake.lists["jobs.batch"] = [{"metadata": metadata}]
        fake.lists["events"] = [
            event("CronJob", "greeter"),
            event("Job", "greeter-29400000"),
            event("Job", "greeter-api-29400000"),
            event("Job", "greeter-manual"),
            event("Pod", "greeter-29400000-x2z4c"),
            event("Pod", "greeter-manual-x2z4c"),
        ]
        state = export(made("CronJob", "batch/v1", schedule="0 * * * *"))
        assert shown(events(state=state)) == [
            "CronJob/greeter",
            "Job/greeter-29400000",
            "Job/greeter-manual",
            "Pod/greeter-29400000-x2z4c",
            "Pod/greeter-manual-x2z4c",
        ]

    def test_an_object_of_another_namespace_is_not_this_one(self, fake, events):
        about = {"kind": "Deployment", "namespace": "elsewhere", "name": "greeter"}
        fake.lists["events"] = [event("Deployment", "greeter", involvedObject=about)]
        assert events().stdout == ""


def test_as_json(fake, events):
    fake.lists["events"] = [event("Deployment", "greeter", message="two\nlines")]
    assert json.loads(events("-o", "json").stdout) == [
        {
            "time": "2026-11-25T12:00:00Z",
            "type": "Normal",
            "reason": "Seen",
            "object": {"kind": "Deployment", "namespace": "shop", "name": "greeter"},
            "count": 1,
            "message": "two\nlines",
            "dataPlane": "default",
        }
    ]


@pytest.mark.parametrize(
    ("fields", "time", "count"),
    [
        (
            {"lastTimestamp": None, "eventTime": "2026-11-25T12:01:00.5Z", "count": None},
            "01:00.5Z",
            1,
        ),
        (
            {"series": {"count": 7, "lastObservedTime": "2026-11-25T12:02:00Z"}, "count": 1},
            "02:00Z",
            7,
        ),
        ({"lastTimestamp": None, "firstTimestamp": "2026-11-25T12:03:00Z"}, "03:00Z", 1),
    ],
)
def test_both_ways_in_which_events_tell_times(fake, events, fields, time, count):
    fake.lists["events"] = [event("Deployment", "greeter", **fields)]
    (found,) = json.loads(events("-o", "json").stdout)
    assert (found["time"], found["count"]) == (f"2026-11-25T12:{time}", count)


def test_a_message_is_one_line_that_cannot_steer_a_terminal(fake, events):
    fake.lists["events"] = [event("Deployment", "greeter", message="a\nb\x1b[2Jc")]
    assert events().stdout.splitlines()[1].endswith("1      a b [2Jc")


def test_there_are_none(events):
    done = events()
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "The cluster has no events of default/greeter in staging.\n"
    assert events("-o", "json").stdout == "[]\n"


def test_files(events):
    done = events(state=export(DEPLOYMENT, package="openchoreo-files"))
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "Component default/greeter\n"
        "  its manifests are files below manifests/x\n"
        "  events need a cluster: write openchoreo:dataPlanes: {default: {context: <context>}} in "
        "Pulumi.staging.yaml, then pulumi up --stack staging\n"
    )


@pytest.mark.parametrize("resource", ["events", "pods", "replicasets.apps"])
def test_rights_that_are_missing(fake, events, resource):
    fake.denied.add(resource)
    done = events()
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "data plane default\n"
        f"  the user of context test may not list {resource} in namespace shop\n"
        "  ask whoever runs the cluster for that right\n"
    )


class TestWatching:
    @pytest.fixture
    def looks(self, monkeypatch):
        """What happens between two looks, the last of which is interrupted."""

        def script(*changes):
            left = list(changes)

            def sleep(_):
                if not left:
                    raise KeyboardInterrupt
                left.pop(0)()

            monkeypatch.setattr("openchoreo.cli.events.sleep", sleep)

        return script

    def test_what_is_new_and_what_is_counted_up(self, fake, events, looks):
        first = event("Deployment", "greeter")
        fake.lists["events"] = [first]
        second = event("HTTPRoute", "greeter", "2026-11-25T12:01:00Z", reason="Accepted")
        looks(
            lambda: fake.lists["events"].append(second),
            lambda: first.update(count=2, lastTimestamp="2026-11-25T12:02:00Z"),
            lambda: None,
        )
        done = events("--watch")
        assert (done.exit_code, done.stderr) == (130, "")
        assert done.stdout == (
            "2026-11-25T12:00:00Z  Normal  Seen  Deployment/greeter  as it should be\n"
            "2026-11-25T12:01:00Z  Normal  Accepted  HTTPRoute/greeter  as it should be\n"
            "2026-11-25T12:02:00Z  Normal  Seen  Deployment/greeter  as it should be\n"
        )

    def test_one_object_a_line(self, fake, events, looks):
        fake.lists["events"] = [event("Deployment", "greeter"), event("HTTPRoute", "greeter")]
        looks()
        lines = events("-w", "-o", "json").stdout.splitlines()
        assert [json.loads(line)["object"]["kind"] for line in lines] == ["Deployment", "HTTPRoute"]

    def test_a_cluster_that_is_away_is_told_once(self, fake, events, looks):
        fake.lists["events"] = [event("Deployment", "greeter")]
        looks(
            lambda: fake.denied.add("events"),
            lambda: None,
            lambda: fake.denied.discard("events"),
        )
        done = events("--watch")
        assert len(done.stdout.splitlines()) == 1
        assert done.stderr == (
            "data plane default\n"
            "  the user of context test may not list events in namespace shop\n"
            "  ask whoever runs the cluster for that right\n"
        )


def test_help(run):
    assert run("events", "--help").exit_code == 0
