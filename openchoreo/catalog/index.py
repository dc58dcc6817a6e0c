"""The Catalog: all resources of the definitions, found the way OpenChoreo finds them.

Pure: files and their text come in through `load`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, TypeVar

from openchoreo.catalog import checks
from openchoreo.catalog.places import Place
from openchoreo.model import (
    CLUSTER_SCOPED,
    Component,
    ComponentRelease,
    ComponentType,
    ComponentTypeRef,
    DataPlane,
    DataPlaneRef,
    DeploymentPipeline,
    Environment,
    Key,
    NotificationChannel,
    Project,
    ProjectRelease,
    ProjectReleaseBinding,
    ProjectType,
    ReleaseBinding,
    Resource,
    Resource_,
    ResourceRelease,
    ResourceReleaseBinding,
    ResourceType,
    SecretReference,
    Trait,
    Workload,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from openchoreo.errors import Path, Problem

R = TypeVar("R", bound=Resource)


class Source(Protocol):
    """Where a resource was read from."""

    @property
    def file(self) -> str: ...

    def where(self, path: Path) -> Place: ...


@dataclass(frozen=True)
class Catalog:
    """Resources by kind, namespace and name. Equal where these are; files do not matter.

    Everything that is listed is sorted by namespace and name.
    """

    resources: Mapping[Key, Resource]
    sources: Mapping[Key, Source] = field(default_factory=dict[Key, Source], compare=False)
    warnings: tuple[Problem, ...] = field(default=(), compare=False)
    skipped: Mapping[str, int] = field(default_factory=dict[str, int], compare=False)
    descriptors: tuple[str, ...] = field(default=(), compare=False)
    """Files of workload descriptors."""

    def __post_init__(self) -> None:
        ordered = dict(sorted(self.resources.items(), key=lambda item: item[0]))
        object.__setattr__(self, "resources", MappingProxyType(ordered))

    def get(self, kind: str, namespace: str, name: str) -> Resource | None:
        """The namespace is ignored for cluster-scoped kinds."""
        scope = "" if kind in CLUSTER_SCOPED else namespace
        return self.resources.get((kind, scope, name))

    def of_kind(self, *kinds: str) -> tuple[Resource, ...]:
        return tuple(
            resource for kind in sorted(set(kinds)) for resource in self._by_kind.get(kind, ())
        )

    def names(self, kind: str, namespace: str) -> tuple[str, ...]:
        """What there is of a kind, for messages."""
        scope = "" if kind in CLUSTER_SCOPED else namespace
        return tuple(resource.name for resource in self._by_scope.get((kind, scope), ()))

    def without(self, keys: Collection[Key]) -> Catalog:
        """As if these had not been written."""
        kept = {key: one for key, one in self.resources.items() if key not in keys}
        return replace(self, resources=kept)

    def with_resources(self, resources: Mapping[Key, Resource]) -> Catalog:
        """As if these had been written as well, or instead of those of the same keys."""
        return replace(self, resources={**self.resources, **resources})

    @cached_property
    def namespaces(self) -> tuple[str, ...]:
        return tuple(sorted({namespace for _, namespace, _ in self.resources} - {""}))

    # One kind each, so that a name of the wrong kind cannot slip through.

    @property
    def projects(self) -> tuple[Project, ...]:
        return self._all(Project, "Project")

    @property
    def components(self) -> tuple[Component, ...]:
        return self._all(Component, "Component")

    @property
    def environments(self) -> tuple[Environment, ...]:
        return self._all(Environment, "Environment")

    @property
    def pipelines(self) -> tuple[DeploymentPipeline, ...]:
        return self._all(DeploymentPipeline, "DeploymentPipeline")

    def project(self, namespace: str, name: str) -> Project | None:
        return self._find(Project, "Project", namespace, name)

    def component(self, namespace: str, name: str) -> Component | None:
        return self._find(Component, "Component", namespace, name)

    def environment(self, namespace: str, name: str) -> Environment | None:
        return self._find(Environment, "Environment", namespace, name)

    def pipeline(self, namespace: str, name: str) -> DeploymentPipeline | None:
        return self._find(DeploymentPipeline, "DeploymentPipeline", namespace, name)

    def pipeline_of(self, project: Project) -> DeploymentPipeline | None:
        return self.pipeline(project.namespace, project.spec.deployment_pipeline_ref.name)

    def component_type(self, kind: str, namespace: str, name: str) -> ComponentType | None:
        """By the kind of the reference, and `name` with or without the workload type."""
        return self._find(ComponentType, kind, namespace, name.rpartition("/")[2])

    def component_type_of(self, component: Component) -> ComponentType | None:
        ref: ComponentTypeRef = component.spec.component_type
        return self.component_type(ref.kind, component.namespace, ref.type_name)

    def trait(self, kind: str, namespace: str, name: str) -> Trait | None:
        return self._find(Trait, kind, namespace, name)

    def project_type(self, kind: str, namespace: str, name: str) -> ProjectType | None:
        return self._find(ProjectType, kind, namespace, name)

    def resource_type(self, kind: str, namespace: str, name: str) -> ResourceType | None:
        return self._find(ResourceType, kind, namespace, name)

    def data_plane(self, ref: DataPlaneRef | None, namespace: str) -> DataPlane | None:
        """Without a reference: the DataPlane `default`, then the ClusterDataPlane `default`."""
        named = (
            [("DataPlane", "default"), ("ClusterDataPlane", "default")]
            if ref is None
            else [(ref.kind, ref.name)]
        )
        found = (self._find(DataPlane, kind, namespace, name) for kind, name in named)
        return next((plane for plane in found if plane), None)

    def secret_references(self, namespace: str) -> dict[str, SecretReference]:
        """Those of a namespace, by name."""
        found = self._by_scope.get(("SecretReference", namespace), ())
        return {item.name: item for item in found if isinstance(item, SecretReference)}

    def default_notification_channel(self, namespace: str, environment: str) -> str:
        """The first channel that calls itself the default of the environment, or the only one.

        OpenChoreo's controller makes the channel that was created first the default.
        """
        channels = self.notification_channels(namespace, environment)
        named = [channel for channel in channels if channel.spec.is_env_default]
        only = channels if len(channels) == 1 else ()
        return next((channel.name for channel in (*named, *only)), "")

    def notification_channels(
        self, namespace: str, environment: str
    ) -> tuple[NotificationChannel, ...]:
        found = self._by_scope.get(("ObservabilityAlertsNotificationChannel", namespace), ())
        return tuple(
            channel
            for channel in found
            if isinstance(channel, NotificationChannel) and channel.spec.environment == environment
        )

    # Resources that say themselves whose they are.

    def components_of(self, namespace: str, project: str) -> tuple[Component, ...]:
        return self._owned(Component, namespace, project)

    def resources_of(self, namespace: str, project: str) -> tuple[Resource_, ...]:
        return self._owned(Resource_, namespace, project)

    def workloads_of(self, namespace: str, project: str, component: str) -> tuple[Workload, ...]:
        return self._owned(Workload, namespace, project, component)

    def workload_of(self, namespace: str, project: str, component: str) -> Workload | None:
        """The one Workload of a component; None also where there are several."""
        found = self.workloads_of(namespace, project, component)
        return found[0] if len(found) == 1 else None

    def releases_of(
        self, namespace: str, project: str, component: str
    ) -> tuple[ComponentRelease, ...]:
        return self._owned(ComponentRelease, namespace, project, component)

    def bindings_of(
        self, namespace: str, project: str, component: str, environment: str = ""
    ) -> tuple[ReleaseBinding, ...]:
        """Of one environment, or of all."""
        bindings = self._owned(ReleaseBinding, namespace, project, component)
        return tuple(b for b in bindings if environment in {"", b.spec.environment})

    def project_releases_of(self, namespace: str, project: str) -> tuple[ProjectRelease, ...]:
        return self._owned(ProjectRelease, namespace, project)

    def project_bindings_of(
        self, namespace: str, project: str, environment: str = ""
    ) -> tuple[ProjectReleaseBinding, ...]:
        bindings = self._owned(ProjectReleaseBinding, namespace, project)
        return tuple(b for b in bindings if environment in {"", b.spec.environment})

    def resource_releases_of(
        self, namespace: str, project: str, resource: str
    ) -> tuple[ResourceRelease, ...]:
        return self._owned(ResourceRelease, namespace, project, resource)

    def resource_bindings_of(
        self, namespace: str, project: str, resource: str, environment: str = ""
    ) -> tuple[ResourceReleaseBinding, ...]:
        bindings = self._owned(ResourceReleaseBinding, namespace, project, resource)
        return tuple(b for b in bindings if environment in {"", b.spec.environment})

    # Problems, and where they are.

    def component_problems(self, component: Component) -> tuple[Problem, ...]:
        """What keeps one component, and no other, from being released."""
        return self.placed(checks.component_problems(self, component))

    def binding_problems(self, component: Component) -> tuple[Problem, ...]:
        """ReleaseBindings that contradict each other."""
        return self.placed(checks.binding_problems(self, component))

    def locate(self, kind: str, namespace: str, name: str, path: Path = ()) -> tuple[str, int]:
        """File and line of a field, or of the nearest thing around it that is there."""
        file, place = self._where((kind, namespace, name), path)
        return file, place.line

    def placed(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """The same problems with file and line, for the resources they name."""
        return tuple(self._placed(problem) for problem in problems)

    def _placed(self, problem: Problem) -> Problem:
        key = self._labels.get(problem.resource)
        if problem.file or key is None:
            return problem
        file, place = self._where(key, problem.path)
        return problem.at(file, *place)

    def _where(self, key: Key, path: Path) -> tuple[str, Place]:
        kind, namespace, name = key
        scope = "" if kind in CLUSTER_SCOPED else namespace
        source = self.sources.get((kind, scope, name))
        return (source.file, source.where(path)) if source else ("", Place())

    def _find(self, model: type[R], kind: str, namespace: str, name: str) -> R | None:
        found = self.get(kind, namespace, name)
        return found if isinstance(found, model) else None

    def _all(self, model: type[R], kind: str) -> tuple[R, ...]:
        return tuple(found for found in self.of_kind(kind) if isinstance(found, model))

    def _owned(self, model: type[R], namespace: str, *owner: str) -> tuple[R, ...]:
        found = self._by_owner.get((namespace, *owner), ())
        return tuple(resource for resource in found if isinstance(resource, model))

    @cached_property
    def _by_kind(self) -> dict[str, tuple[Resource, ...]]:
        return _grouped(self.resources.values(), lambda resource: resource.kind)

    @cached_property
    def _by_scope(self) -> dict[tuple[str, str], tuple[Resource, ...]]:
        return _grouped(self.resources.values(), lambda r: (r.kind, r.namespace))

    @cached_property
    def _by_owner(self) -> dict[tuple[str, ...], tuple[Resource, ...]]:
        owned = (resource for resource in self.resources.values() if checks.owner_of(resource))
        return _grouped(owned, lambda r: (r.namespace, *checks.owner_of(r)))

    @cached_property
    def _labels(self) -> dict[str, Key]:
        return {str(resource): key for key, resource in self.resources.items()}


K = TypeVar("K")


def _grouped(
    resources: Iterable[Resource], key: Callable[[Resource], K]
) -> dict[K, tuple[Resource, ...]]:
    groups: defaultdict[K, list[Resource]] = defaultdict(list)
    for resource in resources:
        groups[key(resource)].append(resource)
    return {key: tuple(group) for key, group in groups.items()}
