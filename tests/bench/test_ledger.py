from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from bench import histories, ledger
from openchoreo.delivery import load_ledger, load_store
from openchoreo.errors import OpenChoreoError

SIZE, ENTRIES = 4, 6


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return histories.plan_of(tmp_path_factory.mktemp("tree"), SIZE)


@pytest.fixture(scope="module")
def history(plan):
    return histories.history(plan, ENTRIES)


def read(outputs):
    return (
        load_ledger(outputs.pipeline, source="test", environment="production"),
        load_store(outputs.releases, source="test"),
    )


def test_every_component_has_run_as_many_releases_as_asked_for(history):
    components = read(history.outputs)[0].components
    assert list(components) == list(history.components)
    for record in components.values():
        assert len({entry.release for entry in record.history}) == ENTRIES
        assert len({entry.manifests for entry in record.history}) == ENTRIES
        times = [entry.since for entry in record.history]
        assert times == sorted(times, reverse=True)


def test_the_documents_that_a_stack_keeps_are_there_and_no_others(history):
    recorded, store = read(history.outputs)
    assert set(store.releases) == recorded.referenced()
    assert len(store.releases) == SIZE * histories.DOCUMENTS
    for key, record in recorded.components.items():
        running, before, *_ = (
            store.release(entry.release, history.components[key])
            for entry in record.history[: histories.DOCUMENTS]
        )
        assert running.spec["workload"] != before.spec["workload"]
        assert running.spec["componentType"] != before.spec["componentType"]


def test_the_run_that_follows_adds_one_entry_to_each_and_changes_no_other(history):
    before, after = read(history.outputs)[0], read(history.record())[0]
    assert before.components.keys() == after.components.keys()
    for key, record in after.components.items():
        newest, *rest = record.history
        assert tuple(rest) == before.components[key].history
        assert newest.release != rest[0].release


def test_more_components_than_are_planned_are_copies_with_names_and_releases_of_their_own(tmp_path):
    recorded = read(histories.history(histories.plan_of(tmp_path, 200), 1).outputs)[0]
    assert len(recorded.components) == 200
    assert len({record.current.release for record in recorded.components.values()}) == 200
    assert recorded.components["default/web-0142"].project == "team-07"
    assert recorded.covers("default", "team-09")


def test_some_can_have_a_history_of_the_greatest_length(plan):
    longest = histories.history(plan, ENTRIES, longest=500, long=1)
    lengths = [len(one.history) for one in read(longest.outputs)[0].components.values()]
    assert lengths == [500, *[ENTRIES] * (SIZE - 1)]


def test_the_same_history_is_made_each_time(plan, history):
    assert histories.history(plan, ENTRIES).outputs == history.outputs


def test_reading_verifies_the_documents_that_run(history):
    ours, _ = ledger.reading(history)
    ours()
    document = json.loads(history.outputs.releases)
    digest = read(history.outputs)[0].components["default/web-0002"].current.release
    document["releases"][digest]["spec"]["workload"]["container"]["image"] += "0"
    edited = replace(history.outputs, releases=json.dumps(document))
    ours, _ = ledger.reading(replace(history, outputs=edited))
    with pytest.raises(OpenChoreoError) as raised:
        ours()
    assert str(raised.value).startswith(
        f"bench: release {digest}\n  is not the release it is kept as: it should be {digest}, but is "
    )


def test_json_writes_the_bytes_that_we_write(history):
    ours, other = ledger.writing(history)
    outputs = ours()
    assert other() == [outputs.pipeline, outputs.releases]


def test_rows_tell_bytes_and_ratios(monkeypatch):
    monkeypatch.setattr(ledger, "SIZES", (2, 4))
    found = {row.what: row.cells for row in ledger.rows(repeats=1)}
    assert list(found) == [
        "pipeline of 2 components",
        "releases of 2 components",
        "summary of 2 components",
        "pipeline of 4 components",
        "releases of 4 components",
        "summary of 4 components",
        "outputs for each of 4, beside each of 2",
        "outputs of 4, beside the budget",
        "the same, one in 100 with 500 entries",
        "one entry more",
        "reading, 2 components, beside json",
        "writing, 2 components, beside json",
        "reading, 4 components, beside json",
        "writing, 4 components, beside json",
        "reading each of 4, beside each of 2",
        "writing each of 4, beside each of 2",
    ]
    assert found["outputs of 4, beside the budget"][1] == "10.00 MB"


def test_bytes_are_told_in_units_of_a_thousand():
    sizes = (492, 507_922, 999_999, 5_076_682)
    assert [ledger.in_bytes(size) for size in sizes] == [
        "0.5 kB",
        "507.9 kB",
        "1000.0 kB",
        "5.08 MB",
    ]
