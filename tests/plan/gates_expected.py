"""A plain model of what has run where, and of which gates are closed because of that.

It never reads a ledger, and knows nothing of how the program asks its gates.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.plan.rulebook import Case, Rulebook, Upstream, moment, times_of
from tests.plan.simulation import CLUSTERS, ENVIRONMENTS, FIRST, PROJECTS, Definitions, Said
from tests.plan.world import NOON


@dataclass(frozen=True)
class Ran:
    """A time in which a release was completely deployed, or undeployed."""

    state: str
    digest: str
    since: str
    taken_from: tuple[str, str] = ("", "")
    """The environment that vouched for it, and the ledger that said so."""

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.since)


@dataclass
class Gates:
    definitions: Definitions
    rulebook: Rulebook
    said: dict[str, Said] = field(default_factory=lambda: {one: Said() for one in ENVIRONMENTS})
    history: dict[str, dict[str, list[Ran]]] = field(
        default_factory=lambda: {one: {} for one in ENVIRONMENTS}
    )
    """Oldest first."""
    alive: dict[str, dict[str, dict[str, Any]]] = field(
        default_factory=lambda: {one: {} for one in ENVIRONMENTS}
    )
    """Objects of each component as the engine has them: identity -> content."""
    documents: dict[str, set[str]] = field(
        default_factory=lambda: {one: set() for one in ENVIRONMENTS}
    )
    """Releases that a stack can still deploy by itself."""
    today: dict[str, str] = field(default_factory=dict)
    """What the definitions make now; empty where they make nothing."""
    unrenderable: set[str] = field(default_factory=set)
    completed: set[tuple[str, str, str, str]] = field(default_factory=set)
    """Every deployment there ever was, also in stacks that are gone."""
    projects: dict[str, dict[str, Ran]] = field(
        default_factory=lambda: {one: {} for one in ENVIRONMENTS}
    )
    """Those of which something ran; nobody ever changes one."""
    of_projects: dict[str, str] = field(default_factory=dict)
    """Project -> the digest of its only release."""
    privileged: set[str] = field(default_factory=set)
    """Releases with a container that may do anything."""
    lineages: dict[str, str] = field(default_factory=dict)
    """Stack -> the name of its ledger, where it has one."""
    now: datetime = NOON
    """When the next run is."""

    def running(self, stack: str, name: str) -> str:
        last = self.history[stack].get(name, [])[-1:]
        return last[0].digest if last and last[0].state == "Active" else ""

    def ever(self, stack: str, name: str) -> list[str]:
        """What was completely deployed, each once, the last first."""
        ran = reversed(self.history[stack].get(name, []))
        return list(dict.fromkeys(one.digest for one in ran if one.state == "Active"))

    def trusted(self, stack: str) -> list[str]:
        """Environments before this one, but those whose ledger is not the one that is meant."""
        return [one for one in self.definitions.upstreams(stack) if not self.another(stack, one)]

    def another(self, stack: str, upstream: str) -> bool:
        found, named = self.lineages.get(upstream), self.rulebook.lineages.get(upstream)
        if found is None or named:
            return found is not None and found != named
        taken = self.taken(stack, upstream)
        return self.rulebook.strict(stack) and bool(taken) and found not in taken

    def taken(self, stack: str, upstream: str) -> set[str]:
        """The ledgers of an environment that releases were ever taken from."""
        entries = [ran for every in self.history[stack].values() for ran in every]
        entries += self.projects[stack].values()
        return {one.taken_from[1] for one in entries if one.taken_from[0] == upstream}

    def vouching(self, stack: str, name: str, digest: str) -> tuple[str, str]:
        """Who has deployed it, as the evidence has to say."""
        for one in self.trusted(stack):
            if digest in self.ever(one, name) or self.ran_project(one, name):
                return one, self.lineages[one]
        return ("", "") if stack == FIRST else (stack, self.lineages.get(stack, ""))

    def ran_project(self, stack: str, name: str) -> bool:
        return name in self.projects[stack]

    def upstream_ever(self, stack: str, name: str) -> list[str]:
        sources = self.trusted(stack)
        return list(dict.fromkeys(d for one in sources for d in self.ever(one, name)))

    def latest(self, stack: str) -> datetime:
        """The last moment that anything known here says."""
        known = (stack, *self.definitions.upstreams(stack))
        ran = [every[-1] for one in known for every in self.history[one].values()]
        ran += [every for one in known for every in self.projects[one].values()]
        return max((one.moment for one in ran), default=datetime.min.replace(tzinfo=UTC))

    def closed(self, stack: str, name: str, digest: str) -> frozenset[str]:
        """The gates that do not let a release of a component or project newly run."""
        said = self.said[stack]
        pinned = stack if "releaseName" in said.of(name) else ""
        case = Case(
            stack=stack,
            project=PROJECTS.get(name, name),
            digest=digest,
            now=self.now,
            latest=self.latest(stack),
            own=said.gates,
            authors=frozenset({said.author} - {""}) if pinned else frozenset(),
            before=self.definitions.upstreams(stack),
            upstreams=tuple(self._upstreams(stack, name, digest)),
            privileged=digest in self.privileged,
            known=digest in self.ever(stack, name),
        )
        return self.rulebook.closed(case)

    def _upstreams(self, stack: str, name: str, digest: str) -> Iterator[Upstream]:
        for one in self.trusted(stack):
            ran = self.history[one].get(name, [])
            if name not in PROJECTS:
                ran = [self.projects[one][name]] if name in self.projects[one] else []
            times = times_of((r.state == "Active" and r.digest == digest, r.moment) for r in ran)
            if times:
                yield Upstream(one, times, cluster=one in CLUSTERS)

    def passed_over(self, stack: str, closed: Collection[str]) -> frozenset[str]:
        """Those of them that break-glass names, as long as it is valid."""
        glass = self.said[stack].glass
        if glass is None or not self.latest(stack) <= self.now < moment(glass.until):
            return frozenset()
        return frozenset(closed).intersection(glass.gates)

    def refusing(self, stack: str, name: str, digest: str) -> frozenset[str]:
        closed = self.closed(stack, name, digest)
        return closed - self.passed_over(stack, closed)

    def newly(self, stack: str, wanted: Mapping[str, str]) -> dict[str, str]:
        """Components of which something runs that does not run now."""
        return {
            name: one for name, one in wanted.items() if one and one != self.running(stack, name)
        }

    def new_projects(self, stack: str, wanted: Mapping[str, str]) -> dict[str, str]:
        """Projects that come with their first component."""
        used = {PROJECTS[name] for name, one in wanted.items() if one}
        return {one: self.of_projects[one] for one in sorted(used - self.projects[stack].keys())}
