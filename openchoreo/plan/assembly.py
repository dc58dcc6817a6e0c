"""catalog + config + ledgers -> Plan: decide, render, check, all of it pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from openchoreo.delivery import (
    Action,
    Applied,
    Ledger,
    Release,
    applied,
    outside_all,
)
from openchoreo.errors import Collector, OpenChoreoError, Problem
from openchoreo.model import Project
from openchoreo.plan.clusters import Way, secrets_in_clear
from openchoreo.plan.collisions import collisions
from openchoreo.plan.decisions import Decided
from openchoreo.plan.inputs import Inputs
from openchoreo.plan.planes import moves, plane_problems, planes_of, target_of
from openchoreo.plan.planned import (
    Plan,
    Plane,
    PlannedComponent,
    PlannedObject,
    PlannedProject,
    manifests_digest,
)
from openchoreo.plan.projects import rendered_project
from openchoreo.plan.scope import Key, text
from openchoreo.plan.settling import Settling
from openchoreo.plan.state import of_project
from openchoreo.plan.surroundings import surroundings_of
from openchoreo.rendering import OBSERVABILITY_PLANE, Rendered
from openchoreo.rendering.version import RENDERING


def make_plan(inputs: Inputs) -> Plan:
    """The plan of a run. Raises OpenChoreoError with all problems of the first stage that has any.

    Where the config isolates problems, those of single components are in the plan instead.
    """
    return _Assembly(inputs).plan()


class _Assembly:
    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._scope = inputs.scope
        self._catalog = inputs.scope.catalog
        self._settling = Settling(inputs)

    def plan(self) -> Plan:
        self._check_pipelines()
        settling = self._settling
        settling.decide()
        projects = self._settled_projects()
        planes = self._planes(projects)
        projects = self._for_clusters(planes, projects)
        warnings = self._catalog.placed(settling.together.warnings)
        return Plan(
            environment=self._scope.environment,
            planes=planes,
            projects=projects,
            undeployed=tuple(
                one.key
                for one in settling.decided
                if one.decision.action in {Action.UNDEPLOY, Action.REMOVE}
            ),
            ledger=self._ledger(planes, projects),
            store=self._inputs.recalled.documents,
            kept=self._inputs.recalled.kept,
            upstream_stacks=tuple(
                upstream.stack
                for upstream in self._inputs.recalled.upstreams.values()
                if upstream.ledger is not None and not upstream.file
            ),
            upstream_ledgers=tuple(
                one.ledger for one in self._inputs.recalled.upstreams.values() if one.ledger
            ),
            adopt=self._inputs.config.adopt,
            notes=(
                *_notes(settling.decided),
                *moves(planes, self._inputs.recalled.ledger.planes),
            ),
            warnings=tuple(dict.fromkeys((*self._inputs.pipelines.warnings, *warnings))),
            problems=tuple(dict.fromkeys(settling.problems.told)),
        )

    def _check_pipelines(self) -> None:
        """Those of all projects; an environment in none of them can only undeploy."""
        found = [self._inputs.pipelines.of(project) for project in self._scope.projects]
        self._raise(self._inputs.pipelines.problems)
        outside = outside_all(self._scope.environment, [one for one in found if one])
        if outside and not self._inputs.recalled.ledger.components:
            self._raise([outside])

    def _settled_projects(self) -> tuple[PlannedProject, ...]:
        """Raises OpenChoreoError where two claim an object, unless one of them can be kept back."""
        settling = self._settling
        while True:
            settling.render()
            projects = self._projects()
            clashes = tuple(collisions(projects))
            if not clashes:
                return projects
            stuck = [
                one for one in clashes if one.component is None or settling.keeps(one.component)
            ]
            if stuck or not settling.problems.enabled:
                self._raise([*settling.problems.told, *(one.problem for one in clashes)])
            for one in clashes:
                assert one.component is not None
                settling.keep(one.component, [one.problem])

    def _projects(self) -> tuple[PlannedProject, ...]:
        """Projects that have something here now, or had it: their namespace stays."""
        found = Collector()
        by_project: dict[Key, list[Decided]] = {}
        for one in self._settling.decided:
            by_project.setdefault((one.namespace, one.project), []).append(one)
        planned = [
            found.attempt(lambda key=key: self._project(key, by_project[key]))
            for key in self._project_keys(by_project)
        ]
        self._raise(found.problems)
        return tuple(one for one in planned if one)

    def _project_keys(self, by_project: Mapping[Key, list[Decided]]) -> list[Key]:
        """Also of projects that have vanished while their components are kept."""
        defined = [(project.namespace, project.name) for project in self._scope.projects]
        vanished = {
            key
            for key, mine in by_project.items()
            if key not in defined and any(one.decision.release for one in mine)
        }
        return [*(key for key in defined if key in by_project), *sorted(vanished)]

    def _project(self, key: Key, mine: list[Decided]) -> PlannedProject | None:
        running = [one for one in mine if one.decision.release]
        if not running and not self._recorded(mine):
            return None
        return PlannedProject(
            namespace=key[0],
            name=key[1],
            environment=self._scope.environment,
            objects=self._own_objects(key),
            components=tuple(self._component(one) for one in running),
        )

    def _recorded(self, decided: Iterable[Decided]) -> bool:
        ledger = self._inputs.recalled.ledger
        return any(ledger.recorded(text(one.key)) for one in decided)

    def _own_objects(self, key: Key) -> tuple[PlannedObject, ...]:
        """Where problems are isolated, those the state has may do."""
        settling = self._settling
        project = self._catalog.project(*key)
        try:
            return self._rendered_objects(project) if project else self._frozen_objects(key)
        except OpenChoreoError as error:
            if not settling.problems.enabled:
                raise
            settling.problems.add(self._scope.placed(error.problems))
            return self._frozen_objects(key)

    def _frozen_objects(self, key: Key) -> tuple[PlannedObject, ...]:
        objects = self._settling.state_of(of_project(key))
        if not objects:
            raise OpenChoreoError(*self._settling.problems.told)
        return objects

    def _rendered_objects(self, project: Project) -> tuple[PlannedObject, ...]:
        around = self._settling.surroundings.get(project.namespace) or surroundings_of(
            self._scope, project.namespace, self._inputs.relaxed, self._inputs.read_yaml
        )
        rendered = rendered_project(self._catalog, project, around)
        return _objects(rendered, around.data_plane.name)

    def _component(self, one: Decided) -> PlannedComponent:
        release, settling = one.decision.release, self._settling
        assert release is not None
        common = {"namespace": one.namespace, "project": one.project, "name": one.name}
        if one.key in settling.frozen:
            return PlannedComponent(
                **common,
                environment=self._scope.environment,
                release=release,
                objects=settling.frozen[one.key],
                endpoints={},
                done=None,
            )
        rendered = settling.together.rendered[one.key]
        plane = settling.surroundings[one.namespace].data_plane.name
        return PlannedComponent(
            **common,
            environment=self._scope.environment,
            release=release,
            objects=_objects(rendered, plane),
            endpoints={endpoint.name: endpoint.document() for endpoint in rendered.endpoints},
            done=None if settling.keeps(one.key) else _done(one, release, rendered),
        )

    def _planes(self, projects: Iterable[PlannedProject]) -> tuple[Plane, ...]:
        used = dict.fromkeys(
            planned.plane
            for project in projects
            for objects in (project.objects, *(c.objects for c in project.components))
            for planned in objects
        )
        config = self._inputs.config
        planes = planes_of(used, config.data_planes, self._scope.environment, self._inputs.identify)
        recorded = self._inputs.recalled.ledger.planes
        self._raise(plane_problems(planes, config.data_planes, recorded))
        return planes

    def _for_clusters(
        self, planes: Iterable[Plane], projects: tuple[PlannedProject, ...]
    ) -> tuple[PlannedProject, ...]:
        """The same, where objects that go to a cluster are as a cluster takes them."""
        clusters = frozenset(plane.name for plane in planes if plane.cluster)
        if not clusters:
            return projects
        self._raise(secrets_in_clear(projects, clusters))
        config = self._inputs.config
        way = Way(clusters, config.timeouts, frozenset(config.wait_for))
        return tuple(way.project(one) for one in projects)

    def _ledger(self, planes: Iterable[Plane], projects: Iterable[PlannedProject]) -> Ledger:
        answerable = {
            *((project.namespace, project.name) for project in self._scope.projects),
            *((project.namespace, project.name) for project in projects),
        }
        return self._inputs.recalled.ledger.within(
            namespaces=self._scope.namespaces,
            projects=answerable,
            planes={plane.name: target_of(plane) for plane in planes},
        )

    def _raise(self, problems: Iterable[Problem]) -> None:
        placed = self._scope.placed(problems)
        if placed:
            raise OpenChoreoError(*placed)


def _done(one: Decided, release: Release, rendered: Rendered) -> Applied:
    return applied(
        release,
        proof="rendered",
        rendering=RENDERING,
        manifests=manifests_digest(rendered.manifests),
        upstream=one.decision.upstream,
    )


_OBSERVABILITY_SUFFIX = "-observability"


def _objects(rendered: Rendered, plane: str) -> tuple[PlannedObject, ...]:
    return tuple(
        PlannedObject(
            f"{plane}{_OBSERVABILITY_SUFFIX}" if one.target_plane == OBSERVABILITY_PLANE else plane,
            one.manifest,
        )
        for one in rendered.manifests
    )


def _notes(decided: Iterable[Decided]) -> Iterable[str]:
    """What could be deployed and is not, with the command that would."""
    for one in decided:
        if one.decision.available:
            what = f"{text(one.key)}: {one.decision.available} is available ({one.decision.reason})"
            yield f"{what}; {one.decision.hint}" if one.decision.hint else what
