"""What the outputs of a stack weigh, and what reading and writing them costs beside json alone.

Reading is what a run does before it decides: the ledger and the documents, and of these every
one that runs is verified. Writing records one more release of every component.
"""

from __future__ import annotations

import gc
import json
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import histories
from bench.histories import History
from bench.processes import Action, Taken
from bench.table import Pair, Row, ratio
from openchoreo.delivery import Outputs, load_ledger, load_store
from openchoreo.delivery.encoding import encoded
from openchoreo.document import Document

SIZES = (10, 100, 1000)
ENTRIES, LONGEST = 10, 500
ONE_IN = 100
"""Of so many components one has a history of the greatest length."""

BUDGET = 10_000_000
"""Bytes of all outputs at a thousand components."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """Our time and that of json, of each round."""

    reading: list[Pair]
    writing: list[Pair]


def rows(repeats: int) -> Iterator[Row]:
    made = {size: _histories(size) for size in SIZES}
    yield from _weights(made)
    taken = {size: Rounds([], []) for size in SIZES}
    _pair(*reading(made[SIZES[0]][0]))  # the first time, models are built
    for _ in range(repeats):
        for size, (usual, _) in made.items():
            taken[size].reading.append(_pair(*reading(usual)))
            taken[size].writing.append(_pair(*writing(usual)))
    for size in SIZES:
        yield ratio(f"reading, {size:,} components, beside json", taken[size].reading)
        yield ratio(f"writing, {size:,} components, beside json", taken[size].writing)
    small, large = SIZES[-2:]
    for name in ("reading", "writing"):
        both = (_ours(getattr(taken[size], name), size) for size in (large, small))
        pairs = [Pair(*each) for each in zip(*both, strict=True)]
        yield ratio(f"{name} each of {large:,}, beside each of {small:,}", pairs)


def _histories(size: int) -> tuple[History, History]:
    """The usual one, and one with some that are as long as a history can be."""
    with tempfile.TemporaryDirectory(prefix="openchoreo-bench-") as folder:
        plan = histories.plan_of(Path(folder), size)
    usual = histories.history(plan, ENTRIES)
    return usual, histories.history(plan, ENTRIES, longest=LONGEST, long=_some(size))


def _some(size: int) -> int:
    return max(1, size // ONE_IN)


def weights(outputs: Outputs) -> dict[str, int]:
    """Bytes of each output, `summary` as JSON."""
    texts = {
        "pipeline": outputs.pipeline,
        "releases": outputs.releases,
        "summary": json.dumps(outputs.summary),
    }
    return {name: len(text.encode()) for name, text in texts.items()}


def _weights(made: Mapping[int, tuple[History, History]]) -> Iterator[Row]:
    for size, (history, _) in made.items():
        for name, weight in weights(history.outputs).items():
            yield Row(f"{name} of {size:,} components", (in_bytes(weight), "", "", "", ""))
    small, large = SIZES[-2:]
    each = (_total(made[size][0]) / size for size in (large, small))
    yield _compared(f"outputs for each of {large:,}, beside each of {small:,}", *each)
    usual, long = (_total(history) for history in made[large])
    yield _compared(f"outputs of {large:,}, beside the budget", usual, BUDGET)
    yield _compared(f"the same, one in {ONE_IN} with {LONGEST} entries", long, BUDGET)
    entry = (long - usual) / ((LONGEST - ENTRIES) * _some(large))
    yield Row("one entry more", (in_bytes(entry), "", "", "", ""))


def _total(history: History) -> int:
    return sum(weights(history.outputs).values())


def _compared(what: str, ours: float, other: float) -> Row:
    return Row(what, (in_bytes(ours), in_bytes(other), f"{ours / other:.2f}", "", ""))


def in_bytes(value: float) -> str:
    megabytes = value / 1_000_000
    return f"{megabytes:.2f} MB" if megabytes >= 1 else f"{value / 1000:.1f} kB"


def reading(history: History) -> tuple[Action, Action]:
    """As a run does it, and json on the same texts."""
    pipeline, releases = history.outputs.pipeline, history.outputs.releases

    def ours() -> None:
        ledger = load_ledger(pipeline, source="bench")
        store = load_store(releases, source="bench")
        for key, record in ledger.components.items():
            store.release(record.current.release, history.components[key])

    return ours, lambda: (json.loads(pipeline), json.loads(releases))


def writing(history: History) -> tuple[Action, Action]:
    """As a run does it, and json of the texts that come out."""
    after = history.record()
    documents: list[Document] = [json.loads(after.pipeline), json.loads(after.releases)]
    return history.record, lambda: [encoded(document) for document in documents]


def _pair(ours: Action, other: Action) -> Pair:
    return Pair(_taken(ours), _taken(other))


def _taken(action: Action) -> Taken:
    """In this process, and without looking for garbage, as while a plan is made."""
    gc.collect()
    gc.disable()
    started, before = time.perf_counter(), time.process_time()
    action()
    taken = Taken(time.perf_counter() - started, time.process_time() - before)
    gc.enable()
    return taken


def _ours(pairs: Sequence[Pair], size: int) -> list[Taken]:
    """For one component."""
    return [Taken(pair.ours.wall / size, pair.ours.cpu / size) for pair in pairs]
