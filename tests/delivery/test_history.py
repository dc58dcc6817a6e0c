"""What happened, read from what ran."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openchoreo.delivery import Event, Stamp, applied, empty_ledger, moments
from openchoreo.delivery.record import Evidence
from tests.delivery.conftest import NOON, release

KEY = "default/greeter"
UPSTREAM = (Evidence(environment="dev", stack="o/p/dev", lineage="l", since="s", proof="rendered"),)


def recorded(steps, upstream=()):
    """A record of steps: an image is a deployment, with * one on a cluster, - takes it away."""
    ledger = empty_ledger("l", "staging")
    for hour, step in enumerate(steps):
        stamp = Stamp(NOON + timedelta(hours=hour), "ada")
        if step == "-":
            ledger = ledger.with_undeployed(KEY, stamp)
            continue
        done = applied(
            release(step.rstrip("*")),
            proof="applied" if step.endswith("*") else "rendered",
            rendering=1,
            manifests="m",
            upstream=upstream,
        )
        ledger = ledger.with_deployed(KEY, done, stamp, project="shop")
    return ledger.components[KEY]


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("a", "deployed"),
        ("aa", "deployed"),
        ("ab", "deployed, deployed"),
        ("aba", "deployed, deployed, rolled back"),
        ("abab", "deployed, deployed, rolled back, deployed again"),
        ("abcb", "deployed, deployed, deployed, rolled back"),
        ("a-", "deployed, undeployed"),
        ("a-a", "deployed, undeployed, deployed again"),
        ("a-b", "deployed, undeployed, deployed"),
        ("ab-a", "deployed, deployed, undeployed, rolled back"),
    ],
)
def test_how_each_entry_began(steps, told):
    found = [moment.event for moment in moments(recorded(steps))]
    assert ", ".join(reversed(found)) == told


def test_a_cluster_proves_what_files_have_shown():
    found = [moment.event for moment in moments(recorded(["a", "a*"]))]
    assert found == [Event.PROVEN, Event.DEPLOYED]


def test_what_came_from_upstream_was_promoted_and_a_way_back_stays_one():
    found = [moment.event for moment in moments(recorded("aba", UPSTREAM))]
    assert found == [Event.ROLLED_BACK, Event.PROMOTED, Event.PROMOTED]


@given(st.lists(st.sampled_from(["a", "b", "c", "a*", "b*", "-"]), min_size=1))
def test_nothing_is_left_out_and_each_ends_where_the_next_begins(steps):
    record = recorded(["a", *steps])
    found = moments(record)
    assert tuple(moment.entry for moment in found) == record.history
    assert [moment.until for moment in found] == ["", *(one.since for one in record.history[:-1])]
    assert all((one.event is Event.UNDEPLOYED) != one.entry.active for one in found)
