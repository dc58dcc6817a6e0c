"""How results are shown: tables for people, JSON for programs.

Colours and widths are those of the terminal; NO_COLOR and pipes get plain text, in which no line
is cut.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

F = TypeVar("F", bound=Callable[..., Any])

_UNLIMITED = 100_000


def format_option(*more: str) -> Callable[[F], F]:
    """-o text|json, and whatever else a command can be shown as; handed over as `form`."""
    return click.option(
        "-o",
        "--format",
        "--output",
        "form",
        type=click.Choice(("text", "json", *more)),
        default="text",
        show_default=True,
        help="How to show it.",
    )


def console(*, stderr: bool = False) -> Console:
    """Where a command writes."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _UNLIMITED
    return Console(stderr=stderr, width=width, highlight=False, markup=False, emoji=False)


def show_json(document: object) -> None:
    """What is shown, for programs: keys as they were put in, no secrets to hide by then."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def table(heading: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> Table:
    """Columns with two spaces between them; in a narrow terminal long cells are folded."""
    found = Table(*heading, box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for column in found.columns:
        column.overflow = "fold"
    for row in rows:
        found.add_row(*row)
    return found


def show(*parts: Table | Text | Tree | str) -> None:
    """On standard output, without spaces at the ends of lines where it is no terminal."""
    out = console()
    if out.is_terminal:
        for part in parts:
            out.print(part)
        return
    for part in parts:
        with out.capture() as captured:
            out.print(part, soft_wrap=isinstance(part, str))
        click.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))


@contextmanager
def progress(doing: str) -> Generator[None]:
    """A spinner on the terminal while something takes its time; nothing elsewhere."""
    out = console(stderr=True)
    if not out.is_terminal:
        yield
        return
    with out.status(doing):
        yield
