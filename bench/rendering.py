"""Rendering without an engine: single components in a process of their own, and a whole tree.

    python -m bench.rendering example

prints seconds for the first time and for every further one. Whatever is imported or loaded is so
before the first time.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec.structs import replace

from bench import tree
from bench.processes import run
from bench.table import Row, alone
from openchoreo.catalog import load, read_yaml
from openchoreo.config import StackConfig
from openchoreo.delivery import Snapshots
from openchoreo.document import Document, Object
from openchoreo.plan import OfflineInputs, render_offline, scope_of
from openchoreo.plan.releases import snapshot_of
from openchoreo.plan.surroundings import surroundings_of, uid_of
from openchoreo.rendering import RenderInput, render_component
from tests.differential.cases import Case, cases
from tools.console import ROOT

NAMESPACE, PROJECT, COMPONENT, ENVIRONMENT = "default", "weather", "forecast", "development"
GREETER = "oc-from-image-go-greeter-service/default.greeter-service.development"
AGAIN, TREE = 200, 1000

LOOP: Object = {
    "id": "settings",
    "forEach": "${['a', 'b', 'c', 'd', 'e']}",
    "var": "name",
    "targetPlane": "dataplane",
    "template": {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "${oc_generate_name(metadata.componentName, name)}",
            "namespace": "${metadata.namespace}",
        },
        "data": {"${name}": "${metadata.componentName}-${name}"},
    },
}


def rows(repeats: int) -> Iterator[Row]:
    for name, what in CASES.items():
        taken = [
            json.loads(run([sys.executable, "-m", __name__, name], ROOT)) for _ in range(repeats)
        ]
        if not taken[0]:
            continue
        for when in taken[0]:
            yield alone(f"{what}, {when}", [each[when] for each in taken])


CASES = {
    "example": "the example's forecast service",
    "loop": "a Deployment and forEach over five ConfigMaps",
    "greeter": "greeter service of the samples",
    "largest": "largest component of the samples",
    "tree": f"{TREE:,} generated components, from files to manifests",
}


def example() -> RenderInput:
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


def loop() -> RenderInput:
    given = example()
    type_ = given.release["componentType"]
    assert isinstance(type_, dict)
    spec = type_["spec"]
    assert isinstance(spec, dict)
    templates = spec["resources"]
    assert isinstance(templates, list)
    looped: list[Document] = [templates[0], LOOP]
    changed: Object = {**type_, "spec": {**spec, "resources": looped}}
    return replace(given, release={**given.release, "componentType": changed})


def greeter() -> RenderInput | None:
    return next((case.render_input() for case in cases() if str(case) == GREETER), None)


def largest() -> RenderInput | None:
    """Of the samples that the reference renders, the one with the most text."""
    case = max(cases(), key=_size, default=None)
    return case.render_input() if case else None


def _size(case: Case) -> int:
    return case.file.stat().st_size


def whole_tree() -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="openchoreo-bench-") as folder:
        tree.write(Path(folder), TREE)
        started = time.perf_counter()
        catalog = load([Path(folder)])
        loaded = time.perf_counter()
        scope = scope_of(catalog, StackConfig(environment=ENVIRONMENT))
        done = render_offline(OfflineInputs(scope=scope, bindings={}, read_yaml=read_yaml))
        assert not done.problems
        return {"reading": loaded - started, "rendering": time.perf_counter() - loaded}


PREPARED: dict[str, Callable[[], RenderInput | None]] = {
    "example": example,
    "loop": loop,
    "greeter": greeter,
    "largest": largest,
}


def measured(name: str) -> dict[str, float]:
    """Nothing where there are no samples to measure with."""
    if name == "tree":
        return whole_tree()
    given = PREPARED[name]()
    if given is None:
        return {}
    first = once(given)
    return {"first time": first, "again": statistics.median(once(given) for _ in range(AGAIN))}


def once(given: RenderInput) -> float:
    started = time.perf_counter()
    render_component(given)
    return time.perf_counter() - started


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1])))
