"""Comparisons as rows of a table that can be pasted into a document."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bench.processes import Taken

COLUMNS = ("what", "ours", "other", "ours / other", "lowest to highest", "CPU time")
WIDTHS = (48, 8, 8, 12, 18, 8)


@dataclass(frozen=True, slots=True)
class Pair:
    """The same thing done by us and by what we compare with, right after each other."""

    ours: Taken
    other: Taken


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    rows: Iterable[Row]


def ratio(what: str, pairs: Sequence[Pair]) -> Row:
    """How often the other's time; pair by pair, so that slow moments of the machine cancel out."""
    ratios = [pair.ours.wall / pair.other.wall for pair in pairs]
    of_cpu = statistics.median(pair.ours.cpu / pair.other.cpu for pair in pairs)
    return _compared(what, pairs, ratios, "{:.2f}".format, f"{of_cpu:.2f}")


def difference(what: str, pairs: Sequence[Pair]) -> Row:
    """How much more than the other: for what everybody pays, as the start of the interpreter."""
    more = [pair.ours.wall - pair.other.wall for pair in pairs]
    of_cpu = statistics.median(pair.ours.cpu - pair.other.cpu for pair in pairs)
    return _compared(what, pairs, more, lambda value: f"+{duration(value)}", f"+{duration(of_cpu)}")


def alone(what: str, taken: Sequence[float]) -> Row:
    """Seconds that have nothing to be compared with."""
    between = f"{duration(min(taken))} to {duration(max(taken))}"
    return Row(what, (duration(statistics.median(taken)), "", "", between, ""))


def _compared(
    what: str,
    pairs: Sequence[Pair],
    values: Sequence[float],
    form: Callable[[float], str],
    cpu: str,
) -> Row:
    cells = (
        duration(statistics.median(pair.ours.wall for pair in pairs)),
        duration(statistics.median(pair.other.wall for pair in pairs)),
        form(statistics.median(values)),
        f"{form(min(values))} to {form(max(values))}" if len(values) > 1 else "once",
        cpu,
    )
    return Row(what, cells)


def duration(value: float) -> str:
    if value >= 1:
        return f"{value:.2f} s"
    milliseconds = value * 1000
    return f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.2f} ms"  # noqa: PLR2004


def show(table: Table) -> None:
    """Row by row, as they are taken."""
    print(f"\n{table.title}\n", flush=True)
    print(line(COLUMNS), flush=True)
    print(line([":" + "-" * (WIDTHS[0] - 1), *("-" * (w - 1) + ":" for w in WIDTHS[1:])]))
    for row in table.rows:
        print(line([row.what, *row.cells]), flush=True)


def line(cells: Sequence[str]) -> str:
    padded = [f"{cell:>{width}}" for cell, width in zip(cells, WIDTHS, strict=True)]
    return f"| {' | '.join([f'{cells[0]:<{WIDTHS[0]}}', *padded[1:]])} |"
