"""A plain model of the contract: what has to run in each stack, and what has run there.

It knows nothing of how the program keeps the contract, and never reads a ledger.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from tests.plan.gates_expected import Gates, Ran
from tests.plan.rulebook import Rule
from tests.plan.simulation import COMPONENTS, FIRST, NEEDS

PREVIOUS = 3
"""Releases whose documents are promised to stay, besides the current one."""


class Refused(Exception):  # noqa: N818 - what is expected, not an error of the model
    """A run that must not touch anything; each reason is (component or "", kind)."""

    def __init__(self, *reasons: tuple[str, str]) -> None:
        super().__init__(*reasons)
        self.reasons = reasons

    @property
    def kinds(self) -> set[str]:
        return {kind for _, kind in self.reasons}


def named(name: str, digest: str) -> str:
    return f"{name}-{digest.removeprefix('sha256:')[:12]}"


class Model(Gates):
    def may_run(self, stack: str, name: str) -> list[str]:
        fresh = [self.today[name]] if stack == FIRST and self.today[name] else []
        return list(
            dict.fromkeys([*fresh, *self.ever(stack, name), *self.upstream_ever(stack, name)])
        )

    def asked_to_go(self, stack: str, name: str) -> bool:
        said = self.said[stack]
        return name in said.removed or said.of(name).get("state") == "Undeploy"

    def expected(self, stack: str) -> dict[str, str]:
        """Component -> digest of what has to run, "" for nothing. Raises Refused."""
        self._refuse([("", kind) for kind in self._unreadable()])
        self._refuse([("", kind) for kind in self._everything(stack)])
        wanted, reasons = self._all_wanted(stack)
        self._refuse(reasons)
        self._refuse(
            [(name, kind) for name in COMPONENTS for kind in self._rendering(name, wanted)]
        )
        self._refuse([*self._forbidden(stack, wanted)])
        return wanted

    def isolated(self, stack: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
        """The same where problems are isolated, with the reasons for what is kept."""
        self._refuse([("", kind) for kind in self._everything(stack)])
        wanted, reasons = self._all_wanted(stack)
        self._take_back(stack, wanted, reasons)
        refused = {name for name, _ in reasons} & self.new_projects(stack, wanted).keys()
        if refused:  # what runs in it has nothing to run in, and there is nothing to keep
            self._refuse([one for one in reasons if one[0] in refused])
        for name, kind in self._forbidden(stack, wanted):
            reasons.append((name, kind))
            wanted[name] = self.running(stack, name)
        self._take_back(stack, wanted, reasons)  # who needs what was kept back
        return wanted, reasons

    def _take_back(
        self, stack: str, wanted: dict[str, str], reasons: list[tuple[str, str]]
    ) -> None:
        """Whatever cannot be rendered stays as it is."""
        kept = {name for name, _ in reasons}
        for name in (one for one in COMPONENTS if one not in kept):
            more = [(name, kind) for kind in self._rendering(name, wanted)]
            reasons += more
            if more:
                wanted[name] = self.running(stack, name)

    def _all_wanted(self, stack: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
        """Whatever is refused stays as it is."""
        wanted: dict[str, str] = {}
        reasons: list[tuple[str, str]] = []
        asked: dict[str, str] = {}
        for name in COMPONENTS:
            try:
                asked[name] = wanted[name] = self.wanted(stack, name)
                self._ask(stack, name, wanted[name])
            except Refused as refused:
                reasons += refused.reasons
                wanted[name] = self.running(stack, name)
                if name not in self.definitions.missing:
                    asked[name] = asked.get(name) or "something"
        for project, digest in self.new_projects(stack, asked).items():
            reasons += self._gates(stack, project, digest)
        return wanted, reasons

    def _ask(self, stack: str, name: str, digest: str) -> None:
        if digest and digest != self.running(stack, name):
            self._refuse(self._gates(stack, name, digest))

    def _gates(self, stack: str, name: str, digest: str) -> list[tuple[str, str]]:
        """Manifests are looked at when all else is decided and rendered."""
        closed = self.refusing(stack, name, digest) - {"manifests"}
        return [(name, f"gate {gate}") for gate in sorted(closed)]

    def _forbidden(self, stack: str, wanted: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        for name, digest in self.newly(stack, wanted).items():
            if "manifests" in self.refusing(stack, name, digest):
                yield name, "gate manifests"

    @staticmethod
    def _refuse(reasons: Collection[tuple[str, str]]) -> None:
        if reasons:
            raise Refused(*reasons)

    def _unreadable(self):
        return [] if self.definitions.readable else ["definitions cannot be read"]

    def _everything(self, stack: str):
        """What stops all components, first come first told."""
        said, written = self.said[stack], self.definitions
        rule = self.rulebook.rules.get(stack, Rule())
        if said.gates.soak and said.gates.soak < rule.soak:
            return ["config loosens the policy"]
        if said.gates.count and said.gates.count < rule.count:
            return ["config loosens the policy"]
        if stack in self.rulebook.spoilt:
            return ["a paper is none"]
        if not written.in_pipeline(stack) and not self.history[stack]:
            return ["outside every pipeline"]
        unknown = written.missing - self.history[stack].keys()
        if unknown & {*said.bindings, *said.removed}:
            return ["config names an unknown component"]
        return []

    def wanted(self, stack: str, name: str) -> str:
        written, said = self.definitions, self.said[stack]
        running = self.running(stack, name)
        if said.of(name).get("state") == "Undeploy":
            return ""
        if name in said.removed:
            if name not in written.missing:
                raise Refused((name, "to be removed, but defined"))
            return ""
        if name in written.missing:
            if running:
                raise Refused((name, "definition vanished"))
            return ""
        pin = said.of(name).get("releaseName", "")
        if not written.in_pipeline(stack):
            if running or pin:
                raise Refused((name, "outside its pipeline"))
            return ""
        if pin:
            return self._pinned(stack, name, pin)
        return self._unpinned(stack, name, bool(said.of(name).get("hold")))

    def _pinned(self, stack: str, name: str, pin: str) -> str:
        called, _, digest = pin.partition("@")
        allowed = [one for one in self.may_run(stack, name) if named(name, one) == called]
        meant = [one for one in allowed if digest in {"", one}]
        if not meant:
            known = called == named(name, self.today[name])
            raise Refused((name, "pin not deployed upstream" if known else "pin unknown"))
        sources = (stack, *self.definitions.upstreams(stack))
        kept = {self.today[name]}.union(*(self.documents[one] for one in sources))
        if meant[0] not in kept:
            raise Refused((name, "document dropped"))
        return meant[0]

    def _unpinned(self, stack: str, name: str, hold: bool) -> str:
        running, last = self.running(stack, name), self.history[stack].get(name, [])[-1:]
        if stack == FIRST:
            if name in self.definitions.auto and not hold:
                if not self.today[name]:
                    raise Refused((name, "no snapshot"))
                return self.today[name]
            return last[0].digest if last else ""
        if running and not hold:
            raise Refused((name, "pin vanished"))
        return running

    def _rendering(self, name: str, wanted: Mapping[str, str]):
        """Nothing is rendered before it has what it needs."""
        if wanted[name] and name in NEEDS and not wanted[NEEDS[name]]:
            yield "dependency"
        elif wanted[name] in self.unrenderable:
            yield "cannot be rendered"

    def ran(self, stack: str, name: str, digest: str, since: str) -> None:
        """All objects of a release were applied."""
        if self.running(stack, name) != digest:
            vouching = self.vouching(stack, name, digest)
            self.completed.add((stack, name, digest, since))
            ran = Ran("Active", digest, since, vouching)
            self.history[stack].setdefault(name, []).append(ran)

    def began(self, stack: str, lineage: str) -> None:
        """The first run of a stack begins its ledger."""
        self.lineages.setdefault(stack, lineage)

    def ran_projects(self, stack: str, names: Iterable[str], since: str) -> None:
        for one in names:
            vouching = self.vouching(stack, one, self.of_projects[one])
            self.projects[stack][one] = Ran("Active", self.of_projects[one], since, vouching)

    def gone(self, stack: str, name: str, since: str) -> None:
        running = self.running(stack, name)
        if running:
            self.history[stack][name].append(Ran("Undeploy", running, since))

    def destroy(self, stack: str) -> None:
        self.history[stack], self.alive[stack], self.documents[stack] = {}, {}, set()
        self.projects[stack] = {}
        self.lineages.pop(stack, None)

    def promised(self, stack: str) -> set[str]:
        """Releases whose documents must be kept."""
        promised: set[str] = set()
        for name, ran in self.history[stack].items():
            others = [one for one in self.ever(stack, name) if one != ran[-1].digest]
            promised |= {ran[-1].digest, *others[:PREVIOUS]}
        return promised

    def ledger(self, stack: str) -> dict[str, list[tuple[Any, ...]]]:
        """As the ledger has to say it: newest first."""
        return {
            f"default/{name}": [(one.state, one.digest, one.since) for one in reversed(ran)]
            for name, ran in self.history[stack].items()
        }
