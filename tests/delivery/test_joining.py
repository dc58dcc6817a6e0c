"""An exported ledger brought back: of every history the longer one, and nothing lost."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openchoreo.delivery import holds, joined
from openchoreo.errors import OpenChoreoError

KEY = "default/greeter"


@pytest.fixture(scope="module")
def r(make):
    return SimpleNamespace(one=make.release("greeter:1"), two=make.release("greeter:2"))


def anew(ledger):
    """As if its stack had been lost and begun again."""
    return ledger.model_copy(update={"lineage": "another"})


def later(make, *ran):
    """A ledger whose entries are ten hours younger."""
    book = make.ledger("staging")
    for hour, one in enumerate(ran, start=10):
        book = book.with_deployed(KEY, make.done(one), make.stamp(hour), project="shop")
    return book


def refusal(recorded, brought):
    with pytest.raises(OpenChoreoError) as raised:
        joined(recorded, brought, source="ledgers/staging.json")
    return str(raised.value)


def releases(ledger):
    return [entry.release for entry in ledger.recorded(KEY).history]


def test_a_stack_without_a_ledger_takes_it_as_it_is(make, r):
    brought = make.ledger("staging", r.one)
    assert joined(None, brought, source="x") == brought


def test_an_older_file_changes_nothing(make, r):
    recorded = make.ledger("staging", r.one, r.two)
    assert joined(recorded, make.ledger("staging", r.one), source="x") == recorded


def test_a_newer_file_goes_on_top_of_a_restored_backup(make, r):
    brought = make.ledger("staging", r.one, r.two, None)
    assert joined(make.ledger("staging", r.one), brought, source="x") == brought


def test_each_component_counts_for_itself(make, r):
    other = "default/page"
    recorded = make.ledger("staging", r.one, r.two)
    brought = make.ledger("staging", r.one).with_deployed(
        other, make.done(r.one), make.stamp(5), project="shop"
    )
    both = joined(recorded, brought, source="x")
    assert both.recorded(KEY) == recorded.recorded(KEY)
    assert both.recorded(other) == brought.recorded(other)


def test_two_histories_that_went_apart_are_refused(make, r):
    one = make.ledger("staging", r.one, r.two)
    other = make.ledger("staging", r.one, None)
    assert refusal(one, other) == (
        "ledgers/staging.json: components.default/greeter\n"
        "  stack and file both hold entries that the other does not; "
        "the newest here is of 2026-11-23T13:00:00Z, there of 2026-11-23T13:00:00Z\n"
        "  bring back the file that was exported last, or leave the stack as it is"
    )


class TestAStackThatBeganAnew:
    def test_its_new_entries_go_on_top(self, make, r):
        brought = make.ledger("staging", r.one, r.two)
        both = joined(anew(later(make, r.one)), brought, source="x")
        assert releases(both) == [r.one.digest, r.two.digest, r.one.digest]
        assert both.lineage == brought.lineage

    def test_a_release_that_went_on_running_began_when_it_first_did(self, make, r):
        brought = make.ledger("staging", r.one, r.two)
        both = joined(anew(later(make, r.two)), brought, source="x")
        assert both.recorded(KEY).history == brought.recorded(KEY).history

    def test_with_the_manifests_of_today(self, make, r):
        recorded = make.ledger("staging").with_deployed(
            KEY, make.done(r.one, manifests="7"), make.stamp(10), project="shop"
        )
        both = joined(anew(recorded), make.ledger("staging", r.one), source="x")
        assert both.recorded(KEY).current.manifests == "sha256:" + "7" * 64
        assert both.recorded(KEY).current.since == "2026-11-23T12:00:00Z"

    def test_a_file_that_is_younger_is_refused(self, make, r):
        assert refusal(anew(make.ledger("staging", r.one)), later(make, r.two)) == (
            "ledgers/staging.json: components.default/greeter\n"
            "  the stack began anew before the last entry of the file; "
            "the newest here is of 2026-11-23T12:00:00Z, there of 2026-11-23T22:00:00Z\n"
            "  export the stack's own ledger first, and decide which of the two counts"
        )


def test_what_a_ledger_holds(make, r):
    short, long = make.ledger("staging", r.one), make.ledger("staging", r.one, r.two)
    assert holds(long, short)
    assert holds(long, long)
    assert not holds(short, long)
    assert not holds(anew(long), short)
    assert not holds(make.ledger("staging"), short)


RUNS = st.lists(st.integers(0, 1) | st.none(), min_size=1, max_size=8)


@given(RUNS, st.integers(0, 8))
def test_bringing_back_any_earlier_export_changes_nothing(make, r, runs, upto):
    ran = [None if n is None else (r.one, r.two)[n] for n in runs]
    now, then = make.ledger("staging", *ran), make.ledger("staging", *ran[:upto])
    assert joined(now, then, source="x") == now
    assert joined(then, now, source="x").components == now.components
