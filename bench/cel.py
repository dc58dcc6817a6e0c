"""The expression language beside Google's cel-expr-python, in turns, in one run.

    python bench/cel.py [--fail]

With --fail the exit status is 1 if an evaluation is slower, or a compilation slower than twice.
The expressions of real templates are read from the samples (OPENCHOREO_SAMPLES), never copied.
Both are given only the variables that the expression uses.
"""

from __future__ import annotations

import ctypes
import os
import re
import statistics
import sys
import timeit
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)  # instead of this folder, whose names are not meant to be imported

from cel_expr_python import cel  # noqa: E402  # pyright: ignore[reportMissingTypeStubs]

from openchoreo.cel import CelError, Dialect  # noqa: E402 (found through the line above)

if sys.version_info < (3, 12):
    # The library takes a reference from None at every null it converts.
    ctypes.c_ssize_t.from_address(id(None)).value += 1 << 48

SAMPLES = Path(os.environ.get("OPENCHOREO_SAMPLES", "") or ROOT.parent / "shared" / "samples")

CONTEXT: dict[str, Any] = {
    "m": {"a": "alpha", "b": 2.0, "labels": {"x": "1", "y": "2"}},
    "items": [{"name": f"n{i}", "value": f"v{i}"} for i in range(10)],
    "metadata": {
        "name": "web-dev-1a2b3c4d",
        "namespace": "dp-default-shop-dev",
        "componentName": "web",
        "componentNamespace": "default",
        "environmentName": "dev",
        "projectName": "shop",
        "resourceName": "db",
        "labels": {"openchoreo.dev/component": "web", "openchoreo.dev/project": "shop"},
        "podSelectors": {"openchoreo.dev/component": "web"},
    },
    "parameters": {
        "database": "orders",
        "port": 8080.0,
        "exposed": True,
        "source": {"type": "log", "query": "error", "metric": "cpu_usage"},
        "condition": {"operator": "gt", "threshold": 5.0, "window": "5m", "interval": "1m"},
        "replicas": 1.0,
        "enabled": True,
        "schedule": "* * * * *",
        "severity": "warning",
        "description": "too many errors",
    },
    "environmentConfigs": {
        "replicas": 2.0,
        "enabled": True,
        "imagePullPolicy": "IfNotPresent",
        "resources": {
            "requests": {"cpu": "100m", "memory": "128Mi"},
            "limits": {"cpu": "1", "memory": "512Mi"},
        },
        "actions": {
            "notifications": {"channels": ["mail", "chat"]},
            "incident": {"enabled": True, "triggerAiRca": False, "triggerAiCostAnalysis": False},
        },
    },
    "environment": {"name": "dev", "defaultNotificationChannel": "mail", "publicVirtualHost": "x"},
    "dataplane": {"name": "dp", "secretStore": "vault", "publicVirtualHost": "example.org"},
    "gateway": {
        "ingress": {
            "external": {
                "name": "gateway-default",
                "namespace": "openchoreo-data-plane",
                "http": {"host": "example.org", "port": 80.0, "listenerName": "http"},
                "https": {"host": "example.org", "port": 443.0, "listenerName": "https"},
            }
        }
    },
    "workload": {
        "container": {
            "image": "registry.example.org/web:1",
            "command": ["run"],
            "args": ["--fast"],
        },
        "endpoints": {
            "http": {
                "port": 8080.0,
                "type": "HTTP",
                "targetPort": 8080.0,
                "basePath": "/api",
                "visibility": ["project", "external"],
            }
        },
    },
    "endpoint": {
        "key": "http",
        "value": {"port": 8080.0, "type": "HTTP", "basePath": "/api", "visibility": ["external"]},
    },
    "applied": {"statefulset": {"status": {"readyReplicas": 1.0, "replicas": 1.0}}},
}

FOUR = (
    ("field", "m.a"),
    ("concatenation", "'prefix-' + m.a + '-' + metadata.name + '-suffix'"),
    ("comprehension of maps", "items.map(i, {'name': i.name, 'value': i.value})"),
    ("has and ternary", "has(m.a) ? m.a : 'none'"),
)

LIBRARIES = ["optional", "strings", "encoders", "math", "lists", "sets", "two-var-comprehensions"]


REAL = 10
LIMITS = {"compile": 2.0, "evaluate": 1.0}
"""Slower than this many times the other is too slow."""

MICROSECONDS = 1e6
ROUNDS = 7
WIDTH = 44
AT_LEAST = 0.01


class Contest(NamedTuple):
    """One expression in one of the two disciplines: seconds of each round, ours and theirs."""

    what: str
    discipline: str
    ours: list[float]
    theirs: list[float]

    @property
    def ratio(self) -> float:
        """Of the best rounds: what disturbs a round only makes it longer."""
        return min(self.ours) / min(self.theirs)

    def line(self) -> str:
        ratios = [a / b for a, b in zip(self.ours, self.theirs, strict=True)]
        ours, theirs = (min(times) * MICROSECONDS for times in (self.ours, self.theirs))
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        what = self.what.replace("|", "\\|")[:WIDTH]
        return (
            f"| {self.discipline:8} | {what:{WIDTH}} | {ours:7.2f} | {theirs:7.2f} "
            f"| {self.ratio:5.2f} | {spread:>14} |"
        )


HEAD = f"""\
|          | {f"best of {ROUNDS} rounds, in microseconds":{WIDTH}} |    ours |   other | ratio |         spread |
|---|:--|--:|--:|--:|--:|"""


def other_dialect() -> Any:
    text = "extensions:\n" + "".join(f"- name: {name}\n" for name in LIBRARIES)
    config = cel.NewEnvConfigFromYaml(text)
    return cel.NewEnv(config=config, variables=dict.fromkeys(CONTEXT, cel.Type.DYN))


def real_expressions() -> Iterator[str]:
    """Distinct expressions of the stock definitions, the longest first."""
    folder = SAMPLES / "platform" / "getting-started"
    if not folder.is_dir():
        return
    text = "\n".join(path.read_text() for path in sorted(folder.rglob("*.yaml")))
    found: set[str] = {match.strip() for match in re.findall(r"\$\{([^{}\n]+)\}", text)}
    yield from sorted(found, key=lambda e: (-len(e), e))


def both(source: str, ours: Dialect, theirs: Any) -> bool:
    """Whether both know the expression and agree on its value."""
    try:
        mine = ours.compile(source, frozenset(CONTEXT)).evaluate(CONTEXT)
        value = theirs.compile(source).eval(data=CONTEXT)
    except (CelError, RuntimeError):
        return False
    return value.type() != cel.Type.ERROR and value.plain_value() == mine


def chosen(ours: Dialect, theirs: Any) -> list[tuple[str, str]]:
    real = [source for source in real_expressions() if both(source, ours, theirs)]
    step = max(1, len(real) // REAL)  # across the lengths, not ten of a kind
    return [*FOUR, *((source, source) for source in real[::step][:REAL])]


def in_turns(first: Callable[[], object], second: Callable[[], object]) -> list[list[float]]:
    """Seconds for one call, of each round."""
    timers = [timeit.Timer(first), timeit.Timer(second)]
    counts = [max(1, int(AT_LEAST / (timer.timeit(20) / 20))) for timer in timers]
    taken: list[list[float]] = [[], []]
    for _ in range(ROUNDS):
        for times, timer, count in zip(taken, timers, counts, strict=True):
            times.append(timer.timeit(count) / count)
    return taken


def contests() -> Iterator[Contest]:
    ours, theirs = Dialect(), other_dialect()
    names = frozenset(CONTEXT)
    for what, source in chosen(ours, theirs):
        data = {name: CONTEXT[name] for name in CONTEXT if re.search(rf"\b{name}\b", source)}
        program, expression = ours.compile(source, names), theirs.compile(source)

        def compile_ours(text: str = source) -> object:
            return ours.compile(text, names)

        def compile_theirs(text: str = source) -> object:
            return theirs.compile(text)

        def evaluate_ours(it: Any = program, given: Any = data) -> object:
            return it.evaluate(given)

        def evaluate_theirs(it: Any = expression, given: Any = data) -> object:
            return it.eval(data=given).plain_value()

        yield Contest(what, "compile", *in_turns(compile_ours, compile_theirs))
        yield Contest(what, "evaluate", *in_turns(evaluate_ours, evaluate_theirs))


def main() -> int:
    print(HEAD)
    done: list[Contest] = []
    for contest in contests():
        print(contest.line(), flush=True)
        done.append(contest)
    missing = len(FOUR) + REAL - len(done) // 2
    if missing:
        print(f"NOT RUN: {missing} expressions of real templates; no samples at {SAMPLES}")
    slow = [contest for contest in done if contest.ratio > LIMITS[contest.discipline]]
    for discipline, limit in LIMITS.items():
        ratios = [contest.ratio for contest in done if contest.discipline == discipline]
        print(
            f"{discipline}: {min(ratios):.2f} to {max(ratios):.2f} of theirs, "
            f"median {statistics.median(ratios):.2f}, limit {limit}"
        )
    print(f"{len(slow)} of {len(done)} are too slow")
    return int("--fail" in sys.argv and bool(slow))


if __name__ == "__main__":
    raise SystemExit(main())
