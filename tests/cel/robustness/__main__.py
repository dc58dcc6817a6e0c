"""A long run: `python -m tests.cel.robustness 1000000 [seed]`. Counts outcomes and slow inputs."""

from __future__ import annotations

import sys
import time
from collections import Counter

from openchoreo.cel import CelError, Dialect, Limits
from tests.cel.differential.__main__ import Seeded
from tests.cel.differential.grammar import VARIABLES, inputs

from .soup import source

LIMITS = Limits(steps=20_000, string=100_000, list=10_000)
SLOW = 2.0


def main() -> int:
    wanted = int(sys.argv[1])
    choices = Seeded(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    dialect = Dialect(limits=LIMITS)
    names = frozenset(VARIABLES)
    outcomes: Counter[str] = Counter()
    slowest = 0.0
    for _ in range(wanted):
        text = source(choices)
        start = time.perf_counter()
        try:
            dialect.compile(text, names).evaluate(inputs(choices))
            outcomes["value"] += 1
        except CelError as error:
            outcomes[error.stage] += 1
        except Exception as error:  # noqa: BLE001 (the finding)
            outcomes["WRONG"] += 1
            print(repr(text), repr(error), flush=True)
        taken = time.perf_counter() - start
        slowest = max(slowest, taken)
        if taken > SLOW:
            outcomes["SLOW"] += 1
            print(f"{taken:.1f} s", repr(text), flush=True)
    print(dict(outcomes), f"slowest {slowest:.3f} s")
    return int(bool(outcomes["WRONG"] or outcomes["SLOW"]))


if __name__ == "__main__":
    raise SystemExit(main())
