"""The outputs of a stack, in which its record is kept."""

from __future__ import annotations

from typing import Self

from msgspec import Struct

from openchoreo.delivery.ledger import Ledger, summary, urls
from openchoreo.delivery.store import ReleaseStore


class Outputs(Struct, frozen=True):
    """By their names: the ledger, the documents of its releases, and what people look at."""

    pipeline: str
    releases: str
    summary: dict[str, str]
    urls: dict[str, dict[str, str]]

    @classmethod
    def of(cls, ledger: Ledger, documents: ReleaseStore) -> Self:
        return cls(ledger.dumps(), documents.dumps(), summary(ledger), urls(ledger))
