"""Members of a set that is promoted as a whole: each is pinned by it, or the run is refused."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from openchoreo.delivery import commands
from openchoreo.delivery.binding import Pin
from openchoreo.delivery.release import release_name
from openchoreo.delivery.situation import Situation
from openchoreo.errors import Path, Problem, Stage

SET = "openchoreo:set"
"""The key of stack config that names a set."""


def pin_of(subject: str, name: str, release: str, digest: str) -> Pin:
    """The pin of a member, as if the name and the digest of its release were written there."""
    return Pin(f"{release_name(name, release)}@{release}", subject, (SET,), set_=digest)


def as_member(situation: Situation, release: str) -> Situation:
    """The same, pinned by the set that config names, with everything that keeps it from that."""
    pin = pin_of(situation.subject, situation.component, release, situation.set_)
    binding = replace(situation.binding, pin=pin)
    return replace(situation, binding=binding, unfit=tuple(_problems(situation, pin.name)))


def absent(subject: str, name: str, release: str, why: str, hint: str) -> Problem:
    """The problem of a member that this stack does not know at all."""
    shown = release_name(name, release)
    return Problem(Stage.DECIDE, subject, (SET,), f"pins {shown}, and {why}", hint)


def _problems(situation: Situation, shown: str) -> Iterator[Problem]:
    binding, subject = situation.binding, situation.subject
    if binding.pin:
        own = binding.pin
        message = f"pins {own.text}, and {SET} pins {shown}"
        yield Problem(Stage.DECIDE, own.resource, own.path, message, _without(situation, own))
    if binding.hold:
        hint = f"let it go: {commands.lift_hold(situation)}"
        yield _says(situation, binding.path("hold"), "is held", shown, hint)
    if situation.removed:
        path: Path = ("openchoreo:removed", situation.removal)
        hint = f"keep it: {commands.not_remove(situation)}"
        yield _says(situation, path, "is to be removed", shown, hint)
    if binding.undeploy:
        message = f"pins {shown}, and state: Undeploy says that nothing of it runs here"
        hint = f"deploy it: {commands.activate(situation)}"
        yield Problem(Stage.DECIDE, subject, (SET,), message, hint)
    if why := _nowhere(situation):
        yield Problem(Stage.DECIDE, subject, (SET,), f"pins {shown}, and {why[0]}", why[1])


def _says(situation: Situation, path: Path, what: str, shown: str, hint: str) -> Problem:
    message = f"{what}, and {SET} pins {shown}"
    return Problem(Stage.DECIDE, situation.subject, path, message, hint)


def _without(situation: Situation, pin: Pin) -> str:
    if pin.path == situation.binding.pin_path:
        return f"leave it to the set: {commands.lift_pin(situation)}"
    return f"leave it to the set: take {situation.words.pin} out of {pin.resource}"


def _nowhere(situation: Situation) -> tuple[str, str] | None:
    """Why nothing of it can run here, and what would be right."""
    other = f"or name another set: {commands.list_sets()}"
    if not situation.defined:
        return undefined(situation.words.kind), f"restore its definition,\n{other}"
    if situation.pipeline is None:
        return situation.absent, f"restore it in the definitions,\n{other}"
    if situation.environment not in situation.pipeline:
        why = f"{situation.pipeline} does not contain {situation.environment}"
        known = ", ".join(situation.pipeline.environments)
        return why, f"add it to the promotion paths; the pipeline has {known}\n{other}"
    return None


def undefined(kind: str) -> str:
    return f"there is no such {kind} in the definitions"
