"""The plan: everything a run is going to do, as one value that is registered, shown or compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from openchoreo.delivery import (
    PROJECTS,
    RESOURCES,
    Applied,
    Chain,
    Ledger,
    Record,
    Release,
    ReleaseStore,
)
from openchoreo.delivery.sets import ReleaseSet
from openchoreo.document import Object, digest
from openchoreo.errors import Problem
from openchoreo.plan.gating import Asked
from openchoreo.plan.managed import Observed
from openchoreo.plan.scope import Key, text
from openchoreo.rendering import Output, RenderedManifest

ENVIRONMENT = "environment"
"""What is told as applied where the objects of the environment itself are."""


class Cluster(Struct, frozen=True):
    """How a cluster is reached, and what identifies it whatever its context is called."""

    context: str
    kubeconfig: str
    identifier: str


class Plane(Struct, frozen=True):
    """A place manifests go to: a data plane, or the observability plane beside it."""

    name: str
    directory: str = ""
    cluster: Cluster | None = None


class PlannedObject(Struct, frozen=True):
    """A manifest, with its name among the resources of the stack.

    One that is `frozen` stays as the state has it: nothing is asked of it but to be there.
    Those of a later `wave` wait for those before. `timeout` is in seconds; 0 is the provider's own.
    One that is `retained` is left behind when the stack lets go of it. `id` is that of its template
    in the type of a Resource.
    """

    plane: str
    manifest: Object
    frozen: bool = False
    wave: int = 0
    timeout: int = 0
    retained: bool = False
    id: str = ""

    @property
    def name(self) -> str:
        metadata = self.manifest["metadata"]
        assert isinstance(metadata, dict)
        parts = (self.plane, metadata.get("namespace"), metadata.get("name"))
        return "/".join(str(part) for part in parts if part)


class PlannedResource(Struct, frozen=True, kw_only=True):
    """A release of a Resource that is to run, with everything that will be recorded of it.

    `outputs` are those that are known. `observe` tells the rest, and whether it is ready, from the
    `status` of its objects by id and from what the program hands over; None where no cluster can
    be asked.
    """

    namespace: str
    project: str
    name: str
    environment: str
    release: Release
    objects: tuple[PlannedObject, ...]
    outputs: Mapping[str, Output]
    done: Applied | None
    retained: bool
    late: frozenset[str] = frozenset()
    observe: Callable[[Mapping[str, Object], Mapping[str, Output]], Observed] | None = None

    @property
    def key(self) -> str:
        return text((self.namespace, self.name))

    @property
    def removal(self) -> str:
        """How it is told from a component of the same name."""
        return RESOURCES.removal(self.key)


class PlannedComponent(Struct, frozen=True, kw_only=True):
    """A release that is to run, with everything that will be recorded of it.

    `done` is None where nothing new is to be recorded: the component keeps what it has, since
    something is wrong with it. `needs` are the keys of Resources that come before it. Where some
    outputs of those are known only then, `complete` makes the component with all of them.
    """

    namespace: str
    project: str
    name: str
    environment: str
    release: Release
    objects: tuple[PlannedObject, ...]
    endpoints: Mapping[str, Object]
    done: Applied | None
    needs: tuple[str, ...] = ()
    complete: Callable[[Mapping[Key, Mapping[str, Output]]], PlannedComponent] | None = None

    @property
    def key(self) -> str:
        return text((self.namespace, self.name))


class PlannedProject(Struct, frozen=True, kw_only=True):
    """A project whose components and Resources run here; its own objects come before theirs.

    `release` is None where its objects are as the state has them.
    """

    namespace: str
    name: str
    environment: str
    objects: tuple[PlannedObject, ...]
    components: tuple[PlannedComponent, ...]
    resources: tuple[PlannedResource, ...] = ()
    release: Release | None = None
    done: Applied | None = None

    @property
    def key(self) -> str:
        return text((self.namespace, self.name))

    @property
    def removal(self) -> str:
        """How it is told from a component of the same name."""
        return PROJECTS.removal(self.key)


class Plan(Struct, frozen=True, kw_only=True):
    environment: str
    planes: tuple[Plane, ...]
    objects: tuple[PlannedObject, ...]
    """Those of the environment itself."""
    projects: tuple[PlannedProject, ...]
    undeployed: tuple[Key, ...]
    """Components recorded here that are to have no objects any more."""
    gone: tuple[tuple[Chain, Key], ...]
    """Projects and Resources of which the same holds."""
    ledger: Ledger
    """As it was found, with today's scope."""
    store: ReleaseStore
    """Every release document that is known."""
    kept: frozenset[str]
    """Digests of those that this stack keeps itself."""
    upstream_stacks: tuple[str, ...]
    upstream_ledgers: tuple[Ledger, ...]
    adopt: bool
    """Whether objects that are on a cluster already are taken over."""
    notes: tuple[str, ...]
    warnings: tuple[Problem, ...]
    """Of planning; those of the definitions are the catalog's."""
    set_: ReleaseSet | None = None
    """The one that config names."""
    gates: tuple[Asked, ...] = ()
    """What the policy's gates say of whatever newly runs, or was refused and isolated."""
    problems: tuple[Problem, ...] = ()
    """Of components that keep what they have; everything else goes on."""

    @property
    def components(self) -> Iterator[PlannedComponent]:
        for project in self.projects:
            yield from project.components

    @property
    def resources(self) -> Iterator[PlannedResource]:
        for project in self.projects:
            yield from project.resources

    @property
    def keys(self) -> frozenset[str]:
        """What a run can apply: components, resource/<key>, project/<key>, and what is the
        environment's own.
        """
        return frozenset(
            (
                ENVIRONMENT,
                *(component.key for component in self.components),
                *(resource.removal for resource in self.resources),
                *(project.removal for project in self.projects),
            )
        )

    def record_of(self, one: PlannedComponent | PlannedResource) -> Record | None:
        chain: Chain = "components" if isinstance(one, PlannedComponent) else "resources"
        return self.ledger.recorded(one.key, chain=chain)

    def with_completed(self, completed: Mapping[str, PlannedComponent]) -> Plan:
        """With components that are known in full now, by their keys."""
        projects = tuple(
            replace(
                project,
                components=tuple(completed.get(one.key, one) for one in project.components),
            )
            for project in self.projects
        )
        return replace(self, projects=projects)

    @property
    def changes_releases(self) -> bool:
        """Whether another release than before is to run somewhere."""
        recorded = self.ledger.recorded
        return any(
            (
                *(_changes(recorded(one.key), one.done) for one in self.components),
                *(_changes(recorded(p.key, chain="projects"), p.done) for p in self.projects),
                *(_changes(recorded(r.key, chain="resources"), r.done) for r in self.resources),
            )
        )

    def changes(self, one: PlannedComponent | PlannedResource) -> bool:
        """Whether something else of it is to be applied than is recorded."""
        record = self.record_of(one)
        if one.done is None:
            return False
        if record is None or not record.running:
            return True
        now, then = one.done, record.current
        return (now.release, now.proof, now.manifests) != (then.release, then.proof, then.manifests)


def _changes(record: Record | None, done: Applied | None) -> bool:
    return done is not None and (record is None or record.current.release != done.release)


def manifests_digest(manifests: tuple[RenderedManifest, ...]) -> str:
    """Digest of what rendering gave, order and planes included."""
    return digest([[one.target_plane, one.manifest] for one in manifests])
