"""The program of a test repository, which stops at a named point.

`STOP_AT` names the point. There the program kills its engine, as `kill -9` of the process group
does; or it stays as long as the file exists that `STOP_AND_HOLD` names.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

from pulumi.runtime import settings

import openchoreo
from openchoreo.engine import applying, tree

PROGRAM = "from tests.engine import stops\n\nstops.deploy()\n"

_PAUSE = 0.001  # seconds


def deploy() -> None:
    """`openchoreo.deploy()` with the points started, planned, answer <number>, applied, recorded,
    gone <pattern of files> and ended.
    """
    _register_with_points()
    _reach("started")
    openchoreo.deploy()
    _end_with_points()


def _reach(point: str) -> None:
    if point == os.environ.get("STOP_AT"):
        _stop()


def _stop() -> None:
    held = os.environ.get("STOP_AND_HOLD")
    if not held:
        # The engine leads its session and its process group; the program is in another group.
        os.killpg(os.getsid(0), signal.SIGKILL)
        os._exit(1)
    marker = Path(held)
    marker.write_text("")
    while marker.exists():
        time.sleep(_PAUSE)


def _register_with_points() -> None:
    register, register_custom = tree.register, tree.register_custom
    answers = iter(range(1, 1_000))

    async def registered(*arguments: Any) -> Any:
        _reach("planned")
        applied = await register(*arguments)
        _reach("applied")
        return applied

    async def answered(*arguments: Any) -> Any:
        answer = await register_custom(*arguments)
        _reach(f"answer {next(answers)}")
        return answer

    tree.register = registered
    tree.register_custom = applying.register_custom = answered


def _end_with_points() -> None:
    """The SDK's last call returns when the engine has executed every step, deletions included."""
    monitor: Any = settings.get_monitor()
    wait_for_the_end = monitor.SignalAndWaitForShutdown

    def waited(request: Any) -> None:
        _reach("recorded")
        point, _, pattern = os.environ.get("STOP_AT", "").partition(" ")
        if point == "gone":
            threading.Thread(target=_stop_when_gone, args=(pattern,), daemon=True).start()
        wait_for_the_end(request)
        _reach("ended")

    monitor.SignalAndWaitForShutdown = waited


def _stop_when_gone(pattern: str) -> None:
    """When the first of the files is gone that the engine is to delete."""
    present = len(list(Path().glob(pattern)))
    while len(list(Path().glob(pattern))) == present:
        time.sleep(_PAUSE)
    _stop()
