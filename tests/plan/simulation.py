"""What people write for four environments and three components, and runs on it without an engine."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from openchoreo.catalog import Catalog, Survey, load, read_yaml, survey
from openchoreo.config import parse
from openchoreo.delivery import ReleaseStore, Stamp, snapshot
from openchoreo.plan import (
    Inputs,
    Isolated,
    Outputs,
    Pipelines,
    Plan,
    isolate,
    make_plan,
    record,
    scope_of,
    upstream_environments,
)
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
from tests.plan.world import NOON, World

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
        more = [manifest("ConfigMap", "v1", name="${metadata.componentName}-more", data={"a": "b"})]
        kept = more if name == "worker" else []
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


@dataclass
class Said:
    """The config of one stack."""

    bindings: dict[str, dict[str, Any]] = field(default_factory=dict)
    removed: tuple[str, ...] = ()

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
        return written


class Stacks(World):
    """Runs of the four stacks; a run records what it applied, and hands out what it planned."""

    def __init__(self, root: Path, definitions: Definitions) -> None:
        super().__init__(root)
        self.definitions = definitions
        self._found: dict[tuple[str, str], Catalog | Survey] = {}

    def planned(self, stack: str, said: Said, mode: str = "stop") -> Plan:
        """Raises OpenChoreoError where the run is refused."""
        settings = parse({**said.raw(), "openchoreo:onProblem": mode}, stack=stack)
        sound = self._isolated(mode, stack)
        scope = scope_of(sound.catalog, settings)
        pipelines = Pipelines(scope, frozenset())
        places = [Place(one, self.full(one)) for one in upstream_environments(scope, pipelines)]
        recalled = recall(
            self.full(stack),
            settings.environment,
            places,
            self.outputs.get,
            lineage=f"lineage-of-{stack}",
            exported=ReleaseStore(),
        )
        return make_plan(
            Inputs(
                scope=scope,
                config=settings,
                recalled=recalled,
                pipelines=pipelines,
                read_yaml=read_yaml,
                read_state=lambda: self.states.get(stack, {}),
                broken=sound,
            )
        )

    def stamp(self, more: int = 0) -> Stamp:
        return Stamp(NOON + timedelta(hours=self.hours + more), "ada")

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
        self.states.pop(stack, None)

    def remember(self, stack: str, plan: Plan, alive: Iterable[Mapping[str, Any]]) -> None:
        """The state of a stack, as the engine has it after a run."""
        own = (one.manifest for project in plan.projects for one in project.objects)
        every = (*own, *(one for objects in alive for one in objects.values()))
        self.states[stack] = {_urn(stack, one): one for one in every}

    @staticmethod
    def applied(plan: Plan, failing: Collection[str]) -> set[str]:
        return {one.key for one in plan.components} - {key_of(name) for name in failing}

    def today(self, name: str) -> str:
        """The digest of what the definitions make; empty where they make nothing."""
        if not self.definitions.makes_a_release(name):
            return ""
        catalog = self._isolated("isolate", FIRST).catalog
        found = catalog.component("default", name)
        workload = catalog.workload_of("default", PROJECTS[name], name)
        return snapshot(found, catalog.component_type_of(found), [], workload).digest

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
