"""What a platform team writes beside the definitions, and what a plain reader takes from it.

`Rulebook.closed` says which gates are closed, from the sentences of docs/policy.md: it knows nothing
of how the program asks them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from openchoreo.delivery.gates import signed_text
from tests.plan.world import NOON

PEOPLE = ("ada", "bob", "eve")
CHECKS = ("load", "scan")
PASSABLE = ("freeze", "upstream", "proof", "soak", "approvals", "attestations", "manifests")
"""What break-glass can name."""


def moment(hour: int) -> datetime:
    return NOON + timedelta(hours=hour)


@dataclass(frozen=True)
class Rule:
    """What is asked in an environment, or of one project in it, or by a stack's own config."""

    soak: int = 0  # hours
    count: int = 0  # of approvals
    by: tuple[str, ...] = ()
    signed: bool = False
    checks: tuple[str, ...] = ()
    signed_checks: bool = False
    freezes: tuple[tuple[int, int], ...] = ()  # hours since NOON
    every_upstream: bool = False
    cluster: bool = False
    no_privileges: bool = False

    def document(self) -> dict[str, Any]:
        approvals = {"count": self.count, "by": [*self.by], "signed": self.signed}
        freezes = [
            {"from": f"{moment(a):%Y-%m-%dT%H:%M}", "to": f"{moment(b):%Y-%m-%dT%H:%M}"}
            for a, b in self.freezes
        ]
        written = {
            "soak": f"{self.soak}h" if self.soak else None,
            "approvals": {k: v for k, v in approvals.items() if v} if self.count else None,
            "attestations": [*self.checks],
            "signedAttestations": self.signed_checks,
            "freezes": freezes,
            "upstreams": "all" if self.every_upstream else None,
            "proof": "applied" if self.cluster else None,
            "forbidden": ["privileged"] if self.no_privileges else None,
        }
        return {key: value for key, value in written.items() if value}

    def and_(self, other: Rule) -> Rule:
        """Both are asked: the longer time, the larger number, the names that stand in both."""
        one, two = (rule.by if rule.count else () for rule in (self, other))
        both = tuple(name for name in one if name in two) or ("nobody",)
        return Rule(
            soak=max(self.soak, other.soak),
            count=max(self.count, other.count),
            by=both if one and two else one or two,
            signed=any(rule.signed and rule.count for rule in (self, other)),
            checks=tuple(dict.fromkeys((*self.checks, *other.checks))),
            signed_checks=self.signed_checks or other.signed_checks,
            freezes=(*self.freezes, *other.freezes),
            every_upstream=self.every_upstream or other.every_upstream,
            cluster=self.cluster or other.cluster,
            no_privileges=self.no_privileges or other.no_privileges,
        )


@dataclass(frozen=True)
class Upstream:
    """What an environment before tells of one release: when it ran there, from and until."""

    environment: str
    times: tuple[tuple[datetime, datetime | None], ...]
    cluster: bool


@dataclass(frozen=True)
class Case:
    """A release that is newly to run somewhere; `latest` is the last that ledgers know."""

    stack: str
    project: str
    digest: str
    now: datetime
    latest: datetime
    own: Rule = Rule()
    authors: frozenset[str] = frozenset()
    before: tuple[str, ...] = ()
    """The environments before this one."""
    upstreams: tuple[Upstream, ...] = ()
    """Those of them that have deployed it."""
    privileged: bool = False
    known: bool = False
    """Whether it ran here already."""


@dataclass
class Rulebook:
    rules: dict[str, Rule] = field(default_factory=dict)
    of_projects: dict[tuple[str, str], Rule] = field(default_factory=dict)
    rejected: set[str] = field(default_factory=set)
    lineages: dict[str, str] = field(default_factory=dict)
    """Environment -> the only ledger of it to take from."""
    approved: dict[tuple[str, str], dict[str, bool]] = field(default_factory=dict)
    """Environment and digest -> who, and whether with a signature."""
    attested: dict[tuple[str, str, str], tuple[bool, bool]] = field(default_factory=dict)
    """Environment, digest and check -> whether it passed, and whether that is signed."""
    spoilt: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Environment -> a paper that is none, and what is wrong with it."""

    def rule(self, stack: str, project: str) -> Rule:
        of_project = self.of_projects.get((stack, project), Rule())
        return self.rules.get(stack, Rule()).and_(of_project)

    def strict(self, stack: str) -> bool:
        return stack in self.rules or any(one == stack for one, _ in self.of_projects)

    def closed(self, case: Case) -> frozenset[str]:
        """Gates that do not let it run."""
        gates = {"rejected"} if case.digest in self.rejected else set()
        if case.known:
            return frozenset(gates)
        rule = self.rule(case.stack, case.project).and_(case.own)
        checks = {
            "freeze": self._frozen(rule, case),
            "upstream": rule.every_upstream
            and {one.environment for one in case.upstreams} != {*case.before},
            "proof": rule.cluster
            and bool(case.before)
            and not any(one.cluster for one in case.upstreams),
            "soak": bool(rule.soak and case.before) and not self._soaked(rule, case),
            "approvals": len(self._approvers(rule, case)) < rule.count,
            "attestations": any(not self._passed(rule, case, one) for one in rule.checks),
            "manifests": rule.no_privileges and case.privileged,
        }
        return frozenset({*gates, *(gate for gate, closed in checks.items() if closed)})

    @staticmethod
    def _frozen(rule: Rule, case: Case) -> bool:
        """Nobody knows whether it is frozen where the clock is wrong."""
        now = (case.now - NOON) / timedelta(hours=1)
        wrong = bool(rule.freezes) and case.now < case.latest
        return wrong or any(begin <= now < end for begin, end in rule.freezes)

    @staticmethod
    def _soaked(rule: Rule, case: Case) -> bool:
        return any(
            (until or case.now) - since >= timedelta(hours=rule.soak)
            for one in case.upstreams
            for since, until in one.times
            if one.cluster or not rule.cluster
        )

    def _approvers(self, rule: Rule, case: Case) -> set[str]:
        given = self.approved.get((case.stack, case.digest), {})
        return {
            who
            for who, signed in given.items()
            if who not in case.authors
            and (who in rule.by or not rule.by)
            and (signed or not rule.signed)
        }

    def _passed(self, rule: Rule, case: Case, check: str) -> bool:
        passed, signed = self.attested.get((case.stack, case.digest, check), (False, False))
        return passed and (signed or not rule.signed_checks)

    # As files

    def policy(self) -> dict[str, Any]:
        environments: dict[str, Any] = {one: rule.document() for one, rule in self.rules.items()}
        for (stack, project), rule in self.of_projects.items():
            projects = environments.setdefault(stack, {}).setdefault("projects", {})
            projects[project] = rule.document()
        return {
            "environments": environments,
            "upstreams": {one: {"lineage": lineage} for one, lineage in self.lineages.items()},
            "rejected": [{"digest": one} for one in sorted(self.rejected)],
        }

    def papers(self, stack: str) -> Mapping[str, dict[str, Any]]:
        """Path -> what stands in it."""
        found: dict[str, dict[str, Any]] = {}
        for (environment, digest), people in self.approved.items():
            if environment == stack:
                entries = [_approval(stack, digest, who, signed) for who, signed in people.items()]
                paper = {"environment": stack, "digest": digest, "approvals": entries}
                found[f"approvals/{stack}/{_hex(digest)}.yaml"] = paper
        for (environment, digest, check), (passed, signed) in self.attested.items():
            if environment == stack:
                paper = {"environment": stack, "digest": digest, "check": check, "passed": passed}
                if signed:
                    kind = f"attestation {check} {'passed' if passed else 'failed'}"
                    paper |= {"by": "ci", "signature": signature(kind, stack, digest, "ci")}
                found[f"attestations/{stack}/{_hex(digest)}/{check}.yaml"] = paper
        if stack in self.spoilt:
            how, digest = self.spoilt[stack]
            found |= SPOILT[how](stack, digest)
        return found

    def write(self, root: Path, stack: str) -> None:
        for kind in ("approvals", "attestations"):
            for file in (root / kind / stack).rglob("*.yaml"):
                file.unlink()
        for path, paper in self.papers(stack).items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(yaml.safe_dump(paper))


def _hex(digest: str) -> str:
    return digest.removeprefix("sha256:")


def _approval(stack: str, digest: str, who: str, signed: bool) -> dict[str, Any]:
    signed_by = {"signature": signature("approval", stack, digest, who)} if signed else {}
    return {"by": who, **signed_by}


def signature(kind: str, environment: str, digest: str, by: str) -> str:
    """Of a world in which a name is as good as a key."""
    return f"{by} signs {signed_text(kind, environment, digest, by)}"


class Signatures:
    """Whoever signs writes the name of somebody who may."""

    @staticmethod
    def check(kind: str, environment: str, digest: str, by: str, given: str) -> str:
        right = given == signature(kind, environment, digest, by) and by in {*PEOPLE, "ci"}
        return "" if right else "that is not what was signed"


def _other(digest: str) -> str:
    return digest[:-1] + ("0" if digest[-1] != "0" else "1")


def _copied_from_another_digest(stack: str, digest: str) -> dict[str, dict[str, Any]]:
    paper = {"environment": stack, "digest": digest, "approvals": [{"by": "ada"}]}
    return {f"approvals/{stack}/{_hex(_other(digest))}.yaml": paper}


def _copied_from_another_environment(stack: str, digest: str) -> dict[str, dict[str, Any]]:
    paper = {"environment": "elsewhere", "digest": digest, "check": "load", "passed": True}
    return {f"attestations/{stack}/{_hex(digest)}/load.yaml": paper}


def _edited_after_it_was_signed(stack: str, digest: str) -> dict[str, dict[str, Any]]:
    entry = {"by": "eve", "signature": signature("approval", stack, digest, "ada")}
    paper = {"environment": stack, "digest": digest, "approvals": [entry]}
    return {f"approvals/{stack}/{_hex(digest)}.yaml": paper}


def _signed_by_a_stranger(stack: str, digest: str) -> dict[str, dict[str, Any]]:
    entry = {"by": "mallory", "signature": signature("approval", stack, digest, "mallory")}
    paper = {"environment": stack, "digest": digest, "approvals": [entry]}
    return {f"approvals/{stack}/{_hex(digest)}.yaml": paper}


SPOILT = {
    "copied from another digest": _copied_from_another_digest,
    "copied from another environment": _copied_from_another_environment,
    "edited after it was signed": _edited_after_it_was_signed,
    "signed by a stranger": _signed_by_a_stranger,
}


def times_of(ran: Iterable[tuple[bool, datetime]]) -> tuple[tuple[datetime, datetime | None], ...]:
    """From a history, oldest first, in which something ran or did not: from when until when."""
    times: list[tuple[datetime, datetime | None]] = []
    for runs, since in ran:
        going_on = bool(times) and times[-1][1] is None
        if runs and not going_on:
            times.append((since, None))
        elif not runs and going_on:
            times[-1] = (times[-1][0], since)
    return tuple(times)
