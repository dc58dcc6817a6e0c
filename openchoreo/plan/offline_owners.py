"""Projects, Resources and channels for alerts, rendered without engine and ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from openchoreo.config import StackConfig
from openchoreo.delivery import (
    Action,
    Binding,
    Decision,
    Release,
    Snapshots,
    project_binding_of,
    resource_binding_of,
)
from openchoreo.errors import Collector, Problem
from openchoreo.model import Project, ProjectRelease, Resource_, ResourceRelease
from openchoreo.plan.absence import unknown_resource
from openchoreo.plan.channels import channels_of
from openchoreo.plan.dependencies import PENDING
from openchoreo.plan.managed import Managed, managed_of
from openchoreo.plan.offline_inputs import OfflineInputs, RenderedResource, means, not_there
from openchoreo.plan.owners import DecidedOwner
from openchoreo.plan.projects import rendered_project
from openchoreo.plan.releases import project_snapshot, resource_snapshot
from openchoreo.plan.scope import Key, Scope, by_key
from openchoreo.plan.surroundings import Surroundings
from openchoreo.rendering import OBSERVABILITY_PLANE, RenderedManifest


class OfflineOwners:
    """Raises OpenChoreoError where a name in the inputs means nothing."""

    def __init__(self, inputs: OfflineInputs, found: Collector) -> None:
        self._inputs = inputs
        self._scope = inputs.scope
        self._catalog = inputs.scope.catalog
        self._snapshots = Snapshots()
        self.found = found
        self.warnings: list[Problem] = []
        projects = [(one.namespace, one.name) for one in self._scope.projects]
        resources = [(one.namespace, one.name) for one in self._scope.managed]
        self._bound_projects = by_key(
            inputs.project_bindings, projects, "projectBindings", "project"
        )
        self._bound_resources = by_key(
            inputs.resource_bindings, resources, "resourceBindings", "Resource"
        )

    def environment(self) -> list[RenderedResource]:
        """Objects of the environment itself, in each namespace that has some."""
        objects, warnings = channels_of(
            self._scope, StackConfig(environment=self._scope.environment)
        )
        self.warnings += warnings
        by_namespace: dict[str, list[RenderedManifest]] = {}
        for one in objects:
            metadata = one.manifest["metadata"]
            assert isinstance(metadata, dict)
            manifests = by_namespace.setdefault(str(metadata["namespace"]), [])
            manifests.append(RenderedManifest(OBSERVABILITY_PLANE, one.manifest))
        return [
            RenderedResource(
                chain="environment",
                namespace=namespace,
                project="",
                component="",
                environment=self._scope.environment,
                binding="",
                release="",
                release_from="snapshot",
                manifests=tuple(manifests),
            )
            for namespace, manifests in by_namespace.items()
        ]

    def projects(self, around: Mapping[str, Surroundings]) -> list[RenderedResource]:
        rendered = [
            self.found.attempt(
                lambda project=project: self._project(project, around[project.namespace])
            )
            for project in self._scope.projects
            if project.namespace in around
        ]
        return [one for one in rendered if one is not None]

    def _project(self, project: Project, around: Surroundings) -> RenderedResource:
        environment = self._scope.environment
        bindings = self._catalog.project_bindings_of(project.namespace, project.name, environment)
        config = self._bound_projects.get((project.namespace, project.name))
        values = self._meant(project_binding_of(str(project), project.name, bindings, config))
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

    def managed(
        self, needed: Collection[Key], around: Mapping[str, Surroundings], *, all_of_them: bool
    ) -> dict[Key, Managed]:
        """Resources that have a binding here, and those that components need.

        Where dependencies may stay pending, only what has a binding is there.
        """
        found: dict[Key, Managed] = {}
        strict = PENDING not in self._inputs.relaxed
        for resource in self._scope.managed:
            key = (resource.namespace, resource.name)
            wanted = key in needed or all_of_them
            if wanted and resource.namespace in around:
                one = self.found.attempt(
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
        config = self._bound_resources.get((resource.namespace, resource.name))
        values = self._meant(resource_binding_of(str(resource), resource.name, documents, config))
        if values.undeploy or not (values.bound or asked):
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
        live = around.data_plane.name in self._inputs.live
        return managed_of(decided, release, project, around, live=live, handed={})

    def resource(self, one: Managed) -> RenderedResource:
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

    def _meant(self, values: Binding) -> Binding:
        return values if self._inputs.pins else replace(values, pin=None)

    def _among(
        self, values: Binding, documents: Iterable[ProjectRelease | ResourceRelease]
    ) -> Release | None:
        pin = values.pin
        releases = (self._snapshots.imported(document) for document in documents)
        return next((one for one in releases if pin and means(pin, one)), None)

    def _check_pin(self, values: Binding, release: Release) -> None:
        if values.pin and not means(values.pin, release):
            self.warnings.append(not_there(values.pin, release, values.words.release_kind))


class NoResourceOffline(Struct, frozen=True):
    """Why nothing of a Resource is rendered, for those that depend on it."""

    scope: Scope

    def __call__(self, key: Key, project: str) -> tuple[str, str]:
        known = {(one.namespace, one.name): one for one in self.scope.managed}
        if key not in known or known[key].project != project:
            return unknown_resource(self.scope, key, project)
        return "it cannot be rendered here", f"mend the problems of {key[1]} first"
