"""catalog + config + ledgers -> Plan: decide, render, check, all of it pure."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from openchoreo.delivery import Action, Chain, Ledger, outside_all
from openchoreo.errors import Collector, OpenChoreoError, Problem, Stage
from openchoreo.plan.channels import channels_of
from openchoreo.plan.clusters import Way, secrets_in_clear
from openchoreo.plan.collisions import collisions
from openchoreo.plan.forbidden import Looked, looked_at, with_manifests, with_passed_over
from openchoreo.plan.inputs import Inputs
from openchoreo.plan.making import Making, done_of, objects_of
from openchoreo.plan.notes import (
    notes_of_components,
    notes_of_gates,
    notes_of_owners,
    notes_of_upstreams,
)
from openchoreo.plan.owners import DecidedOwner
from openchoreo.plan.planes import moves, plane_problems, planes_of, target_of
from openchoreo.plan.planned import (
    Plan,
    Plane,
    PlannedObject,
    PlannedProject,
    manifests_digest,
)
from openchoreo.plan.projects import rendered_project
from openchoreo.plan.scope import Key, text
from openchoreo.plan.settling import Settling
from openchoreo.plan.state import of_project
from openchoreo.plan.surroundings import surroundings_of


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
        self._looked: dict[str, Looked] = {}

    def plan(self) -> Plan:
        self._check_pipelines()
        settling = self._settling
        settling.decide()
        projects, looked = self._settled_projects()
        asked = with_manifests(settling.asking.told, looked)
        objects, told = channels_of(self._scope, self._inputs.config)
        planes = self._planes(projects, objects)
        projects, objects = self._for_clusters(planes, projects, objects)
        warnings = self._catalog.placed((*settling.together.warnings, *told))
        return Plan(
            environment=self._scope.environment,
            planes=planes,
            objects=objects,
            projects=projects,
            undeployed=tuple(
                one.key
                for one in settling.decided
                if one.decision.action in {Action.UNDEPLOY, Action.REMOVE}
            ),
            gone=tuple(self._gone()),
            ledger=self._ledger(planes, projects),
            store=self._inputs.recalled.documents,
            kept=self._inputs.recalled.kept,
            upstream_stacks=tuple(
                upstream.stack
                for upstream in self._inputs.recalled.upstreams.values()
                if upstream.ledger is not None and not upstream.file
            )
            + tuple(
                dict.fromkeys(
                    other.recorded.stack
                    for other in self._inputs.elsewhere.stacks.values()
                    if other.recorded.ledger
                )
            ),
            upstream_ledgers=tuple(
                one.ledger for one in self._inputs.recalled.upstreams.values() if one.ledger
            ),
            adopt=self._inputs.config.adopt,
            notes=(
                *notes_of_upstreams(self._inputs.recalled.upstreams.values()),
                *notes_of_gates(asked, self._scope.environment),
                *notes_of_components(settling.decided),
                *notes_of_owners(
                    (*settling.projects.values(), *settling.resources.decided.values())
                ),
                *moves(planes, self._inputs.recalled.ledger.planes),
            ),
            warnings=tuple(dict.fromkeys((*self._inputs.pipelines.warnings, *warnings))),
            set_=settling.set.found,
            gates=asked,
            problems=tuple(dict.fromkeys(settling.problems.told)),
        )

    def _check_pipelines(self) -> None:
        """Those of all projects; an environment in none of them can only undeploy."""
        found = [self._inputs.pipelines.of(project) for project in self._scope.projects]
        self._raise(self._inputs.pipelines.problems)
        outside = outside_all(self._scope.environment, [one for one in found if one])
        if outside and not self._inputs.recalled.ledger.components:
            self._raise([outside])

    def _settled_projects(self) -> tuple[tuple[PlannedProject, ...], tuple[Looked, ...]]:
        """Raises OpenChoreoError where two claim an object, or one has what the policy forbids,
        unless that one can be kept back.
        """
        ledger, gating = self._inputs.recalled.ledger, self._inputs.gating
        while True:
            self._settling.render()
            projects = self._projects()
            wrong = [(one.component, one.problem) for one in collisions(projects)]
            if not wrong:
                looked = tuple(looked_at(projects, ledger, gating, self._scope.environment))
                wrong = [(one.component, problem) for one in looked for problem in one.problems]
                self._looked |= {one.subject: one for one in looked}
                if not wrong:
                    return with_passed_over(projects, looked, gating), tuple(self._looked.values())
            self._keep_back(wrong)

    def _keep_back(self, wrong: list[tuple[Key | None, Problem]]) -> None:
        settling = self._settling
        found: dict[Key, list[Problem]] = {}
        for component, problem in wrong:
            if component is None or settling.keeps(component) or not settling.problems.enabled:
                self._raise([*settling.problems.told, *(one for _, one in wrong)])
            else:
                found.setdefault(component, []).append(problem)
        for component, problems in found.items():
            settling.keep(component, problems)

    def _projects(self) -> tuple[PlannedProject, ...]:
        """Projects that have something here now, or had it: their namespace stays."""
        found = Collector()
        planned = [
            found.attempt(lambda key=key: self._project(key))
            for key in self._settling.projects_here
        ]
        self._raise(found.problems)
        return tuple(one for one in planned if one)

    def _project(self, key: Key) -> PlannedProject | None:
        settling, making = self._settling, Making(self._settling)
        own = self._own(key)
        if own is None:
            return None
        running = [
            one
            for one in settling.decided
            if one.decision.release and (one.namespace, one.project) == key
        ]
        managed = [
            one
            for one in settling.resources.managed.values()
            if (one.decided.namespace, one.decided.project) == key
        ]
        return replace(
            own,
            components=tuple(making.component(one) for one in running),
            resources=tuple(map(making.resource, managed)),
        )

    def _own(self, key: Key) -> PlannedProject | None:
        """A project with its own objects; where problems are isolated, those the state has may do.

        None for one that is to be removed.
        """
        settling = self._settling
        one = settling.projects.get(key)
        if one is None:
            # It is refused, or was deployed before projects were recorded, and is not defined.
            return self._bare(key, self._frozen_objects(key))
        try:
            return self._decided_project(key, one)
        except OpenChoreoError as error:
            if not settling.problems.enabled or settling.set.holds("projects", key):
                raise
            settling.problems.add(self._scope.placed(error.problems))
            return self._bare(key, self._frozen_objects(key))

    def _decided_project(self, key: Key, one: DecidedOwner) -> PlannedProject | None:
        project, release = self._catalog.project(*key), one.decision.release
        if one.decision.action is Action.KEEP and project is None:
            return self._bare(key, self._left_objects(key, one.decision.hint))
        if project is None or release is None:
            return None
        around = self._settling.surroundings.get(project.namespace) or surroundings_of(
            self._scope, project.namespace, self._inputs.relaxed, self._inputs.read_yaml
        )
        rendered = rendered_project(project, release.spec, one.binding, around)
        self._inputs.gating.check_overrides(
            (key, key[1], one.binding),
            self._inputs.recalled.ledger.recorded(text(key), chain="projects"),
            lambda: manifests_digest(rendered.manifests),
        )
        objects = objects_of(rendered, around.data_plane.name)
        done = done_of(one, release, rendered, around)
        done = self._inputs.gating.recorded(done, one.opened)
        return replace(self._bare(key, objects), release=release, done=done)

    def _left_objects(self, key: Key, remove: str) -> tuple[PlannedObject, ...]:
        """Those of a project that is no longer defined: its namespace stays until it is removed."""
        objects = self._settling.state_of(of_project(key))
        if objects:
            return objects
        message = (
            "its definition has vanished, and the state does not tell which objects are its own"
        )
        hint = f"restore its definition, or remove it: {remove}"
        problem = Problem(Stage.DECIDE, f"Project {text(key)}", (), message, hint)
        raise OpenChoreoError(problem)

    def _bare(self, key: Key, objects: tuple[PlannedObject, ...]) -> PlannedProject:
        if self._keeps_data(key):
            objects = tuple(
                replace(one, retained=True) if one.manifest["kind"] == "Namespace" else one
                for one in objects
            )
        return PlannedProject(
            namespace=key[0],
            name=key[1],
            environment=self._scope.environment,
            objects=objects,
            components=(),
        )

    def _keeps_data(self, key: Key) -> bool:
        """Whether something lives in the namespace that outlives the stack."""
        records = self._inputs.recalled.ledger.resources
        before = {
            name
            for name, one in records.items()
            if one.retained and (name.partition("/")[0], one.project) == key
        }
        now = {
            text(one.decided.key): one.retained
            for one in self._settling.resources.managed.values()
            if (one.decided.namespace, one.decided.project) == key
        }
        return any(now.values()) or any(name not in now for name in before)

    def _frozen_objects(self, key: Key) -> tuple[PlannedObject, ...]:
        objects = self._settling.state_of(of_project(key))
        if not objects:
            raise OpenChoreoError(*self._settling.problems.told)
        return objects

    def _gone(self) -> Iterable[tuple[Chain, Key]]:
        gone = {Action.UNDEPLOY, Action.REMOVE}
        for one in self._settling.resources.decided.values():
            if one.decision.action in gone:
                yield "resources", one.key
        for key, one in self._settling.projects.items():
            if one.decision.action in gone:
                yield "projects", key

    def _planes(
        self, projects: Iterable[PlannedProject], own: Iterable[PlannedObject]
    ) -> tuple[Plane, ...]:
        used = dict.fromkeys(planned.plane for planned in own)
        used |= dict.fromkeys(
            planned.plane
            for project in projects
            for objects in (
                project.objects,
                *(c.objects for c in project.components),
                *(r.objects for r in project.resources),
            )
            for planned in objects
        )
        config = self._inputs.config
        planes = planes_of(used, config.data_planes, self._scope.environment, self._inputs.identify)
        recorded = self._inputs.recalled.ledger.planes
        self._raise(plane_problems(planes, config.data_planes, recorded))
        return planes

    def _for_clusters(
        self,
        planes: Iterable[Plane],
        projects: tuple[PlannedProject, ...],
        objects: tuple[PlannedObject, ...],
    ) -> tuple[tuple[PlannedProject, ...], tuple[PlannedObject, ...]]:
        """The same, where objects that go to a cluster are as a cluster takes them."""
        clusters = frozenset(plane.name for plane in planes if plane.cluster)
        if not clusters:
            return projects, objects
        self._raise(secrets_in_clear(projects, clusters))
        config = self._inputs.config
        way = Way(clusters, config.timeouts, frozenset(config.wait_for))
        return tuple(way.project(one) for one in projects), way.objects(objects)

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
