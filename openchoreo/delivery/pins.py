"""Pins: which release a name means, and whether it may run in this environment."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from msgspec import Struct

from openchoreo.delivery import commands
from openchoreo.delivery.binding import Pin
from openchoreo.delivery.encoding import is_digest
from openchoreo.delivery.record import Entry, Record
from openchoreo.delivery.release import Release
from openchoreo.delivery.situation import Situation
from openchoreo.errors import OpenChoreoError, Problem, Stage

_SHOWN = 5


class _Known(Struct, frozen=True):
    """A release that is known by name; `allowed` where it may run in this environment."""

    names: tuple[str, ...]
    digest: str
    where: str
    allowed: bool

    @property
    def shown(self) -> str:
        return self.names[-1]


def pinned(situation: Situation, pin: Pin) -> Release:
    """The release that a pin names. Raises OpenChoreoError where it must not run here."""
    known = tuple(_known(situation))
    called = [entry for entry in known if pin.name in entry.names]
    if pin.digest and not is_digest(pin.digest):
        message = f"{pin.text} is no release: after the @ must come sha256: and 64 hex digits"
        raise _refusal(situation, pin, [message], _suggestion(situation, pin, known))
    meant = [entry for entry in called if pin.digest in {"", entry.digest}]
    digests = tuple(dict.fromkeys(entry.digest for entry in meant))
    if len(digests) > 1:
        raise _ambiguous(situation, pin, meant)
    if not digests:
        raise _unknown(situation, pin, called, known)
    if digests[0] not in {entry.digest for entry in known if entry.allowed}:
        raise _not_allowed(situation, pin, known)
    return document(situation, digests[0], pin=pin)


def document(situation: Situation, digest: str, *, pin: Pin | None = None) -> Release:
    """The release with this digest, from wherever its document is known."""
    alias = _alias(situation, digest)
    if digest in situation.redacted:
        raise _redacted(situation, digest, pin)
    for release in (situation.today, *situation.imported):
        if release and release.digest == digest:
            return replace(release, alias=alias)
    if digest in situation.documents:
        return situation.documents.release(digest, situation.component, alias=alias)
    name = _name_of(situation, digest)
    message = f"the document of {name} is no longer kept here or upstream"
    hint = "restore it into a directory of exported releases that openchoreo:releases names"
    resource, path = (pin.resource, pin.path) if pin else (situation.subject, ())
    raise OpenChoreoError(Problem(Stage.DECIDE, resource, path, message, hint))


def _name_of(situation: Situation, digest: str) -> str:
    return next((e.shown for e in _known(situation) if e.digest == digest), digest)


def _redacted(situation: Situation, digest: str, pin: Pin | None) -> OpenChoreoError:
    message = f"{_name_of(situation, digest)} {situation.redacted[digest].told}"
    if situation.today and situation.today.digest == digest:
        message += "\ntoday's definitions make it again"
        hint = "take out of them what was redacted; what they make then is another release"
    else:
        hint = "it can run no more; deploy another release"
    resource, path = (pin.resource, pin.path) if pin else (situation.subject, ())
    return OpenChoreoError(Problem(Stage.DECIDE, resource, path, message, hint))


def whereabouts(situation: Situation) -> list[str]:
    """What is known of it here and upstream, a line for each environment."""
    lines: list[str] = []
    for upstream in situation.upstreams:
        unusable = upstream.unusable(situation.namespace, situation.project)
        if unusable or upstream.ledger is None:
            lines.append(f"{upstream.environment}: {unusable}")
        else:
            record = upstream.ledger.recorded(situation.key, chain=situation.words.chain)
            lines.append(f"{upstream.environment} {_history(record)}")
    if situation.recorded:
        lines.append(f"{situation.environment} {_history(situation.recorded)}")
    if situation.first:
        lines.extend(_today(situation))
    return lines


def _known(situation: Situation) -> Iterator[_Known]:
    first = situation.first
    if situation.today:
        yield _known_release(situation.today, "today's definitions", allowed=first)
    for release in situation.imported:
        where = f"{situation.words.release_kind} {release.shown}"
        yield _known_release(release, where, allowed=first)
    for upstream, record in situation.upstream_records():
        yield from _known_entries(record, upstream.environment)
    if situation.recorded:
        yield from _known_entries(situation.recorded, situation.environment)


def _known_release(release: Release, where: str, *, allowed: bool) -> _Known:
    return _Known(release.names, release.digest, where, allowed)


def _known_entries(record: Record, environment: str) -> Iterator[_Known]:
    for entry in record.releases():
        yield _Known(entry.names, entry.release, environment, allowed=True)


def _alias(situation: Situation, digest: str) -> str:
    records = [record for _, record in situation.upstream_records()]
    records += [situation.recorded] if situation.recorded else []
    names = [release.alias for release in situation.imported if release.digest == digest]
    entries = (entry for record in records for entry in record.history)
    names += [entry.alias for entry in entries if entry.alias and entry.release == digest]
    return names[0] if names else ""


def _unknown(
    situation: Situation, pin: Pin, called: list[_Known], known: tuple[_Known, ...]
) -> OpenChoreoError:
    suggestion = _suggestion(situation, pin, known)
    if called:
        others = ", ".join(dict.fromkeys(entry.digest for entry in called))
        message = f"{pin.name} is {others}, not {pin.digest}"
        return _refusal(situation, pin, [message], suggestion)
    message = f"no release of {situation.component} is known as {pin.name}"
    close = _close(pin, known)
    lines = [f"{message}; did you mean {close}?" if close else message]
    return _refusal(situation, pin, [*lines, *whereabouts(situation)], suggestion)


def _ambiguous(situation: Situation, pin: Pin, meant: list[_Known]) -> OpenChoreoError:
    places: dict[str, list[str]] = {}
    for entry in meant:
        places.setdefault(entry.digest, []).append(entry.where)
    lines = [f"{pin.name} names {len(places)} releases"]
    lines += [f"{digest} in {', '.join(where)}" for digest, where in places.items()]
    allowed = next((entry for entry in meant if entry.allowed), meant[0])
    return _refusal(
        situation, pin, lines, commands.set_pin(situation, f"{pin.name}@{allowed.digest}")
    )


def _not_allowed(situation: Situation, pin: Pin, known: tuple[_Known, ...]) -> OpenChoreoError:
    sources = " or ".join(upstream.environment for upstream in situation.upstreams)
    here = situation.environment
    if sources:
        why = f"has not been deployed in {sources}, from where {here} gets its releases"
    else:
        why = f"cannot be promoted: no environment comes before {here}"
    lines = [f"{pin.name} {why}", *whereabouts(situation)]
    return _refusal(situation, pin, lines, _suggestion(situation, pin, known))


def _suggestion(situation: Situation, pin: Pin, known: Iterable[_Known]) -> str:
    """The command that would be right: another pin, or a deployment upstream."""
    if pin.set_:
        alone = commands.leave_set(situation.short(situation.stack))
        return f"name another set: {commands.list_sets()}\nor pin one by one: {alone}"
    allowed = [entry for entry in known if entry.allowed]
    named = any(pin.name in entry.names for entry in allowed)
    close = pin.name if named else _close(pin, allowed)
    running = [record.current for _, record in situation.upstream_records() if record.running]
    if close:
        return commands.set_pin(situation, close)
    if running:
        return commands.set_pin(situation, running[0].shown)
    if allowed:
        return commands.set_pin(situation, allowed[0].shown)
    if situation.upstreams:
        upstream = situation.upstreams[0]
        return upstream.hint or commands.deploy(situation, upstream.stack)
    return commands.lift_pin(situation)


def _close(pin: Pin, known: Iterable[_Known]) -> str:
    names = sorted({name for entry in known for name in entry.names})
    close = difflib.get_close_matches(pin.name, names, n=1, cutoff=_CLOSE)
    return close[0] if close and close[0] != pin.name else ""


_CLOSE = 0.85
"""Names of releases have the component in common; only a slip of the pen is this close."""


def _history(record: Record | None) -> str:
    if record is None:
        return "has not deployed it yet"
    now = f"runs {record.current.shown}" if record.running else "runs nothing now"
    current = record.current.release if record.running else ""
    before = [entry for entry in record.releases() if entry.release != current]
    return f"{now} and has run {_listed(before)}" if before else now


def _listed(entries: list[Entry]) -> str:
    names = [entry.shown for entry in entries[:_SHOWN]]
    more = len(entries) - len(names)
    return ", ".join(names) + (f" and {more} older" if more else "")


def _today(situation: Situation) -> Iterator[str]:
    if situation.today:
        yield f"today's definitions make {situation.today.name}"
    for release in situation.imported:
        yield f"the definitions hold {situation.words.release_kind} {release.shown}"


def _refusal(situation: Situation, pin: Pin, lines: list[str], hint: str) -> OpenChoreoError:
    problem = Problem(Stage.DECIDE, pin.resource, pin.path, "\n".join(lines), hint)
    needs_today = situation.first and situation.today is None
    return OpenChoreoError(problem, *(situation.today_problems if needs_today else ()))
