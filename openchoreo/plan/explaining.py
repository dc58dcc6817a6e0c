"""Why something runs in an environment, or does not, with what the policy's gates say."""

from __future__ import annotations

from msgspec.structs import replace

from openchoreo.delivery import COMPONENTS, PROJECTS, Pin, Situation, Step, Words, decide, steps
from openchoreo.delivery.gates import Answer
from openchoreo.errors import OpenChoreoError
from openchoreo.plan.around import Around
from openchoreo.plan.decisions import Deciding
from openchoreo.plan.gating import Asking
from openchoreo.plan.inputs import Inputs
from openchoreo.plan.owners import DecidingOwners
from openchoreo.plan.scope import Key
from openchoreo.plan.sets import named_set


def explain(inputs: Inputs, words: Words, key: Key) -> tuple[Step, ...]:
    """The steps, in order. Raises OpenChoreoError where names in the config mean nothing."""
    situation = _situation(inputs, words, key)
    gates = Step("gates", _gates(inputs, situation))
    promoted = _promoted(situation)
    if promoted:
        gates = Step("gates, if promoted", _gates(inputs, promoted))
    return (*steps(situation), gates)


def _promoted(situation: Situation) -> Situation | None:
    """The same with a pin of what runs upstream, where that would be the next thing to do."""
    try:
        decision = decide(situation)
    except OpenChoreoError:
        return None
    if not decision.available or situation.first:
        return None
    binding = situation.binding
    pin = Pin(decision.available, situation.subject, binding.pin_path)
    return replace(situation, binding=replace(binding, pin=pin))


def _situation(inputs: Inputs, words: Words, key: Key) -> Situation:
    named = named_set(inputs.config.set_, inputs.recalled)
    asking = Asking(inputs.gating)
    if words is COMPONENTS:
        deciding = Deciding(inputs.scope, inputs.config, inputs.recalled, inputs.pipelines, asking)
        deciding.read_names(named)
        return deciding.situation(key)
    around = Around(inputs.scope, inputs.recalled, inputs.pipelines)
    owners = DecidingOwners(around, inputs.config, asking)
    owners.read_names(named)
    if words is PROJECTS:
        return owners.project_situation(key)
    return owners.resource_situation(key)


def gates_of(inputs: Inputs, words: Words, key: Key) -> tuple[Answer, ...]:
    """What each gate says of what would newly run; none where nothing would.

    Raises OpenChoreoError where there is no decision.
    """
    situation = _situation(inputs, words, key)
    return inputs.gating.look(situation, decide(situation)).answers


def _gates(inputs: Inputs, situation: Situation) -> tuple[str, ...]:
    try:
        opened = inputs.gating.look(situation, decide(situation))
    except OpenChoreoError:
        return ("not asked",)
    if not opened.answers:
        return ("not asked: nothing newly runs",)
    passed = {answer.gate for answer in opened.passed_over}
    return tuple(
        f"{_word(answer.passed, answer.gate in passed)} {answer.line}" for answer in opened.answers
    )


def _word(passed: bool, passed_over: bool) -> str:
    if passed:
        return "open"
    return "passed over" if passed_over else "closed"
