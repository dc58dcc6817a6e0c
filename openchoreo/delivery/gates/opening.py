"""All gates for one decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field

from openchoreo.delivery.decision import Action, Decision
from openchoreo.delivery.gates.answers import Answer, Gate
from openchoreo.delivery.gates.checks import GATES
from openchoreo.delivery.gates.question import Question
from openchoreo.document import Object

_BEFORE = frozenset[Gate]({"rejected"})
"""What a release that ran here before is still asked: a way back must be quick."""

_NEW = frozenset({Action.DEPLOY, Action.PROMOTE, Action.ROLL_BACK})


class BreakGlass(Struct, frozen=True):
    """A reason to pass over some gates, until it expires. It never makes another digest right."""

    gates: tuple[str, ...]
    reason: str
    expires: datetime

    def valid(self, now: datetime, latest: datetime) -> bool:
        """A clock that is behind what is recorded does not bring it back."""
        return latest <= now < self.expires

    def document(self) -> Object:
        return {"gates": [*self.gates], "reason": self.reason, "expires": self.expires.isoformat()}


class Opened(Struct, frozen=True):
    """The answers of every gate that was asked, and of which those that were passed over."""

    answers: tuple[Answer, ...] = ()
    passed_over: tuple[Answer, ...] = ()
    closed: tuple[Answer, ...] = ()
    papers: Mapping[str, tuple[Object, ...]] = field(default_factory=dict[str, tuple[Object, ...]])

    @property
    def open(self) -> bool:
        return not self.closed


def opened(decision: Decision, question: Question, glass: BreakGlass | None) -> Opened:
    """What the gates say of a decision. What runs already is asked nothing.

    Break-glass that has expired passes over nothing.
    """
    if decision.release is None or decision.action not in _NEW:
        return Opened()
    gates = _BEFORE if question.ran_before else GATES.keys()
    asked = [check(question) for gate, check in GATES.items() if gate in gates]
    closed = [answer for answer in asked if not answer.passed]
    valid = glass if glass and glass.valid(question.now, question.latest) else None
    over = [answer for answer in closed if valid and answer.gate in valid.gates]
    digest = question.release.digest
    return Opened(
        tuple(asked),
        tuple(over),
        tuple(answer for answer in closed if answer not in over),
        {
            "approvals": tuple(one.document() for one in question.papers.approvals.get(digest, ())),
            "attestations": tuple(
                one.document() for one in question.papers.attestations.get(digest, ())
            ),
        },
    )
