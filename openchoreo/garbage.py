"""Python's garbage collector, kept away from what is made once and lives to the end."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Generator[None]:
    """Garbage is not looked for within, nor later among what was made within: almost all of it is
    there to the end, and looking for it takes a sixth of the time of imports and plans.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
