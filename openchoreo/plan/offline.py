"""Rendering without engine and ledger: what the definitions alone make of an environment.

For every component, project and Resource the pinned release where a binding names one that is
among the definitions, else today's snapshot.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from openchoreo.catalog import Catalog
from openchoreo.delivery import Binding, Release, Snapshots, binding_of
from openchoreo.errors import Collector, OpenChoreoError, Problem
from openchoreo.model import Component, label
from openchoreo.plan.dependencies import unknown_provider
from openchoreo.plan.offers import resource_needs
from openchoreo.plan.offline_inputs import OfflineInputs, RenderedResource, means, not_there
from openchoreo.plan.offline_owners import NoResourceOffline, OfflineOwners
from openchoreo.plan.releases import snapshot_of
from openchoreo.plan.running import Providers, Running, render_together, running_of
from openchoreo.plan.scope import Key, Scope, resolve_names
from openchoreo.plan.surroundings import Surroundings, surroundings_by_namespace
from openchoreo.rendering import Rendered
from openchoreo.rendering.connections import Target, connection_targets
from openchoreo.rendering.shapes import mapping


class Offline(Struct, frozen=True):
    """Everything that could be rendered, and what is wrong with the rest."""

    resources: tuple[RenderedResource, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    running: tuple[Running, ...] = ()
    """The components, also those that could not be rendered."""
    undeployed: frozenset[Key] = frozenset()


def render_offline(inputs: OfflineInputs) -> Offline:
    """Raises OpenChoreoError only where a name in the inputs means no component."""
    return _Offline(inputs).all()


class _Chosen(Struct, frozen=True):
    component: Component
    binding: str
    values: Binding
    release: Release
    release_from: Literal["pin", "snapshot"]


class _Offline:
    def __init__(self, inputs: OfflineInputs) -> None:
        self._inputs = inputs
        self._scope = inputs.scope
        self._catalog: Catalog = inputs.scope.catalog
        self._snapshots = Snapshots()
        self._found = Collector()
        self._warnings: list[Problem] = []
        self._undeployed: set[Key] = set()
        self._bound = {
            key: inputs.bindings[name]
            for name, key in _keys(inputs.bindings, inputs.scope, "bindings").items()
        }
        self._owners = OfflineOwners(inputs, self._found)
        self._components = {_key(component): component for component in inputs.scope.components}
        self._only = frozenset(_keys(inputs.only, inputs.scope, "component").values())

    def all(self) -> Offline:
        around = self._surroundings()
        chosen = self._chosen(around)
        managed = self._owners.managed(self._needed(chosen), around, all_of_them=not self._only)
        running = [self._running(one) for one in chosen]
        together = render_together(
            running,
            around,
            Providers(
                absent=_Absence(self._scope, self._undeployed),
                no_resource=NoResourceOffline(self._scope),
                resources={key: one.offer for key, one in managed.items()},
            ),
        )
        wanted = [one for one in chosen if not self._only or _key(one.component) in self._only]
        resources = [
            *([] if self._only else [*self._owners.environment(), *self._owners.projects(around)]),
            *(self._owners.resource(one) for one in managed.values()),
            *(
                self._component(one, together.rendered[_key(one.component)])
                for one in wanted
                if _key(one.component) in together.rendered
            ),
        ]
        self._found.add(*together.problems)
        own = (*self._warnings, *self._owners.warnings)
        warnings = (*self._catalog.warnings, *own, *together.warnings)
        return Offline(
            tuple(resources),
            self._scope.placed(self._found.problems),
            self._scope.placed(dict.fromkeys(warnings)),
            tuple(running),
            frozenset(self._undeployed),
        )

    def _needed(self, chosen: Iterable[_Chosen]) -> frozenset[Key]:
        """Resources that components use."""
        return frozenset(
            need.resource
            for one in chosen
            for need in resource_needs(
                "",
                one.component.namespace,
                one.component.project,
                mapping(one.release.spec, "workload"),
            )
        )

    def _surroundings(self) -> dict[str, Surroundings]:
        inputs, namespaces = self._inputs, self._scope.namespaces
        return surroundings_by_namespace(
            self._scope, namespaces, inputs.relaxed, inputs.read_yaml, self._found
        )

    def _chosen(self, around: Mapping[str, Surroundings]) -> list[_Chosen]:
        """What is asked for, and what that needs; others and their problems do not matter."""
        everything = self._scope.components
        waiting = [one for one in everything if not self._only or _key(one) in self._only]
        found: dict[Key, _Chosen | None] = {}
        while waiting:
            component = waiting.pop()
            if _key(component) in found or component.namespace not in around:
                continue
            chosen = self._found.attempt(lambda component=component: self._choose(component))
            found[_key(component)] = chosen
            waiting += self._providers(chosen) if chosen else []
        kept = (found.get(_key(component)) for component in everything)
        return [one for one in kept if one is not None]

    def _providers(self, one: _Chosen) -> list[Component]:
        owner = one.component
        workload = mapping(one.release.spec, "workload")
        targets = connection_targets(owner.namespace, owner.project, workload)
        needed = dict.fromkeys((target.namespace, target.component) for target in targets)
        return [self._components[key] for key in needed if key in self._components]

    def _choose(self, component: Component) -> _Chosen | None:
        """None for what is undeployed here."""
        namespace, project, name = component.namespace, component.project, component.name
        environment = self._scope.environment
        documents = self._catalog.bindings_of(namespace, project, name, environment)
        values = binding_of(str(component), name, documents, self._bound.get(_key(component)))
        if not self._inputs.pins:
            values = replace(values, pin=None)
        if values.undeploy:
            self._undeployed.add(_key(component))
            return None
        written = documents[0].name if documents else f"{name}-{environment}"
        pinned = self._pinned(component, values)
        if pinned is not None:
            return _Chosen(component, written, values, pinned, "pin")
        release, problems = snapshot_of(self._catalog, component, self._snapshots)
        if release is None:
            raise OpenChoreoError(*problems)
        if values.pin and not means(values.pin, release):
            self._warnings.append(not_there(values.pin, release, "ComponentRelease"))
        return _Chosen(component, written, values, release, "snapshot")

    def _pinned(self, component: Component, values: Binding) -> Release | None:
        pin = values.pin
        if pin is None:
            return None
        documents = self._catalog.releases_of(
            component.namespace, component.project, component.name
        )
        releases = (self._snapshots.imported(document) for document in documents)
        return next((release for release in releases if means(pin, release)), None)

    def _running(self, one: _Chosen) -> Running:
        component, release = one.component, one.release
        workload = self._catalog.workload_of(component.namespace, component.project, component.name)
        subject = label("ComponentRelease", component.namespace, release.shown)
        if workload and one.release_from == "snapshot":
            subject = str(workload)
        return running_of(self._scope, component, release, one.values, subject)

    def _component(self, one: _Chosen, rendered: Rendered) -> RenderedResource:
        component = one.component
        return RenderedResource(
            chain="component",
            namespace=component.namespace,
            project=component.project,
            component=component.name,
            environment=self._scope.environment,
            binding=one.binding,
            release=one.release.shown,
            release_from=one.release_from,
            manifests=rendered.manifests,
        )


class _Absence(Struct, frozen=True):
    """Why nothing of a component is rendered, for those that depend on it."""

    scope: Scope
    undeployed: Collection[Key]

    def __call__(self, target: Target) -> tuple[str, str]:
        found = self.scope.catalog.component(target.namespace, target.component)
        if found is None or found.project != target.project:
            return unknown_provider(target, self.scope.catalog)
        if _key(found) in self.undeployed:
            return f"it is undeployed in {self.scope.environment}", "set its state to Active"
        return "it cannot be rendered here", f"mend the problems of {target.component} first"


def _keys(names: Iterable[str], scope: Scope, key: str) -> dict[str, Key]:
    keys, problems = resolve_names({name: (key, name) for name in names}, scope.component_keys)
    if problems:
        raise OpenChoreoError(*problems)
    return keys


def _key(component: Component) -> Key:
    return component.namespace, component.name
