"""What runs of every component, and its manifests: decisions and renderings that fit together.

Where problems are isolated, a component that has one keeps what is recorded; since others may
need its endpoints, all is rendered again until nothing changes any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from openchoreo.delivery import CHAINS, Chain, Record
from openchoreo.errors import Collector, OpenChoreoError, Problem, Stage
from openchoreo.model import label
from openchoreo.plan.absence import AbsentHere, NoResource
from openchoreo.plan.around import Around
from openchoreo.plan.decisions import Decided, Deciding
from openchoreo.plan.dependencies import Provider
from openchoreo.plan.gating import Asking
from openchoreo.plan.inputs import Inputs
from openchoreo.plan.isolation import Isolated, Problems, cannot_be_kept
from openchoreo.plan.owners import DecidedOwner, DecidingOwners
from openchoreo.plan.planned import PlannedObject, manifests_digest
from openchoreo.plan.running import (
    Providers,
    RenderedTogether,
    Running,
    provider_of,
    render_together,
    running_of,
)
from openchoreo.plan.scope import Key, text
from openchoreo.plan.sets import NamedSet, named_set
from openchoreo.plan.settled_resources import SettledResources
from openchoreo.plan.state import Owner, objects_by_owner, of_component
from openchoreo.plan.surroundings import Surroundings, surroundings_by_namespace
from openchoreo.rendering import Endpoint
from openchoreo.rendering.shapes import mapping


@dataclass
class Settling:
    """The components and Resources of a run; `keep` takes a component back to what is recorded."""

    inputs: Inputs
    problems: Problems = field(init=False)
    surroundings: Mapping[str, Surroundings] = field(init=False)
    together: RenderedTogether = field(init=False)
    asking: Asking = field(init=False)
    frozen: dict[Key, tuple[PlannedObject, ...]] = field(
        init=False, default_factory=dict[Key, tuple[PlannedObject, ...]]
    )

    def __post_init__(self) -> None:
        inputs = self.inputs
        self._broken = inputs.broken or Isolated(inputs.scope.catalog)
        self.problems = Problems(
            enabled=inputs.config.on_problem == "isolate", told=list(self._broken.problems)
        )
        self.set = NamedSet()
        self.asking = Asking(inputs.gating)
        self._deciding = Deciding(
            inputs.scope, inputs.config, inputs.recalled, inputs.pipelines, self.asking
        )
        around = Around(inputs.scope, inputs.recalled, inputs.pipelines)
        self.owners = DecidingOwners(around, inputs.config, self.asking)
        self._decided: dict[Key, Decided] = {}
        self.projects: dict[Key, DecidedOwner] = {}
        # Of what is refused: whatever is wrong with the project is told in the same run.
        self._asked: set[Key] = set()
        self.resources = SettledResources(
            inputs, self.owners, self.problems, lambda key: self.set.holds("resources", key)
        )
        self._kept: set[Key] = set()
        self._objects: Mapping[Owner, tuple[PlannedObject, ...]] | None = None

    @property
    def decided(self) -> tuple[Decided, ...]:
        return tuple(self._decided.values())

    def keeps(self, key: Key) -> bool:
        return key in self._kept

    def decide(self) -> None:
        """Raises OpenChoreoError with all refusals together, unless problems are isolated."""
        self._read_names()
        self._look_at_set()
        for key in self._deciding.keys:
            self._decide(key)
        self.resources.decide()
        for key in dict.fromkeys((*self.projects_here, *sorted(self._asked))):
            self._decide_project(key)
        self.problems.raise_unless_isolating()
        self.surroundings = self._surround()
        self.resources.render(self.surroundings)
        self.problems.raise_unless_isolating()

    def _read_names(self) -> None:
        found = Collector()
        named = found.attempt(lambda: named_set(self.inputs.config.set_, self.inputs.recalled))
        self.set = named or NamedSet()
        found.attempt(lambda: self._deciding.read_names(self.set))
        found.attempt(lambda: self.owners.read_names(self.set))
        found.add(*self.inputs.elsewhere.problems(self.inputs.scope))
        found.add(*self.resources.unknown_handed())
        if found.problems:
            raise OpenChoreoError(*self.inputs.scope.placed(found.problems))

    def _look_at_set(self) -> None:
        known: dict[Chain, tuple[Key, ...]] = {
            "components": self._deciding.keys,
            "projects": self.owners.project_keys,
            "resources": self.owners.resource_keys,
        }
        strangers = self.inputs.scope.placed(self.set.strangers(self.inputs.scope, known))
        self.problems.add(strangers, of_set=bool(strangers))

    @property
    def projects_here(self) -> tuple[Key, ...]:
        """Projects of which something runs or has run here, also where they are not defined."""
        ledger, owners = self.inputs.recalled.ledger, self.owners
        decided = (*self.decided, *self.resources.decided.values())
        running = {(one.namespace, one.project) for one in decided if one.decision.release}
        recorded = {
            (key.partition("/")[0], record.project)
            for chain in CHAINS
            for key, record in ledger.records(chain).items()
        }
        defined = [(one.namespace, one.name) for one in self.inputs.scope.projects]
        vanished = {*running, *owners.running_projects}.difference(defined)
        return (
            *(key for key in defined if key in running or key in recorded),
            *sorted(vanished),
        )

    def _decide_project(self, key: Key) -> None:
        """One that was deployed before projects were recorded may be neither defined nor known."""
        if key not in self.owners.project_keys:
            return
        try:
            self.projects[key] = self.owners.project(key)
        except OpenChoreoError as error:
            problems = self.inputs.scope.placed(error.problems)
            self.problems.add(problems, of_set=self.set.holds("projects", key))

    def render(self) -> None:
        """Raises OpenChoreoError with all problems together, unless they are isolated."""
        while True:
            running = [
                self._running(one)
                for one in self.decided
                if one.decision.release and one.key not in self.frozen
            ]
            self.together = render_together(running, self.surroundings, self._providers())
            if not self._take_back():
                return

    def _providers(self) -> Providers:
        scope, elsewhere = self.inputs.scope, self.inputs.elsewhere
        return Providers(
            absent=AbsentHere(scope, self._decided, elsewhere),
            no_resource=NoResource(scope, self.resources.decided),
            offered=self._offered(),
            elsewhere=elsewhere.provider,
            resources=self.resources.offers(),
        )

    def keep(self, key: Key, problems: Iterable[Problem]) -> None:
        """Leaves a component as it is; where that was tried already, as the state has it."""
        if key in self._kept:
            self._freeze(key)
            return
        placed = self.inputs.scope.placed(problems)
        self.problems.add(placed, of_set=self.set.holds("components", key))
        self._kept.add(key)
        if not self.problems.enabled:
            return
        kept = self._deciding.keep(key)
        self._decided[key] = kept
        if kept.decision.release and not kept.decision.release.spec:
            self._freeze(key)

    def state_of(self, owner: Owner) -> tuple[PlannedObject, ...]:
        """The objects that the state of the stack has, read when they are first needed."""
        if self._objects is None:
            self._objects = objects_by_owner(self.inputs.read_state())
        return self._objects.get(owner, ())

    def _decide(self, key: Key) -> None:
        if key in self._broken.untrusted:
            self.keep(key, ())
            self._freeze(key)
            return
        try:
            self._decided[key] = self._deciding.decide(key)
        except OpenChoreoError as error:
            component = self.inputs.scope.catalog.component(*key)
            if component and self.inputs.scope.covers(key[0], component.project):
                self._asked.add((key[0], component.project))
            self.keep(key, self._causes(key, error.problems))

    def _causes(self, key: Key, problems: tuple[Problem, ...]) -> list[Problem]:
        """Without what only says that the resource which is told as broken is missing."""
        known = key in self._broken.components
        return [one for one in problems if not (known and one.stage is Stage.COMPONENT)]

    def _surround(self) -> Mapping[str, Surroundings]:
        inputs, found = self.inputs, Collector()
        namespaces = [
            one.namespace
            for one in (*self.decided, *self.resources.decided.values())
            if one.decision.release
        ]
        around = surroundings_by_namespace(
            inputs.scope, namespaces, inputs.relaxed, inputs.read_yaml, found
        )
        if found.problems:
            raise OpenChoreoError(*inputs.scope.placed(found.problems))
        return around

    def _take_back(self) -> bool:
        """Whether a component has to be rendered in another way, or not at all."""
        found = {**self.together.found, **self._credentials()}
        if found and not self.problems.enabled:
            problems = dict.fromkeys(
                (*self.together.problems, *(p for many in found.values() for p in many))
            )
            raise OpenChoreoError(*self.inputs.scope.placed(problems))
        for key, problems in _first(found).items():
            self.keep(key, problems)
        self.problems.raise_unless_isolating()
        changed = [key for key in self._kept if self._would_change(key)]
        for key in changed:
            self._freeze(key)
        self.problems.raise_unless_isolating()
        return bool(found or changed)

    def _credentials(self) -> Mapping[Key, tuple[Problem, ...]]:
        """What overrides would write into manifests, of components that are to change."""
        found: dict[Key, tuple[Problem, ...]] = {}
        for key, rendered in self.together.rendered.items():
            one = self._decided[key]
            if key in self._kept:
                continue
            try:
                self.inputs.gating.check_overrides(
                    (key, one.project, one.binding),
                    self._record(key),
                    lambda rendered=rendered: manifests_digest(rendered.manifests),
                )
            except OpenChoreoError as error:
                found[key] = error.problems
        return found

    def _would_change(self, key: Key) -> bool:
        """Whether what is kept is rendered to something else than what is recorded."""
        rendered, record = self.together.rendered.get(key), self._record(key)
        if rendered is None or record is None or key in self.frozen:
            return False
        return manifests_digest(rendered.manifests) != record.current.manifests

    def _freeze(self, key: Key) -> None:
        kept, record = self._decided.get(key), self._record(key)
        if kept is None or record is None or kept.decision.release is None or key in self.frozen:
            return
        objects = self.state_of(of_component(key, record.project))
        if not objects:
            raise OpenChoreoError(*self.problems.told, cannot_be_kept(key))
        self.frozen[key] = objects

    def _record(self, key: Key) -> Record | None:
        return self.inputs.recalled.ledger.recorded(text(key))

    def _offered(self) -> dict[Key, Provider]:
        """What frozen components offer: their recorded addresses."""
        offered: dict[Key, Provider] = {}
        for key in self.frozen:
            record, release = self._record(key), self._decided[key].decision.release
            if record and release:
                endpoints = tuple(map(Endpoint.from_document, record.endpoints.values()))
                workload = mapping(release.spec, "workload")
                offered[key] = provider_of(record.project, workload, endpoints)
        return offered

    def _running(self, one: Decided) -> Running:
        release = one.decision.release
        assert release is not None
        return running_of(self.inputs.scope, one, release, one.binding, self._subject(one))

    def _subject(self, one: Decided) -> str:
        """Where a dependency of the release is written: today's Workload, or only the release."""
        release = one.decision.release
        assert release is not None
        catalog = self.inputs.scope.catalog
        workload = catalog.workload_of(one.namespace, one.project, one.name)
        if workload and one.today and one.today.digest == release.digest:
            return str(workload)
        return label("ComponentRelease", one.namespace, release.shown)


def _first(found: Mapping[Key, tuple[Problem, ...]]) -> Mapping[Key, tuple[Problem, ...]]:
    """Causes, where there are any: who depends on them may find what it needs after that."""
    causes = {
        key: problems
        for key, problems in found.items()
        if any(problem.stage is not Stage.DEPENDENCIES for problem in problems)
    }
    return causes or found
