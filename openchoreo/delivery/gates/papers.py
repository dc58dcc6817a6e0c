"""Approvals and attestations: files that people and checks write for one digest."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from openchoreo.document import Object


class Approval(Struct, frozen=True):
    """Of one person. `signed` is a proof; without it, it is an acknowledgement: nobody has proven
    who wrote it.
    """

    by: str
    at: str = ""
    comment: str = ""
    signed: bool = False

    def document(self) -> Object:
        written: Object = {
            "by": self.by,
            "at": self.at,
            "comment": self.comment,
            "signed": self.signed,
        }
        return {key: value for key, value in written.items() if value}


def signed_text(kind: str, environment: str, digest: str, by: str) -> str:
    """What a signature is about: `kind` is approval, or attestation and its check."""
    return f"openchoreo {kind}\nenvironment {environment}\ndigest {digest}\nby {by}\n"


class Attestation(Struct, frozen=True):
    """What a check says of a release; `signed` as with an approval."""

    check: str
    by: str = ""
    at: str = ""
    passed: bool = True
    signed: bool = False

    def document(self) -> Object:
        written: Object = {
            "check": self.check,
            "by": self.by,
            "at": self.at,
            "signed": self.signed,
        }
        return {key: value for key, value in written.items() if value}


class Papers(Struct, frozen=True):
    """All of one environment, by digest. A paper for another digest is not seen at all."""

    approvals: Mapping[str, tuple[Approval, ...]] = field(
        default_factory=dict[str, tuple[Approval, ...]]
    )
    attestations: Mapping[str, tuple[Attestation, ...]] = field(
        default_factory=dict[str, tuple[Attestation, ...]]
    )
