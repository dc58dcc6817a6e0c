"""What has to come of the rules of a platform team: the laws that no promotion may break."""

from __future__ import annotations

import json
from collections import Counter
from typing import ClassVar

from hypothesis import currently_in_test_context, event

from tests.plan.expectation import Model
from tests.plan.rulebook import Rulebook
from tests.plan.simulation import Definitions, Stacks


class GateLaws:
    happened: ClassVar[Counter] = Counter()
    definitions: Definitions
    rulebook: Rulebook
    stacks: Stacks
    model: Model

    def count(self, what):
        self.happened[what] += 1
        if currently_in_test_context():
            event(what)

    def gates_of(self, stack, name, digest_):
        """What is closed for it, and what of that break-glass passes over."""
        closed = self.model.closed(stack, name, digest_)
        return closed, self.model.passed_over(stack, closed)

    def check_gates(self, stack, before, gates):
        """Whatever newly runs had every gate open, or its record names each that was passed over."""
        ledger = json.loads(self.stacks.outputs[self.stacks.full(stack)]["pipeline"])
        old = json.loads(before.get(self.stacks.full(stack), {}).get("pipeline", "{}"))
        for chain in ("components", "projects"):
            for key, found in ledger.get(chain, {}).items():
                entry, known = found["history"][0], old.get(chain, {}).get(key, {"history": [{}]})
                if entry["state"] != "Active" or entry["since"] == known["history"][0].get("since"):
                    continue
                name = key.rpartition("/")[2]
                closed, over = gates[name]
                assert closed == over
                self.check_entry(stack, entry, over)
                for gate in over:
                    self.count(f"passed over: {gate}")

    def check_entry(self, stack, entry, over):
        glass, said = entry.get("breakGlass", {}), self.model.said[stack].glass
        assert {one["gate"] for one in glass.get("passedOver", ())} == over
        if over:
            assert set(glass["gates"]) == set(said.gates)
            assert entry["since"] < glass["expires"]
        approved = self.rulebook.approved.get((stack, entry["release"]), {})
        assert {one["by"] for one in entry.get("approvals", ())} == approved.keys()
        assert entry["policy"]


def gates_of(reasons):
    """Component or project -> gates that are closed for it."""
    gates = [(name, kind.split()[1]) for name, kind in reasons if kind.startswith("gate ")]
    return {name: {gate for one, gate in gates if one == name} for name, _ in gates}


def gates_told(problems):
    """The same as people are told."""
    found = {}
    for problem in problems:
        first, *lines = problem.message.splitlines()
        told = found.setdefault(problem.resource.rpartition("/")[2], set())
        if " may not run in " in first:
            told.update(line.partition(":")[0] for line in lines)
        elif " which the policy forbids in " in first:
            told.add("manifests")
    return {name: gates for name, gates in found.items() if gates}
