"""What a run would do to a stack, and why, before anybody asks the engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from openchoreo.config import StackConfig
from openchoreo.delivery import COMPONENTS, PROJECTS, RESOURCES, Words
from openchoreo.delivery.deployed import deployed_in, directories_in
from openchoreo.document import Document
from openchoreo.errors import OpenChoreoError, Problem
from openchoreo.forecast.causes import RELEASE, UNDEPLOYED, Causes, others_than_release
from openchoreo.forecast.changes import Comparing, ObjectChange, identities
from openchoreo.forecast.pins import Wanted, with_wanted
from openchoreo.forecast.running import running_in
from openchoreo.plan import Gating, Inputs, Plan, make_plan
from openchoreo.policy import RELAXABLE
from openchoreo.rendering.version import RENDERING


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
    pins = [pin for pin in _kept(inputs.config, plan) if pin.owner in changed]
    if not pins:
        return plan
    config = with_wanted(_without_set(inputs.config, plan), pins)
    try:
        return make_plan(replace(inputs, config=config, gating=Gating()))
    except OpenChoreoError:
        return None


def _without_set(config: StackConfig, plan: Plan) -> StackConfig:
    """The config with a pin of its own for each member of the set that it names."""
    if plan.set_ is None:
        return config
    members = plan.set_.members
    pins = [
        Wanted(words=one.words, name=_name(config, one.words, one.key), key=one.key, pin=pin)
        for one in running_in(plan)
        for pin in [f"{one.release.name}@{one.release.digest}" if one.release else ""]
        if one.key in members[one.words.chain]
    ]
    return with_wanted(config.model_copy(update={"set_": ""}), pins)


def _kept(config: StackConfig, plan: Plan) -> list[Wanted]:
    """Pins of what runs now, of all that are to run another release."""
    found: list[Wanted] = []
    for one in running_in(plan):
        if one.other_release and one.record:
            entry = one.record.current
            name = _name(config, one.words, one.key)
            pin = f"{entry.name}@{entry.release}"
            found.append(Wanted(words=one.words, name=name, key=one.key, pin=pin))
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


@dataclass
class _Causes:
    """Those of each owner, found when they are first asked for."""

    plan: Plan
    again: Plan | None
    _found: dict[str, Causes] = field(default_factory=dict[str, Causes])

    def __post_init__(self) -> None:
        self._objects = identities(self.again) if self.again else None
        self._owners = {one.owner: one for one in running_in(self.plan)}
        again = running_in(self.again) if self.again else ()
        self._before = {one.owner: one.done for one in again}

    def of(self, owner: str) -> Causes:
        if owner not in self._found:
            self._found[owner] = self._of(owner)
        return self._found[owner]

    def _of(self, owner: str) -> Causes:
        if not owner:
            return Causes(None, ("environment",))
        if owner not in self._owners:
            return Causes(None, (UNDEPLOYED,))
        one = self._owners[owner]
        if one.record is None or not one.record.running:
            return Causes(None, (RELEASE,))
        done = self._before.get(owner) or one.done
        others = tuple(others_than_release(one.record, done, RENDERING))
        if not one.other_release:
            return Causes(None, others)
        if self._objects is None:  # the release that runs cannot be rendered any more
            return Causes(None, (RELEASE,))
        return Causes(self._objects, others)
