"""Measures this program against a bare Pulumi program that registers the same objects.

Both run in turn, in one run, on the same engine; the ratios are what counts. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import cluster, commands, engine, ledger, rendering, start
from bench.processes import show_output
from bench.projects import Contest, contest
from bench.table import Row, Table, show
from tools.console import ROOT, main, say

SIZES, LARGE = (10, 100), 1000
SECTIONS = {
    "start": "what happens before the first registration",
    "commands": "status, diff and render from a cold shell",
    "engine": "preview and update on a real engine",
    "render": "components and a tree of them, without an engine",
    "ledger": "outputs with history: what they weigh, and reading and writing them",
    "cluster": "a first deployment to a Kubernetes API server",
    "cel": "the expression language by itself",
}


def measure(sections: Sequence[str], sizes: Sequence[int], repeats: int) -> int:
    say(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; medians of {repeats} rounds")
    with tempfile.TemporaryDirectory(prefix="openchoreo-bench-") as folder:
        for table in tables(Path(folder), sections, sizes, repeats):
            show(table)
    if "cel" in sections:
        print(flush=True)
        show_output([sys.executable, "bench/cel.py"], ROOT)
    say(f"load at the end {os.getloadavg()[0]:.1f}")
    return 0


def tables(
    folder: Path, sections: Sequence[str], sizes: Sequence[int], repeats: int
) -> Iterator[Table]:
    if {"start", "engine", "commands"}.intersection(sections):
        for size in sizes:
            both = contest(folder / str(size), size)
            title = f"{size:,} components, {both.objects:,} objects; the other is a bare program"
            yield Table(title, programs(both, sections, repeats))
    if "render" in sections:
        yield Table("Rendering, without an engine", rendering.rows(repeats))
    if "ledger" in sections:
        title = f"Outputs with {ledger.ENTRIES} entries for each component; the other is json alone"
        yield Table(title, ledger.rows(repeats))
    if "cluster" in sections:
        for size in sizes:
            yield Table(
                f"{size:,} components to a cluster, {cluster.version()}", cluster.rows(size)
            )


def programs(both: Contest, sections: Sequence[str], repeats: int) -> Iterator[Row]:
    first = engine.first_update(both)
    both.keep_outputs()
    if "start" in sections:
        yield from start.rows(both, repeats)
    if "engine" in sections:
        yield from engine.rows(both, repeats)
        yield first
    if "commands" in sections:
        yield from commands.rows(both, repeats)


def command() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m bench", description=__doc__)
    explained = "; ".join(f"{name}: {what}" for name, what in SECTIONS.items())
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"{explained}. Default: all")
    parser.add_argument("--sizes", nargs="+", type=int, default=[*SIZES], metavar="COMPONENTS")
    parser.add_argument("--repeats", type=int, default=5, metavar="ROUNDS")
    parser.add_argument("--large", action="store_true", help=f"{LARGE:,} components as well")
    given = parser.parse_args()
    for name in given.sections:
        if name not in SECTIONS:
            parser.error(f"there is no section {name}: choose from {', '.join(SECTIONS)}")
    sizes = [*given.sizes, *([LARGE] if given.large else [])]
    return measure(given.sections or [*SECTIONS], sizes, given.repeats)


if __name__ == "__main__":
    main(command)
