"""Releases whose documents were taken away, while the evidence of them stays."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from openchoreo.model import Model

if TYPE_CHECKING:
    from openchoreo.delivery.ledger import Ledger


class Redaction(Model):
    """When a document was taken away, who did, and why."""

    since: str
    by: str
    reason: str | None = None


class Redacted(Struct, frozen=True):
    """A redaction in the ledger of an environment."""

    environment: str
    redaction: Redaction

    @property
    def told(self) -> str:
        said = self.redaction
        reason = f": {said.reason}" if said.reason else ""
        return f"was redacted in {self.environment} on {said.since} by {said.by}{reason}"


def redacted_of(
    own: Ledger, upstreams: Collection[Ledger], kept: Collection[str]
) -> Mapping[str, Redacted]:
    """By digest, what must not be read from anywhere.

    What was redacted upstream, and is among the documents that this stack has `kept`, still runs
    or ran here.
    """
    found: dict[str, Redacted] = {}
    for ledger in upstreams:
        for digest, said in ledger.redacted.items():
            if digest not in kept:
                found[digest] = Redacted(ledger.environment, said)
    own_ones = {digest: Redacted(own.environment, said) for digest, said in own.redacted.items()}
    return {**found, **own_ones}
