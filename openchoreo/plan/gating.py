"""The policy's gates, asked of every decision by which something newly runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from openchoreo.delivery import Applied, Decision, Situation
from openchoreo.delivery.gates import BreakGlass, Opened, Papers, Question, Rules, opened
from openchoreo.errors import OpenChoreoError, Path, Problem, Stage

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
        """The answers. Raises OpenChoreoError with every gate that is closed."""
        found = self.look(situation, decision)
        if found.open or decision.release is None:
            return found
        pin = situation.binding.pin
        lines = [f"{decision.release.shown} may not run in {situation.environment}"]
        lines += [answer.line for answer in found.closed]
        subject, path = (pin.resource, pin.path) if pin else (situation.subject, ())
        raise OpenChoreoError(Problem(Stage.DECIDE, subject, path, "\n".join(lines)))

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
