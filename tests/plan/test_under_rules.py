"""Random work under the rules of a platform team, each run compared with a plain reading of them.

OPENCHOREO_RUNS=20 makes it twenty times as long.
"""

import os
from collections import Counter

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.plan.developers import Developers
from tests.plan.rulebook import CHECKS, PASSABLE, PEOPLE, SPOILT, Rule
from tests.plan.simulation import FIRST, Glass


class UnderRules(Developers, RuleBasedStateMachine):
    """Without all that goes wrong in the definitions and in the config of a stack."""


@pytest.fixture
def machine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(UnderRules, "root", tmp_path)
    monkeypatch.setattr(UnderRules, "happened", Counter())
    return UnderRules


CLOSING = {
    "freeze": Rule(freezes=((0, 100),)),
    "upstream": Rule(every_upstream=True),
    "proof": Rule(cluster=True),
    "soak": Rule(soak=24),
    "approvals": Rule(count=2, by=PEOPLE[:2]),
    "attestations": Rule(checks=CHECKS),
    "manifests": Rule(no_privileges=True),
}


@pytest.mark.parametrize("gate", CLOSING)
def test_every_gate_can_be_closed_passed_over_and_opened(machine, gate):
    """Of production, which gets its releases from qa, a cluster, or staging, where only files are."""
    work = machine()
    work.begin_with_some_stacks_deployed(1, workers={"api"})
    work.take_everything("staging")
    work.rulebook.rules["production"] = CLOSING[gate]
    work.pin("production", "api", work.model.running("staging", "api"))
    assert not work.run("production")
    work.say("production", glass=Glass((gate,), work.stacks.hours + 1))
    assert not work.run("production")
    work.say("production", glass=Glass((gate,), work.stacks.hours + 2))
    assert work.run("production")
    work.change_a_component("api", 2, 1, run=True, failing=())
    work.take_everything("staging")
    work.pin("production", "api", work.model.running("staging", "api"))
    assert not work.run("production")
    work.run_isolated("production")
    if gate == "manifests":
        work.change_the_type_of_a_component("api", "service")
        work.run(FIRST)
    for stack in ("qa", "staging"):
        work.take_everything(stack)
    opened = work.model.running("qa", "api")
    work.pin("production", "api", opened)
    assert work.by_the_book("production", "api", opened)
    assert work.accepted["production"].glass is not None
    told = {f"refused: gate {gate}", f"isolated: gate {gate}", f"passed over: {gate}"}
    assert told - machine.happened.keys() == set()


def test_what_is_rejected_does_not_come_back_and_nothing_passes_over_it(machine):
    work = machine()
    work.begin_with_some_stacks_deployed(2)
    first = work.model.running("qa", "api")
    work.change_a_component("api", 2, 1, run=True, failing=())
    work.take_everything("qa")
    work.rulebook.rejected.add(first)
    work.say("qa", glass=Glass(PASSABLE, work.stacks.hours + 2))
    work.pin("qa", "api", first)
    assert not work.run("qa")
    work.run_isolated("qa")
    assert {"refused: gate rejected", "isolated: gate rejected"} <= machine.happened.keys()


def test_nothing_new_is_taken_from_another_ledger_until_it_is_named(machine):
    work = machine()
    work.begin_with_some_stacks_deployed(2)
    work.rulebook.rules["qa"] = Rule()
    work.destroy(FIRST, really=True)
    work.change_a_component("api", 2, 1, run=True, failing=())
    work.pin("qa", "api", work.model.running(FIRST, "api"))
    assert not work.run("qa")
    assert machine.happened["another ledger upstream"]
    work.name_a_ledger(FIRST, pick=0)
    assert work.run("qa")
    work.rulebook.lineages.clear()
    assert work.run("qa")


@pytest.mark.parametrize("how", SPOILT)
def test_a_paper_that_is_none_stops_everything(machine, how):
    work = machine()
    work.begin_with_some_stacks_deployed(2)
    work.spoil_a_paper("qa", how)
    work.rulebook.rules["qa"] = Rule(soak=5)
    work.ask_for_more_in_stack_config("qa", Rule(soak=3))
    told = {"refused: a paper is none", "refused: config loosens the policy"}
    assert told <= machine.happened.keys()


def test_nothing_newly_runs_past_a_gate_that_is_closed(machine):
    times = int(os.environ.get("OPENCHOREO_RUNS", "1"))
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=18 * times, stateful_step_count=50, deadline=None),
    )
    print(*sorted(machine.happened.items()), sep="\n")
    assert machine.happened["accepted run"] > machine.happened["promotion"] > 0
