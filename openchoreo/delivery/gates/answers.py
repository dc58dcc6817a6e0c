"""What a gate says."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from openchoreo.document import Object

Gate = Literal[
    "rejected", "freeze", "upstream", "proof", "soak", "approvals", "attestations", "manifests"
]


class Answer(Struct, frozen=True):
    """One line: what is so, and, where the gate is closed, what would satisfy it, by whom and when.

    `until` is when a gate opens by itself, in the form of a record. `asked` is false where the
    policy has no rule that the gate is about.
    """

    gate: Gate
    passed: bool
    said: str
    needed: str = ""
    until: str = ""
    asked: bool = True

    @property
    def line(self) -> str:
        return f"{self.gate}: {self.said}" + (f"; {self.needed}" if self.needed else "")

    def document(self) -> Object:
        """For the command line."""
        written: Object = {
            "gate": self.gate,
            "passed": self.passed,
            "said": self.said,
            "needed": self.needed,
            "until": self.until,
        }
        return {key: value for key, value in written.items() if value != ""}
