"""What developers do, and those who deploy what they made: the work that there is every day."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.plan.platform_team import LATER, PICK, RULES, PlatformTeam
from tests.plan.simulation import COMPONENTS, ENVIRONMENTS, FIRST, TYPES, Content

STACK = st.sampled_from(ENVIRONMENTS)
NAME = st.sampled_from(COMPONENTS)
IMAGE = st.integers(1, 6)
FAILING = st.just(frozenset()) | st.sets(NAME, min_size=1)


class Developers(PlatformTeam):
    shipped = 0

    @initialize(
        stacks=st.integers(0, 4),
        workers=st.sets(NAME),
        rules=st.just({}) | st.dictionaries(st.sampled_from(LATER), RULES),
    )
    def begin_with_some_stacks_deployed(self, stacks, workers=(), rules=None):
        for name in workers:
            self.definitions.contents[name] = Content(type_="worker")
        self.look()
        for stack in ENVIRONMENTS[:stacks]:
            self.take_everything(stack)
        self.rulebook.rules |= rules or {}

    @rule(name=NAME, image=IMAGE, level=st.integers(1, 2), run=st.booleans(), failing=FAILING)
    def change_a_component(self, name, image, level, run, failing):
        content = self.definitions.contents[name]
        self.definitions.contents[name] = Content(image, level, content.type_)
        self.look()
        if run:
            self.run(FIRST, failing)

    @rule(name=NAME, times=st.integers(1, 3))
    def ship_something_new(self, name, times):
        """What nobody has made before."""
        for _ in range(times):
            self.shipped += 1
            self.change_a_component(name, 100 + self.shipped, 1, run=True, failing=frozenset())

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

    # What people do in one stack

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
        offers = self.new_offers() or self.offers()
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

    def remove(self, stack, name):
        said = self.model.said[stack].with_line(name, releaseName=None, state=None, hold=None)
        removed = tuple(dict.fromkeys([*said.removed, name]))
        self.model.said[stack] = replace(said, removed=removed)

    def in_order(self, stack, name):
        said = self.model.said[stack].with_line(name, hold=None, state=None)
        self.model.said[stack] = replace(said, removed=())
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
