"""Releases as ledgers know them: where each runs, and where it ran."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from openchoreo.delivery.chains import COMPONENTS, PROJECTS, RESOURCES, Words
from openchoreo.delivery.history import moments
from openchoreo.delivery.ledger import Ledger
from openchoreo.delivery.record import Record


class Stay(Struct, frozen=True):
    """A release in one environment: since when it was first there, and when it last was.

    `until` is empty while it runs.
    """

    environment: str
    first: str
    since: str
    until: str = ""

    @property
    def running(self) -> bool:
        return not self.until


class KnownRelease(Struct, frozen=True):
    """`key` is the namespace/name of its owner; `stays` are in the order of their first times."""

    words: Words
    key: str
    project: str
    digest: str
    name: str
    aliases: tuple[str, ...]
    stays: tuple[Stay, ...]

    @property
    def namespace(self) -> str:
        return self.key.partition("/")[0]

    @property
    def owner(self) -> str:
        return self.key.partition("/")[2]

    @property
    def alias(self) -> str:
        return self.aliases[0] if self.aliases else ""

    @property
    def shown(self) -> str:
        """The name its users gave it, where they did."""
        return self.alias or self.name

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.aliases, self.name)

    @property
    def first(self) -> str:
        return self.stays[0].first

    @property
    def running(self) -> tuple[Stay, ...]:
        return tuple(stay for stay in self.stays if stay.running)

    @property
    def gone(self) -> tuple[Stay, ...]:
        return tuple(stay for stay in self.stays if not stay.running)


def known_releases(ledgers: Iterable[Ledger]) -> tuple[KnownRelease, ...]:
    """Everything that was deployed anywhere, owner by owner, the newest release first."""
    every = tuple(ledgers)
    return tuple(
        release
        for words in (COMPONENTS, PROJECTS, RESOURCES)
        for key in sorted({key for ledger in every for key in ledger.records(words.chain)})
        for release in _of_owner(words, key, every)
    )


def _of_owner(words: Words, key: str, ledgers: Iterable[Ledger]) -> list[KnownRelease]:
    found: dict[str, list[Stay]] = {}
    names: dict[str, dict[str, None]] = {}
    project = ""
    for ledger in ledgers:
        record = ledger.recorded(key, chain=words.chain)
        if record is None:
            continue
        project = record.project
        for digest, stay in _stays(ledger.environment, record):
            found.setdefault(digest, []).append(stay)
        for entry in record.history:
            names.setdefault(entry.release, {}).update(dict.fromkeys(entry.names))
    releases = [
        _known(words, (key, project), digest, (*names[digest],), stays)
        for digest, stays in found.items()
    ]
    releases.sort(key=lambda one: (one.first, one.digest), reverse=True)
    return releases


def _stays(environment: str, record: Record) -> Iterator[tuple[str, Stay]]:
    """One for each release that was deployed."""
    found: dict[str, Stay] = {}
    for moment in moments(record):
        entry = moment.entry
        if entry.active:
            last = found.get(entry.release)
            since, until = (last.since, last.until) if last else (entry.since, moment.until)
            found[entry.release] = Stay(environment, entry.since, since, until)
    yield from found.items()


def _known(
    words: Words, owner: tuple[str, str], digest: str, names: tuple[str, ...], stays: list[Stay]
) -> KnownRelease:
    key, project = owner
    name, *aliases = names
    stays.sort(key=lambda stay: stay.first)
    return KnownRelease(words, key, project, digest, name, tuple(aliases), tuple(stays))
