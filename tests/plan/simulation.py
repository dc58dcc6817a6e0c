"""What people write for four environments and three components, and runs on it without an engine."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from openchoreo.catalog import Catalog, Survey, load, read_yaml, survey
from openchoreo.config import StackConfig, parse
from openchoreo.delivery import Outputs, ReleaseStore, Snapshots, Stamp, snapshot
from openchoreo.delivery.gates import BreakGlass, Papers
from openchoreo.document import digest
from openchoreo.plan import (
    Gating,
    Inputs,
    Isolated,
    Pipelines,
    Plan,
    isolate,
    make_plan,
    record,
    scope_of,
    upstream_environments,
)
from openchoreo.plan.releases import project_snapshot
from openchoreo.policy import Policy, rules_from
from openchoreo.policy import parse as parse_policy
from openchoreo.workspace.papers import read_papers
from openchoreo.workspace.policy_checks import check_gates
from openchoreo.workspace.recall import Place, recall
from tests.plan.definitions import (
    component,
    component_type,
    data_plane,
    endpoint,
    environment,
    manifest,
    needs,
    pipeline,
    project,
)
from tests.plan.rulebook import Rule, Rulebook, Signatures, moment
from tests.plan.world import World

ENVIRONMENTS = ("development", "qa", "staging", "production")
FIRST = ENVIRONMENTS[0]
PATHS = (
    ("development", "qa"),
    ("development", "staging"),
    ("qa", "production"),
    ("staging", "production"),
)
PROJECTS = {"api": "bank", "teller": "bank", "page": "shop"}
COMPONENTS = tuple(PROJECTS)
NEEDS = {"page": "api"}
CLUSTERS = frozenset({"qa"})
"""Stacks that deploy to a cluster."""
TARGETS = {one: {"openchoreo:dataPlanes": '{"default": {"context": "kind"}}'} for one in CLUSTERS}
PRIVILEGED = "worker"
"""The type with a container that may do anything."""
TYPES = ("service", "worker")
NO_SNAPSHOT = ("type", "workload", "field")
"""What can be wrong with a component so that its definitions make no release."""


def key_of(name: str) -> str:
    return f"default/{name}"


@dataclass(frozen=True)
class Content:
    """What a release is made of, as far as it ever changes here."""

    image: int = 1
    level: int = 1
    type_: str = "service"
    revision: int = 1


@dataclass
class Definitions:
    """What developers and the platform team have written."""

    contents: dict[str, Content] = field(
        default_factory=lambda: {name: Content() for name in COMPONENTS}
    )
    revisions: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TYPES, 1))
    auto: set[str] = field(default_factory=lambda: {"api", "page"})
    missing: set[str] = field(default_factory=set)
    """Components whose definitions are gone."""
    broken: dict[str, str] = field(default_factory=dict)
    """Component -> what is wrong with it."""
    outside: set[str] = field(default_factory=set)
    """Environments that the pipeline has lost."""

    def content(self, name: str) -> Content:
        written = self.contents[name]
        return replace(written, revision=self.revisions[written.type_])

    def makes_a_release(self, name: str) -> bool:
        return name not in self.missing and self.broken.get(name) not in NO_SNAPSHOT

    @property
    def readable(self) -> bool:
        """A field that nobody knows stops whoever reads the definitions as a whole."""
        return "field" not in self.broken.values()

    def paths(self) -> tuple[tuple[str, str], ...]:
        return tuple(path for path in PATHS if self.outside.isdisjoint(path))

    def upstreams(self, stack: str) -> tuple[str, ...]:
        return tuple(source for source, target in self.paths() if target == stack)

    def in_pipeline(self, stack: str) -> bool:
        return stack == FIRST or any(stack in path for path in self.paths())

    def documents(self) -> Iterator[dict]:
        yield data_plane()
        yield from (environment(name) for name in ENVIRONMENTS)
        yield pipeline(self.paths() or [(FIRST, "")])
        yield from (project(name) for name in ("bank", "shop"))
        yield from (self._type(name) for name in TYPES)
        for name in COMPONENTS:
            if name not in self.missing:
                yield from self._component(name)

    def _type(self, name: str) -> dict:
        level = {"level": "${parameters.level}", "revision": str(self.revisions[name])}
        debug = {"name": "debug", "image": "debug", "securityContext": {"privileged": True}}
        more = manifest("Pod", "v1", "${metadata.componentName}-more", spec={"containers": [debug]})
        kept = [more] if name == PRIVILEGED else []
        found = component_type(name, manifest("ConfigMap", "v1", data=level), *kept)
        schema = {"type": "object", "properties": {"level": {"type": "string", "default": "0"}}}
        found["spec"]["parameters"] = {"openAPIV3Schema": schema}
        return found

    def _component(self, name: str) -> Iterator[dict]:
        content, wrong = self.contents[name], self.broken.get(name)
        needed = [
            needs(provider, project=PROJECTS[provider], visibility="namespace")
            for consumer, provider in NEEDS.items()
            if consumer == name
        ]
        one, workload = component(
            name,
            of=PROJECTS[name],
            auto=name in self.auto,
            image=f"{name}:{content.image}",
            type_="missing" if wrong == "type" else content.type_,
            needs=needed,
            endpoints={"http": endpoint("namespace")},
        )
        one["spec"]["parameters"] = {"level": 7 if wrong == "parameter" else str(content.level)}
        if wrong == "field":
            workload["spec"]["imagee"] = "x"
        yield one
        if wrong != "workload":
            yield workload


@dataclass(frozen=True)
class Glass:
    """What is passed over, until an hour."""

    gates: tuple[str, ...]
    until: int

    def document(self) -> dict[str, Any]:
        return {
            "gates": [*self.gates],
            "reason": "outage",
            "expires": moment(self.until).isoformat(),
        }


@dataclass
class Said:
    """The config of one stack."""

    bindings: dict[str, dict[str, Any]] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    gates: Rule = field(default_factory=Rule)
    glass: Glass | None = None
    author: str = ""
    """Who wrote its pins, as git tells."""

    def of(self, name: str) -> dict[str, Any]:
        return self.bindings.get(name, {})

    def with_line(self, name: str, **lines: Any) -> Said:
        """A value of None takes the line out."""
        binding = {k: v for k, v in {**self.of(name), **lines}.items() if v is not None}
        others = {key: value for key, value in self.bindings.items() if key != name}
        return replace(self, bindings={**others, **({name: binding} if binding else {})})

    def raw(self) -> dict[str, str]:
        written: dict[str, Any] = {}
        if self.bindings:
            written["openchoreo:bindings"] = json.dumps(self.bindings)
        if self.removed:
            written["openchoreo:removed"] = json.dumps([*self.removed])
        if self.gates != Rule():
            written["openchoreo:gates"] = json.dumps(self.gates.document())
        if self.glass:
            written["openchoreo:breakGlass"] = json.dumps(self.glass.document())
        return written


class Stacks(World):
    """Runs of the four stacks; a run records what it applied, and hands out what it planned."""

    def __init__(self, root: Path, definitions: Definitions, rulebook: Rulebook) -> None:
        super().__init__(root)
        self.definitions = definitions
        self.rulebook = rulebook
        self.begun: Counter[str] = Counter()
        self._found: dict[tuple[str, str], Catalog | Survey] = {}
        self._policies: dict[str, Policy] = {}
        self._papers: dict[str, str] = {}

    def planned(self, stack: str, said: Said, mode: str = "stop") -> Plan:
        """Raises OpenChoreoError where the run is refused."""
        raw = {**said.raw(), **TARGETS.get(stack, {}), "openchoreo:onProblem": mode}
        settings = parse(raw, stack=stack)
        sound = self._isolated(mode, stack)
        scope = scope_of(sound.catalog, settings)
        pipelines = Pipelines(scope, frozenset())
        policy = self._policy()
        recalled = recall(
            self.full(stack),
            settings.environment,
            [self._place(one, stack, policy) for one in upstream_environments(scope, pipelines)],
            self.outputs.get,
            lineage=self.lineage_of(stack),
            exported=ReleaseStore(),
        )
        check_gates(settings, policy)
        return make_plan(
            Inputs(
                scope=scope,
                config=settings,
                recalled=recalled,
                pipelines=pipelines,
                read_yaml=read_yaml,
                read_state=lambda: self.states.get(stack, {}),
                gating=self._gating(policy, settings, said).after(recalled.ledgers),
                broken=sound,
            )
        )

    def lineage_of(self, stack: str) -> str:
        return f"{stack}-{self.begun[stack]}"

    @staticmethod
    def _place(environment: str, stack: str, policy: Policy) -> Place:
        said = policy.upstream(environment)
        strict = stack in policy.environments
        lineage = said.lineage if said else ""
        return Place(environment, World.full(environment), lineage=lineage, strict=strict)

    def _policy(self) -> Policy:
        """Read once as long as nobody changes it."""
        written = self.rulebook.policy()
        known = repr(written)
        if known not in self._policies:
            self._policies = {known: parse_policy(written)}
        return self._policies[known]

    def _gating(self, policy: Policy, settings: StackConfig, said: Said) -> Gating:
        stack, own, glass = settings.environment, rules_from(settings.gates), settings.break_glass
        written = repr(self.rulebook.papers(stack))
        if self._papers.get(stack) != written:
            self.rulebook.write(self.root, stack)
            self._papers[stack] = written
        return Gating(
            rules_of=lambda namespace, project: policy.rules(stack, namespace, project).narrowed(
                own
            ),
            papers=read_papers(stack, Signatures()) if written != "{}" else Papers(),
            now=self.now,
            glass=BreakGlass(glass.gates, glass.reason, glass.until) if glass else None,
            authors_of=lambda _: frozenset({said.author} - {""}),
            digest=digest(policy.document()),
        )

    @property
    def now(self) -> datetime:
        """When the next run is, and when it is recorded."""
        return moment(self.hours + 1)

    def stamp(self, more: int = 0) -> Stamp:
        return Stamp(moment(self.hours + more), "ada")

    def recorded(
        self, stack: str, plan: Plan, failing: Collection[str], needed: Collection[str]
    ) -> Outputs:
        """An hour after the run before; `needed` are releases that other environments need."""
        self.hours += 1
        outputs = record(plan, self.applied(plan, failing), self.stamp(), needed)
        self.outputs[self.full(stack)] = {
            "pipeline": outputs.pipeline,
            "releases": outputs.releases,
            "summary": outputs.summary,
        }
        return outputs

    def destroy(self, stack: str) -> None:
        self.outputs.pop(self.full(stack), None)
        self.begun[stack] += 1
        self.states.pop(stack, None)

    def remember(self, stack: str, plan: Plan, alive: Iterable[Mapping[str, Any]]) -> None:
        """The state of a stack, as the engine has it after a run."""
        own = (one.manifest for project in plan.projects for one in project.objects)
        every = (*own, *(one for objects in alive for one in objects.values()))
        self.states[stack] = {_urn(stack, one): one for one in every}

    @staticmethod
    def applied(plan: Plan, failing: Collection[str]) -> set[str]:
        return {*plan.keys} - {key_of(name) for name in failing}

    def today(self, name: str) -> str:
        """The digest of what the definitions make; empty where they make nothing."""
        if not self.definitions.makes_a_release(name):
            return ""
        catalog = self._isolated("isolate", FIRST).catalog
        found = catalog.component("default", name)
        workload = catalog.workload_of("default", PROJECTS[name], name)
        return snapshot(found, catalog.component_type_of(found), [], workload).digest

    def today_of_project(self, name: str) -> str:
        catalog = self._isolated("stop", FIRST).catalog
        found = catalog.project("default", name)
        return project_snapshot(catalog, found, Snapshots())[0].digest

    def _isolated(self, mode: str, stack: str) -> Isolated:
        """Definitions are read once as long as nobody changes them."""
        known = (repr(self.definitions), mode)
        if known not in self._found:
            self.named = {}
            self.define(*self.definitions.documents())
            read = load if mode == "stop" else survey
            self._found[known] = read([self.write()])
        found = self._found[known]
        return isolate(found, stack) if isinstance(found, Survey) else Isolated(found)


def _urn(stack: str, manifest: dict) -> str:
    metadata = manifest["metadata"]
    place = "/".join(one for one in (metadata.get("namespace"), metadata["name"]) if one)
    return f"urn:pulumi:{stack}::shop::{manifest['kind']}::default/{place}"
