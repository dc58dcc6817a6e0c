"""The gates: each looks at one thing, and says in one line what would satisfy it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from openchoreo.delivery.gates.answers import Answer, Gate
from openchoreo.delivery.gates.papers import Papers
from openchoreo.delivery.gates.rules import Rules
from openchoreo.delivery.record import Entry
from openchoreo.delivery.release import Release
from openchoreo.delivery.situation import Situation

_FORM = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Question:
    """A release that is newly to run somewhere. `authors` are the names of who wrote the pin, where
    git tells.
    """

    situation: Situation
    release: Release
    rules: Rules
    papers: Papers
    now: datetime
    authors: frozenset[str] = frozenset()

    @property
    def upstream_entries(self) -> list[tuple[str, Entry]]:
        """Environments before this one that have deployed it."""
        return [
            (upstream.environment, entry)
            for upstream, record in self.situation.upstream_records()
            if (entry := record.deployed(self.release.digest))
        ]


def rejected(question: Question) -> Answer:
    found = [r for r in question.rules.rejected if r.digest == question.release.digest]
    if not found:
        return Answer("rejected", passed=True, said="nobody has rejected it")
    why = f": {found[0].reason}" if found[0].reason else ""
    return Answer(
        "rejected",
        passed=False,
        said=f"the policy rejects {question.release.shown}{why}",
        needed="run another release",
    )


def freeze(question: Question) -> Answer:
    now = question.now
    frozen = [one for one in question.rules.freezes if one.begin <= now < one.end]
    if not frozen:
        return Answer("freeze", passed=True, said="no freeze now")
    last = max(frozen, key=lambda one: one.end)
    end = _text(last.end)
    why = f" ({last.reason})" if last.reason else ""
    return Answer(
        "freeze",
        passed=False,
        said=f"{question.situation.environment} is frozen{why}",
        needed=f"until {end}",
        until=end,
    )


def upstream(question: Question) -> Answer:
    """Any environment before this one is what the decision asks for already."""
    names = [one.environment for one in question.situation.upstreams]
    if not question.rules.every_upstream or not names:
        return Answer("upstream", passed=True, said="one environment before is enough")
    have = [name for name, _ in question.upstream_entries]
    missing = [name for name in names if name not in have]
    if not missing:
        return Answer("upstream", passed=True, said=f"deployed in {_all(names)}")
    return Answer(
        "upstream",
        passed=False,
        said=f"not deployed in {_all(missing)}",
        needed=f"deploy it in {_all(missing)} as well",
    )


def proof(question: Question) -> Answer:
    entries = question.upstream_entries
    if question.rules.proof == "rendered" or not question.situation.upstreams:
        return Answer("proof", passed=True, said="manifests are proof enough")
    if any(entry.proof == "applied" for _, entry in entries):
        return Answer("proof", passed=True, said="a cluster has reported it ready")
    names = _all(name for name, _ in entries) or _all(
        one.environment for one in question.situation.upstreams
    )
    return Answer(
        "proof",
        passed=False,
        said=f"in {names} it has only been rendered to files",
        needed=f"deploy it to a cluster in {names}",
    )


def soak(question: Question) -> Answer:
    """Since it was first deployed there, in the time in which it has run on."""
    wanted = question.rules.soak
    if not wanted or not question.situation.upstreams:
        return Answer("soak", passed=True, said="no soak asked for")
    ends = [
        (datetime.fromisoformat(e.since) + wanted, name) for name, e in question.upstream_entries
    ]
    if not ends:
        names = _all(one.environment for one in question.situation.upstreams)
        return Answer(
            "soak", passed=False, said=f"has not run in {names}", needed="deploy it there"
        )
    end, name = min(ends)
    since = end - wanted
    if question.now < since:
        return Answer(
            "soak",
            passed=False,
            said=f"{name} deployed it at {_text(since)}, which is later than now",
            needed="set the clock of this machine right",
        )
    if question.now >= end:
        return Answer("soak", passed=True, said=f"has run in {name} since {_text(since)}")
    return Answer(
        "soak",
        passed=False,
        said=f"runs in {name} since {_text(since)}, and has to for {_length(wanted)}",
        needed=f"until {_text(end)}",
        until=_text(end),
    )


def approvals(question: Question) -> Answer:
    wanted = question.rules.approvals
    if not wanted.count:
        return Answer("approvals", passed=True, said="no approval asked for")
    given = question.papers.approvals.get(question.release.digest, ())
    names = dict.fromkeys(
        one.by
        for one in given
        if one.by
        and one.by not in question.authors
        and (not wanted.by or one.by in wanted.by)
        and (one.signed or not wanted.signed)
    )
    if len(names) >= wanted.count:
        return Answer("approvals", passed=True, said=f"approved by {_all(names)}")
    missing = wanted.count - len(names)
    spent = {"", *names, *question.authors}
    others = [name for name in wanted.by if name not in spent]
    who = f" by {_any(others)}" if wanted.by else ""
    had = f"approved by {_all(names)} only" if names else "not approved yet"
    return Answer(
        "approvals",
        passed=False,
        said=had,
        needed=f"needs {missing} more {'signed ' if wanted.signed else ''}"
        f"approval{'s' if missing > 1 else ''}{who} in {_paper(question)}",
    )


def attestations(question: Question) -> Answer:
    wanted = question.rules.attestations
    if not wanted:
        return Answer("attestations", passed=True, said="no check asked for")
    given = question.papers.attestations.get(question.release.digest, ())
    proven = not question.rules.signed_attestations
    passed = {one.check for one in given if one.passed and (one.signed or proven)}
    failed = [one.check for one in given if not one.passed and one.check in wanted]
    missing = [name for name in wanted if name not in passed or name in failed]
    if not missing:
        return Answer("attestations", passed=True, said=f"passed {_all(wanted)}")
    word = "attested" if proven else "attested with a signature"
    said = f"{_all(failed)} has failed" if failed else f"{_all(missing)} has not been {word}"
    files = _all(f"{_folder(question, 'attestations')}/{name}.yaml" for name in missing)
    return Answer("attestations", passed=False, said=said, needed=f"needs {files}")


GATES: Mapping[Gate, Callable[[Question], Answer]] = MappingProxyType(
    {
        "rejected": rejected,
        "freeze": freeze,
        "upstream": upstream,
        "proof": proof,
        "soak": soak,
        "approvals": approvals,
        "attestations": attestations,
    }
)


def _paper(question: Question) -> str:
    return f"{_folder(question, 'approvals')}.yaml"


def _folder(question: Question, kind: str) -> str:
    digest = question.release.digest.removeprefix("sha256:")
    return f"{kind}/{question.situation.environment}/{digest}"


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_FORM)


def _length(length: timedelta) -> str:
    """In the largest unit that fits."""
    seconds = int(length.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _all(names: Iterable[str]) -> str:
    *first, last = [*names] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def _any(names: Iterable[str]) -> str:
    *first, last = [*names] or ["nobody who is left"]
    return f"{', '.join(first)} or {last}" if first else last
