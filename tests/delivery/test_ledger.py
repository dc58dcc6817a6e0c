import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from openchoreo.delivery import (
    Evidence,
    Ledger,
    PlaneTarget,
    Stamp,
    empty_ledger,
    load_ledger,
    record_key,
    summary,
)
from openchoreo.delivery.encoding import digest_of, encoded
from openchoreo.delivery.record import HISTORY

KEY = "default/greeter"
STACK = "Stack organization/shop/staging"
RESTORE = (
    "  restore the state of that stack from a backup: pulumi stack import --file <backup>;"
    " with a ledger that is not whole nothing can be decided"
)
NEWER = "  a newer program wrote this ledger: upgrade the openchoreo package, then run again"


def load(text):
    return load_ledger(text, source=STACK)


def resealed(text, **changes):
    """A ledger that was changed by something that knows how to write one."""
    content = {**json.loads(text), **changes}
    content.pop("digest")
    return json.dumps({**content, "digest": digest_of(encoded(content))})


@pytest.fixture
def one(make):
    return make.release("greeter:1")


@pytest.fixture
def two(make):
    return make.release("greeter:2")


def test_the_form_that_stacks_hold(make, one):
    upstream = Evidence(
        environment="development",
        stack="organization/shop/development",
        lineage="d1",
        since="2026-11-22T08:00:00Z",
        proof="rendered",
    )
    ledger = empty_ledger("0123abcd", "staging").within(
        namespaces=["default"],
        projects=[("default", "shop"), ("default", "blog")],
        planes={"default": PlaneTarget(target="files")},
    )
    ledger = ledger.with_deployed(
        KEY,
        make.done(one, upstream=(upstream,)),
        make.stamp(),
        project="shop",
        endpoints={"http": {"type": "HTTP", "port": 80.0}},
    )
    assert json.loads(ledger.dumps()) == {
        "schemaVersion": 1,
        "digest": "sha256:b7a3e8a13e6a780899096b687ee911cf16b6c3cfe95924010f342ae3e3d66a44",
        "lineage": "0123abcd",
        "environment": "staging",
        "scope": {"namespaces": ["default"], "projects": ["default/blog", "default/shop"]},
        "planes": {"default": {"target": "files"}},
        "components": {
            "default/greeter": {
                "project": "shop",
                "endpoints": {"http": {"type": "HTTP", "port": 80}},
                "history": [
                    {
                        "release": one.digest,
                        "name": one.name,
                        "format": 1,
                        "state": "Active",
                        "since": "2026-11-23T12:00:00Z",
                        "by": "ada",
                        "proof": "rendered",
                        "rendering": 1,
                        "manifests": "sha256:" + "0" * 64,
                        "upstream": [
                            {
                                "environment": "development",
                                "stack": "organization/shop/development",
                                "lineage": "d1",
                                "since": "2026-11-22T08:00:00Z",
                                "proof": "rendered",
                            }
                        ],
                    }
                ],
            }
        },
    }


def test_reading_and_writing_changes_no_byte(make, one, two):
    for ledger in (empty_ledger("x", "staging"), make.ledger("staging", one, two, None, one)):
        assert load(ledger.dumps()) == ledger
        assert load(ledger.dumps()).dumps() == ledger.dumps()


def test_fields_for_gates_sets_and_images_are_kept(make, one):
    text = make.ledger("staging", one).dumps()
    content = json.loads(text)
    content["components"][KEY]["history"][0] |= {
        "alias": "greeter-20260223-1",
        "policy": "sha256:" + "1" * 64,
        "approvals": [{"by": "grace", "file": "approvals/staging/x.yaml"}],
        "attestations": [{"check": "scan"}],
        "breakGlass": {"reason": "fire"},
        "set": "sha256:" + "2" * 64,
        "images": {"main": "sha256:" + "3" * 64},
    }
    content["components"][KEY]["dropped"] = 3
    content["projects"] = {"default/shop": content["components"][KEY]}
    content["sets"] = [{"digest": "sha256:" + "2" * 64}]
    content["planes"] = {"default": {"target": "cluster", "cluster": "c1"}}
    full = resealed(text, **content)
    assert json.loads(load(full).dumps()) == json.loads(full)


def test_a_ledger_of_version_1_is_read_and_written_for_ever():
    text = (Path(__file__).parent / "ledgers" / "version-1.json").read_text(encoding="utf-8")
    ledger = load(text)
    assert ledger.dumps() == text.rstrip("\n")
    newest = ledger.recorded(KEY).current
    assert (newest.alias, newest.break_glass, newest.set_) == (
        "greeter-20260223-1",
        {"reason": "fire"},
        "sha256:" + "2" * 64,
    )


def test_an_unchanged_run_writes_the_same_bytes(make, one):
    ledger = make.ledger("staging", one)
    again = ledger.with_deployed(KEY, make.done(one), make.stamp(9, "bob"), project="shop")
    assert again.dumps() == ledger.dumps()


def test_a_new_release_goes_on_top_with_its_own_time_and_author(make, one, two):
    ledger = make.ledger("staging", one)
    record = ledger.with_deployed(
        KEY, make.done(two), make.stamp(5, "bob"), project="shop"
    ).recorded(KEY)
    assert [(e.name, e.since, e.by) for e in record.history] == [
        (two.name, "2026-11-23T17:00:00Z", "bob"),
        (one.name, "2026-11-23T12:00:00Z", "ada"),
    ]


def test_an_override_changes_the_manifests_of_the_newest_entry_only(make, one):
    ledger = make.ledger("staging", one)
    done = make.done(one, manifests="5", rendering=2)
    (entry,) = ledger.with_deployed(KEY, done, make.stamp(5), project="shop").recorded(KEY).history
    assert (entry.manifests, entry.rendering) == ("sha256:" + "5" * 64, 2)
    assert entry.since == "2026-11-23T12:00:00Z"


def test_images_follow_the_pods_that_run(make, one):
    done = make.done(one).model_copy(update={"images": {"main": "sha256:1"}})
    ledger = make.ledger("staging", one).with_deployed(KEY, done, make.stamp(5), project="shop")
    (entry,) = ledger.recorded(KEY).history
    assert entry.images == {"main": "sha256:1"}


def test_another_proof_is_another_entry_because_time_counts_from_it(make, one):
    ledger = make.ledger("staging", one)
    done = make.done(one, proof="applied")
    record = ledger.with_deployed(KEY, done, make.stamp(5), project="shop").recorded(KEY)
    assert [(e.proof, e.since) for e in record.history] == [
        ("applied", "2026-11-23T17:00:00Z"),
        ("rendered", "2026-11-23T12:00:00Z"),
    ]


def test_endpoints_are_those_of_the_last_deployment(make, one, two):
    ledger = make.ledger("staging", one)
    done, stamp = make.done(one), make.stamp(1)
    endpoints = {"http": {"port": 1}}
    ledger = ledger.with_deployed(KEY, done, stamp, project="shop", endpoints=endpoints)
    assert ledger.recorded(KEY).endpoints == endpoints
    assert (
        ledger.with_deployed(KEY, make.done(two), stamp, project="shop").recorded(KEY).endpoints
        == {}
    )
    assert ledger.with_undeployed(KEY, stamp).recorded(KEY).endpoints == {}


def test_undeploying_and_deploying_again_are_entries(make, one):
    record = make.ledger("staging", one, None, one).recorded(KEY)
    assert [(e.state, e.release) for e in record.history] == [
        ("Active", one.digest),
        ("Undeploy", one.digest),
        ("Active", one.digest),
    ]


def test_undeploying_twice_or_what_never_ran_changes_nothing(make, one):
    once = make.ledger("staging", one, None)
    assert once.with_undeployed(KEY, make.stamp(9)) == once
    empty = empty_ledger("x", "staging")
    assert empty.with_undeployed(KEY, make.stamp()) == empty


def test_evidence_of_a_deployment_is_not_repeated_when_it_is_undeployed(make, one):
    upstream = Evidence(
        environment="development", stack="s", lineage="l", since="2026", proof="rendered"
    )
    ledger = empty_ledger("x", "staging")
    ledger = ledger.with_deployed(
        KEY, make.done(one, upstream=(upstream,)), make.stamp(), project="shop"
    )
    history = ledger.with_undeployed(KEY, make.stamp(1)).recorded(KEY).history
    assert [len(entry.upstream) for entry in history] == [0, 1]


def test_history_is_bounded_and_says_how_much_is_gone(make, one, two):
    ledger = make.ledger("staging", *([one, two] * (HISTORY // 2)))
    assert ledger.recorded(KEY).dropped is None
    for hour in range(3):
        release = [one, two][hour % 2]
        ledger = ledger.with_deployed(KEY, make.done(release), make.stamp(hour), project="shop")
    record = ledger.recorded(KEY)
    assert (len(record.history), record.dropped) == (HISTORY, 3)
    assert load(ledger.dumps()) == ledger


def test_deployed_finds_the_newest_time_a_release_ran(make, one, two):
    record = make.ledger("staging", one, two, one, None).recorded(KEY)
    assert record.deployed(one.digest).since == "2026-11-23T14:00:00Z"
    assert record.deployed("sha256:" + "f" * 64) is None
    assert [entry.name for entry in record.releases()] == [one.name, two.name]
    assert not record.running


def test_scope_and_planes_are_those_of_the_last_run_but_planes_are_never_forgotten():
    files = PlaneTarget(target="files")
    ledger = empty_ledger("x", "staging")
    ledger = ledger.within(namespaces=["a"], projects=[("a", "p")], planes={"one": files})
    ledger = ledger.within(namespaces=["b"], projects=[("b", "p")], planes={"two": files})
    assert (ledger.covers("a", "p"), ledger.covers("b", "p")) == (False, True)
    assert ledger.planes == {"one": files, "two": files}


def test_projects_and_resources_have_records_of_their_own(make, one):
    ledger = empty_ledger("x", "staging").with_deployed(
        "default/shop", make.done(one), make.stamp(), project="shop", chain="projects"
    )
    assert ledger.recorded("default/shop") is None
    assert ledger.recorded("default/shop", chain="projects").current.release == one.digest
    assert one.digest in ledger.referenced()


def test_documents_are_kept_for_what_runs_and_for_the_last_few(make):
    releases = [make.release(f"greeter:{n}") for n in range(6)]
    ledger = make.ledger("staging", *releases)
    assert ledger.referenced(previous=2) == {r.digest for r in releases[-3:]}
    undeployed = ledger.with_undeployed(KEY, make.stamp(9))
    assert undeployed.referenced(previous=0) == {releases[-1].digest}


def test_the_summary_is_what_people_look_at(make, one):
    ledger = make.ledger("staging", one)
    other = make.release("x", component="api", alias="api-20260223-1")
    ledger = ledger.with_deployed("default/api", make.done(other), make.stamp(), project="shop")
    assert summary(ledger.with_undeployed(KEY, make.stamp(1))) == {
        "default/api": "api-20260223-1",
        "default/greeter": f"{one.name} (undeployed)",
    }


def test_times_are_written_in_utc():
    there = datetime(2026, 11, 23, 1, 30, 5, 999, tzinfo=timezone(timedelta(hours=2)))
    assert Stamp(there, "ada").since == "2026-11-22T23:30:05Z"


def test_keys_are_namespace_and_name():
    assert record_key("default", "greeter") == KEY


DAMAGED = {
    "truncated": (
        lambda text: text[:50],
        (
            f"{STACK}\n  its ledger is not whole: Expecting ':' delimiter: line 1 column 51"
            f" (char 50)\n{RESTORE}"
        ),
    ),
    "no mapping": (lambda _: "[]", f"{STACK}\n  its ledger is not a mapping\n{RESTORE}"),
    "changed by hand": (
        lambda text: text.replace("ada", "eve"),
        (
            f"{STACK}: digest\n  its ledger was changed after it was written: its digest is not that"
            f" of its text\n{RESTORE}"
        ),
    ),
    "digest taken out": (
        lambda text: json.dumps({k: v for k, v in json.loads(text).items() if k != "digest"}),
        (
            f"{STACK}: digest\n  its ledger was changed after it was written: its digest is not that"
            f" of its text\n{RESTORE}"
        ),
    ),
    "unknown version": (
        lambda text: resealed(text, schemaVersion=2),
        f"{STACK}: schemaVersion\n  its ledger has schemaVersion 2; this program knows 1\n{NEWER}",
    ),
    "unknown field": (
        lambda text: resealed(text, quarantine=[]),
        f"{STACK}: quarantine\n  unknown key\n{NEWER}",
    ),
    "unknown state": (
        lambda text: resealed(text.replace("Active", "Paused")),
        (
            f"{STACK}: components.default/greeter.history[0].state\n"
            f'  must be one of Active, Undeploy, not the string "Paused"\n{NEWER}'
        ),
    ),
    "no history": (
        lambda text: resealed(text, components={KEY: {"project": "shop", "history": []}}),
        f"{STACK}: components.default/greeter.history\n  must not be empty\n{NEWER}",
    ),
}


@pytest.mark.parametrize(("damage", "message"), DAMAGED.values(), ids=DAMAGED)
def test_a_ledger_that_cannot_be_trusted_is_refused(make, one, damage, message):
    text = make.ledger("staging", one).dumps()
    assert make.refusal(lambda: load(damage(text))) == message


def test_the_ledger_of_another_environment_is_refused_where_it_is_this_stacks_own(make, one):
    text = make.ledger("staging", one).dumps()
    assert load_ledger(text, source=STACK, environment="staging").environment == "staging"
    message = make.refusal(lambda: load_ledger(text, source=STACK, environment="production"))
    assert message == (
        f"{STACK}: environment\n"
        "  its ledger is that of environment staging, but this run is for production\n"
        "  set openchoreo:environment to staging again, or use another stack for production"
    )


def test_ledgers_are_values(make, one):
    ledger = make.ledger("staging", one)
    before = ledger.dumps()
    ledger.with_deployed("default/other", make.done(one), make.stamp(), project="shop")
    ledger.with_undeployed(KEY, make.stamp())
    assert ledger.dumps() == before
    assert isinstance(ledger, Ledger)


class TestAllHistoriesTogether:
    """One ledger holds a limited number of entries, whatever its components did."""

    def ledger(self, make, **lengths):
        one, two = make.release("greeter:1"), make.release("greeter:2")
        book = make.ledger("staging")
        for name, length in lengths.items():
            for hour, release in enumerate(([one, two] * length)[:length]):
                key, done = f"default/{name}", make.done(release)
                book = book.with_deployed(key, done, make.stamp(hour), project="shop")
        return book

    def kept(self, ledger):
        records = ledger.components.items()
        return {key.partition("/")[2]: (len(r.history), r.dropped or 0) for key, r in records}

    def test_is_left_alone_where_there_is_room(self, make):
        ledger = self.ledger(make, a=3, b=7)
        assert ledger.bounded(10) is ledger

    @pytest.mark.parametrize(
        ("most", "kept"),
        [
            (9, {"a": (3, 0), "b": (6, 1)}),
            (7, {"a": (3, 0), "b": (4, 3)}),
            (5, {"a": (2, 1), "b": (2, 5)}),
            (1, {"a": (1, 2), "b": (1, 6)}),
        ],
    )
    def test_the_longest_lose_their_oldest(self, make, most, kept):
        assert self.kept(self.ledger(make, a=3, b=7).bounded(most)) == kept

    def test_the_newest_entries_stay(self, make):
        ledger = self.ledger(make, a=3, b=7)
        shorter = ledger.bounded(7).recorded("default/b").history
        assert shorter == ledger.recorded("default/b").history[:4]

    def test_once_shortened_nothing_more_is_lost(self, make):
        shorter = self.ledger(make, a=3, b=7).bounded(7)
        assert shorter.bounded(7) is shorter
