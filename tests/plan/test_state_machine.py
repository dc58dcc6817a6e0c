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
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from openchoreo.document import digest
from openchoreo.errors import OpenChoreoError
from tests.plan.expectation import named
from tests.plan.laws import TOLD, Runs
from tests.plan.simulation import (
    COMPONENTS,
    ENVIRONMENTS,
    FIRST,
    NEEDS,
    TYPES,
    Content,
    Said,
)

LATER = ENVIRONMENTS[1:]
STACK = st.sampled_from(ENVIRONMENTS)
NAME = st.sampled_from(COMPONENTS)
PICK = st.integers(0, 31)
IMAGE = st.integers(1, 6)
FAILING = st.just(frozenset()) | st.sets(NAME, min_size=1)
STACKS = st.lists(STACK, min_size=1, max_size=2, unique=True)
LOST = st.sets(st.sampled_from(LATER), min_size=1, max_size=2)
RARELY = st.sampled_from([False, False, False, True])
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


class Delivery(Runs, RuleBasedStateMachine):
    # What people do to the definitions

    @initialize(stacks=st.integers(0, 4))
    def begin_with_some_stacks_deployed(self, stacks):
        for stack in ENVIRONMENTS[:stacks]:
            self.take_everything(stack)

    @rule(name=NAME, image=IMAGE, level=st.integers(1, 2), run=st.booleans(), failing=FAILING)
    def change_a_component(self, name, image, level, run, failing):
        content = self.definitions.contents[name]
        self.definitions.contents[name] = Content(image, level, content.type_)
        self.look()
        if run:
            self.run(FIRST, failing)

    @rule(name=NAME, images=st.lists(IMAGE, min_size=3, max_size=5, unique=True))
    def work_for_a_day(self, name, images):
        """Enough releases that documents of the oldest are no longer kept."""
        for image in images:
            self.change_a_component(name, image, 1, run=True, failing=frozenset())

    @rule(name=NAME, type_=st.sampled_from(TYPES))
    def change_the_type_of_a_component(self, name, type_):
        content = self.definitions.contents[name]
        self.definitions.contents[name] = Content(content.image, content.level, type_)
        self.look()

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
            self.model.said[stack] = Said(self.model.said[stack].bindings)

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

    @rule(stack=STACK, failing=FAILING, pick=PICK)
    def deploy_what_is_sound(self, stack, failing, pick):
        self.run_isolated(stack, failing, pick)

    @rule(stack=STACK)
    def take_everything(self, stack):
        """A person who puts a stack in order, and takes what is offered there."""
        for name in COMPONENTS:
            self.in_order(stack, name)
        self.run(stack)

    @precondition(lambda self: self.offers())
    @rule(pick=PICK, whole=st.booleans(), failing=FAILING)
    def promote(self, pick, whole, failing):
        offers = self.offers()
        stack, name, digest_ = offers[pick % len(offers)]
        self.pin(stack, name, digest_, whole)
        self.run_or_take_back(stack, failing, pick)

    @precondition(lambda self: self.older())
    @rule(pick=PICK, failing=FAILING)
    def roll_back(self, pick, failing):
        older = self.older()
        stack, name, digest_ = older[pick % len(older)]
        self.pin(stack, name, digest_)
        self.run_or_take_back(stack, failing, pick)

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

    @precondition(lambda self: self.running())
    @rule(pick=PICK)
    def undeploy(self, pick):
        stack, name = self.running()[pick % len(self.running())]
        self.line(stack, name, state="Undeploy")
        self.run_or_take_back(stack)

    @precondition(lambda self: self.with_line("state"))
    @rule(pick=PICK)
    def activate(self, pick):
        stack, name = self.one_with_line("state", pick)
        self.line(stack, name, state="Active" if pick % 2 else None)
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

    @rule(stack=STACK, really=st.booleans())
    def destroy(self, stack, really):
        """The ledger goes with the stack; those that got releases from it keep their own."""
        if really:
            self.stacks.destroy(stack)
            self.model.destroy(stack)
            self.accepted.pop(stack, None)
            self.count("destroyed")
            self.runs(one for one in ENVIRONMENTS if one != stack)

    # How they do it

    def line(self, stack, name, **lines):
        self.model.said[stack] = self.model.said[stack].with_line(name, **lines)

    def pin(self, stack, name, digest_, whole=False):
        text = named(name, digest_)
        written = f"{text}@{digest_}" if whole else text
        self.line(stack, name, releaseName=written, state=None)
        self.pinned[name, written] = digest_

    def remove(self, stack, name):
        said = self.model.said[stack].with_line(name, releaseName=None, state=None, hold=None)
        removed = tuple(dict.fromkeys([*said.removed, name]))
        self.model.said[stack] = Said(said.bindings, removed)

    def hold_instead_of_pinning(self, stack):
        for name in COMPONENTS:
            if self.model.running(stack, name):
                self.line(stack, name, releaseName=None, hold=True)
        self.run_or_take_back(stack)

    def in_order(self, stack, name):
        self.model.said[stack] = Said(
            self.model.said[stack].with_line(name, hold=None, state=None).bindings
        )
        self.line(stack, name, releaseName=None)
        running = self.model.running(stack, name)
        if name in self.definitions.missing:
            if running:
                self.remove(stack, name)
            return
        offered = self.model.upstream_ever(stack, name) if stack != FIRST else []
        chosen = (offered or [running])[0]
        if chosen and stack != FIRST and self.definitions.in_pipeline(stack):
            self.pin(stack, name, chosen)

    def offers(self):
        return [
            (stack, name, one)
            for stack in LATER
            for name in COMPONENTS
            for one in self.model.upstream_ever(stack, name)
        ]

    def not_upstream(self):
        return [
            (stack, name, one)
            for stack in LATER
            for name in COMPONENTS
            for one in dict.fromkeys([self.model.today[name], *self.model.ever(FIRST, name)])
            if one and one not in self.model.may_run(stack, name)
        ]

    def running(self):
        every = [(stack, name) for stack in ENVIRONMENTS for name in COMPONENTS]
        return [one for one in every if self.model.running(*one)]

    def older(self):
        return [
            (stack, name, one)
            for stack in ENVIRONMENTS
            for name in COMPONENTS
            for one in self.model.ever(stack, name)
            if self.model.running(stack, name) not in {"", one}
        ]

    def with_line(self, field):
        return [
            (stack, name)
            for stack in ENVIRONMENTS
            for name, binding in self.model.said[stack].bindings.items()
            if field in binding
        ]

    def one_with_line(self, field, pick):
        found = self.with_line(field)
        return found[pick % len(found)]

    def runs(self, stacks):
        for stack in stacks:
            if not self.run(stack):
                self.run_isolated(stack)

    def run_or_take_back(self, stack, failing=frozenset(), pick=0):
        """Whoever is refused goes back to the config that was accepted last."""
        if not self.run(stack, failing, pick):
            self.run_isolated(stack, failing, pick)
            self.model.said[stack] = self.accepted.get(stack, Said())


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
    *(f"refused: {kind}" for kind in TOLD),
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
        settings=settings(max_examples=45 * times, stateful_step_count=50, deadline=None),
    )
    print(*sorted(machine.happened.items()), sep="\n")
    assert machine.happened["accepted run"] > machine.happened["promotion"] > 0
