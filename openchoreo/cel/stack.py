"""Room for recursion: Python allows a depth for each thread, however much is used in this one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

STEP = 100
"""After so many levels of nesting the work goes on in a thread of its own."""

_NAME = "openchoreo-cel-stack"


def on_new_stack(work: Callable[[], T]) -> T:
    """Runs it in a new thread, and waits."""
    results: list[T] = []
    errors: list[BaseException] = []

    def target() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 (raised again by the caller)
            errors.append(error)

    thread = threading.Thread(target=target, name=_NAME)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


def on_own_stack() -> bool:
    """Whether this is such a thread."""
    return threading.current_thread().name == _NAME
