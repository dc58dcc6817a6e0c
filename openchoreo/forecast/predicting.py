"""What a run would do to a stack, and why, before anybody asks the engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from openchoreo.config import StackConfig
from openchoreo.delivery import COMPONENTS, PROJECTS, RESOURCES, Applied, Record, Words
from openchoreo.document import Document, Object
from openchoreo.errors import OpenChoreoError, Problem
from openchoreo.forecast.causes import RELEASE, Causes, others_than_release
from openchoreo.forecast.changes import Comparing, ObjectChange, identities
from openchoreo.forecast.deployed import deployed_in, directories_in
from openchoreo.forecast.pins import Wanted, with_wanted
from openchoreo.plan import Gating, Inputs, Plan, make_plan
from openchoreo.policy import RELAXABLE
from openchoreo.rendering.version import RENDERING

UNDEPLOYED = "undeployed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """`plan` is None where nothing can be said of what would be there. `refusals` are what a run
    would be refused with: `changes` tell then what it would do if they were mended.
    """

    environment: str
    plan: Plan | None
    again: Plan | None = None
    """The releases that run, rendered with what is said today."""
    changes: tuple[ObjectChange, ...] = ()
    refusals: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    def of(self, owners: Iterable[str]) -> tuple[ObjectChange, ...]:
        """The changes of some owners."""
        wanted = frozenset(owners)
        return tuple(one for one in self.changes if one.owner in wanted)


def predict(
    inputs: Inputs, state: Mapping[str, Document], wanted: Iterable[Wanted] = ()
) -> Forecast:
    """What the next run does to the stack of this state, with `wanted` in its config.

    Raises OpenChoreoError where stack config, pipelines or ledgers are wrong.
    """
    config = with_wanted(inputs.config, wanted)
    asked = replace(inputs, config=config)
    plan, refusals = _planned(asked)
    if plan is None:
        return Forecast(environment=config.environment, plan=None, refusals=refusals)
    deployed = {one.identity: one for one in deployed_in(state)}
    moved = _moved(plan, directories_in(state))
    changes = Comparing(deployed, moved).changes(plan)
    again = _again(asked, plan, changes)
    causes = _Causes(plan, again)
    return Forecast(
        environment=config.environment,
        plan=plan,
        again=again,
        changes=tuple(causes.of(one.owner).told(one) for one in changes),
        refusals=refusals,
        warnings=plan.warnings,
    )


def _planned(inputs: Inputs) -> tuple[Plan | None, tuple[Problem, ...]]:
    """The plan, and what it is refused with.

    Closed gates, and dependencies that are not there, are looked past to see what would be.
    """
    try:
        plan = make_plan(inputs)
    except OpenChoreoError as error:
        refusals = error.problems
    else:
        return plan, plan.problems
    open_gates = replace(inputs, gating=Gating())
    for passed_over in (open_gates, replace(open_gates, relaxed=frozenset(RELAXABLE))):
        try:
            return make_plan(passed_over), refusals
        except OpenChoreoError:
            continue
    return None, refusals


def _moved(plan: Plan, directories: Mapping[str, str]) -> frozenset[str]:
    return frozenset(
        plane.name
        for plane in plan.planes
        if plane.directory and directories.get(plane.name, plane.directory) != plane.directory
    )


def _again(inputs: Inputs, plan: Plan, changes: Iterable[ObjectChange]) -> Plan | None:
    """A plan in which everything that is to change its release keeps the one it runs."""
    changed = {one.owner for one in changes}
    pins = [pin for pin in _kept(inputs.config, plan) if _owner(pin) in changed]
    if not pins:
        return plan
    config = with_wanted(inputs.config, pins)
    try:
        return make_plan(replace(inputs, config=config, gating=Gating()))
    except OpenChoreoError:
        return None


def _owner(pin: Wanted) -> str:
    return pin.words.removal(pin.key)


def _kept(config: StackConfig, plan: Plan) -> list[Wanted]:
    """Pins of what runs now, of all that are to run another release."""
    found: list[Wanted] = []
    for words, record, done, key in records_in(plan):
        if record and record.running and done and done.release != record.current.release:
            entry = record.current
            text = f"{entry.name}@{entry.release}"
            found.append(Wanted(words=words, name=_name(config, words, key), key=key, pin=text))
    return found


def _name(config: StackConfig, words: Words, key: str) -> str:
    """As the config has it, so that it is not named twice."""
    fields: dict[Words, Mapping[str, object]] = {
        COMPONENTS: config.bindings,
        PROJECTS: config.project_bindings,
        RESOURCES: config.resource_bindings,
    }
    short = key.partition("/")[2]
    return short if short in fields[words] else key


def records_in(plan: Plan) -> Iterable[tuple[Words, Record | None, Applied | None, str]]:
    """Of everything that is to run: its words, what is recorded, what is to be, and its key."""
    recorded = plan.ledger.recorded
    for project in plan.projects:
        record = recorded(project.key, chain="projects")
        yield PROJECTS, record, project.done, project.key
        for resource in project.resources:
            record = recorded(resource.key, chain="resources")
            yield RESOURCES, record, resource.done, resource.key
        for component in project.components:
            yield COMPONENTS, recorded(component.key), component.done, component.key


@dataclass
class _Causes:
    """Those of each owner, found when they are first asked for."""

    plan: Plan
    again: Plan | None
    _found: dict[str, Causes] = field(default_factory=dict[str, Causes])

    def __post_init__(self) -> None:
        self._objects = identities(self.again) if self.again else None
        self._owners = {
            words.removal(key): (record, done) for words, record, done, key in records_in(self.plan)
        }
        self._before = (
            {words.removal(key): done for words, _, done, key in records_in(self.again)}
            if self.again
            else {}
        )

    def of(self, owner: str) -> Causes:
        if owner not in self._found:
            self._found[owner] = self._of(owner)
        return self._found[owner]

    def _of(self, owner: str) -> Causes:
        if not owner:
            return Causes(None, ("environment",))
        if owner not in self._owners:
            return Causes(None, (UNDEPLOYED,))
        record, done = self._owners[owner]
        if record is None or not record.running:
            return Causes(None, (RELEASE,))
        others = others_than_release(record, self._before.get(owner) or done, RENDERING)
        if done is None or done.release == record.current.release:
            return Causes(None, tuple(others))
        return Causes(self._objects, tuple(others)) if self._objects is not None else _unknown()


def _unknown() -> Causes:
    """The release that runs cannot be rendered any more."""
    return Causes(None, (RELEASE,))


def documents(changes: Iterable[ObjectChange]) -> list[Document]:
    found: list[Object] = [one.document() for one in changes]
    return [*found]
