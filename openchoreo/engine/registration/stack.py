"""The stack that runs: its root, and its end."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi.runtime import settings


async def root_urn() -> str:
    """The URN of the stack, parent of everything else."""
    root = settings.get_root_resource()
    urn = await root.urn.future() if root else None
    return urn or ""


def fail_at_the_end(text: str) -> None:
    """Ends the run in error with this text, after the engine has executed every step.

    A program that raises sooner keeps the engine from deleting what is no longer registered. So
    the SDK's last call, which returns when all is done, is what fails.
    """
    monitor: Any = settings.get_monitor()
    wait_for_the_end = monitor.SignalAndWaitForShutdown

    def wait_and_fail(request: Any) -> None:
        wait_for_the_end(request)
        raise pulumi.RunError(text)

    monitor.SignalAndWaitForShutdown = wait_and_fail
