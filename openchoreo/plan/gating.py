"""What is asked of every decision by which something newly runs: the policy's gates, and whether it
would record a credential.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from openchoreo.delivery import Applied, Binding, Decision, Record, Release, Situation
from openchoreo.delivery.gates import BreakGlass, Opened, Papers, Question, Rules, opened
from openchoreo.errors import OpenChoreoError, Path, Problem, Stage
from openchoreo.plan.credentials import Credentials
from openchoreo.plan.scope import Key

RulesOf = Callable[[str, str], Rules]
"""Control-plane namespace and project -> what the policy asks for here."""

AuthorsOf = Callable[[Path], frozenset[str]]
"""Where a pin stands in stack config -> the names of who wrote it, where git tells."""


BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
"""Where nobody tells the time, no soak is over."""


def _no_rules(_namespace: str, _project: str) -> Rules:
    return Rules()


def _nobody(_path: Path) -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gating:
    """What gates look at. `digest` is that of the policy, for the record."""

    rules_of: RulesOf = _no_rules
    papers: Papers = field(default_factory=Papers)
    now: datetime = BEGINNING
    glass: BreakGlass | None = None
    authors_of: AuthorsOf = _nobody
    digest: str = ""
    credentials: Credentials | None = None

    def look(self, situation: Situation, decision: Decision) -> Opened:
        """What every gate says."""
        if decision.release is None:
            return Opened()
        pin = situation.binding.pin
        question = Question(
            situation=situation,
            release=decision.release,
            rules=self.rules_of(situation.namespace, situation.project),
            papers=self.papers,
            now=self.now,
            authors=self.authors_of(pin.path) if pin else frozenset(),
        )
        return opened(decision, question, self.glass)

    def ask(self, situation: Situation, decision: Decision) -> Opened:
        """The answers. Raises OpenChoreoError with every gate that is closed, and with everything
        in the release that looks like a credential.
        """
        found, release = self.look(situation, decision), decision.release
        if release is None:
            return found
        problems = self.credentials.in_release(situation, release) if self.credentials else ()
        if not found.open:
            problems = (_closed(situation, release, found), *problems)
        if problems:
            raise OpenChoreoError(*problems)
        return found

    def check_overrides(
        self, owner: tuple[Key, str, Binding], record: Record | None, manifests: Callable[[], str]
    ) -> None:
        """Raises OpenChoreoError with everything in new overrides that looks like a credential."""
        if self.credentials:
            problems = self.credentials.in_overrides(owner, record, manifests)
            if problems:
                raise OpenChoreoError(*problems)

    def passes_over(self, gate: str) -> bool:
        """Whether break-glass names a gate, and has not expired."""
        return bool(self.glass and gate in self.glass.gates and self.now < self.glass.expires)

    def recorded(self, done: Applied, found: Opened) -> Applied:
        """With what was satisfied and what was passed over, where gates were asked."""
        if not found.answers:
            return done
        # Manifests are looked at later: a glass that names them is recorded in any case.
        over = found.passed_over or self.passes_over("manifests")
        glass = self.glass if over else None
        passed = [answer.document() for answer in found.passed_over]
        return done.model_copy(
            update={
                "policy": self.digest or None,
                "approvals": found.papers.get("approvals", ()),
                "attestations": found.papers.get("attestations", ()),
                "break_glass": {**glass.document(), "passedOver": passed} if glass else None,
            }
        )


def _closed(situation: Situation, release: Release, found: Opened) -> Problem:
    pin = situation.binding.pin
    lines = [f"{release.shown} may not run in {situation.environment}"]
    lines += [answer.line for answer in found.closed]
    subject, path = (pin.resource, pin.path) if pin else (situation.subject, ())
    return Problem(Stage.DECIDE, subject, path, "\n".join(lines))
