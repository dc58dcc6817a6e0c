"""What gates are asked, and the words in which they answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec import Struct

from openchoreo.delivery.gates.papers import Papers
from openchoreo.delivery.gates.rules import Rules
from openchoreo.delivery.record import Entry
from openchoreo.delivery.release import Release
from openchoreo.delivery.situation import Situation

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
"""Where nobody tells the time, no soak is over."""

CLOCK = "set the clock of this machine right"


class Question(Struct, frozen=True):
    """A release that is newly to run somewhere. `authors` are the names of who wrote the pin, where
    git tells. `latest` is the last moment that a ledger knows: no clock that is right is behind it.
    """

    situation: Situation
    release: Release
    rules: Rules
    papers: Papers
    now: datetime
    authors: frozenset[str] = frozenset()
    latest: datetime = BEGINNING

    @property
    def ran_before(self) -> bool:
        """Whether it was deployed in this environment already."""
        recorded = self.situation.recorded
        return bool(recorded and recorded.deployed(self.release.digest))

    @property
    def clock_is_behind(self) -> bool:
        return self.now < self.latest

    @property
    def upstream_entries(self) -> list[tuple[str, Entry]]:
        """Environments before this one that have deployed it."""
        return [
            (upstream.environment, entry)
            for upstream, record in self.situation.upstream_records()
            if (entry := record.deployed(self.release.digest))
        ]


def moment(moment: datetime) -> str:
    """As a record has it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def listed(names: Iterable[str]) -> str:
    *first, last = [*names] or [""]
    return f"{', '.join(first)} and {last}" if first else last
