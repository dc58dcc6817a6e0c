"""Approvals and attestations: files that people and checks write for one digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from openchoreo.document import Object


@dataclass(frozen=True, slots=True)
class Approval:
    """An acknowledgement of one person; nobody has proven who wrote it."""

    by: str
    at: str = ""
    comment: str = ""

    def document(self) -> Object:
        written: Object = {"by": self.by, "at": self.at, "comment": self.comment}
        return {key: value for key, value in written.items() if value}


@dataclass(frozen=True, slots=True)
class Attestation:
    """What a check says of a release."""

    check: str
    by: str = ""
    at: str = ""
    passed: bool = True

    def document(self) -> Object:
        written: Object = {"check": self.check, "by": self.by, "at": self.at}
        return {key: value for key, value in written.items() if value}


@dataclass(frozen=True, slots=True)
class Papers:
    """All of one environment, by digest. A paper for another digest is not seen at all."""

    approvals: Mapping[str, tuple[Approval, ...]] = field(
        default_factory=dict[str, tuple[Approval, ...]]
    )
    attestations: Mapping[str, tuple[Attestation, ...]] = field(
        default_factory=dict[str, tuple[Attestation, ...]]
    )
