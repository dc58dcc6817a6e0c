"""The first runs of a repository, rehearsed without an engine: each as if all that went before had
been applied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from openchoreo.catalog import Catalog, Survey, read_yaml
from openchoreo.config import PREFIX, StackConfig
from openchoreo.delivery import CHAINS, Ledger, ReleaseStore, Stamp, load_ledger
from openchoreo.document import Object
from openchoreo.errors import Collector, Problem
from openchoreo.model import API_VERSION, Environment, parse
from openchoreo.plan import (
    Gating,
    Inputs,
    Pipelines,
    isolate,
    make_plan,
    record,
    scope_of,
    upstream_environments,
)
from openchoreo.plan.onboarding import FirstRun, first_runs
from openchoreo.policy import Policy
from openchoreo.workspace.gathering import credentials_of
from openchoreo.workspace.recall import Place, recall

_WHEN = Stamp(datetime(2000, 1, 1, tzinfo=UTC), "rehearsal")


class Rehearsed(Struct, frozen=True):
    """How one environment ends: what runs there, and what could and does not."""

    environment: str
    components: int
    resources: int
    projects: int
    available: tuple[str, ...]
    refused: bool = False
    """Whether nothing could be looked at."""


class Rehearsal(Struct, frozen=True):
    """`problems` are told with the environments that have them."""

    runs: tuple[FirstRun, ...]
    environments: tuple[Rehearsed, ...]
    problems: Mapping[Problem, tuple[str, ...]]


def rehearse(found: Survey, relaxed: frozenset[int], rules: Policy | None = None) -> Rehearsal:
    """Whatever is wrong is told in the result. Gates that need time or people are not asked."""
    return _Rehearsing(found, relaxed, rules or Policy()).all()


def missing_planes(catalog: Catalog) -> tuple[tuple[str, str, str], ...]:
    """Kind, namespace and name of data planes that environments need and nothing defines."""
    planes = (
        _plane_of(environment)
        for environment in catalog.environments
        if catalog.data_plane(environment.spec.data_plane_ref, environment.namespace) is None
    )
    return tuple(dict.fromkeys(planes))


def _plane_of(environment: Environment) -> tuple[str, str, str]:
    reference = environment.spec.data_plane_ref
    kind = reference.kind if reference else "ClusterDataPlane"
    namespace = environment.namespace if kind == "DataPlane" else ""
    return kind, namespace, reference.name if reference else "default"


def _with_planes(catalog: Catalog) -> Catalog:
    """With stand-ins for data planes that are not there, so that the rest can be looked at."""
    found = [parse(_stand_in(*plane)).resource for plane in missing_planes(catalog)]
    return catalog.with_resources({one.key: one for one in found})


def _stand_in(kind: str, namespace: str, name: str) -> Object:
    listener: Object = {"host": "example.test", "port": 80}
    gateway: Object = {"name": "gateway", "namespace": "gateways", "http": {**listener}}
    spec: Object = {
        "planeID": name,
        "clusterAgent": {"clientCA": {"value": ""}},
        "secretStoreRef": {"name": "default"},
        "gateway": {"ingress": {"external": gateway, "internal": {**gateway}}},
    }
    metadata: Object = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": spec}


class _Rehearsing:
    def __init__(self, found: Survey, relaxed: frozenset[int], rules: Policy) -> None:
        self._found = replace(found, catalog=_with_planes(found.catalog))
        self._relaxed = relaxed
        self._rules = rules
        self._outputs: dict[str, Object] = {}
        self._problems: dict[str, tuple[Problem, ...]] = {}
        self._notes: dict[str, tuple[str, ...]] = {}

    def all(self) -> Rehearsal:
        before = dict(self._upstreams())
        order = _in_order(before)
        above = {name: _above(name, before) for name in order}
        runs = first_runs(self._found.catalog, order, above)
        for run in runs:
            self._problems[run.environment] = self._run(run)
        return Rehearsal(runs, tuple(map(self._rehearsed, order)), self._told())

    def _upstreams(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Of each environment that a pipeline has."""
        for name in dict.fromkeys(one.name for one in self._found.catalog.environments):
            scope = scope_of(self._found.catalog, StackConfig(environment=name))
            pipelines = Pipelines(scope, self._relaxed)
            found = (pipelines.of(project) for project in scope.projects)
            if any(one and name in one for one in found):
                yield name, upstream_environments(scope, pipelines)

    def _run(self, run: FirstRun) -> tuple[Problem, ...]:
        """Records what it would deploy. The problems that are left."""
        found = Collector()
        plan = found.attempt(lambda: make_plan(self._inputs(run)))
        if plan is None:
            return self._own(found.problems)
        outputs = record(plan, plan.keys, _WHEN)
        self._outputs[run.environment] = {
            "pipeline": outputs.pipeline,
            "releases": outputs.releases,
        }
        self._notes[run.environment] = plan.notes
        return self._own(plan.problems)

    def _own(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Those that reading the definitions has not told already."""
        return tuple(one for one in problems if one not in self._found.problems)

    def _inputs(self, run: FirstRun) -> Inputs:
        definitions = isolate(self._found, run.environment)
        config = StackConfig.model_validate(
            {"environment": run.environment, "onProblem": "isolate", **_bindings(run)}
        )
        scope = scope_of(definitions.catalog, config)
        pipelines = Pipelines(scope, self._relaxed)
        return Inputs(
            scope=scope,
            config=config,
            recalled=recall(
                run.environment,
                run.environment,
                [Place(name, name) for name in upstream_environments(scope, pipelines)],
                self._outputs.get,
                lineage="rehearsal",
                exported=ReleaseStore(),
            ),
            pipelines=pipelines,
            relaxed=self._relaxed,
            read_yaml=read_yaml,
            gating=Gating(credentials=credentials_of(scope, config, self._rules)),
            broken=definitions,
        )

    def _rehearsed(self, name: str) -> Rehearsed:
        text = self._outputs.get(name, {}).get("pipeline")
        ledger = (
            load_ledger(text, source=name)
            if isinstance(text, str)
            else Ledger(lineage="", environment=name)
        )
        running = {
            chain: sum(one.running for one in ledger.records(chain).values()) for chain in CHAINS
        }
        return Rehearsed(
            name,
            running["components"],
            running["resources"],
            running["projects"],
            self._notes.get(name, ()),
            refused=not isinstance(text, str),
        )

    def _told(self) -> dict[Problem, tuple[str, ...]]:
        found: dict[Problem, list[str]] = {}
        for name, problems in self._problems.items():
            for problem in problems:
                found.setdefault(problem, []).append(name)
        return {problem: tuple(names) for problem, names in found.items()}


def _bindings(run: FirstRun) -> dict[str, dict[str, Object]]:
    """What stack config says for a run."""
    found: dict[str, dict[str, Object]] = {}
    for words, key in run.undeployed:
        found.setdefault(words.config.removeprefix(PREFIX), {})[key] = {"state": "Undeploy"}
    for (words, key), pin in run.pins.items():
        found.setdefault(words.config.removeprefix(PREFIX), {})[key] = {words.pin: pin}
    return found


def _in_order(before: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Each after those before it, otherwise as they are."""
    found: dict[str, None] = {}
    for name in before:
        for one in (*_above(name, before), name):
            found.setdefault(one)
    return tuple(found)


def _above(name: str, before: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """All that releases go through on their way here, the first one first."""
    found: dict[str, None] = {}
    for upstream in before.get(name, ()):
        for one in (*_above(upstream, before), upstream):
            found.setdefault(one)
    return tuple(found)
