"""What a run tells beside what it does: releases that could be deployed, projects that are left."""

from __future__ import annotations

from collections.abc import Iterable

from openchoreo.delivery import Action, Decision, Upstream
from openchoreo.plan.decisions import Decided
from openchoreo.plan.gating import Asked
from openchoreo.plan.owners import DecidedOwner
from openchoreo.plan.scope import text


def notes_of_components(decided: Iterable[Decided]) -> Iterable[str]:
    """What could be deployed and is not, with the command that would."""
    for one in decided:
        if one.decision.available:
            yield _available(text(one.key), one.decision)


def notes_of_upstreams(upstreams: Iterable[Upstream]) -> Iterable[str]:
    for one in upstreams:
        if one.began_anew:
            yield f"{one.environment}: {one.began_anew}"


def notes_of_gates(asked: Iterable[Asked], environment: str) -> Iterable[str]:
    """Why something may newly run; what is refused is told as a problem."""
    for one in asked:
        told = [answer for answer in one.opened.answers if answer.asked]
        if told and one.opened.open:
            over = one.opened.passed_over
            lines = [f"break-glass passes over {a.line}" if a in over else a.line for a in told]
            may = f"{one.subject}: {one.release} may run in {environment}"
            yield "\n  ".join([may, *lines])


def notes_of_owners(decided: Iterable[DecidedOwner]) -> Iterable[str]:
    for one in decided:
        if one.decision.action is Action.KEEP and one.resource is None:
            stays = f"Project {text(one.key)} is no longer defined; its own objects stay"
            yield f"{stays}, until it is removed: {one.decision.hint}"
        elif one.decision.available:
            words = one.binding.words
            yield _available(f"{words.kind} {text(one.key)}", one.decision)


def _available(name: str, decision: Decision) -> str:
    what = f"{name}: {decision.available} is available ({decision.reason})"
    return f"{what}; {decision.hint}" if decision.hint else what
