"""Rendering without engine and ledger: what the definitions alone make of an environment.

For every component, project and Resource the pinned release where a binding names one that is
among the definitions, else today's snapshot.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from openchoreo.catalog import Catalog
from openchoreo.delivery import (
    Action,
    Binding,
    Decision,
    Pin,
    Release,
    Snapshots,
    binding_of,
    project_binding_of,
    resource_binding_of,
)
from openchoreo.errors import Collector, OpenChoreoError, Problem, Stage
from openchoreo.model import (
    BindingValues,
    Component,
    Project,
    ProjectRelease,
    Resource_,
    ResourceRelease,
    label,
)
from openchoreo.plan.absence import unknown_resource
from openchoreo.plan.dependencies import PENDING, unknown_provider
from openchoreo.plan.managed import Managed, managed_of
from openchoreo.plan.offers import resource_needs
from openchoreo.plan.owners import DecidedOwner
from openchoreo.plan.projects import rendered_project
from openchoreo.plan.releases import project_snapshot, resource_snapshot, snapshot_of
from openchoreo.plan.running import Providers, Running, render_together, running_of
from openchoreo.plan.scope import Key, Scope, resolve_names
from openchoreo.plan.surroundings import ReadYaml, Surroundings, surroundings_by_namespace
from openchoreo.rendering import Rendered, RenderedManifest
from openchoreo.rendering.connections import Target, connection_targets
from openchoreo.rendering.shapes import mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedResource:
    """One component, project or Resource in one environment."""

    chain: Literal["component", "project", "resource"]
    namespace: str
    project: str
    component: str
    """Empty for what is no component."""
    environment: str
    binding: str
    """The name of its binding, written or implied."""
    release: str
    release_from: Literal["pin", "snapshot"]
    manifests: tuple[RenderedManifest, ...]
    resource: str = ""


@dataclass(frozen=True, slots=True)
class Offline:
    """Everything that could be rendered, and what is wrong with the rest."""

    resources: tuple[RenderedResource, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineInputs:
    scope: Scope
    bindings: Mapping[str, BindingValues]
    """As stack config has them, by component name."""
    only: Collection[str] = ()
    """Names of components; all where there are none."""
    relaxed: frozenset[int] = frozenset()
    read_yaml: ReadYaml | None = None


def render_offline(inputs: OfflineInputs) -> Offline:
    """Raises OpenChoreoError only where a name in the inputs means no component."""
    return _Offline(inputs).all()


@dataclass(frozen=True, slots=True)
class _Chosen:
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
        self._only = frozenset(_keys(inputs.only, inputs.scope, "component").values())

    def all(self) -> Offline:
        around = self._surroundings()
        chosen = self._chosen(around)
        managed = self._managed(chosen, around)
        together = render_together(
            [self._running(one) for one in chosen],
            around,
            Providers(
                absent=_Absence(self._scope, self._undeployed),
                no_resource=_NoResource(self._scope),
                resources={key: one.offer for key, one in managed.items()},
            ),
        )
        wanted = [one for one in chosen if not self._only or _key(one.component) in self._only]
        resources = [
            *self._projects(around),
            *(self._resource(one) for one in managed.values()),
            *(
                self._component(one, together.rendered[_key(one.component)])
                for one in wanted
                if _key(one.component) in together.rendered
            ),
        ]
        self._found.add(*together.problems)
        warnings = (*self._catalog.warnings, *self._warnings, *together.warnings)
        return Offline(
            tuple(resources),
            self._scope.placed(self._found.problems),
            self._scope.placed(dict.fromkeys(warnings)),
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
        needed = {(target.namespace, target.component) for target in targets}
        return [component for component in self._scope.components if _key(component) in needed]

    def _choose(self, component: Component) -> _Chosen | None:
        """None for what is undeployed here."""
        namespace, project, name = component.namespace, component.project, component.name
        environment = self._scope.environment
        documents = self._catalog.bindings_of(namespace, project, name, environment)
        values = binding_of(str(component), name, documents, self._bound.get(_key(component)))
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
        if values.pin and not _means(values.pin, release):
            self._warnings.append(_not_there(values.pin, release, "ComponentRelease"))
        return _Chosen(component, written, values, release, "snapshot")

    def _pinned(self, component: Component, values: Binding) -> Release | None:
        pin = values.pin
        if pin is None:
            return None
        documents = self._catalog.releases_of(
            component.namespace, component.project, component.name
        )
        releases = (self._snapshots.imported(document) for document in documents)
        return next((release for release in releases if _means(pin, release)), None)

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

    def _projects(self, around: Mapping[str, Surroundings]) -> list[RenderedResource]:
        """Left out where single components are asked for."""
        if self._only:
            return []
        rendered = [
            self._found.attempt(
                lambda project=project: self._project(project, around[project.namespace])
            )
            for project in self._scope.projects
            if project.namespace in around
        ]
        return [one for one in rendered if one is not None]

    def _project(self, project: Project, around: Surroundings) -> RenderedResource:
        environment = self._scope.environment
        bindings = self._catalog.project_bindings_of(project.namespace, project.name, environment)
        values = project_binding_of(str(project), project.name, bindings)
        documents = self._catalog.project_releases_of(project.namespace, project.name)
        pinned = self._among(values, documents)
        release = pinned or project_snapshot(self._catalog, project, self._snapshots)[0]
        self._check_pin(values, release)
        rendered = rendered_project(project, release.spec, values, around)
        return RenderedResource(
            chain="project",
            namespace=project.namespace,
            project=project.name,
            component="",
            environment=environment,
            binding=bindings[0].name if bindings else f"{project.name}-{environment}",
            release=release.shown,
            release_from="pin" if pinned else "snapshot",
            manifests=rendered.manifests,
        )

    def _managed(
        self, chosen: Iterable[_Chosen], around: Mapping[str, Surroundings]
    ) -> dict[Key, Managed]:
        """Resources that have a binding here, and those that components need.

        Where dependencies may stay pending, only what has a binding is there.
        """
        needed = {
            need.resource
            for one in chosen
            for need in resource_needs(
                "",
                one.component.namespace,
                one.component.project,
                mapping(one.release.spec, "workload"),
            )
        }
        found: dict[Key, Managed] = {}
        strict = PENDING not in self._inputs.relaxed
        for resource in self._scope.managed:
            key = (resource.namespace, resource.name)
            wanted = key in needed or not self._only
            if wanted and resource.namespace in around:
                one = self._found.attempt(
                    lambda resource=resource, asked=strict and key in needed: self._managed_one(
                        resource, around[resource.namespace], asked=asked
                    )
                )
                if one:
                    found[key] = one
        return found

    def _managed_one(
        self, resource: Resource_, around: Surroundings, *, asked: bool
    ) -> Managed | None:
        """None for what nothing binds to this environment and nobody needs."""
        names = (resource.namespace, resource.project, resource.name)
        documents = self._catalog.resource_bindings_of(*names, self._scope.environment)
        values = resource_binding_of(str(resource), resource.name, documents)
        if not (values.bound or asked):
            return None
        pinned = self._among(values, self._catalog.resource_releases_of(*names))
        release = pinned or resource_snapshot(self._catalog, resource, self._snapshots)[0]
        self._check_pin(values, release)
        decided = DecidedOwner(
            namespace=resource.namespace,
            project=resource.project,
            name=resource.name,
            resource=resource,
            binding=values,
            decision=Decision(
                action=Action.DEPLOY, reason="pin" if pinned else "snapshot", release=release
            ),
        )
        project = self._catalog.project(resource.namespace, resource.project)
        return managed_of(decided, release, project, around, live=False, handed={})

    def _resource(self, one: Managed) -> RenderedResource:
        decided = one.decided
        documents = self._catalog.resource_bindings_of(
            decided.namespace, decided.project, decided.name, self._scope.environment
        )
        return RenderedResource(
            chain="resource",
            namespace=decided.namespace,
            project=decided.project,
            component="",
            resource=decided.name,
            environment=self._scope.environment,
            binding=documents[0].name if documents else f"{decided.name}-{self._scope.environment}",
            release=one.release.shown,
            release_from="pin" if decided.decision.reason == "pin" else "snapshot",
            manifests=one.rendered.manifests,
        )

    def _among(
        self, values: Binding, documents: Iterable[ProjectRelease | ResourceRelease]
    ) -> Release | None:
        pin = values.pin
        releases = (self._snapshots.imported(document) for document in documents)
        return next((one for one in releases if pin and _means(pin, one)), None)

    def _check_pin(self, values: Binding, release: Release) -> None:
        if values.pin and not _means(values.pin, release):
            self._warnings.append(_not_there(values.pin, release, values.words.release_kind))


@dataclass(frozen=True)
class _Absence:
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


@dataclass(frozen=True)
class _NoResource:
    """Why nothing of a Resource is rendered, for those that depend on it."""

    scope: Scope

    def __call__(self, key: Key, project: str) -> tuple[str, str]:
        known = {(one.namespace, one.name): one for one in self.scope.managed}
        if key not in known or known[key].project != project:
            return unknown_resource(self.scope, key, project)
        return "it cannot be rendered here", f"mend the problems of {key[1]} first"


def _means(pin: Pin, release: Release) -> bool:
    return pin.name in release.names and pin.digest in {"", release.digest}


def _not_there(pin: Pin, today: Release, kind: str) -> Problem:
    message = f"{pin.text} is not among the definitions; the snapshot of today is rendered instead"
    hint = f"keep its {kind} there, or pin {today.name}"
    return Problem(Stage.DECIDE, pin.resource, pin.path, message, hint)


def _keys(names: Iterable[str], scope: Scope, key: str) -> dict[str, Key]:
    keys, problems = resolve_names({name: (key, name) for name in names}, scope.component_keys)
    if problems:
        raise OpenChoreoError(*problems)
    return keys


def _key(component: Component) -> Key:
    return component.namespace, component.name
