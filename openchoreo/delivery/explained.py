"""Why something runs here, or does not: each step of the decision in words."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from openchoreo.delivery.decision import Action, Decision, decide
from openchoreo.delivery.pins import whereabouts
from openchoreo.delivery.situation import Situation
from openchoreo.document import Object
from openchoreo.errors import OpenChoreoError, format_path


class Step(Struct, frozen=True):
    """What was looked at, and what was found."""

    about: str
    found: tuple[str, ...]

    def document(self) -> Object:
        return {"about": self.about, "found": [*self.found]}


def steps(situation: Situation) -> tuple[Step, ...]:
    """In the order in which a decision looks; gates come after it."""
    found = (
        ("defined", _defined(situation)),
        ("pipeline", _pipeline(situation)),
        ("binding", _binding(situation)),
        ("releases", whereabouts(situation)),
        ("decision", _decision(situation)),
    )
    return tuple(Step(about, tuple(lines)) for about, lines in found)


def _defined(situation: Situation) -> Iterator[str]:
    words = situation.words
    if situation.removed:
        yield "openchoreo:removed names it"
    if not situation.defined:
        yield "the definitions have it no more"
    elif words.chain == "components":
        yield f"{situation.subject} of project {situation.project}"
        yield "autoDeploy is on" if situation.auto_deploy else "autoDeploy is off"
    else:
        yield situation.subject


def _pipeline(situation: Situation) -> Iterator[str]:
    pipeline, here = situation.pipeline, situation.environment
    if pipeline is None:
        yield situation.absent or "there is none"
        return
    yield f"{pipeline}: {', '.join(pipeline.environments)}"
    if here not in pipeline:
        yield f"{here} is not in it"
    elif situation.first:
        yield f"releases enter it in {here}: today's definitions count here"
    else:
        names = " or ".join(one.environment for one in situation.upstreams)
        yield f"{here} gets its releases from {names}"


def _binding(situation: Situation) -> Iterator[str]:
    binding = situation.binding
    if binding.pin:
        where = f"{binding.pin.resource}: {format_path(binding.pin.path)}"
        yield f"pinned to {binding.pin.text} by {where}"
    else:
        yield "no pin"
    if binding.undeploy:
        yield "state: Undeploy"
    if binding.hold:
        yield "held: what is recorded stays"
    if binding.overrides:
        yield f"overrides: {', '.join(binding.overrides)}"


def _decision(situation: Situation) -> Iterator[str]:
    try:
        decision = decide(situation)
    except OpenChoreoError as error:
        yield "refused"
        for problem in error.problems:
            yield from str(problem).splitlines()
        return
    yield _said(decision)
    for evidence in decision.upstream:
        where = evidence.file or evidence.stack
        yield f"{evidence.environment} has had it since {evidence.since} ({where})"
    if decision.available:
        yield f"{decision.available} is available; {decision.hint}"


def _said(decision: Decision) -> str:
    if decision.release is None:
        what = "nothing runs" if decision.action is Action.NOTHING else decision.action.value
        return f"{what}: {decision.reason}"
    return f"{decision.action.value} {decision.release.shown}: {decision.reason}"
