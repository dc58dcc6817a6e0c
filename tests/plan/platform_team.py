"""What a platform team, and those who approve, do beside everybody else's work."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.plan.laws import Runs
from tests.plan.rulebook import CHECKS, PASSABLE, PEOPLE, SPOILT, Rule
from tests.plan.simulation import COMPONENTS, ENVIRONMENTS, PROJECTS, Glass

LATER = ENVIRONMENTS[1:]
STACK = st.sampled_from((*LATER, *ENVIRONMENTS))
PICK = st.integers(0, 31)
RARELY = st.sampled_from([False, False, False, True])
FREEZES = st.sampled_from([(), (), ((-2, 3),), ((5, 30),)])
"""From and to, in hours from now."""
RULES = st.builds(
    Rule,
    soak=st.sampled_from([0, 0, 0, 1, 5, 24]),
    count=st.sampled_from([0, 0, 0, 1, 2]),
    by=st.sampled_from([(), (), PEOPLE[:2], PEOPLE[1:]]),
    signed=RARELY,
    checks=st.sampled_from([(), (), (), CHECKS[:1], CHECKS]),
    signed_checks=RARELY,
    every_upstream=RARELY,
    cluster=RARELY,
    no_privileges=st.booleans(),
)
TIGHTER = st.sampled_from([Rule(), Rule(soak=3), Rule(count=1), Rule(checks=CHECKS[1:])])
GLASSES = st.sets(st.sampled_from(PASSABLE), min_size=1).map(lambda found: tuple(sorted(found)))

NEARLY = (
    "",
    "",
    "an approval of their own",
    "unsigned approvals",
    "too few approvals",
    "approvals of others",
    "a check that failed",
    "an unsigned check",
    "some time",
)


class PlatformTeam(Runs):
    # Rules

    @rule(stack=STACK, rule=RULES, freezes=FREEZES, project=st.sampled_from(["", "", "bank"]))
    def change_the_policy(self, stack, rule, freezes, project):
        hour = self.stacks.hours
        rule = replace(rule, freezes=tuple((hour + a, hour + b) for a, b in freezes))
        if project:
            self.rulebook.of_projects[stack, project] = rule
        else:
            self.rulebook.rules[stack] = rule
        self.run(stack)

    @rule(stack=STACK)
    def take_rules_back(self, stack):
        self.rulebook.rules.pop(stack, None)
        for project in PROJECTS.values():
            self.rulebook.of_projects.pop((stack, project), None)

    @precondition(lambda self: self.known())
    @rule(pick=PICK, seen_by=STACK)
    def reject_a_release(self, pick, seen_by):
        self.rulebook.rejected ^= {self.known()[pick % len(self.known())]}
        self.run(seen_by)

    @rule(stack=STACK, pick=PICK)
    def name_a_ledger(self, stack, pick):
        """The one that is there, none in particular, or one that is not there."""
        self.rulebook.lineages.pop(stack, None)
        named = [self.model.lineages.get(stack), None, None, "not there"][pick % 4]
        if named:
            self.rulebook.lineages[stack] = named

    # Papers

    @precondition(lambda self: self.new_offers())
    @rule(pick=PICK, people=st.sets(st.sampled_from(PEOPLE), min_size=1), signed=st.booleans())
    def approve(self, pick, people, signed):
        stack, _, digest = self.new_offers()[pick % len(self.new_offers())]
        self.approved(stack, digest, people, signed)

    @precondition(lambda self: self.known())
    @rule(pick=PICK, stack=STACK, person=st.sampled_from(PEOPLE))
    def approve_something_else(self, pick, stack, person):
        """Another digest, or for another environment, than anybody asks for."""
        self.approved(stack, self.known()[pick % len(self.known())], {person}, signed=True)

    @precondition(lambda self: self.new_offers())
    @rule(pick=PICK, check=st.sampled_from(CHECKS), passed=st.booleans(), signed=st.booleans())
    def attest(self, pick, check, passed, signed):
        stack, _, digest = self.new_offers()[pick % len(self.new_offers())]
        self.rulebook.attested[stack, digest, check] = (passed, signed)

    @rule(pick=PICK)
    def withdraw_a_paper(self, pick):
        for papers in (self.rulebook.approved, self.rulebook.attested):
            if papers:
                papers.pop([*papers][pick % len(papers)])

    @precondition(lambda self: self.known())
    @rule(stack=STACK, how=st.sampled_from(sorted(SPOILT)))
    def spoil_a_paper(self, stack, how):
        """Whoever sees what comes of it throws it away."""
        self.rulebook.spoilt[stack] = (how, self.known()[0])
        self.run(stack)
        self.run_isolated(stack)
        self.rulebook.spoilt.clear()

    # Time, and what is passed over

    @rule(hours=st.sampled_from([-30, -3, 1, 4, 24, 48]))
    def move_the_clock(self, hours):
        self.stacks.hours += hours

    @precondition(lambda self: self.new_offers())
    @rule(pick=PICK, gates=GLASSES, hours=st.integers(0, 8), enough=st.booleans(), late=RARELY)
    def break_the_glass(self, pick, gates, hours, enough, late):
        """For just what is closed, or for anything; and with a clock that somebody turns back."""
        stack, name, digest = self.new_offers()[pick % len(self.new_offers())]
        closed = self.closed_for(stack, name, digest) & {*PASSABLE}
        named = tuple(sorted(closed)) if enough and closed else gates
        self.say(stack, glass=Glass(named, self.stacks.hours + hours))
        self.pin(stack, name, digest)
        self.stacks.hours -= 20 if late else 0
        self.run_or_take_back(stack)

    @rule(stack=STACK)
    def put_the_glass_away(self, stack):
        self.say(stack, glass=None)

    @rule(stack=STACK, rule=TIGHTER)
    def ask_for_more_in_stack_config(self, stack, rule):
        self.say(stack, gates=rule)
        self.run_or_take_back(stack)

    # Everything as it should be

    @precondition(lambda self: self.new_offers())
    @rule(pick=PICK, rule=RULES, how=st.sampled_from(NEARLY))
    def promote_nearly_by_the_book(self, pick, rule, how):
        """Whoever does all that the gates ask for is let through, and not where one thing is missing."""
        stack, name, digest = self.new_offers()[pick % len(self.new_offers())]
        self.rulebook.rules[stack] = rule
        self.say(stack, author="", glass=None)
        self.pin(stack, name, digest)
        if not self.by_the_book(stack, name, digest, how):
            self.model.said[stack] = self.accepted.get(stack, self.model.said[stack])

    def by_the_book(self, stack, name, digest, but=""):
        was_closed = self.closed_for(stack, name, digest)
        for one, due in self.with_its_project(name, digest).items():
            self.satisfy(stack, one, due)
        self.miss(but, stack, digest)
        accepted = self.run(stack)
        if accepted and was_closed:
            self.count("promotion by the book")
        return accepted

    def miss(self, how, stack, digest):
        given = self.rulebook.approved[stack, digest]
        match how:
            case "an approval of their own":
                self.say(stack, author=PEOPLE[0])
                for unneeded in PEOPLE[max(1, self.rulebook.rules[stack].count) :]:
                    given.pop(unneeded)
            case "unsigned approvals":
                given.update(dict.fromkeys(given, False))
            case "too few approvals":
                given.pop(PEOPLE[1])
            case "approvals of others":
                given.pop(PEOPLE[0])
                given.pop(PEOPLE[1])
            case "a check that failed":
                self.rulebook.attested[stack, digest, CHECKS[0]] = (False, True)
            case "an unsigned check":
                self.rulebook.attested[stack, digest, CHECKS[0]] = (True, False)
            case "some time":
                self.stacks.hours -= 12

    def satisfy(self, stack, name, digest):
        rule = self.rulebook.rule(stack, PROJECTS.get(name, name)).and_(
            self.model.said[stack].gates
        )
        people = set(PEOPLE) - {self.model.said[stack].author}
        self.approved(stack, digest, people, signed=True)
        for check in rule.checks:
            self.rulebook.attested[stack, digest, check] = (True, True)
        for _ in range(8):
            self.model.now = self.stacks.now
            if not self.model.closed(stack, name, digest) & {"soak", "freeze"}:
                break
            self.stacks.hours += 12

    # How they do it

    def with_its_project(self, name, digest):
        return {name: digest, PROJECTS[name]: self.model.of_projects[PROJECTS[name]]}

    def closed_for(self, stack, name, digest):
        """Gates of a component, and of its project where that is new as well."""
        self.model.now = self.stacks.now
        found = self.model.closed(stack, name, digest)
        new = PROJECTS[name] not in self.model.projects[stack]
        _, (project, due) = self.with_its_project(name, digest).items()
        return found | self.model.closed(stack, project, due) if new else found

    def approved(self, stack, digest, people, signed):
        given = self.rulebook.approved.setdefault((stack, digest), {})
        given.update(dict.fromkeys(people, signed))

    def say(self, stack, **changes):
        self.model.said[stack] = replace(self.model.said[stack], **changes)

    def known(self):
        """Every release there is or was."""
        every = [(one, name) for one in ENVIRONMENTS for name in COMPONENTS]
        found = dict.fromkeys(digest for one in every for digest in self.model.ever(*one))
        return [*found, *(one for one in self.model.today.values() if one and one not in found)]

    def offers(self):
        return [
            (stack, name, one)
            for stack in LATER
            for name in COMPONENTS
            for one in self.model.upstream_ever(stack, name)
        ]

    def new_offers(self):
        return [one for one in self.offers() if one[2] not in self.model.ever(*one[:2])]
