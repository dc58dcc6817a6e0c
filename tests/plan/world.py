"""Definitions in a folder, runs of stacks on them without an engine, and what came of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

from openchoreo.catalog import load, read_yaml, survey
from openchoreo.config import StackConfig
from openchoreo.delivery import Stamp
from openchoreo.delivery.credentials import KnownIn
from openchoreo.errors import OpenChoreoError
from openchoreo.plan import (
    Credentials,
    Gating,
    Inputs,
    Isolated,
    Offline,
    OfflineInputs,
    Pipelines,
    Plan,
    PlannedObject,
    isolate,
    make_plan,
    record,
    render_offline,
    scope_of,
    upstream_environments,
)
from openchoreo.workspace.recall import Place, read_exported, recall, recall_others

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class World:
    """Definitions in a folder, and the outputs of stacks that were run on them.

    Whatever a stack deploys is applied; `failing` are components that are not.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.outputs: dict[str, dict[str, Any]] = {}
        self.states: dict[str, dict[str, Any]] = {}
        self.hours = 0
        self.named: dict[str, dict] = {}
        self.lineages: dict[str, str] = {}
        """Of stacks that began anew."""
        self.ways: dict[str, dict[str, Any]] = {}
        """Environment -> what the policy says of where its ledger is."""

    def define(self, *documents: dict | tuple[dict, ...]) -> None:
        """Adds definitions; one of the same kind and name is replaced."""
        for found in documents:
            for one in found if isinstance(found, tuple) else (found,):
                self.named[self._key(one)] = one

    def forget(self, *keys: str) -> None:
        """Takes definitions away, by <Kind> <namespace>/<name>."""
        for key in keys:
            del self.named[key]

    @staticmethod
    def _key(document: dict) -> str:
        metadata = document["metadata"]
        return f"{document['kind']} {metadata.get('namespace', '')}/{metadata['name']}"

    def write(self) -> Path:
        file = self.root / "definitions.yaml"
        file.write_text(yaml.safe_dump_all(self.named.values(), sort_keys=False))
        return file

    def catalog(self, relaxed: Iterable[int] = ()):
        return load([self.write()], relaxed=frozenset(relaxed))

    def plan(
        self,
        stack: str = "development",
        *,
        relaxed: Iterable[int] = (),
        handed: dict | None = None,
        gating: Gating | None = None,
        known_in: KnownIn | None = None,
        allowed: Iterable[tuple[str, str, str]] = (),
        **config,
    ) -> Plan:
        found = self.inputs(stack, relaxed=relaxed, handed=handed, gating=gating, **config)
        if known_in:
            looking = Credentials(
                known_in=known_in,
                scope=found.scope,
                config=found.config,
                allowed=frozenset(allowed),
            )
            found = replace(found, gating=replace(found.gating, credentials=looking))
        return make_plan(found)

    def inputs(
        self,
        stack: str = "development",
        *,
        relaxed: Iterable[int] = (),
        handed: dict | None = None,
        gating: Gating | None = None,
        **config,
    ) -> Inputs:
        differences = frozenset(relaxed)
        settings = StackConfig.model_validate({"environment": stack, **config})
        if settings.on_problem == "isolate":
            definitions = isolate(survey([self.write()], relaxed=differences), stack)
        else:
            definitions = Isolated(self.catalog(relaxed))
        scope = scope_of(definitions.catalog, settings)
        pipelines = Pipelines(scope, differences)
        upstreams = [self.place(one) for one in upstream_environments(scope, pipelines)]
        recalled = recall(
            self.full(stack),
            settings.environment,
            upstreams,
            self.outputs.get,
            lineage=self.lineage_of(stack),
            exported=read_exported(settings.releases),
        )
        return Inputs(
            scope=scope,
            config=settings,
            recalled=recalled,
            pipelines=pipelines,
            relaxed=differences,
            read_yaml=read_yaml,
            read_state=lambda: self.states.get(stack, {}),
            elsewhere=recall_others(
                self.full(stack), settings.environment, settings.project_stacks, self.outputs.get
            ),
            handed=handed or {},
            gating=gating or Gating(),
            broken=definitions,
        )

    def deploy(self, stack: str = "development", *, failing: Iterable[str] = (), **config) -> Plan:
        """A whole run, an hour after the one before."""
        plan = self.plan(stack, **config)
        applied = plan.keys - set(failing)
        self.hours += 1
        outputs = record(plan, applied, Stamp(NOON + timedelta(hours=self.hours), "ada"))
        self.outputs[self.full(stack)] = {
            "pipeline": outputs.pipeline,
            "releases": outputs.releases,
            "summary": outputs.summary,
            "urls": outputs.urls,
        }
        self.states[stack] = {
            f"urn:pulumi:{stack}::shop::{one.manifest['kind']}::{one.name}": one.manifest
            for one in planned_objects(plan)
        }
        return plan

    def refusal(self, stack: str = "development", **config) -> str:
        """The whole text of what a run is refused with, without the files."""
        with pytest.raises(OpenChoreoError) as raised:
            self.plan(stack, **config)
        return without_files(str(raised.value))

    def offline(self, environment: str = "development", **more) -> Offline:
        bindings = more.pop("bindings", {})
        values = parse_bindings_of(bindings)
        catalog = self.catalog(more.get("relaxed", ()))
        scope = scope_of(catalog, StackConfig(environment=environment))
        return render_offline(
            OfflineInputs(scope=scope, bindings=values, read_yaml=read_yaml, **more)
        )

    def lineage_of(self, stack: str) -> str:
        return self.lineages.get(stack, f"lineage-of-{stack}")

    def place(self, environment: str) -> Place:
        return Place(environment, self.full(environment), **self.ways.get(environment, {}))

    @staticmethod
    def full(stack: str) -> str:
        return f"organization/shop/{stack}"

    def summary(self, stack: str = "development") -> dict[str, str]:
        return self.outputs[self.full(stack)]["summary"]

    def current(self, key: str, stack: str = "development") -> str:
        """The name of the release that is recorded."""
        return self.summary(stack)[key].partition(" ")[0]


def parse_bindings_of(bindings: dict):
    config = StackConfig.model_validate({"environment": "any", "bindings": bindings})
    return config.bindings


def without_files(text: str) -> str:
    """Where a problem is in the definitions is what test_places is about."""
    return "\n".join(
        line for line in text.splitlines() if not line.strip().startswith("definitions.yaml:")
    )


def names(plan: Plan) -> dict[str, str]:
    """What is to run: component -> release."""
    return {one.key: one.release.shown for one in plan.components}


def objects(plan: Plan) -> list[str]:
    """Every object as <Kind> <its name among the resources of the stack>."""
    return [f"{planned.manifest['kind']} {planned.name}" for planned in planned_objects(plan)]


def planned_objects(plan: Plan) -> list[PlannedObject]:
    return [
        *plan.objects,
        *_of_projects(plan),
    ]


def _of_projects(plan: Plan) -> list[PlannedObject]:
    return [
        planned
        for project in plan.projects
        for planned in (
            *project.objects,
            *(o for component in project.components for o in component.objects),
            *(o for resource in project.resources for o in resource.objects),
        )
    ]


def variables(plan: Plan, key: str) -> dict[str, str]:
    """The environment variables of a component's Deployment."""
    (found,) = (one for one in plan.components if one.key == key)
    deployment = next(o.manifest for o in found.objects if o.manifest["kind"] == "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    return {entry["name"]: entry.get("value", "") for entry in container.get("env", [])}
