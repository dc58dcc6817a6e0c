"""Ledgers of stacks, read through Pulumi, so that any backend will do."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import Any

from openchoreo.delivery import Ledger, load_ledger
from openchoreo.errors import Collector, OpenChoreoError, Problem, Stage


@dataclass(frozen=True, slots=True)
class StackLedger:
    stack: str
    ledger: Ledger | None
    """None where nothing of ours has been deployed."""


def read_ledgers(*, only: str = "") -> list[StackLedger]:
    """The ledgers of this project's stacks, or of one.

    Raises OpenChoreoError where Pulumi cannot be asked, or a ledger is not whole.
    """
    names = [only] if only else [str(one["name"]) for one in _json("stack", "ls")]
    found = Collector()
    stacks = [found.attempt(lambda name=name: _stack(name)) for name in names]
    found.raise_if_any()
    return [stack for stack in stacks if stack]


def _stack(name: str) -> StackLedger:
    return StackLedger(name.rpartition("/")[2], _ledger(name))


def _ledger(stack: str) -> Ledger | None:
    text = _json("stack", "output", "--stack", stack).get("pipeline")
    return load_ledger(text, source=f"Stack {stack}") if isinstance(text, str) else None


def _json(*arguments: str) -> Any:
    command = ["pulumi", *arguments, "--json", "--non-interactive"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError:
        hint = 'install Pulumi, or use the engine that make built: eval "$(make -s env)"'
        raise OpenChoreoError(_problem("pulumi is not on PATH", hint)) from None
    if done.returncode:
        said = done.stderr.strip().removeprefix("error: ")
        raise OpenChoreoError(_problem(f"`{' '.join(command[:-2])}` failed: {said}", ""))
    try:
        return json.loads(done.stdout)
    except ValueError:
        said = f"`{' '.join(command[:-2])}` printed no JSON"
        raise OpenChoreoError(_problem(said, "is it Pulumi? see: pulumi version")) from None


def _problem(message: str, hint: str) -> Problem:
    return Problem(Stage.LEDGER, "pulumi", (), message, hint)
