"""The expression language beside Google's cel-expr-python: microseconds, in one run.

    python bench/cel.py [--fail]

With --fail the exit status is 1 if an evaluation is slower, or a compilation slower than twice.
The expressions of real templates are read from the samples (OPENCHOREO_SAMPLES), never copied.
"""

from __future__ import annotations

import ctypes
import os
import re
import sys
import timeit
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from cel_expr_python import cel  # noqa: E402 (the project's root comes first)

from openchoreo.cel import CelError, Dialect  # noqa: E402

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


def other_dialect() -> Any:
    text = "extensions:\n" + "".join(f"- name: {name}\n" for name in LIBRARIES)
    config = cel.NewEnvConfigFromYaml(text)
    return cel.NewEnv(config=config, variables=dict.fromkeys(CONTEXT, cel.Type.DYN))


def real_expressions() -> Iterator[str]:
    """Distinct expressions of the stock definitions, the longest first."""
    file = SAMPLES / "platform" / "getting-started"
    if not file.is_dir():
        return
    text = "\n".join(path.read_text() for path in sorted(file.rglob("*.yaml")))
    found = {match.strip() for match in re.findall(r"\$\{([^{}\n]+)\}", text)}
    yield from sorted(found, key=lambda e: (-len(e), e))


def both(source: str, ours: Dialect, theirs: Any) -> bool:
    """Whether both know the expression and agree on its value."""
    try:
        mine = ours.compile(source, frozenset(CONTEXT)).evaluate(CONTEXT)
        value = theirs.compile(source).eval(data=CONTEXT)
    except (CelError, RuntimeError):
        return False
    return value.type() != cel.Type.ERROR and value.plain_value() == mine


def rows(ours: Dialect, theirs: Any) -> list[tuple[str, str]]:
    real = [source for source in real_expressions() if both(source, ours, theirs)]
    # Ten across the lengths, not ten of a kind.
    step = max(1, len(real) // 10)
    return [*FOUR, *((source[:44], source) for source in real[::step][:10])]


def microseconds(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    """The best of several runs each, taken in turns."""
    timers = [timeit.Timer(first), timeit.Timer(second)]
    counts = [max(1, int(0.02 / (timer.timeit(20) / 20))) for timer in timers]
    best = [float("inf"), float("inf")]
    for _ in range(7):
        for place, (timer, count) in enumerate(zip(timers, counts, strict=True)):
            best[place] = min(best[place], timer.timeit(count) / count)
    return best[0] * 1e6, best[1] * 1e6


def main() -> int:
    ours, theirs = Dialect(), other_dialect()
    names = frozenset(CONTEXT)
    bad = 0
    print(f"{'':46}{'compile':^30}{'evaluate':^30}")
    print(f"{'microseconds':46}{'ours':>10}{'theirs':>10}{'ratio':>10}" * 1, end="")
    print(f"{'ours':>10}{'theirs':>10}{'ratio':>10}")
    chosen = rows(ours, theirs)
    for title, source in chosen:
        compiled = microseconds(
            lambda s=source: ours.compile(s, names), lambda s=source: theirs.compile(s)
        )
        program, expression = ours.compile(source, names), theirs.compile(source)
        evaluated = microseconds(
            lambda p=program: p.evaluate(CONTEXT),
            lambda e=expression: e.eval(data=CONTEXT).plain_value(),
        )
        ratios = compiled[0] / compiled[1], evaluated[0] / evaluated[1]
        bad += (ratios[0] > 2) + (ratios[1] > 1)
        print(
            f"{title:46}{compiled[0]:10.2f}{compiled[1]:10.2f}{ratios[0]:10.2f}"
            f"{evaluated[0]:10.2f}{evaluated[1]:10.2f}{ratios[1]:10.2f}"
        )
    if len(chosen) < len(FOUR) + 10:
        print(f"NOT RUN: {len(FOUR) + 10 - len(chosen)} rows from samples; none at {SAMPLES}")
    print("ok" if not bad else f"{bad} rows are too slow")
    return int("--fail" in sys.argv and bad > 0)


if __name__ == "__main__":
    raise SystemExit(main())
