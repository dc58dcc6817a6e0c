"""Gates: the platform team's rules for what may newly run in an environment.

rules       what an environment asks for
papers      approvals and attestations, each for one digest
answers     what a gate says: passed, or what would satisfy it
question    what they are asked
checks      the gates themselves, one function each
soaking     the one that looks at how long something ran
manifests   what is forbidden in what is rendered
opening     all of them for one decision, with what break-glass passes over
"""

from openchoreo.delivery.gates.answers import Answer
from openchoreo.delivery.gates.checks import GATES
from openchoreo.delivery.gates.manifests import CHECKS, Check, violations
from openchoreo.delivery.gates.opening import BreakGlass, Opened, opened
from openchoreo.delivery.gates.papers import Approval, Attestation, Papers, signed_text
from openchoreo.delivery.gates.question import BEGINNING, Question
from openchoreo.delivery.gates.rules import Approvals, Freeze, Rejected, Rules

__all__ = [
    "BEGINNING",
    "CHECKS",
    "GATES",
    "Answer",
    "Approval",
    "Approvals",
    "Attestation",
    "BreakGlass",
    "Check",
    "Freeze",
    "Opened",
    "Papers",
    "Question",
    "Rejected",
    "Rules",
    "opened",
    "signed_text",
    "violations",
]
