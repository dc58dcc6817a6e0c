"""Outputs as a production stack has them after a while: every component with a history.

Definitions are those of `bench.tree`, planned as a stack does; what ran before is made up from
what would run today. The image changes with every release, and the types changed once as well,
between the last release and the one before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from msgspec import Struct
from msgspec.structs import replace

from bench import tree
from openchoreo.catalog import load, read_yaml
from openchoreo.config import StackConfig
from openchoreo.delivery import (
    Applied,
    Evidence,
    Ledger,
    Outputs,
    Release,
    ReleaseStore,
    Stamp,
    empty_ledger,
    release_name,
)
from openchoreo.delivery.encoding import digest_of
from openchoreo.delivery.record import Offered, Record, after_deploying
from openchoreo.delivery.release import release_of
from openchoreo.document import Document, Object
from openchoreo.plan import (
    Inputs,
    Pipelines,
    Plan,
    PlannedComponent,
    PlannedProject,
    Recalled,
    make_plan,
    record,
    scope_of,
)

FIRST, BEFORE, ENVIRONMENT = "development", "staging", "production"
STACK, UPSTREAM = (f"organization/shop/{name}" for name in (ENVIRONMENT, BEFORE))
PLANNED = 100
"""Of more components the others are copies under other names: planning is not what is measured."""

DOCUMENTS = 4
"""Releases of each component that are kept as documents, the one that runs among them."""

START = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
BETWEEN = timedelta(days=2, hours=3, minutes=7)


class History(Struct, frozen=True):
    """What a stack has, and a run that records one more release of every component."""

    outputs: Outputs
    following: Plan
    stamp: Stamp
    components: Mapping[str, str]
    """Key -> name."""

    def record(self) -> Outputs:
        return record(self.following, self.components, self.stamp)


def history(plan: Plan, entries: int, *, longest: int = 0, long: int = 0) -> History:
    """Every component with so many entries, and the first `long` ones with `longest`."""
    components = tuple(plan.components)
    lengths = [longest if index < long else entries for index in range(len(components))]
    written = _Written()
    releases = [
        tuple(_releases(component, length, written))
        for component, length in zip(components, lengths, strict=True)
    ]
    ledger = _with_records(plan.ledger, components, lengths, releases)
    store = ReleaseStore().with_releases(one for kept in releases for one in kept[:-1])
    names = {component.key: component.name for component in components}
    newest = {key: kept[-1] for key, kept in zip(names, releases, strict=True)}
    following = replace(
        plan,
        projects=tuple(_with_releases(project, newest) for project in plan.projects),
        ledger=ledger,
        store=store,
        kept=frozenset(store.releases),
    )
    stamp = _stamp(max(lengths))
    unchanged = replace(following, projects=())
    return History(record(unchanged, (), stamp), following, stamp, names)


def plan_of(folder: Path, size: int) -> Plan:
    """The first run on `size` components, whose definitions are written into the folder."""
    tree.write(folder, min(size, PLANNED))
    plan = _plan(folder)
    copies = range(max(1, size // PLANNED))
    projects = tuple(_copy(project, index) for index in copies for project in plan.projects)
    ledger = plan.ledger.within(
        namespaces=plan.ledger.scope.namespaces,
        projects=((project.namespace, project.name) for project in projects),
        planes=plan.ledger.planes,
    )
    return replace(plan, projects=projects, ledger=ledger)


def _copy(project: PlannedProject, index: int) -> PlannedProject:
    components = tuple(
        replace(component, project=service.project, name=service.name)
        for component in project.components
        for service in (tree.Service(_number(component) + index * PLANNED),)
    )
    return replace(project, name=components[0].project, components=components)


def _number(component: PlannedComponent) -> int:
    return int(component.name.rpartition("-")[2])


def _plan(folder: Path) -> Plan:
    config = StackConfig(environment=FIRST)
    scope = scope_of(load([folder]), config)
    lineage = str(uuid5(NAMESPACE_URL, STACK))
    recalled = Recalled(stack=STACK, ledger=empty_ledger(lineage, FIRST), documents=ReleaseStore())
    return make_plan(
        Inputs(
            scope=scope,
            config=config,
            recalled=recalled,
            pipelines=Pipelines(scope, frozenset()),
            read_yaml=read_yaml,
        )
    )


class _Written:
    """Types as they were before, each one value for all components that share it."""

    def __init__(self) -> None:
        self._before: dict[int, tuple[Document, Object]] = {}

    def before(self, spec: Document) -> Object:
        assert isinstance(spec, dict)
        if id(spec) not in self._before:
            resources = spec["resources"]
            assert isinstance(resources, list)
            self._before[id(spec)] = (spec, {**spec, "resources": [*resources[:-1]]})
        return self._before[id(spec)][1]


def _releases(component: PlannedComponent, length: int, written: _Written) -> Iterator[Release]:
    """Those that are kept as documents, oldest first, and one that is still to come."""
    spec = component.release.spec
    type_, workload = spec["componentType"], spec["workload"]
    assert isinstance(type_, dict)
    assert isinstance(workload, dict)
    container = workload["container"]
    assert isinstance(container, dict)
    before: Object = {**type_, "spec": written.before(type_["spec"])}
    for number in range(max(0, length - DOCUMENTS), length + 1):
        image = f"registry.example.com/{component.project}/{component.name}:1.{number}.0"
        changed: Object = {**container, "image": image}
        content: Object = {
            **spec,
            "componentType": type_ if number >= length - 1 else before,
            "workload": {**workload, "container": changed},
        }
        yield release_of(component.name, component.release.format, content)


def _with_records(
    ledger: Ledger,
    components: Sequence[PlannedComponent],
    lengths: Sequence[int],
    releases: Sequence[tuple[Release, ...]],
) -> Ledger:
    records = {
        component.key: _record(component, length, kept)
        for component, length, kept in zip(components, lengths, releases, strict=True)
    }
    return ledger.model_copy(update={"environment": ENVIRONMENT, "components": records})


def _record(component: PlannedComponent, length: int, kept: Sequence[Release]) -> Record:
    """Of releases that have no document any more nothing but a digest is known."""
    done = component.done
    assert done is not None
    older = length - len(kept) + 1
    made: Record | None = None
    for number in range(length):
        digest = kept[number - older].digest if number >= older else digest_of(f"{number}")
        made = after_deploying(
            made,
            _applied(component, digest, number),
            _stamp(number),
            Offered(component.project, component.endpoints, {}),
        )
    assert made is not None
    return made


def _applied(component: PlannedComponent, release: str, number: int) -> Applied:
    assert component.done is not None
    changed = {
        "release": release,
        "name": release_name(component.name, release),
        "manifests": digest_of(f"{component.key} {number}"),
        "upstream": (_evidence(number),),
    }
    return component.done.model_copy(update=changed)


def _with_releases(project: PlannedProject, newest: Mapping[str, Release]) -> PlannedProject:
    components = tuple(
        replace(one, release=release, done=_applied(one, release.digest, 0))
        for one in project.components
        for release in (newest[one.key],)
    )
    return replace(project, components=components)


def _evidence(number: int) -> Evidence:
    return Evidence(
        environment=BEFORE,
        stack=UPSTREAM,
        lineage=str(uuid5(NAMESPACE_URL, UPSTREAM)),
        since=_stamp(number).since,
        proof="rendered",
    )


def _stamp(number: int) -> Stamp:
    return Stamp(START + number * BETWEEN, "ada")
