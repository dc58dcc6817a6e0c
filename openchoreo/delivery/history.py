"""What happened in one environment, read from a record: entries say what ran, not what was done."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from openchoreo.delivery.record import Entry, Record


class Event(StrEnum):
    """How an entry began."""

    DEPLOYED = "deployed"
    PROMOTED = "promoted"
    ROLLED_BACK = "rolled back"
    AGAIN = "deployed again"
    PROVEN = "proven"
    """A cluster reported what only files had shown before."""
    UNDEPLOYED = "undeployed"


class Moment(Struct, frozen=True):
    """`until` is when the next entry began; empty for the newest."""

    event: Event
    entry: Entry
    until: str = ""


def moments(record: Record) -> tuple[Moment, ...]:
    """All that is kept, newest first.

    Where the oldest entries were dropped, a way back to a release of theirs looks like its first
    deployment.
    """
    found: list[Moment] = []
    reading = _Reading()
    untils = ["", *(entry.since for entry in record.history)]
    for entry, until in zip(reversed(record.history), reversed(untils[:-1]), strict=True):
        found.append(Moment(reading.event(entry), entry, until))
    return tuple(reversed(found))


class _Reading:
    """Entries seen so far, oldest first."""

    def __init__(self) -> None:
        self._first: dict[str, int] = {}
        self._before: Entry | None = None

    def event(self, entry: Entry) -> Event:
        before, self._before = self._before, entry
        if not entry.active:
            return Event.UNDEPLOYED
        known = entry.release in self._first
        self._first.setdefault(entry.release, len(self._first))
        if not known:
            return Event.PROMOTED if entry.upstream else Event.DEPLOYED
        assert before is not None
        if before.release == entry.release:
            return Event.PROVEN if before.active else Event.AGAIN
        older = self._first[entry.release] < self._first.get(before.release, -1)
        return Event.ROLLED_BACK if older else Event.AGAIN
