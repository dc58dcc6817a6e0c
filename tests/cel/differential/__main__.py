"""A long comparison: `python -m tests.cel.differential 200000 [seed]`."""

from __future__ import annotations

import random
import sys
from collections import Counter

from .compare import Case, class_of, differences
from .grammar import Grammar, inputs

STEP = 10_000


class Seeded:
    """Choices from a generator with a seed, so that a run can be repeated."""

    def __init__(self, seed: int) -> None:
        generator = random.Random(seed)
        self.pick = generator.choice
        self.number = generator.randint


def main() -> int:
    wanted = int(sys.argv[1])
    choices = Seeded(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    grammar = Grammar(choices)
    classes: Counter[str] = Counter()
    unexplained = 0
    for _ in range(0, wanted, STEP):
        for difference in differences(
            [Case(grammar.expression(), inputs(choices)) for _ in range(STEP)]
        ):
            name = class_of(difference)
            classes[name] += 1
            if not name:
                unexplained += 1
                print(*difference, sep="\n    ", flush=True)
    for name, count in classes.most_common():
        print(f"{count:7} {name or 'UNEXPLAINED'}")
    print(f"{wanted} expressions, {sum(classes.values())} differences, {unexplained} unexplained")
    return int(unexplained > 0)


if __name__ == "__main__":
    raise SystemExit(main())
