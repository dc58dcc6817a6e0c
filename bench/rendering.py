"""One component of the example rendered in a process of its own: the first time and again.

    python -m bench.rendering

prints the two in seconds. Whatever is imported or loaded is so before the first time.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Iterator

from bench.processes import run
from bench.table import Row, alone
from openchoreo.catalog import load, read_yaml
from openchoreo.config import StackConfig
from openchoreo.delivery import Snapshots
from openchoreo.plan import scope_of
from openchoreo.plan.releases import snapshot_of
from openchoreo.plan.surroundings import surroundings_of, uid_of
from openchoreo.rendering import RenderInput, render_component
from tools.console import ROOT

NAMESPACE, PROJECT, COMPONENT, ENVIRONMENT = "default", "weather", "forecast", "development"
AGAIN = 200


def rows(repeats: int) -> Iterator[Row]:
    taken = [json.loads(run([sys.executable, "-m", __name__], ROOT)) for _ in range(repeats)]
    for what, key in (("for the first time in a process", "cold"), ("again", "warm")):
        yield alone(f"rendered {what}", [each[key] for each in taken])


def prepared() -> RenderInput:
    """Everything that rendering is given, as a plan would give it."""
    catalog = load([ROOT / "definitions"])
    scope = scope_of(catalog, StackConfig(environment=ENVIRONMENT))
    around = surroundings_of(scope, NAMESPACE, frozenset(), read_yaml)
    component = catalog.component(NAMESPACE, COMPONENT)
    project = catalog.project(NAMESPACE, PROJECT)
    assert component is not None
    assert project is not None
    release, _ = snapshot_of(catalog, component, Snapshots())
    assert release is not None
    return RenderInput(
        namespace=NAMESPACE,
        project=PROJECT,
        component=COMPONENT,
        environment=ENVIRONMENT,
        component_uid=uid_of(component),
        project_uid=uid_of(project),
        environment_uid=around.environment_uid,
        data_plane_uid=around.data_plane_uid,
        release=release.spec,
        environment_resource=around.environment,
        data_plane=around.data_plane,
    )


def measured() -> dict[str, float]:
    given = prepared()
    cold = once(given)
    return {"cold": cold, "warm": statistics.median(once(given) for _ in range(AGAIN))}


def once(given: RenderInput) -> float:
    started = time.perf_counter()
    render_component(given)
    return time.perf_counter() - started


if __name__ == "__main__":
    print(json.dumps(measured()))
