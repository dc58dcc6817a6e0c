"""The decision what runs here, for one component, project or Resource in one environment.

Nothing that runs is ever removed by absence: where a pin, a definition or a place in the
pipeline has vanished, the run is refused until somebody says what is meant.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from openchoreo.delivery import commands
from openchoreo.delivery.binding import Pin
from openchoreo.delivery.pins import document, pinned, whereabouts
from openchoreo.delivery.record import Entry, Evidence, Record
from openchoreo.delivery.release import Release
from openchoreo.delivery.situation import Situation
from openchoreo.errors import OpenChoreoError, Path, Problem, Stage


class Action(StrEnum):
    """What a run does to it."""

    DEPLOY = "deploy"
    PROMOTE = "promote"
    ROLL_BACK = "roll back"
    KEEP = "keep"
    UNDEPLOY = "undeploy"
    REMOVE = "remove"
    NOTHING = "nothing"


class Decision(Struct, frozen=True, kw_only=True):
    """`release` runs here after the run, or nothing does.

    `upstream` is the evidence on which it may. `available` names a release that would run
    if somebody asked for it, with the command that asks in `hint`.
    """

    action: Action
    reason: str
    release: Release | None = None
    upstream: tuple[Evidence, ...] = ()
    available: str = ""
    hint: str = ""


def decide(situation: Situation) -> Decision:
    """The decision, or OpenChoreoError with the reason why there is none."""
    if situation.unfit:
        raise OpenChoreoError(*situation.unfit)
    if situation.binding.undeploy:
        action = Action.UNDEPLOY if situation.running else Action.NOTHING
        return Decision(action=action, reason="state: Undeploy")
    if situation.removed:
        return _removed(situation)
    if not situation.defined:
        return _undefined(situation)
    if situation.pipeline is None or situation.environment not in situation.pipeline:
        return _nowhere(situation)
    if situation.first:
        return _first_environment(situation)
    return _later_environment(situation)


def _removed(situation: Situation) -> Decision:
    if situation.defined:
        message = f"{situation.key} is to be removed, but is still defined"
        undeploy = "" if situation.seeded else f"or undeploy it: {commands.undeploy(situation)}\n"
        hint = f"remove its definition, {undeploy}or keep it: {commands.not_remove(situation)}"
        raise _refusal(situation, message, hint, ("openchoreo:removed", situation.removal))
    action = Action.REMOVE if situation.running else Action.NOTHING
    return Decision(action=action, reason="openchoreo:removed")


def _undefined(situation: Situation) -> Decision:
    if situation.running is None:
        return Decision(action=Action.NOTHING, reason="no longer defined, and not deployed")
    if situation.seeded:
        return Decision(
            action=Action.KEEP, reason="no longer defined", hint=commands.remove(situation)
        )
    message = _lost(situation, "its definition has vanished")
    hint = f"restore its definition, or remove it: {commands.remove(situation)}"
    raise _refusal(situation, message, hint)


def _nowhere(situation: Situation) -> Decision:
    if situation.seeded:
        return _project_of_the_past(situation)
    if situation.pipeline is None:
        raise _refusal(situation, _lost(situation, situation.absent), _restore(situation))
    return _outside(situation)


def _outside(situation: Situation) -> Decision:
    reason = f"{situation.pipeline} does not contain {situation.environment}"
    if situation.running:
        raise _refusal(situation, _lost(situation, reason), _restore(situation))
    pin = situation.binding.pin
    if pin:
        message = f"{pin.text} cannot run here: {reason}"
        known = situation.pipeline.environments if situation.pipeline else ()
        hint = (
            f"add it to the promotion paths; the pipeline has {_all(known)}\n"
            f"or remove the pin: {_without(situation, pin)}"
        )
        raise OpenChoreoError(Problem(Stage.DECIDE, pin.resource, pin.path, message, hint))
    return Decision(action=Action.NOTHING, reason=reason)


def _project_of_the_past(situation: Situation) -> Decision:
    """Its namespace stays as long as it has history here; what runs in it is refused itself."""
    if situation.running:
        return _recorded(situation, situation.running, "not in the pipeline any more", "")
    if situation.today is None:
        raise OpenChoreoError(*situation.today_problems)
    return _chosen(situation, situation.today, "not in the pipeline any more")


def _without(situation: Situation, pin: Pin) -> str:
    """How to take a pin out of where it is written."""
    if pin.path == situation.binding.pin_path:
        return commands.lift_pin(situation)
    return f"{situation.words.pin} of {pin.resource}"


def _first_environment(situation: Situation) -> Decision:
    pin = situation.binding.pin
    if pin:
        return _chosen(situation, pinned(situation, pin), "pinned", pin=True)
    if situation.auto_deploy and not situation.binding.hold:
        if situation.today is None:
            raise OpenChoreoError(*situation.today_problems)
        return _chosen(situation, document(situation, situation.today.digest), "autoDeploy")
    reason = "held" if situation.binding.hold else situation.not_automatic
    today = situation.today
    if situation.recorded is None:
        return _not_yet(situation, reason, today.name if today else "")
    current = situation.recorded.current
    available = today.name if today and today.digest != current.release else ""
    return _recorded(situation, current, reason, available)


def _later_environment(situation: Situation) -> Decision:
    pin = situation.binding.pin
    if pin:
        return _chosen(situation, pinned(situation, pin), "pinned", pin=True)
    upstream = [record.current for _, record in situation.upstream_records() if record.running]
    available = upstream[0].shown if upstream else ""
    running = situation.running
    if running is None:
        if situation.seeded:
            return _seeded(situation, upstream)
        return _not_yet(situation, "no pin", available)
    if situation.binding.hold or situation.seeded:
        available = available if upstream and upstream[0].release != running.release else ""
        reason = "held" if situation.binding.hold else "no pin"
        return _recorded(situation, running, reason, available)
    raise _pin_vanished(situation, running)


def _seeded(situation: Situation, upstream: list[Entry]) -> Decision:
    """The first release here is the one that runs upstream, as in OpenChoreo's project controller.

    Environments that were deployed before projects were recorded have none to say.
    """
    if upstream:
        return _chosen(situation, document(situation, upstream[0].release), "first release here")
    if situation.today is None:
        raise OpenChoreoError(*situation.today_problems)
    return _chosen(situation, situation.today, "first release here")


def _chosen(situation: Situation, release: Release, why: str, *, pin: bool = False) -> Decision:
    """A release that is to run, whatever ran before."""
    recorded, running = situation.recorded, situation.running
    if running and running.release == release.digest:
        action = Action.KEEP
    elif pin and _ran_before(recorded, release):
        action = Action.ROLL_BACK
    elif situation.first or (recorded and recorded.current.release == release.digest):
        action = Action.DEPLOY
    else:
        action = Action.PROMOTE
    upstream = _evidence(situation, release)
    return Decision(action=action, reason=why, release=release, upstream=upstream)


def _recorded(situation: Situation, entry: Entry, reason: str, available: str) -> Decision:
    """What is recorded stays, and is deployed again where it was undeployed."""
    release = document(situation, entry.release)
    return Decision(
        action=Action.KEEP if situation.running else Action.DEPLOY,
        reason=reason,
        release=release,
        upstream=_evidence(situation, release),
        available=available,
        hint=_way_to(situation, available),
    )


def _way_to(situation: Situation, available: str) -> str:
    """The command after which the available release runs."""
    if not available:
        return ""
    if situation.binding.hold and situation.first and situation.auto_deploy:
        return commands.lift_hold(situation)
    return commands.set_pin(situation, available)


def _ran_before(recorded: Record | None, release: Release) -> bool:
    """Whether it ran here, and another one ran last."""
    return (
        recorded is not None
        and recorded.current.release != release.digest
        and recorded.deployed(release.digest) is not None
    )


def _evidence(situation: Situation, release: Release) -> tuple[Evidence, ...]:
    """What enters the pipeline here needs no evidence from anywhere."""
    return () if situation.first else situation.evidence(release.digest)


def _not_yet(situation: Situation, reason: str, available: str) -> Decision:
    hint = _way_to(situation, available)
    return Decision(action=Action.NOTHING, reason=reason, available=available, hint=hint)


def _pin_vanished(situation: Situation, running: Entry) -> OpenChoreoError:
    lines = [_lost(situation, _vanished(situation, running)), *whereabouts(situation)]
    back = running.set_ and not situation.set_
    command = commands.set_set(situation.short(situation.stack), situation.last_set)
    ways = (
        *([f"name the set again: {command}"] if back else []),
        f"{'or ' if back else ''}pin it again: {commands.set_pin(situation, running.shown)}",
        f"or undeploy it: {commands.undeploy(situation)}",
    )
    path = situation.binding.pin_path
    return _refusal(situation, "\n".join(lines), "\n".join(ways), path)


def _vanished(situation: Situation, running: Entry) -> str:
    """With the set that was the pin, and the one that is no longer."""
    said = "its pin has vanished"
    if running.set_:
        said = f"{said}: it was promoted with set {running.set_}"
    if situation.set_:
        return f"{said}; openchoreo:set, {situation.set_}, does not have it"
    return f"{said}, and openchoreo:set is gone" if running.set_ else said


def _lost(situation: Situation, reason: str) -> str:
    running = situation.running
    return f"runs {running.shown} here, but {reason}" if running else reason


def _restore(situation: Situation) -> str:
    if situation.running is None:
        return "restore it in the definitions"
    kind = situation.words.kind
    what = kind if kind == "Resource" else kind.lower()
    return f"restore it, or undeploy the {what}: {commands.undeploy(situation)}"


def _refusal(situation: Situation, message: str, hint: str, path: Path = ()) -> OpenChoreoError:
    return OpenChoreoError(Problem(Stage.DECIDE, situation.subject, path, message, hint))


def _all(names: tuple[str, ...]) -> str:
    return ", ".join(names)
