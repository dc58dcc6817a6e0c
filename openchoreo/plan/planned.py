"""The plan: everything a run is going to do, as one value that is registered, shown or compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from openchoreo.delivery import Applied, Ledger, Release, ReleaseStore
from openchoreo.document import Object, digest
from openchoreo.errors import Problem
from openchoreo.plan.scope import Key, text
from openchoreo.rendering import RenderedManifest


@dataclass(frozen=True, slots=True)
class Cluster:
    """How a cluster is reached, and what identifies it whatever its context is called."""

    context: str
    kubeconfig: str
    identifier: str


@dataclass(frozen=True, slots=True)
class Plane:
    """A place manifests go to: a data plane, or the observability plane beside it."""

    name: str
    directory: str = ""
    cluster: Cluster | None = None


@dataclass(frozen=True, slots=True)
class PlannedObject:
    """A manifest, with its name among the resources of the stack.

    One that is `frozen` stays as the state has it: nothing is asked of it but to be there.
    Those of a later `wave` wait for those before. `timeout` is in seconds; 0 is the provider's own.
    """

    plane: str
    manifest: Object
    frozen: bool = False
    wave: int = 0
    timeout: int = 0

    @property
    def name(self) -> str:
        metadata = self.manifest["metadata"]
        assert isinstance(metadata, dict)
        parts = (self.plane, metadata.get("namespace"), metadata.get("name"))
        return "/".join(str(part) for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedComponent:
    """A release that is to run, with everything that will be recorded of it.

    `done` is None where nothing new is to be recorded: the component keeps what it has, since
    something is wrong with it.
    """

    namespace: str
    project: str
    name: str
    environment: str
    release: Release
    objects: tuple[PlannedObject, ...]
    endpoints: Mapping[str, Object]
    done: Applied | None

    @property
    def key(self) -> str:
        return text((self.namespace, self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedProject:
    """A project whose components run here; its own objects come before theirs."""

    namespace: str
    name: str
    environment: str
    objects: tuple[PlannedObject, ...]
    components: tuple[PlannedComponent, ...]

    @property
    def key(self) -> str:
        return text((self.namespace, self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    environment: str
    planes: tuple[Plane, ...]
    projects: tuple[PlannedProject, ...]
    undeployed: tuple[Key, ...]
    """Components recorded here that are to have no objects any more."""
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
    problems: tuple[Problem, ...] = ()
    """Of components that keep what they have; everything else goes on."""

    @property
    def components(self) -> Iterator[PlannedComponent]:
        for project in self.projects:
            yield from project.components

    @property
    def changes_releases(self) -> bool:
        """Whether another release than before is to run somewhere."""
        return any(one.done and not self._runs(one) for one in self.components)

    def changes(self, component: PlannedComponent) -> bool:
        """Whether something else of the component is to be applied than is recorded."""
        record = self.ledger.recorded(component.key)
        if component.done is None:
            return False
        if record is None or not record.running:
            return True
        now, then = component.done, record.current
        return (now.release, now.proof, now.manifests) != (then.release, then.proof, then.manifests)

    def _runs(self, component: PlannedComponent) -> bool:
        record = self.ledger.recorded(component.key)
        return record is not None and record.current.release == component.release.digest


def manifests_digest(manifests: tuple[RenderedManifest, ...]) -> str:
    """Digest of what rendering gave, order and planes included."""
    return digest([[one.target_plane, one.manifest] for one in manifests])
