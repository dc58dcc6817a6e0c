"""Lines of containers, read from an API server over HTTP."""

from __future__ import annotations

import threading
import time

import pytest

from openchoreo.cluster import (
    ClusterError,
    Following,
    Line,
    Notice,
    Seen,
    Window,
    connect,
    merged,
    sources_of,
)
from tests.cluster_edge.server import FakeCluster, at, ended, pod, running, waiting

LABELS = {"app": "greeter"}


@pytest.fixture
def fake():
    with FakeCluster().served() as cluster:
        yield cluster


@pytest.fixture
def api(fake, tmp_path):
    (tmp_path / "kubeconfig").write_text(fake.kubeconfig())
    return connect(str(tmp_path / "kubeconfig"), "test")


def sources(api, *pods, names=()):
    return [source for source, _ in sources_of(api, pods, names)]


def read(api, *pods, names=(), **window):
    return list(merged(sources(api, *pods, names=names), Window(**window)))


def texts(found):
    return [one.text for one in found]


ONE = pod("a", running(), labels=LABELS)
OTHER = pod("b", running(), labels=LABELS)


class TestReading:
    def test_lines_of_several_pods_by_their_times(self, fake, api):
        fake.log("a", lines=[(at(1), "one"), (at(3), "three")])
        fake.log("b", lines=[(at(2), "two"), (at(2, 1), "two and a bit"), (at(4), "four")])
        found = read(api, ONE, OTHER)
        assert texts(found) == ["one", "two", "two and a bit", "three", "four"]
        assert [one.source.pod for one in found] == ["a", "b", "b", "a", "b"]
        assert found[0].time == "2026-11-25T12:00:01.000000000Z"

    def test_zones_of_nodes_may_differ(self, fake, api):
        fake.log("a", lines=[("2026-11-25T14:00:02.5+02:00", "second")])
        fake.log("b", lines=[(at(1), "first"), (at(3), "third")])
        assert texts(read(api, ONE, OTHER)) == ["first", "second", "third"]

    def test_what_is_asked(self, fake, api):
        fake.log("a")
        read(api, ONE, since=90, tail=5, previous=True)
        (asked,) = fake.asked
        assert asked == (
            "/api/v1/namespaces/shop/pods/a/log?container=main&timestamps=true&previous=true"
            "&sinceSeconds=90&tailLines=5"
        )

    def test_nothing_of_a_line_is_lost(self, fake, api):
        """Whatever else ends lines elsewhere, and what is no UTF-8."""
        odd = "a\rb\x0bc\u2028d\x85 e  "
        fake.log("a", lines=[(at(1), odd), (at(2), ""), (at(3), "x" * 300_000)])
        assert texts(read(api, ONE)) == [odd, "", "x" * 300_000]

    def test_a_line_without_a_time_stays_where_it_was(self, fake, api):
        fake.log("a", lines=[(at(2), "two"), ("unable", "to retrieve container logs")])
        fake.log("b", lines=[(at(1), "one"), (at(3), "three")])
        found = read(api, ONE, OTHER)
        assert texts(found) == ["one", "two", "unable to retrieve container logs", "three"]
        assert found[2].time == ""

    def test_init_containers_are_read_on_request(self, fake, api):
        both = pod("a", running(), running("proxy"), init=[ended("migrate")], labels=LABELS)
        for name in ("main", "proxy", "migrate"):
            fake.log("a", name, lines=[(at(1), f"of {name}")])
        assert texts(read(api, both)) == ["of main", "of proxy"]
        assert texts(read(api, both, names=["migrate"])) == ["of migrate"]
        assert [one.alone for one in sources(api, both)] == [False, False]
        assert [one.alone for one in sources(api, both, names=["migrate"])] == [True]

    def test_a_sidecar_is_a_usual_container(self, api):
        sidecar = pod("a", running(), init=[running("proxy")], labels=LABELS)
        sidecar["spec"]["initContainers"][0]["restartPolicy"] = "Always"
        assert [one.container for one in sources(api, sidecar)] == ["proxy", "main"]

    def test_a_node_that_does_not_answer_is_told_beside_the_lines_of_others(self, fake, api):
        fake.log("a", status=(500, 'Get "https://node:10250/containerLogs": no such host'))
        fake.log("b", lines=[(at(1), "one")])
        found = read(api, ONE, OTHER)
        assert found == [
            Notice(
                f"pod a, container main: the API server {fake.url} answers: "
                'Get "https://node:10250/containerLogs": no such host',
                "is its node well? kubectl --context test get nodes",
                lost=True,
            ),
            Line(sources(api, OTHER)[0], at(1), "one"),
        ]

    def test_a_pod_that_has_gone_meanwhile_is_left_out(self, fake, api):
        fake.log("b", lines=[(at(1), "one")])
        assert texts(read(api, ONE, OTHER)) == ["one"]

    def test_a_connection_that_breaks_is_told_after_the_lines_that_came(self, fake, api):
        fake.log("a", lines=[(at(1), "one"), (at(2), "two")], breaks=[1])
        one, notice = read(api, ONE)
        assert one.text == "one"
        assert notice.lost
        assert notice.text.startswith(
            f"pod a, container main: the API server {fake.url} has broken off: "
        )

    def test_rights_that_are_missing(self, fake, api):
        fake.denied.add("pods/log")
        with pytest.raises(ClusterError) as failure:
            read(api, ONE, OTHER)
        assert failure.value.message == (
            "the user of context test may not get pods/log in namespace shop"
        )
        assert failure.value.hint == "ask whoever runs the cluster for that right"


class Followed:
    """What comes of a following that a thread reads."""

    def __init__(self, api, seen, **window):
        self.api, self.pods, self.over = api, list(seen), False
        self.found = []
        self.failure = None
        following = Following(self.look, pause=0.05)
        self.thread = threading.Thread(
            target=self._read, args=(following.lines(self.look(), Window(**window)),), daemon=True
        )
        self.thread.start()

    def look(self):
        if isinstance(self.pods, ClusterError):
            raise self.pods
        return Seen(tuple(sources_of(self.api, self.pods, ())), self.over)

    def _read(self, lines):
        try:
            for one in lines:
                self.found.append(one)
        except ClusterError as error:
            self.failure = error

    def until(self, *wanted):
        limit = time.monotonic() + 10
        while texts(self.found) != list(wanted):
            assert time.monotonic() < limit, self.found
            time.sleep(0.01)

    def ends(self):
        self.thread.join(10)
        assert not self.thread.is_alive()


class TestFollowing:
    def test_lines_come_as_they_are_written(self, fake, api):
        one, other = fake.log("a", ended=False), fake.log("b", ended=False)
        one.write(at(1), "before")
        followed = Followed(api, [ONE, OTHER])
        followed.until("before")
        other.write(at(2), "from b")
        followed.until("before", "from b")
        one.write(at(3), "from a")
        followed.until("before", "from b", "from a")

    def test_no_line_of_many_is_lost_or_mixed(self, fake, api):
        pods = [pod(f"p{number}", running(), labels=LABELS) for number in range(8)]
        logs = [fake.log(one["metadata"]["name"], ended=False) for one in pods]
        followed = Followed(api, pods)

        def write(log, name):
            for number in range(300):
                log.write(at(number % 60, number), f"{name} {number} {'x' * (number % 90)}")

        writers = [
            threading.Thread(target=write, args=(log, f"p{number}"))
            for number, log in enumerate(logs)
        ]
        for each in writers:
            each.start()
        for each in writers:
            each.join()
        for number, log in enumerate(logs):
            followed.pods[number] = pod(f"p{number}", ended(), labels=LABELS)
            log.end()
        followed.over = True
        followed.ends()
        for number, log in enumerate(logs):
            mine = [one for one in followed.found if one.source.pod == f"p{number}"]
            assert [(one.time, one.text) for one in mine] == log.lines

    @pytest.mark.parametrize("places", [[1], [2, 1], [3, 0, 5], [1, 1, 1, 1]])
    def test_a_connection_that_breaks_is_taken_up_where_it_ended(self, fake, api, places):
        """Several lines of one time, and of one second, are told apart."""
        given = [
            (at(1), "a"),
            (at(1), "b"),
            (at(1, 5), "c"),
            (at(1, 5), "c"),
            (at(2), "d"),
            (at(3), "e"),
        ]
        fake.log("a", lines=given, ended=False, breaks=places)
        followed = Followed(api, [ONE])
        followed.until("a", "b", "c", "c", "d", "e")
        time.sleep(0.3)
        followed.until("a", "b", "c", "c", "d", "e")

    def test_a_container_that_starts_anew_is_followed(self, fake, api):
        log = fake.log("a", lines=[(at(1), "first run")])
        followed = Followed(api, [ONE])
        followed.until("first run")
        log.ended = False
        log.write(at(2), "second run")
        followed.pods = [pod("a", running(containerID="c2", restartCount=1), labels=LABELS)]
        followed.until("first run", "second run")

    def test_a_pod_that_comes_later_is_shown_whole(self, fake, api):
        fake.log("a", lines=[(at(1), "one"), (at(2), "two")])
        fake.log("b", lines=[(at(3), "three"), (at(4), "four")])
        later = pod("b", waiting("PodInitializing"), labels=LABELS)
        followed = Followed(api, [ONE, later], tail=1)
        followed.until("two")
        followed.pods = [ONE, OTHER]
        followed.until("two", "three", "four")

    def test_a_pod_of_the_same_name_is_another_one(self, fake, api):
        log = fake.log("a", lines=[(at(5), "old")])
        followed = Followed(api, [ONE])
        followed.until("old")
        log.lines = [(at(1), "new")]
        followed.pods = [pod("a", running(), labels=LABELS, uid="another")]
        followed.until("old", "new")

    def test_nothing_before_and_all_that_comes(self, fake, api):
        log = fake.log("a", lines=[(at(1), "before")], ended=False)
        followed = Followed(api, [ONE], tail=0)
        fake.wait_for("tailLines=0")
        time.sleep(0.1)
        log.write(at(2), "after")
        followed.until("after")

    def test_a_break_before_the_first_line_loses_none(self, fake, api):
        log = fake.log("a", ended=False, breaks=[0])
        followed = Followed(api, [ONE], tail=0)
        fake.wait_for("tailLines=0")
        log.write(at(2), "after")
        followed.until("after")
        assert fake.asked_for("sinceSeconds=1")

    def test_what_cannot_be_read_is_no_reason_to_wait_for_ever(self, fake, api):
        fake.log("a", status=(500, "no such container"))
        followed = Followed(api, [pod("a", ended(), labels=LABELS)])
        followed.over = True
        followed.ends()
        (told,) = followed.found
        assert told.lost

    def test_it_ends_when_nothing_more_can_come(self, fake, api):
        fake.log("a", lines=[(at(1), "done")])
        followed = Followed(api, [pod("a", ended(), labels=LABELS)])
        followed.over = True
        followed.ends()
        assert texts(followed.found) == ["done"]

    def test_a_cluster_that_goes_away_is_told_once_and_asked_again(self, fake, api):
        log = fake.log("a", ended=False)
        followed = Followed(api, [ONE])
        pods, followed.pods = followed.pods, ClusterError("nobody answers")
        followed.until("nobody answers")
        assert followed.found == [Notice("nobody answers", "it is asked again until it answers")]
        time.sleep(0.2)
        followed.pods = pods
        log.write(at(1), "still there")
        followed.until("nobody answers", "still there")

    def test_a_node_that_does_not_answer_is_told_once_and_asked_again(self, fake, api):
        log = fake.log("a", lines=[(at(1), "one")], status=(500, "no route to host"), ended=False)
        followed = Followed(api, [ONE])
        told = f"pod a, container main: the API server {fake.url} answers: no route to host"
        followed.until(told)
        time.sleep(0.2)
        log.status = (0, "")
        followed.until(told, "one")

    def test_rights_that_are_missing_end_it(self, fake, api):
        fake.log("a", ended=False)
        fake.denied.add("pods/log")
        followed = Followed(api, [ONE])
        followed.ends()
        assert followed.failure.message == (
            "the user of context test may not get pods/log in namespace shop"
        )
