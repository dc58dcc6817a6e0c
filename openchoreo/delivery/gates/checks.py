"""The gates: each looks at one thing, and says in one line what would satisfy it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from openchoreo.delivery.gates.answers import Answer, Gate
from openchoreo.delivery.gates.question import CLOCK, Question, listed, moment
from openchoreo.delivery.gates.soaking import soak


def rejected(question: Question) -> Answer:
    found = [r for r in question.rules.rejected if r.digest == question.release.digest]
    if not found:
        return Answer("rejected", passed=True, said="nobody has rejected it", asked=False)
    why = f": {found[0].reason}" if found[0].reason else ""
    return Answer(
        "rejected",
        passed=False,
        said=f"the policy rejects {question.release.shown}{why}",
        needed="run another release",
    )


def freeze(question: Question) -> Answer:
    now = question.now
    if not question.rules.freezes:
        return Answer("freeze", passed=True, said="no freezes", asked=False)
    if question.clock_is_behind:
        said = f"it is {moment(now)} here, and {moment(question.latest)} is recorded already"
        return Answer("freeze", passed=False, said=said, needed=CLOCK)
    frozen = [one for one in question.rules.freezes if one.begin <= now < one.end]
    if not frozen:
        return Answer("freeze", passed=True, said="no freeze now")
    last = max(frozen, key=lambda one: one.end)
    end = moment(last.end)
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
        return Answer("upstream", passed=True, said="one environment before is enough", asked=False)
    have = [name for name, _ in question.upstream_entries]
    missing = [name for name in names if name not in have]
    if not missing:
        return Answer("upstream", passed=True, said=f"deployed in {listed(names)}")
    return Answer(
        "upstream",
        passed=False,
        said=f"not deployed in {listed(missing)}",
        needed=f"deploy it in {listed(missing)} as well",
    )


def proof(question: Question) -> Answer:
    entries = question.upstream_entries
    if question.rules.proof == "rendered" or not question.situation.upstreams:
        return Answer("proof", passed=True, said="manifests are proof enough", asked=False)
    if any(entry.proof == "applied" for _, entry in entries):
        return Answer("proof", passed=True, said="a cluster has reported it ready")
    names = listed(name for name, _ in entries) or listed(
        one.environment for one in question.situation.upstreams
    )
    return Answer(
        "proof",
        passed=False,
        said=f"in {names} it has only been rendered to files",
        needed=f"deploy it to a cluster in {names}",
    )


def approvals(question: Question) -> Answer:
    wanted = question.rules.approvals
    if not wanted.count:
        return Answer("approvals", passed=True, said="no approval asked for", asked=False)
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
        return Answer("approvals", passed=True, said=f"approved by {listed(names)}")
    missing = wanted.count - len(names)
    spent = {"", *names, *question.authors}
    others = [name for name in wanted.by if name not in spent]
    who = f" by {_any(others)}" if wanted.by else ""
    had = f"approved by {listed(names)} only" if names else "not approved yet"
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
        return Answer("attestations", passed=True, said="no check asked for", asked=False)
    given = question.papers.attestations.get(question.release.digest, ())
    proven = not question.rules.signed_attestations
    passed = {one.check for one in given if one.passed and (one.signed or proven)}
    failed = [one.check for one in given if not one.passed and one.check in wanted]
    missing = [name for name in wanted if name not in passed or name in failed]
    if not missing:
        return Answer("attestations", passed=True, said=f"passed {listed(wanted)}")
    word = "attested" if proven else "attested with a signature"
    said = f"{listed(failed)} has failed" if failed else f"{listed(missing)} has not been {word}"
    files = listed(f"{_folder(question, 'attestations')}/{name}.yaml" for name in missing)
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


def _any(names: Iterable[str]) -> str:
    *first, last = [*names] or ["nobody who is left"]
    return f"{', '.join(first)} or {last}" if first else last
