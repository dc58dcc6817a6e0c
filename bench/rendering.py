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
from openchoreo.catalog import Catalog, load, read_yaml
from openchoreo.config import StackConfig
from openchoreo.delivery import Snapshots
from openchoreo.document import Document, Object
from openchoreo.garbage import uncollected
from openchoreo.model import Component
from openchoreo.plan import OfflineInputs, render_offline, scope_of
from openchoreo.plan.releases import snapshot_of
from openchoreo.plan.surroundings import Surroundings, surroundings_of, uid_of
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
    "plain": f"{TREE:,} generated components, one by one in a plain loop",
}


def example() -> RenderInput:
    """Everything that rendering is given, as a plan would give it."""
    catalog = load([ROOT / "definitions"])
    scope = scope_of(catalog, StackConfig(environment=ENVIRONMENT))
    around = surroundings_of(scope, NAMESPACE, frozenset(), read_yaml)
    component = catalog.component(NAMESPACE, COMPONENT)
    assert component is not None
    return given(catalog, component, around, Snapshots())


def given(
    catalog: Catalog, component: Component, around: Surroundings, snapshots: Snapshots
) -> RenderInput:
    """One component by itself: its snapshot, without overrides and without what it calls."""
    project = catalog.project(component.namespace, component.project)
    release, _ = snapshot_of(catalog, component, snapshots)
    assert project is not None
    assert release is not None
    return RenderInput(
        namespace=component.namespace,
        project=component.project,
        component=component.name,
        environment=ENVIRONMENT,
        component_uid=uid_of(component),
        project_uid=uid_of(project),
        environment_uid=around.environment_uid,
        data_plane_uid=around.data_plane_uid,
        release=release.spec,
        environment_resource=around.environment,
        data_plane=around.data_plane,
        secret_references=around.secret_references,
    )


def loop() -> RenderInput:
    plain = example()
    type_ = plain.release["componentType"]
    assert isinstance(type_, dict)
    spec = type_["spec"]
    assert isinstance(spec, dict)
    templates = spec["resources"]
    assert isinstance(templates, list)
    looped: list[Document] = [templates[0], LOOP]
    changed: Object = {**type_, "spec": {**spec, "resources": looped}}
    return replace(plain, release={**plain.release, "componentType": changed})


def greeter() -> RenderInput | None:
    return next((case.render_input() for case in cases() if str(case) == GREETER), None)


def largest() -> RenderInput | None:
    """Of the samples that the reference renders, the one with the most text."""
    case = max(cases(), key=_size, default=None)
    return case.render_input() if case else None


def _size(case: Case) -> int:
    return case.file.stat().st_size


def whole_tree() -> dict[str, float]:
    """As `openchoreo render` does it: decided and checked together, calls resolved."""

    def together(catalog: Catalog) -> None:
        scope = scope_of(catalog, StackConfig(environment=ENVIRONMENT))
        done = render_offline(OfflineInputs(scope=scope, bindings={}, read_yaml=read_yaml))
        assert not done.problems

    return of_tree(together)


def plain_loop() -> dict[str, float]:
    """The least: one component after the other, and nothing between them."""

    def one_by_one(catalog: Catalog) -> None:
        scope = scope_of(catalog, StackConfig(environment=ENVIRONMENT))
        around = surroundings_of(scope, NAMESPACE, frozenset(), read_yaml)
        snapshots = Snapshots()
        for component in catalog.components:
            render_component(given(catalog, component, around, snapshots))

    return of_tree(one_by_one)


def of_tree(render: Callable[[Catalog], None]) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="openchoreo-bench-") as folder:
        tree.write(Path(folder), TREE)
        with uncollected():
            started = time.perf_counter()
            catalog = load([Path(folder)])
            loaded = time.perf_counter()
            render(catalog)
            done = time.perf_counter()
        return {"reading": loaded - started, "rendering": done - loaded}


TREES = {"tree": whole_tree, "plain": plain_loop}
PREPARED: dict[str, Callable[[], RenderInput | None]] = {
    "example": example,
    "loop": loop,
    "greeter": greeter,
    "largest": largest,
}


def measured(name: str) -> dict[str, float]:
    """Nothing where there are no samples to measure with."""
    if name in TREES:
        return TREES[name]()
    prepared = PREPARED[name]()
    if prepared is None:
        return {}
    first = once(prepared)
    return {"first time": first, "again": statistics.median(once(prepared) for _ in range(AGAIN))}


def once(prepared: RenderInput) -> float:
    started = time.perf_counter()
    render_component(prepared)
    return time.perf_counter() - started


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1])))
