"""Runs of stacks, and what has to come of each: the laws that no work on them may break."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any, ClassVar

import pytest

from openchoreo.errors import OpenChoreoError
from openchoreo.plan import Plan, record
from tests.plan.expectation import Model, Refused, named
from tests.plan.gate_laws import GateLaws, gates_of, gates_told
from tests.plan.rulebook import Rulebook
from tests.plan.simulation import (
    COMPONENTS,
    ENVIRONMENTS,
    FIRST,
    NO_SNAPSHOT,
    PRIVILEGED,
    PROJECTS,
    Content,
    Definitions,
    Said,
    Stacks,
    key_of,
)

TOLD = {
    "a paper is none": ".yaml",
    "cannot be rendered": ".level must be of type string",
    "config loosens the policy": "is less than what policy.yaml says",
    "config names an unknown component": "there is no component ",
    "definition vanished": "its definition has vanished",
    "definitions cannot be read": "Workload default/",
    "dependency": "needs the endpoint http of bank/api",
    "document dropped": " is no longer kept here or upstream",
    "gate approvals": "approvals: ",
    "gate attestations": "attestations: ",
    "gate freeze": "freeze: ",
    "gate manifests": "is privileged, which the policy forbids in ",
    "gate proof": "it has only been rendered to files",
    "gate rejected": "rejected: the policy rejects ",
    "gate soak": "soak: ",
    "gate upstream": "upstream: not deployed in ",
    "no snapshot": "",
    "outside every pipeline": "Environment ",
    "outside its pipeline": "DeploymentPipeline default/standard does not contain ",
    "pin not deployed upstream": "",
    "pin unknown": "",
    "pin vanished": ", but its pin has vanished",
    "to be removed, but defined": " is to be removed, but is still defined",
}
"""What a refusal says at least, by its kind."""
OF_RULES = frozenset(
    {
        "a paper is none",
        "config loosens the policy",
        *(kind for kind in TOLD if kind.startswith("gate ")),
    }
)
"""Those that come from what the platform team has written."""


class Runs(GateLaws):
    """What was written, what has to run, and every run compared with that."""

    root: ClassVar[Path] = Path()

    def __init__(self):
        super().__init__()
        self.definitions = Definitions()
        self.rulebook = Rulebook()
        self.stacks = Stacks(self.root, self.definitions, self.rulebook)
        self.model = Model(self.definitions, self.rulebook)
        self.accepted: dict[str, Said] = {}
        self.mixed: set[tuple[str, str]] = set()
        self.pinned: dict[tuple[str, str], str] = {}
        self.digests: dict[tuple[str, Content], str] = {}
        self.objects: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.look()
        projects = dict.fromkeys(PROJECTS.values())
        self.model.of_projects = {one: self.stacks.today_of_project(one) for one in projects}

    def look(self):
        """What the definitions make now; equal content has one digest, and other content another."""
        for name in COMPONENTS:
            today = self.model.today[name] = self.stacks.today(name)
            wrong = self.definitions.broken.get(name)
            if wrong == "parameter" and today:
                self.model.unrenderable.add(today)
            elif today and wrong not in NO_SNAPSHOT:
                content = (name, self.definitions.content(name))
                if content[1].type_ == PRIVILEGED:
                    self.model.privileged.add(today)
                assert self.digests.setdefault(content, today) == today
        assert len({*self.digests.values()}) == len(self.digests)
        names = {named(name, one) for (name, _), one in self.digests.items()}
        assert len(names) == len(self.digests)

    def named(self, stack):
        """Releases whose documents other environments need."""
        others = (self.model.promised(one) for one in ENVIRONMENTS if one != stack)
        return frozenset().union(*others)

    def run(self, stack, failing=frozenset(), pick=0):
        """Whether it was accepted."""
        before = deepcopy(self.stacks.outputs)
        self.model.now = self.stacks.now
        if self.model.trusted(stack) != [*self.definitions.upstreams(stack)]:
            self.count("another ledger upstream")
        try:
            expected = self.model.expected(stack)
        except Refused as refused:
            with pytest.raises(OpenChoreoError) as raised:
                self.stacks.planned(stack, self.model.said[stack])
            self.check_refusal(raised.value, refused)
            assert self.stacks.outputs == before
            return False
        plan = self.stacks.planned(stack, self.model.said[stack])
        assert plan.problems == ()
        self.finish(stack, plan, expected, failing, pick)
        self.accepted[stack] = self.model.said[stack]
        self.count("accepted run")
        return True

    def run_isolated(self, stack, failing=frozenset(), pick=0):
        """The same where the problems of one component do not stop the others."""
        before = deepcopy(self.stacks.outputs)
        self.model.now = self.stacks.now
        try:
            expected, reasons = self.model.isolated(stack)
        except Refused as refused:
            with pytest.raises(OpenChoreoError) as raised:
                self.stacks.planned(stack, self.model.said[stack], "isolate")
            self.check_refusal(raised.value, refused, whole=False)
            assert self.stacks.outputs == before
            return
        plan = self.stacks.planned(stack, self.model.said[stack], "isolate")
        assert gates_told(plan.problems) == gates_of(reasons)
        text = "\n".join(map(str, plan.problems))
        for name, kind in reasons:
            assert f"default/{name}" in text
            self.count("isolated" if expected.get(name) else "isolated, nothing runs")
            if kind.startswith("gate "):
                self.count(f"isolated: {kind}")
        assert bool(plan.problems) == bool(reasons or not self.definitions.readable)
        kept = {name for name, _ in reasons if name in PROJECTS}
        assert {one.name for one in plan.components if not one.done} == {
            name for name in kept if expected[name]
        }
        self.finish(stack, plan, expected, failing, pick, kept=kept, mode="isolate")

    def line(self, stack, name, **lines):
        self.model.said[stack] = self.model.said[stack].with_line(name, **lines)

    def pin(self, stack, name, digest_, whole=False):
        text = named(name, digest_)
        written = f"{text}@{digest_}" if whole else text
        self.line(stack, name, releaseName=written, state=None)
        self.pinned[name, written] = digest_

    def run_or_take_back(self, stack, failing=frozenset(), pick=0):
        """Whoever is refused goes back to the config that was accepted last."""
        if not self.run(stack, failing, pick):
            self.run_isolated(stack, failing, pick)
            self.model.said[stack] = self.accepted.get(stack, Said())

    def finish(self, stack, plan, expected, failing, pick, *, kept=frozenset(), mode="stop"):
        before = deepcopy(self.stacks.outputs)
        self.check_plan(stack, plan, expected, kept)
        new = {**self.model.newly(stack, expected), **self.model.new_projects(stack, expected)}
        gates = {one: self.gates_of(stack, one, digest_) for one, digest_ in new.items()}
        self.stacks.recorded(
            stack, plan, failing, self.named(stack) if plan.changes_releases else ()
        )
        self.model.began(stack, self.stacks.lineage_of(stack))
        self.follow(stack, plan, expected, failing, pick, kept)
        self.check_ledger(stack, before)
        self.check_gates(stack, before, gates)
        if not failing:
            self.check_again(stack, mode)

    def check_refusal(self, error, refused=None, *, whole=True):
        """All reasons together, each with the component or the key it is about."""
        text = str(error)
        assert text.strip()
        assert all(problem.message for problem in error.problems)
        for name, kind in refused.reasons if refused else ():
            assert TOLD[kind] in text
            assert key_of(name) in text or not name
            self.count(f"refused: {kind}")
        if refused is None:
            assert "openchoreo:" in text
        elif whole:
            assert gates_told(error.problems) == gates_of(refused.reasons)

    def check_plan(self, stack, plan: Plan, expected, kept):
        """What was asked for runs, and nothing else; what is kept is not touched."""
        runs = {one.name: one.release.digest for one in plan.components}
        assert runs == {name: one for name, one in expected.items() if one}
        for one in plan.components:
            digest_ = one.release.digest
            assert one.release.name == named(one.name, digest_)
            objects = contents(one)
            recorded = self.objects.setdefault((stack, one.name, digest_), objects)
            assert objects == recorded or (
                one.name in kept and objects == self.model.alive[stack][one.name]
            )
            pin = self.model.said[stack].of(one.name).get("releaseName", "")
            if one.name not in kept:
                assert digest_ == self.pinned.get((one.name, pin), digest_)
            if stack != FIRST:
                ever = self.model.ever(stack, one.name)
                assert digest_ in {*ever, *self.model.upstream_ever(stack, one.name)}
        deployed = {PROJECTS[name] for name in self.model.history[stack]}
        assert deployed <= {one.name for one in plan.projects}

    def follow(self, stack, plan: Plan, expected, failing, pick, kept):
        """What the engine does: what is planned comes, what is not planned any more goes."""
        since = self.stacks.stamp().since
        projects = self.model.new_projects(stack, expected)
        recorded = self.model.projects[stack]
        assert {*projects} == {one.name for one in plan.projects if one.done} - recorded.keys()
        self.model.ran_projects(stack, projects, since)
        planned = {one.name: contents(one) for one in plan.components}
        alive = self.model.alive[stack]
        for name in COMPONENTS:
            before, now = alive.get(name, {}), planned.get(name, {})
            running, wanted = self.model.running(stack, name), expected[name]
            self.tell(stack, name, wanted, name in failing)
            if running and not self.model.asked_to_go(stack, name):
                assert now
                if wanted == running and (stack, name) not in self.mixed:
                    assert before.keys() == now.keys()
            if wanted and name in failing:
                alive[name] = half_done(before, now, pick)
                self.mixed.add((stack, name))
                continue
            alive[name] = now
            if name in kept:
                continue
            self.mixed.discard((stack, name))
            if wanted:
                self.model.ran(stack, name, wanted, since)
            elif self.model.asked_to_go(stack, name):
                self.model.gone(stack, name, since)
            assert bool(now) == bool(self.model.running(stack, name))
        self.stacks.remember(stack, plan, alive.values())

    def tell(self, stack, name, wanted, fails):
        running = self.model.running(stack, name)
        if running and not wanted:
            removed = name in self.model.said[stack].removed
            self.count("removal" if removed else "undeployment")
        if not wanted or wanted == running:
            return
        if fails:
            self.count("partial failure")
        elif wanted in self.model.ever(stack, name):
            self.count("rollback" if running else "deployed again")
        else:
            self.count("promotion" if stack != FIRST else "deployment")

    def check_ledger(self, stack, before):
        outputs = self.stacks.outputs[self.stacks.full(stack)]
        ledger = json.loads(outputs["pipeline"])
        records = ledger.get("components", {})
        told = {
            key: [(one["state"], one["release"], one["since"]) for one in found["history"]]
            for key, found in records.items()
        }
        assert told == self.model.ledger(stack)
        assert all("dropped" not in found for found in records.values())
        old = before.get(self.stacks.full(stack), {})
        check_that_nothing_is_rewritten(json.loads(old.get("pipeline", "{}")), ledger)
        self.check_evidence(stack, records)
        documents = set(json.loads(outputs["releases"])["releases"])
        assert self.model.promised(stack) <= documents
        self.model.documents[stack] = documents
        own = self.stacks.full(stack)
        assert {**self.stacks.outputs, own: None} == {**before, own: None}

    def check_evidence(self, stack, records):
        """Nothing runs in a later environment that no environment vouches for."""
        for key, found in records.items():
            name = key.rpartition("/")[2]
            newest = found["history"][0]
            if newest["state"] != "Active":
                continue
            evidence = newest.get("upstream", [])
            assert bool(evidence) == (stack != FIRST)
            for one in evidence:
                told = (one["environment"], name, newest["release"], one["since"])
                assert told in self.model.completed
                ran = self.model.history[stack][name][-1]
                assert (one["environment"], one["lineage"]) == ran.taken_from

    def check_again(self, stack, mode):
        """An unchanged run changes no byte, whoever starts it and whenever.

        But a gate that kept something back opens with time.
        """
        passed = 0 if mode == "isolate" else 1
        self.stacks.hours += passed - 1
        plan = self.stacks.planned(stack, self.model.said[stack], mode)
        self.stacks.hours -= passed - 1
        again = record(plan, plan.keys, self.stacks.stamp(more=1))
        outputs = self.stacks.outputs[self.stacks.full(stack)]
        assert (again.pipeline, again.releases, again.summary) == (
            outputs["pipeline"],
            outputs["releases"],
            outputs["summary"],
        )


def contents(component) -> dict[str, dict]:
    """Identity -> content of every object of a planned component."""
    return {f"{one.manifest['kind']} {one.name}": one.manifest for one in component.objects}


def half_done(before, now, pick):
    """Some objects came and some did not; some that are no longer wanted went."""
    names = sorted({*before, *now})
    done = {name for place, name in enumerate(names) if (place + pick) % 2}
    come = {name: one for name, one in now.items() if name in done}
    stay = {name: one for name, one in before.items() if name not in done}
    return {**stay, **come}


def check_that_nothing_is_rewritten(old, new):
    """Only what is rendered of the newest entry may follow."""
    follows = ("manifests", "rendering")
    for key, found in old.get("components", {}).items():
        entries = found["history"]
        kept = new["components"][key]["history"][-len(entries) :]
        assert kept[1:] == entries[1:]
        newest = [{k: v for k, v in one[0].items() if k not in follows} for one in (kept, entries)]
        assert newest[0] == newest[1]
        if len(new["components"][key]["history"]) > len(entries):
            assert kept[0] == entries[0]
    assert new["lineage"] == old.get("lineage", new["lineage"])
