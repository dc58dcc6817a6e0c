"""Running other programs and taking their time."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.console import ROOT, GiveUp, say


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds that one run took."""

    wall: float
    cpu: float
    """Of the process and of all that it started and waited for."""


Action = Callable[[], object]


def timed(action: Action) -> Taken:
    """What an action takes that runs other programs, one after the other."""
    started, before = time.monotonic(), _children()
    action()
    return Taken(time.monotonic() - started, _children() - before)


def in_turn(actions: Sequence[Action], repeats: int) -> list[tuple[Taken, ...]]:
    """Rounds in which every action runs once: what else the machine does meets them all alike."""
    return [tuple(timed(action) for action in actions) for _ in range(repeats)]


def run(command: Sequence[str], folder: Path, own: Mapping[str, str] | None = None) -> str:
    """What a command prints; it must succeed."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | dict(own or {})
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled
    done = subprocess.run(
        command, capture_output=True, check=False, cwd=folder, env=environment, text=True
    )
    if done.returncode != 0:
        say(done.stdout + done.stderr)
        raise failed(command, done.returncode)
    return done.stdout


def show_output(command: Sequence[str], folder: Path) -> None:
    """Runs a command that speaks for itself."""
    code = subprocess.run(command, check=False, cwd=folder).returncode
    if code != 0:
        raise failed(command, code)


def failed(command: Sequence[str], code: int) -> GiveUp:
    return GiveUp(f"`{' '.join(command)}` failed (exit code {code})")


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
