"""What is asked of every decision by which something newly runs: the policy's gates, and whether it
would record a credential.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from msgspec import Struct, field
from msgspec.structs import replace

from openchoreo.delivery import (
    CHAINS,
    Applied,
    Binding,
    Decision,
    Ledger,
    Pin,
    Record,
    Release,
    Situation,
)
from openchoreo.delivery.gates import (
    BEGINNING,
    Answer,
    BreakGlass,
    Opened,
    Papers,
    Question,
    Rules,
    opened,
)
from openchoreo.document import Document, Object
from openchoreo.errors import OpenChoreoError, Problem, Stage
from openchoreo.plan.credentials import Credentials
from openchoreo.plan.scope import Key

RulesOf = Callable[[str, str], Rules]
"""Control-plane namespace and project -> what the policy asks for here."""

AuthorsOf = Callable[[Pin], frozenset[str]]
"""A pin -> the names of who wrote it, where git tells."""


def _no_rules(_namespace: str, _project: str) -> Rules:
    return Rules()


def _nobody(_pin: Pin) -> frozenset[str]:
    return frozenset()


class Gating(Struct, frozen=True, kw_only=True):
    """What gates look at. `digest` is that of the policy, for the record."""

    rules_of: RulesOf = _no_rules
    papers: Papers = field(default_factory=Papers)
    now: datetime = BEGINNING
    glass: BreakGlass | None = None
    authors_of: AuthorsOf = _nobody
    digest: str = ""
    credentials: Credentials | None = None
    latest: datetime = BEGINNING

    def after(self, ledgers: Iterable[Ledger]) -> Gating:
        """With the last moment that these know."""
        times = [
            record.current.since
            for ledger in ledgers
            for chain in CHAINS
            for record in ledger.records(chain).values()
        ]
        return replace(self, latest=datetime.fromisoformat(max(times))) if times else self

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
            authors=self.authors_of(pin) if pin else frozenset(),
            latest=self.latest,
        )
        return opened(decision, question, self.glass)

    def check_overrides(
        self, owner: tuple[Key, str, Binding], record: Record | None, manifests: Callable[[], str]
    ) -> None:
        """Raises OpenChoreoError with everything in new overrides that looks like a credential."""
        if self.credentials:
            problems = self.credentials.in_overrides(owner, record, manifests)
            if problems:
                raise OpenChoreoError(*problems)

    def passes_over(self, gate: str) -> bool:
        """Whether break-glass names a gate, and is valid."""
        return bool(
            self.glass and gate in self.glass.gates and self.glass.valid(self.now, self.latest)
        )

    def recorded(self, done: Applied, found: Opened) -> Applied:
        """With what was satisfied and what was passed over, where gates were asked."""
        if not found.answers:
            return done
        update = {
            "policy": self.digest or None,
            "approvals": found.papers.get("approvals", ()),
            "attestations": found.papers.get("attestations", ()),
        }
        return self.passed(done.model_copy(update=update), found.passed_over)

    def passed(self, done: Applied, over: Iterable[Answer]) -> Applied:
        """With the gates that break-glass passed over, beside those that it has already."""
        answers: list[Document] = [answer.document() for answer in over]
        if not answers or self.glass is None:
            return done
        before = (done.break_glass or {}).get("passedOver")
        known = before if isinstance(before, list) else []
        glass: Object = {**self.glass.document(), "passedOver": [*known, *answers]}
        update = {"policy": self.digest or None, "break_glass": glass}
        return done.model_copy(update=update)


class Asked(Struct, frozen=True):
    """What the gates say of one release, whatever came of it."""

    subject: str
    release: str
    digest: str
    opened: Opened

    def document(self) -> Object:
        """For the command line."""
        return {
            "subject": self.subject,
            "release": self.release,
            "digest": self.digest,
            "open": self.opened.open,
            "gates": [answer.document() for answer in self.opened.answers],
            "passedOver": [answer.gate for answer in self.opened.passed_over],
        }


class Asking(Struct):
    """The gates of one run; `told` are all answers, also those for which something is refused."""

    gating: Gating
    told: list[Asked] = field(default_factory=list[Asked])

    def ask(self, situation: Situation, decision: Decision) -> Opened:
        """Raises OpenChoreoError with every gate that is closed, and with everything in the release
        that looks like a credential.
        """
        found, release = self.gating.look(situation, decision), decision.release
        if release is None:
            return found
        if found.answers:
            self.told.append(Asked(situation.subject, release.shown, release.digest, found))
        credentials = self.gating.credentials
        problems = credentials.in_release(situation, release) if credentials else ()
        if not found.open:
            problems = (_closed(situation, release, found), *problems)
        if problems:
            raise OpenChoreoError(*problems)
        return found


def _closed(situation: Situation, release: Release, found: Opened) -> Problem:
    pin = situation.binding.pin
    lines = [f"{release.shown} may not run in {situation.environment}"]
    lines += [answer.line for answer in found.closed]
    subject, path = (pin.resource, pin.path) if pin else (situation.subject, ())
    return Problem(Stage.DECIDE, subject, path, "\n".join(lines))
