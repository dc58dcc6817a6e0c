"""What stands where: components by environments, from ledgers, states and stack files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct, field

from openchoreo.config import StackConfig
from openchoreo.delivery import COMPONENTS, RESOURCES, Ledger, Record, Words, urls
from openchoreo.delivery.deployed import attempts_in
from openchoreo.document import Document, Object


class Standing(Struct, frozen=True, kw_only=True):
    """One owner in one environment. `attempted` is the release that was registered last, where it
    is not the one that is recorded.
    """

    owner: str
    environment: str
    stack: str
    record: Record
    attempted: str = ""
    upstream: str = ""
    behind: datetime | None = None
    """Since when the environment before runs another release."""
    held: bool = False
    readiness: str = ""
    """What its clusters say; empty where they were not asked, or it is in none."""
    urls: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def release(self) -> str:
        return self.record.current.shown

    @property
    def state(self) -> str:
        return "deployed" if self.record.running else "undeployed"

    @property
    def since(self) -> datetime:
        return datetime.fromisoformat(self.record.current.since)

    def remarks(self, now: datetime) -> tuple[str, ...]:
        """What is to be said beside the release."""
        found = [] if self.record.running else ["undeployed"]
        if self.attempted:
            found.append(f"attempting {self.attempted}")
        if self.behind:
            found.append(f"behind {self.upstream} for {age(now, self.behind)}")
        if self.held:
            found.append("held")
        if self.readiness not in {"", "ready"}:
            found.append(self.readiness)
        return tuple(found)

    def document(self) -> Object:
        entry = self.record.current
        return {
            "owner": self.owner,
            "environment": self.environment,
            "stack": self.stack,
            "release": entry.shown,
            "digest": entry.release,
            "state": self.state,
            "since": entry.since,
            "by": entry.by,
            "proof": entry.proof,
            "attempted": self.attempted or None,
            "behindSince": self.behind.isoformat() if self.behind else None,
            "held": self.held,
            "readiness": self.readiness or None,
            "urls": dict(self.urls),
        }


class Known(Struct, frozen=True):
    """What is known of one stack."""

    stack: str
    ledger: Ledger
    state: Mapping[str, Document]
    config: StackConfig | None = None
    readiness: Mapping[str, str] = field(default_factory=dict[str, str])
    """Owner -> what its clusters say."""


def standings(stacks: Iterable[Known]) -> tuple[Standing, ...]:
    """Of every component and Resource that is recorded anywhere, stack by stack."""
    known = tuple(stacks)
    ledgers = {one.ledger.environment: one.ledger for one in known}
    return tuple(
        _standing(one, words, key, record, ledgers)
        for one in known
        for words in (COMPONENTS, RESOURCES)
        for key, record in sorted(one.ledger.records(words.chain).items())
    )


def environments_in_order(ledgers: Iterable[Ledger]) -> list[str]:
    """Each after those that it got its releases from."""
    before = {one.environment: _upstreams(one) for one in ledgers}
    found: list[str] = []

    def visit(name: str, above: frozenset[str]) -> None:
        for upstream in sorted(before.get(name, ())):
            if upstream in before and upstream not in above:
                visit(upstream, above | {name})
        if name not in found:
            found.append(name)

    for name in before:
        visit(name, frozenset({name}))
    return found


def age(now: datetime, then: datetime) -> str:
    """In the largest unit that fits."""
    seconds = max(0, int((now - then).total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _standing(
    one: Known, words: Words, key: str, record: Record, ledgers: Mapping[str, Ledger]
) -> Standing:
    owner = words.removal(key)
    upstream, behind = _behind(words, key, record, ledgers)
    attempted = attempts_in(one.state).get(owner, "")
    addresses = urls(one.ledger).get(key, {}) if words is COMPONENTS else {}
    return Standing(
        owner=owner,
        environment=one.ledger.environment,
        stack=one.stack,
        record=record,
        attempted=attempted if attempted not in record.current.names else "",
        upstream=upstream,
        behind=behind,
        held=_held(one.config, words, key),
        readiness=one.readiness.get(owner, ""),
        urls=addresses,
    )


def _behind(
    words: Words, key: str, record: Record, ledgers: Mapping[str, Ledger]
) -> tuple[str, datetime | None]:
    """An environment from which it came, and since when that one runs another release."""
    for evidence in record.current.upstream:
        ledger = ledgers.get(evidence.environment)
        above = ledger.recorded(key, chain=words.chain) if ledger else None
        if above and above.running and above.current.release != record.current.release:
            return evidence.environment, datetime.fromisoformat(above.current.since)
    return "", None


def _held(config: StackConfig | None, words: Words, key: str) -> bool:
    if config is None:
        return False
    short = key.partition("/")[2]
    if words is COMPONENTS:
        found = config.bindings.get(key) or config.bindings.get(short)
        return bool(found and found.hold)
    resource = config.resource_bindings.get(key) or config.resource_bindings.get(short)
    return bool(resource and resource.hold)


def _upstreams(ledger: Ledger) -> set[str]:
    return {
        evidence.environment
        for words in (COMPONENTS, RESOURCES)
        for record in ledger.records(words.chain).values()
        for entry in record.history
        for evidence in entry.upstream
        if evidence.environment != ledger.environment
    }
