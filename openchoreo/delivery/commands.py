"""The commands that refusals print: each can be typed as it stands."""

from __future__ import annotations

from openchoreo.delivery.situation import Situation
from openchoreo.errors import Path, format_path


def set_pin(situation: Situation, release: str) -> str:
    return _set(situation, situation.binding.pin_path, release)


def lift_pin(situation: Situation) -> str:
    return _remove(situation, situation.binding.pin_path)


def lift_hold(situation: Situation) -> str:
    return _remove(situation, situation.binding.path("hold"))


def not_remove(situation: Situation) -> str:
    return _remove(situation, ("openchoreo:removed", situation.removal))


def activate(situation: Situation) -> str:
    return _set(situation, situation.binding.path("state"), "Active")


def set_set(stack: str, digest: str) -> str:
    return f"pulumi config set openchoreo:set {digest} --stack {stack}"


def leave_set(stack: str) -> str:
    return f"pulumi config rm openchoreo:set --stack {stack}"


def list_sets() -> str:
    return "python -m openchoreo sets"


def undeploy(situation: Situation) -> str:
    return _set(situation, situation.binding.path("state"), "Undeploy")


def remove(situation: Situation) -> str:
    removal = situation.words.removal(situation.key)
    return _set(situation, ("openchoreo:removed", situation.removal), removal)


def deploy(situation: Situation, stack: str) -> str:
    return f"pulumi up --stack {situation.short(stack)}"


def _set(situation: Situation, path: Path, value: str) -> str:
    stack = situation.short(situation.stack)
    return f"pulumi config set --path '{format_path(path)}' {value} --stack {stack}"


def _remove(situation: Situation, path: Path) -> str:
    stack = situation.short(situation.stack)
    return f"pulumi config rm --path '{format_path(path)}' --stack {stack}"
