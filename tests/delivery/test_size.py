"""The outputs of a stack have a budget: 10 MB for 1,000 components with a realistic history."""

import pytest

from bench import histories
from bench.ledger import BUDGET, ENTRIES, LONGEST, weights
from openchoreo.delivery import Stamp
from openchoreo.delivery.encoding import digest_of


@pytest.fixture
def history(tmp_path):
    return lambda size, **more: histories.history(
        histories.plan_of(tmp_path / str(size), size), ENTRIES, **more
    )


def test_the_budget_is_that_of_the_design():
    assert (BUDGET, ENTRIES, LONGEST) == (10_000_000, 10, 500)


def test_a_thousand_components_are_below_the_budget_and_each_adds_the_same(history):
    one, two, ten = (weights(history(100 * size).outputs) for size in (1, 2, 10))
    assert ten.keys() == {"pipeline", "releases", "summary"}
    assert sum(ten.values()) < BUDGET
    for output, weight in ten.items():
        hundred = two[output] - one[output]  # types and traits are there in any case
        assert weight - two[output] == pytest.approx(8 * hundred, rel=0.05), output


def test_a_thousand_are_below_it_when_five_of_them_have_the_longest_history_there_is(history):
    longest = history(1000, longest=LONGEST, long=5)
    recorded = longest.following.ledger.components.values()
    assert sum(len(record.history) == LONGEST for record in recorded) == 5
    assert sum(weights(longest.outputs).values()) < BUDGET


def with_sets(ledger):
    """As many as there is room for, each with other releases of all components."""
    first, *_ = ledger.components.values()
    for number in range(5):
        entry = first.current.model_copy(update={"release": digest_of(f"{number}")})
        record = first.model_copy(update={"history": (entry,)})
        components = dict.fromkeys(ledger.components, record)
        whole = ledger.model_copy(update={"components": components})
        stamp = Stamp(histories.START + number * histories.BETWEEN, "ada")
        ledger = ledger.model_copy(update={"sets": whole.with_set(stamp).sets})
    return ledger.with_promoted(ledger.whole_sets[0])


def test_a_thousand_stay_below_it_however_much_all_of_them_did(history):
    busy = history(1000, longest=40, long=1000)
    entries = sum(len(one.history) for one in busy.following.ledger.components.values())
    assert entries == 40_000
    recorded = with_sets(busy.following.ledger).bounded()
    assert sum(len(one.history) for one in recorded.components.values()) == 12_000
    assert sum(one.size for one in recorded.sets) == 3_000
    weight = weights(busy.outputs)
    others = weight["releases"] + weight["summary"]
    assert len(recorded.dumps().encode()) + others < BUDGET
