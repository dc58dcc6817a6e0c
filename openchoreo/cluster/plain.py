"""What programs and others have written, as text that no terminal takes for orders."""

from __future__ import annotations

import re

_LONGEST = 300  # characters
_COLOURS = re.compile(r"(\x1b\[[0-9;]*m)")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")
_PLAIN = "\x1b[0m"
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\u00a0-\uffff]")


def one_line(text: object, longest: int = _LONGEST) -> str:
    return _UNPRINTABLE.sub(" ", str(text or "")).strip()[:longest]


def for_terminal(text: str, *, coloured: bool) -> str:
    """A line as it is, but for what would steer the terminal; its own colours end with it."""
    parts = _COLOURS.split(text)
    words = [_CONTROL.sub("", part) for part in parts[::2]]
    if not coloured or len(parts) == 1:
        return "".join(words)
    colours = [*parts[1::2], _PLAIN]
    return "".join(part for pair in zip(words, colours, strict=True) for part in pair)
