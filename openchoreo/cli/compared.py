"""Differences of documents on the terminal."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from rich.text import Text

from openchoreo.document import Document
from openchoreo.forecast import Difference, Missing, Value, shown_path
from openchoreo.provider.yaml_text import yaml_text

_STYLES = {"-": "red", "+": "green"}


def lines_of(found: Difference) -> Iterator[Text]:
    """The path, and below it the old value and the new one; of long texts the lines that differ."""
    yield Text(shown_path(found.path), style="bold")
    for sign, line in _values(found.old, found.new):
        yield Text(f"  {sign} {line}".rstrip(), style=_STYLES.get(sign, ""))


def _values(old: Value, new: Value) -> Iterator[tuple[str, str]]:
    if isinstance(old, str) and isinstance(new, str) and "\n" in old and "\n" in new:
        yield from _changed_lines(old, new)
        return
    for sign, value in (("-", old), ("+", new)):
        if not isinstance(value, Missing):
            yield from ((sign, line) for line in value_lines(value))


def value_lines(value: Document) -> list[str]:
    """As YAML shows it."""
    if isinstance(value, dict) and value:
        return yaml_text(value).splitlines()
    first, *rest = yaml_text({"x": value}).splitlines()
    begun = [] if first == "x:" else [first.removeprefix("x: ")]
    return [*begun, *(line.removeprefix("  ") for line in rest)]


def _changed_lines(old: str, new: str) -> Iterator[tuple[str, str]]:
    """With a line of their surroundings."""
    whole = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=1)
    for line in list(whole)[2:]:
        yield (" ", "...") if line.startswith("@@") else (line[:1], line[1:])
