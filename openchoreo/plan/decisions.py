"""For every component of a stack: what is known of it, and the decision made from that."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct, field

from openchoreo.config import StackConfig
from openchoreo.delivery import (
    COMPONENTS,
    PROJECTS,
    RESOURCES,
    Action,
    Binding,
    Decision,
    Entry,
    Ledger,
    Record,
    Release,
    Situation,
    Snapshots,
    Words,
    binding_of,
    decide,
)
from openchoreo.delivery.gates import Opened
from openchoreo.errors import OpenChoreoError, Problem
from openchoreo.model import Component
from openchoreo.plan.around import Around, Pipelines, Recalled
from openchoreo.plan.gating import Asking
from openchoreo.plan.releases import TypeChecks, snapshot_of
from openchoreo.plan.scope import Key, Scope, resolve_names, text
from openchoreo.plan.sets import NamedSet

ISOLATED = "isolated"
"""The reason for keeping what is recorded of a component that something is wrong with."""


class Decided(Struct, frozen=True, kw_only=True):
    """One component with its decision; `component` is None where it is no longer defined."""

    namespace: str
    project: str
    name: str
    component: Component | None
    binding: Binding
    today: Release | None
    decision: Decision
    opened: Opened = field(default_factory=Opened)

    @property
    def key(self) -> Key:
        return self.namespace, self.name


class Deciding:
    """Makes the decisions of one run."""

    def __init__(
        self,
        scope: Scope,
        config: StackConfig,
        recalled: Recalled,
        pipelines: Pipelines,
        asking: Asking,
    ) -> None:
        self._asking = asking
        self._scope = scope
        self._config = config
        self._recalled = recalled
        self._around = Around(scope, recalled, pipelines)
        self._snapshots = Snapshots()
        self._type_checks = TypeChecks(scope.catalog)
        self._known = _known_keys(scope, recalled.ledger)
        self._named = Counter(name for _, name in self._known)
        self._bindings: dict[Key, str] = {}
        self._removed: frozenset[Key] = frozenset()
        self._set = NamedSet()

    @property
    def keys(self) -> tuple[Key, ...]:
        """Every component that is defined or recorded here."""
        return self._known

    def read_names(self, named: NamedSet) -> None:
        """Which component each name in the config means. Raises for names that mean none."""
        self._set = named
        bindings = {name: ("bindings", name) for name in self._config.bindings}
        bound, problems = resolve_names(bindings, self._known)
        written = removed_of(COMPONENTS, self._config)
        places = {name: ("removed", index) for name, index in written.items()}
        removed, more = resolve_names(places, self._known)
        if problems or more:
            raise OpenChoreoError(*problems, *more)
        self._bindings = {key: name for name, key in bound.items()}
        self._removed = frozenset(removed.values())

    def decide(self, key: Key) -> Decided:
        """The decision for one component. Raises OpenChoreoError where it is refused."""
        situation = self.situation(key)
        decision = decide(situation)
        return Decided(
            namespace=situation.namespace,
            project=situation.project,
            name=situation.component,
            component=self._scope.catalog.component(*key),
            binding=situation.binding,
            today=situation.today,
            decision=decision,
            opened=self._asking.ask(situation, decision),
        )

    def situation(self, key: Key) -> Situation:
        """All that is known of one component. Raises OpenChoreoError where its binding is wrong."""
        namespace, name = key
        component = self._scope.catalog.component(namespace, name)
        record = self._recalled.ledger.recorded(text(key))
        owner = component.project if component else record.project if record else ""
        today, problems = self._today(component, record)
        pipeline, absent = (
            self._around.pipeline(component.namespace, component.project)
            if component
            else (None, "")
        )
        situation = Situation(
            namespace=namespace,
            project=owner,
            component=name,
            environment=self._scope.environment,
            stack=self._recalled.stack,
            binding=self._binding(key, owner),
            defined=component is not None,
            auto_deploy=component is not None and component.spec.auto_deploy,
            pipeline=pipeline,
            absent=absent,
            today=today,
            today_problems=problems,
            recorded=record,
            upstreams=self._around.upstreams(pipeline),
            documents=self._recalled.documents,
            imported=self._imported(key, owner),
            removed=key in self._removed,
            removal=self._removal(key),
            lineage=self._recalled.ledger.lineage,
            redacted=self._recalled.redacted,
        )
        return self._set.situated(situation)

    def keep(self, key: Key) -> Decided:
        """What is recorded of a component stays, whatever else is said of it."""
        record = self._recalled.ledger.recorded(text(key))
        component = self._scope.catalog.component(*key)
        current = record.current if record and record.running else None
        return Decided(
            namespace=key[0],
            project=record.project if record else component.project if component else "",
            name=key[1],
            component=component,
            binding=self._sound_binding(key, record.project if record else ""),
            today=None,
            decision=Decision(
                action=Action.KEEP if current else Action.NOTHING,
                reason=ISOLATED,
                release=self._recorded_release(key[1], current) if current else None,
            ),
        )

    def _sound_binding(self, key: Key, project: str) -> Binding:
        try:
            return self._binding(key, project)
        except OpenChoreoError:
            return Binding(key=self._short(key))

    def _recorded_release(self, component: str, entry: Entry) -> Release:
        """Without content where its document is not here."""
        documents, alias = self._recalled.documents, entry.alias or ""
        if entry.release in documents:
            return documents.release(entry.release, component, alias=alias)
        return Release(
            component=component, digest=entry.release, format=entry.format, spec={}, alias=alias
        )

    def _binding(self, key: Key, project: str) -> Binding:
        catalog, environment = self._scope.catalog, self._scope.environment
        written = self._bindings.get(key)
        config = self._config.bindings[written] if written else None
        documents = catalog.bindings_of(key[0], project, key[1], environment)
        name = written or self._short(key)
        hold = bool(config and config.hold)
        return binding_of(f"Component {text(key)}", name, documents, config, hold=hold)

    def _short(self, key: Key) -> str:
        """The bare name where it is unique, as people would write it."""
        return key[1] if self._named[key[1]] == 1 else text(key)

    def _today(
        self, component: Component | None, record: Record | None
    ) -> tuple[Release | None, tuple[Problem, ...]]:
        """The snapshot of today's definitions, or why there is none."""
        if component is None:
            return None, ()
        recorded = [(entry.format, entry.release) for entry in record.history] if record else ()
        catalog = self._scope.catalog
        release, problems = snapshot_of(catalog, component, self._snapshots, recorded)
        unsound = self._type_checks.of(component)
        return (None, (*problems, *unsound)) if unsound else (release, problems)

    def _imported(self, key: Key, project: str) -> tuple[Release, ...]:
        documents = self._scope.catalog.releases_of(key[0], project, key[1])
        known = self._recalled.documents.releases.keys()
        return tuple(self._snapshots.imported(document, known=known) for document in documents)

    def _removal(self, key: Key) -> int:
        written = removed_of(COMPONENTS, self._config)
        places = [place for name, place in written.items() if name in (key[1], text(key))]
        return places[0] if places else len(self._config.removed)


def removed_of(words: Words, config: StackConfig) -> dict[str, int]:
    """What of one chain openchoreo:removed names -> its place there.

    Components are written as they are called; others as resource/<namespace>/<name>.
    """
    kinds = tuple(f"{other.kind.lower()}/" for other in (PROJECTS, RESOURCES))
    found: dict[str, int] = {}
    for index, name in enumerate(config.removed):
        typed = name.count("/") == 2 and name.startswith(kinds)  # noqa: PLR2004 - kind, two names
        own = f"{words.kind.lower()}/"
        if typed and name.startswith(own):
            found[name.removeprefix(own)] = index
        elif not typed and words is COMPONENTS:
            found[name] = index
    return found


def _known_keys(scope: Scope, ledger: Ledger) -> tuple[Key, ...]:
    recorded = [_key(recorded) for recorded in ledger.components]
    return tuple(sorted({*scope.component_keys, *recorded}))


def _key(written: str) -> Key:
    namespace, _, name = written.partition("/")
    return namespace, name
