"""How the tools speak: progress on standard error, one sentence where they give up."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INSTALLER = "https://www.pulumi.com/docs/install/"


class GiveUp(Exception):  # noqa: N818 - not a mistake of the program
    """One sentence for the user: what is wrong and the ways out."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def main(command: Callable[[], int]) -> None:
    """Run a tool; what it gives up on is one line, an interrupt is none."""
    try:
        sys.exit(command())
    except GiveUp as reason:
        sys.exit(f"error: {reason}")
    except KeyboardInterrupt:
        sys.exit(130)
