"""catalog + config + ledgers -> Plan: decide, render, check, all of it pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from openchoreo.config import StackConfig
from openchoreo.delivery import Action, Ledger, PlaneTarget, applied, outside_all
from openchoreo.errors import Collector, OpenChoreoError, Problem
from openchoreo.model import Project, label
from openchoreo.plan.collisions import collisions
from openchoreo.plan.decisions import Decided, Deciding, Pipelines, Recalled
from openchoreo.plan.dependencies import unknown_provider
from openchoreo.plan.planes import plane_problems, planes_of
from openchoreo.plan.planned import (
    Plan,
    Plane,
    PlannedComponent,
    PlannedObject,
    PlannedProject,
    manifests_digest,
)
from openchoreo.plan.projects import rendered_project
from openchoreo.plan.running import Running, render_together, running_of
from openchoreo.plan.scope import Key, Scope, text
from openchoreo.plan.surroundings import (
    ReadYaml,
    Surroundings,
    surroundings_by_namespace,
    surroundings_of,
)
from openchoreo.rendering import OBSERVABILITY_PLANE, Rendered
from openchoreo.rendering.connections import Target
from openchoreo.rendering.version import RENDERING


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What is the same for every component of a run."""

    scope: Scope
    config: StackConfig
    recalled: Recalled
    pipelines: Pipelines
    relaxed: frozenset[int] = frozenset()
    read_yaml: ReadYaml | None = None


def make_plan(inputs: Inputs) -> Plan:
    """The plan of a run. Raises OpenChoreoError with all problems of the first stage that has any."""
    return _Assembly(inputs).plan()


class _Assembly:
    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._scope = inputs.scope
        self._catalog = inputs.scope.catalog
        self._surroundings: dict[str, Surroundings] = {}

    def plan(self) -> Plan:
        self._check_pipelines()
        decided = self._decide()
        self._surroundings = self._surround(decided)
        rendered, warnings = self._render(decided)
        projects = self._projects(decided, rendered)
        planes = self._planes(projects)
        self._raise(collisions(projects))
        return Plan(
            environment=self._scope.environment,
            planes=planes,
            projects=projects,
            undeployed=tuple(
                one.key
                for one in decided
                if one.decision.action in {Action.UNDEPLOY, Action.REMOVE}
            ),
            ledger=self._ledger(planes),
            store=self._inputs.recalled.documents,
            upstream_stacks=tuple(
                upstream.stack
                for upstream in self._inputs.recalled.upstreams.values()
                if upstream.ledger is not None
            ),
            notes=tuple(_notes(decided)),
            warnings=tuple(dict.fromkeys((*self._inputs.pipelines.warnings, *warnings))),
        )

    def _check_pipelines(self) -> None:
        """Those of all projects; an environment in none of them can only undeploy."""
        found = [self._inputs.pipelines.of(project) for project in self._scope.projects]
        self._raise(self._inputs.pipelines.problems)
        outside = outside_all(self._scope.environment, [one for one in found if one])
        if outside and not self._inputs.recalled.ledger.components:
            self._raise([outside])

    def _decide(self) -> tuple[Decided, ...]:
        inputs = self._inputs
        deciding = Deciding(self._scope, inputs.config, inputs.recalled, inputs.pipelines)
        try:
            return deciding.all()
        except OpenChoreoError as error:
            raise OpenChoreoError(*self._scope.placed(error.problems)) from None

    def _surround(self, decided: Iterable[Decided]) -> dict[str, Surroundings]:
        inputs, found = self._inputs, Collector()
        namespaces = (one.namespace for one in decided if one.decision.release)
        around = surroundings_by_namespace(
            self._scope, namespaces, inputs.relaxed, inputs.read_yaml, found
        )
        self._raise(found.problems)
        return around

    def _render(
        self, decided: tuple[Decided, ...]
    ) -> tuple[Mapping[Key, Rendered], tuple[Problem, ...]]:
        running = [self._running(one) for one in decided if one.decision.release]
        absence = _Absence(self._scope, {one.key: one for one in decided})
        together = render_together(running, self._surroundings, absence)
        self._raise(together.problems)
        return together.rendered, self._catalog.placed(together.warnings)

    def _running(self, one: Decided) -> Running:
        release = one.decision.release
        assert release is not None
        return running_of(self._scope, one, release, one.binding, self._subject(one))

    def _subject(self, one: Decided) -> str:
        """Where a dependency of the release is written: today's Workload, or only the release."""
        release = one.decision.release
        assert release is not None
        workload = self._catalog.workload_of(one.namespace, one.project, one.name)
        if workload and one.today and one.today.digest == release.digest:
            return str(workload)
        return label("ComponentRelease", one.namespace, release.shown)

    def _projects(
        self, decided: tuple[Decided, ...], rendered: Mapping[Key, Rendered]
    ) -> tuple[PlannedProject, ...]:
        """Projects that have something here now, or had it: their namespace stays."""
        found = Collector()
        planned: list[PlannedProject] = []
        by_project: dict[Key, list[Decided]] = {}
        for one in decided:
            by_project.setdefault((one.namespace, one.project), []).append(one)
        for project in self._scope.projects:
            mine = by_project.get((project.namespace, project.name), [])
            running = [one for one in mine if one.decision.release]
            if not running and not self._recorded(mine):
                continue
            own = found.attempt(lambda project=project: self._own_objects(project))
            components = tuple(self._component(one, rendered[one.key]) for one in running)
            planned.append(
                PlannedProject(
                    namespace=project.namespace,
                    name=project.name,
                    environment=self._scope.environment,
                    objects=own or (),
                    components=components,
                )
            )
        self._raise(found.problems)
        return tuple(planned)

    def _recorded(self, decided: Iterable[Decided]) -> bool:
        ledger = self._inputs.recalled.ledger
        return any(ledger.recorded(text(one.key)) for one in decided)

    def _own_objects(self, project: Project) -> tuple[PlannedObject, ...]:
        around = self._surroundings.get(project.namespace) or surroundings_of(
            self._scope, project.namespace, self._inputs.relaxed, self._inputs.read_yaml
        )
        rendered = rendered_project(self._catalog, project, around)
        return _objects(rendered, around.data_plane.name)

    def _component(self, one: Decided, rendered: Rendered) -> PlannedComponent:
        release = one.decision.release
        assert release is not None
        plane = self._surroundings[one.namespace].data_plane.name
        return PlannedComponent(
            namespace=one.namespace,
            project=one.project,
            name=one.name,
            environment=self._scope.environment,
            release=release,
            objects=_objects(rendered, plane),
            endpoints={endpoint.name: endpoint.document() for endpoint in rendered.endpoints},
            done=applied(
                release,
                proof="rendered",
                rendering=RENDERING,
                manifests=manifests_digest(rendered.manifests),
                upstream=one.decision.upstream,
            ),
        )

    def _planes(self, projects: Iterable[PlannedProject]) -> tuple[Plane, ...]:
        used = dict.fromkeys(
            planned.plane
            for project in projects
            for objects in (project.objects, *(c.objects for c in project.components))
            for planned in objects
        )
        planes = planes_of(used, self._inputs.config.data_planes, self._scope.environment)
        recorded = self._inputs.recalled.ledger.planes
        self._raise(plane_problems(planes, self._inputs.config.data_planes, recorded))
        return planes

    def _ledger(self, planes: Iterable[Plane]) -> Ledger:
        return self._inputs.recalled.ledger.within(
            namespaces=self._scope.namespaces,
            projects=[(project.namespace, project.name) for project in self._scope.projects],
            planes={plane.name: PlaneTarget(target="files") for plane in planes},
        )

    def _raise(self, problems: Iterable[Problem]) -> None:
        placed = self._scope.placed(problems)
        if placed:
            raise OpenChoreoError(*placed)


_OBSERVABILITY_SUFFIX = "-observability"


def _objects(rendered: Rendered, plane: str) -> tuple[PlannedObject, ...]:
    return tuple(
        PlannedObject(
            f"{plane}{_OBSERVABILITY_SUFFIX}" if one.target_plane == OBSERVABILITY_PLANE else plane,
            one.manifest,
        )
        for one in rendered.manifests
    )


@dataclass(frozen=True)
class _Absence:
    """Why nothing of a component runs here, for those that depend on it."""

    scope: Scope
    decided: Mapping[Key, Decided]

    def __call__(self, target: Target) -> tuple[str, str]:
        one = self.decided.get((target.namespace, target.component))
        if one is None or one.component is None or one.project != target.project:
            return unknown_provider(target, self.scope.catalog)
        if one.binding.undeploy:
            hint = "set its state to Active, or undeploy what needs it as well"
            return f"it is undeployed in {self.scope.environment}", hint
        hint = f"deploy it here first: {one.decision.hint}" if one.decision.hint else ""
        return f"it is not deployed in {self.scope.environment}", hint


def _notes(decided: Iterable[Decided]) -> Iterable[str]:
    """What could be deployed and is not, with the command that would."""
    for one in decided:
        if one.decision.available:
            what = f"{text(one.key)}: {one.decision.available} is available ({one.decision.reason})"
            yield f"{what}; {one.decision.hint}" if one.decision.hint else what
