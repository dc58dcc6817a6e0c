"""Random work of many people on four stacks, each run compared with a plain model.

OPENCHOREO_RUNS=20 makes it twenty times as long.
"""

import json
import os
from collections import Counter

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from openchoreo.document import digest
from openchoreo.errors import OpenChoreoError
from tests.plan.developers import FAILING, NAME, STACK, Developers
from tests.plan.expectation import named
from tests.plan.laws import OF_RULES, TOLD
from tests.plan.platform_team import LATER, PICK, RARELY
from tests.plan.simulation import (
    COMPONENTS,
    ENVIRONMENTS,
    FIRST,
    NEEDS,
    TYPES,
    Said,
)

STACKS = st.lists(STACK, min_size=1, max_size=2, unique=True)
LOST = st.sets(st.sampled_from(LATER), min_size=1, max_size=2)
WRONG = ("type", "workload", "parameter", "field")

MISTAKES = {
    "unknown component": {"openchoreo:bindings": {"apii": {"hold": True}}},
    "named twice": {"openchoreo:bindings": {"api": {}, "default/api": {}}},
    "unknown field": {"openchoreo:bindings": {"api": {"releasename": "x"}}},
    "unknown key": {"openchoreo:binding": {"api": {}}},
    "no state": {"openchoreo:bindings": {"api": {"state": "Gone"}}},
    "no mapping": {"openchoreo:bindings": ["api"]},
    "unknown removal": {"openchoreo:removed": ["apii"]},
    "unknown environment": {"openchoreo:environment": "stagging"},
    "unknown project": {"openchoreo:projects": ["shopp"]},
}


class Delivery(Developers, RuleBasedStateMachine):
    # What people do to the definitions

    @rule(type_=st.sampled_from(TYPES), revision=st.integers(1, 2))
    def change_a_type(self, type_, revision):
        self.definitions.revisions[type_] = revision
        self.look()

    @rule(name=NAME)
    def switch_auto_deploy(self, name):
        self.definitions.auto ^= {name}

    @precondition(lambda self: not self.definitions.broken)
    @rule(name=NAME, how=st.sampled_from(WRONG), seen_by=STACKS, stays=RARELY)
    def break_a_definition(self, name, how, seen_by, stays):
        if name not in self.definitions.missing:
            self.definitions.broken[name] = how
            self.look()
            self.runs(seen_by)
            if not stays:
                self.mend_the_definitions()

    @precondition(lambda self: self.definitions.broken)
    @rule()
    def mend_the_definitions(self):
        self.definitions.broken.clear()
        self.look()

    @precondition(lambda self: not self.definitions.missing)
    @rule(name=NAME, seen_by=STACKS, told=st.booleans(), stays=RARELY)
    def take_a_definition_away(self, name, seen_by, told, stays):
        self.definitions.missing.add(name)
        self.definitions.broken.pop(name, None)
        self.look()
        for stack in seen_by if told else ():
            self.remove(stack, name)
            for consumer, provider in NEEDS.items():
                if provider == name:
                    self.line(stack, consumer, state="Undeploy")
        self.runs(seen_by)
        if not stays:
            self.bring_the_definitions_back(seen_by)

    @precondition(lambda self: self.definitions.missing)
    @rule(seen_by=STACKS)
    def bring_the_definitions_back(self, seen_by):
        """Whoever named them as removed is told, and takes that line out."""
        self.definitions.missing.clear()
        self.look()
        self.runs(seen_by)
        for stack in ENVIRONMENTS:
            self.say(stack, removed=())

    @precondition(lambda self: not self.definitions.outside)
    @rule(lost=LOST, seen_by=STACKS, held=st.booleans(), stays=RARELY)
    def take_environments_out_of_the_pipeline(self, lost, seen_by, held, stays):
        for stack in sorted(lost) if held else ():
            self.hold_instead_of_pinning(stack)
        self.definitions.outside |= lost
        self.runs([*seen_by, *sorted(lost)])
        if not stays:
            self.definitions.outside.clear()

    @precondition(lambda self: self.definitions.outside)
    @rule(seen_by=STACKS)
    def put_the_pipeline_back(self, seen_by):
        self.definitions.outside.clear()
        self.runs(seen_by)

    # What people do in one stack

    @rule(stack=STACK, failing=FAILING, orderly=st.booleans(), pick=PICK)
    def deploy(self, stack, failing, orderly, pick):
        if not self.run(stack, failing, pick) and orderly:
            self.take_everything(stack)

    @precondition(lambda self: self.not_upstream())
    @rule(pick=PICK)
    def pin_what_is_not_there_upstream(self, pick):
        """Today's, or what another environment than those before this one has run."""
        found = self.not_upstream()
        stack, name, digest_ = found[pick % len(found)]
        self.pin(stack, name, digest_)
        self.run_or_take_back(stack)

    @rule(stack=STACK, name=NAME, pick=PICK, back=st.booleans())
    def pin_anything(self, stack, name, pick, back):
        before = self.model.said[stack]
        known = [d for one in ENVIRONMENTS for d in self.model.ever(one, name)]
        texts = [named(name, d) for d in [*known, self.model.today[name]] if d]
        texts += [text[:-1] + ("0" if text[-1] != "0" else "1") for text in texts[:1]]
        texts += [f"{texts[0]}@{digest('other')}"] if texts else []
        texts += [f"{name}-latest", named("page", self.model.today[name] or "sha256:0")]
        self.line(stack, name, releaseName=texts[pick % len(texts)])
        if not self.run(stack) or back:
            self.model.said[stack] = before

    @precondition(lambda self: self.with_line("releaseName"))
    @rule(pick=PICK, instead=st.sampled_from([{}, {"hold": True}]))
    def lift_a_pin(self, pick, instead):
        stack, name = self.one_with_line("releaseName", pick)
        self.line(stack, name, releaseName=None, **instead)
        self.run_or_take_back(stack)

    @rule(stack=STACK, name=NAME, hold=st.sampled_from([True, None]))
    def hold(self, stack, name, hold):
        self.line(stack, name, hold=hold)
        self.run_or_take_back(stack)

    @rule(stack=STACK, name=NAME)
    def remove_a_component(self, stack, name):
        self.remove(stack, name)
        self.run_or_take_back(stack)

    @precondition(lambda self: self.definitions.readable)
    @rule(stack=STACK, which=st.sampled_from(sorted(MISTAKES)))
    def make_a_mistake(self, stack, which):
        said = MistakenSaid(MISTAKES[which])
        with pytest.raises(OpenChoreoError) as raised:
            self.stacks.planned(stack, said)
        self.check_refusal(raised.value)
        self.count(f"mistake: {which}")

    # How they do it

    def hold_instead_of_pinning(self, stack):
        for name in COMPONENTS:
            if self.model.running(stack, name):
                self.line(stack, name, releaseName=None, hold=True)
        self.run_or_take_back(stack)

    def not_upstream(self):
        return [
            (stack, name, one)
            for stack in LATER
            for name in COMPONENTS
            for one in dict.fromkeys([self.model.today[name], *self.model.ever(FIRST, name)])
            if one and one not in self.model.may_run(stack, name)
        ]


class MistakenSaid(Said):
    """Config as somebody mistyped it."""

    def __init__(self, written):
        super().__init__()
        self.written = written

    def raw(self):
        return {
            key: value if isinstance(value, str) else json.dumps(value)
            for key, value in self.written.items()
        }


HAPPENS = {
    "accepted run",
    "deployed again",
    "deployment",
    "destroyed",
    "isolated",
    "isolated, nothing runs",
    "partial failure",
    "promotion",
    "removal",
    "rollback",
    "undeployment",
    *(f"refused: {kind}" for kind in TOLD if kind not in OF_RULES),
    *(f"mistake: {which}" for which in MISTAKES),
}


@pytest.fixture
def machine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Delivery, "root", tmp_path)
    monkeypatch.setattr(Delivery, "happened", Counter())
    return Delivery


def test_every_kind_of_work_can_be_done_and_is_followed(machine):
    """What the random work below is able to do: nothing in it is out of its reach."""
    work = machine()
    work.run("qa")
    work.in_order("qa", "api")
    work.begin_with_some_stacks_deployed(4)
    work.work_for_a_day("api", [2, 3, 4, 5, 6])
    for field, stack in (("releaseName", "production"), ("hold", "qa")):
        work.line(stack, "page", **{field: None})
        work.run_or_take_back(stack)
    oldest = work.model.ever(FIRST, "api")[-2]
    work.pin("qa", "api", oldest)
    work.run_or_take_back("qa")
    work.pin("qa", "api", work.model.ever(FIRST, "api")[0])
    work.run_or_take_back("qa", {"api"})
    work.run("qa")
    work.roll_back(0, set())
    work.pin("staging", "api", work.model.today["page"])
    work.run_or_take_back("staging")
    work.change_a_component("api", 1, 2, run=False, failing=set())
    work.pin("staging", "api", work.model.today["api"])
    work.run_or_take_back("staging")
    work.line(FIRST, "api", releaseName=None)
    for how in WRONG:
        work.break_a_definition("api", how, [FIRST], stays=False)
    for field, value in (("state", "Undeploy"), ("state", None)):
        work.line("qa", "page", **{field: value})
        work.run_or_take_back("qa")
    work.line("production", "api", state="Undeploy")
    work.run_or_take_back("production")
    work.take_a_definition_away("page", ["staging"], told=True, stays=False)
    work.take_a_definition_away("page", [FIRST], told=False, stays=False)
    work.remove_a_component("qa", "api")
    work.take_environments_out_of_the_pipeline({"qa"}, ["qa"], held=True, stays=False)
    work.destroy(FIRST, really=True)
    assert work.run("staging")
    work.run(FIRST)
    work.destroy("staging", really=True)
    work.take_environments_out_of_the_pipeline({"staging"}, [], held=False, stays=False)
    work.take_a_definition_away("teller", [], told=False, stays=True)
    work.hold("qa", "teller", hold=True)
    work.bring_the_definitions_back([])
    for which in MISTAKES:
        work.make_a_mistake("qa", which)
    assert HAPPENS - machine.happened.keys() == set()


def test_no_work_on_the_stacks_breaks_the_contract(machine):
    times = int(os.environ.get("OPENCHOREO_RUNS", "1"))
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=32 * times, stateful_step_count=50, deadline=None),
    )
    print(*sorted(machine.happened.items()), sep="\n")
    assert machine.happened["accepted run"] > machine.happened["promotion"] > 0
