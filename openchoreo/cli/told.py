"""What a ledger says, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from openchoreo.delivery import Entry, Evidence
from openchoreo.document import Document, Object

_SHOWN = 12  # hex digits, as many as the name of a release has


def moment_of(since: str) -> str:
    """A time of a record, for people: 2026-11-23 14:00 UTC. What is no time is shown as it is."""
    try:
        found = datetime.fromisoformat(since)
    except ValueError:
        return since
    return found.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def short_digest(digest: str) -> str:
    return digest.removeprefix("sha256:")[:_SHOWN]


def details(entry: Entry) -> Iterator[str]:
    """On what an entry rests, a line for each thing: nothing where it says nothing."""
    for evidence in entry.upstream:
        yield _evidence(evidence)
    if entry.set_:
        yield f"with the set {short_digest(entry.set_)}"
    if entry.policy:
        yield f"asked by policy {short_digest(entry.policy)}"
    for approval in entry.approvals:
        yield _paper("approved", approval)
    for attestation in entry.attestations:
        yield _paper(f"attested {attestation.get('check', '')}", attestation)
    if entry.break_glass:
        yield from _break_glass(entry.break_glass)


def _evidence(evidence: Evidence) -> str:
    where = f"file {evidence.file}" if evidence.file else f"stack {evidence.stack}"
    since = moment_of(evidence.since)
    return f"ran in {evidence.environment} since {since}, {evidence.proof} ({where})"


def _paper(what: str, paper: Object) -> str:
    parts = [what, f"by {paper['by']}" if paper.get("by") else ""]
    parts.append(f"at {paper['at']}" if paper.get("at") else "")
    parts.append("(signed)" if paper.get("signed") else "")
    text = " ".join(part for part in parts if part)
    return f"{text}: {paper['comment']}" if paper.get("comment") else text


def _break_glass(glass: Object) -> Iterator[str]:
    gates = ", ".join(map(str, _items(glass.get("gates"))))
    expires = moment_of(str(glass.get("expires")))
    yield f"break-glass for {gates} until {expires}: {glass.get('reason')}"
    for answer in _items(glass.get("passedOver")):
        if isinstance(answer, dict):
            needed = f"; {answer['needed']}" if answer.get("needed") else ""
            yield f"break-glass passed over {answer.get('gate')}: {answer.get('said')}{needed}"


def _items(value: Document) -> list[Document]:
    return value if isinstance(value, list) else []
