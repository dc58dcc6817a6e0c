"""What the policy forbids in the manifests of whatever is to change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from openchoreo.delivery import Applied, Ledger, Record
from openchoreo.delivery.gates import Answer, Opened, Rules, violations
from openchoreo.document import Object
from openchoreo.errors import Problem, Stage
from openchoreo.plan.gating import Asked, Gating
from openchoreo.plan.planned import (
    PlannedComponent,
    PlannedObject,
    PlannedProject,
    PlannedResource,
)
from openchoreo.plan.scope import Key
from openchoreo.rendering import Output
from openchoreo.rendering.manifests import group_and_version

GATE = "manifests"

Owner: TypeAlias = PlannedProject | PlannedComponent | PlannedResource
Complete: TypeAlias = Callable[[Mapping[Key, Mapping[str, Output]]], PlannedComponent]
O = TypeVar("O", PlannedProject, PlannedComponent, PlannedResource)  # noqa: E741 - Owner


class Looked(Struct, frozen=True):
    """What was found in the manifests of one owner. `component` is None where it is no component."""

    subject: str
    component: Key | None
    done: Applied
    found: tuple[str, ...]
    passed_over: bool

    @property
    def problems(self) -> tuple[Problem, ...]:
        if self.passed_over:
            return ()
        return tuple(Problem(Stage.DECIDE, self.subject, (), one) for one in self.found)

    @property
    def answers(self) -> tuple[Answer, ...]:
        if self.found:
            return tuple(Answer(GATE, passed=False, said=one) for one in self.found)
        return (Answer(GATE, passed=True, said="nothing in it is forbidden"),)

    def added_to(self, known: Asked | None) -> Asked:
        """What the other gates say of it, and this one."""
        opened, answers = known.opened if known else Opened(), self.answers
        over = answers if self.found and self.passed_over else ()
        closed = answers if self.found and not self.passed_over else ()
        more = replace(
            opened,
            answers=(*opened.answers, *answers),
            passed_over=(*opened.passed_over, *over),
            closed=(*opened.closed, *closed),
        )
        return Asked(self.subject, self.done.alias or self.done.name, self.done.release, more)


def looked_at(
    projects: Iterable[PlannedProject], ledger: Ledger, gating: Gating, environment: str
) -> Iterator[Looked]:
    """Everything that is to be in another form than it ever ran here; other overrides as well."""
    over = gating.passes_over(GATE)
    for project in projects:
        rules = gating.rules_of(project.namespace, project.name)
        if not rules.checks and not rules.kinds:
            continue
        for subject, component, record, owner in _owners(project, ledger):
            if owner.done and not _ran_so(record, owner.done):
                found = [one for o in owner.objects for one in _of_object(o, rules, environment)]
                yield Looked(subject, component, owner.done, tuple(found), over)


def with_manifests(asked: Iterable[Asked], looked: Iterable[Looked]) -> tuple[Asked, ...]:
    """What all gates say, each subject once."""
    told: Mapping[str, Asked] = {one.subject: one for one in asked}
    more = {one.subject: one.added_to(told.get(one.subject)) for one in looked}
    return tuple({**told, **more}.values())


def with_passed_over(
    projects: Iterable[PlannedProject], looked: Iterable[Looked], gating: Gating
) -> tuple[PlannedProject, ...]:
    """The same, where everything that was passed over will be recorded."""
    over = {one.subject: one for one in looked if one.found}
    if not over:
        return tuple(projects)
    return tuple(
        replace(
            _passed(one, over.get(f"Project {one.key}"), gating),
            components=tuple(
                _passed(c, over.get(f"Component {c.key}"), gating) for c in one.components
            ),
            resources=tuple(
                _passed(r, over.get(f"Resource {r.key}"), gating) for r in one.resources
            ),
        )
        for one in projects
    )


def _passed(owner: O, looked: Looked | None, gating: Gating) -> O:
    if looked is None or owner.done is None:
        return owner
    passed = replace(owner, done=gating.passed(owner.done, looked.answers))
    if not isinstance(passed, PlannedComponent) or passed.complete is None:
        return passed
    return replace(passed, complete=_completing(passed.complete, looked, gating))


def _completing(complete: Complete, looked: Looked, gating: Gating) -> Complete:
    return lambda outputs: _passed(complete(outputs), looked, gating)


def _owners(
    project: PlannedProject, ledger: Ledger
) -> Iterator[tuple[str, Key | None, Record | None, Owner]]:
    own = ledger.recorded(project.key, chain="projects")
    yield f"Project {project.key}", None, own, project
    for one in project.components:
        key = (one.namespace, one.name)
        yield f"Component {one.key}", key, ledger.recorded(one.key), one
    for one in project.resources:
        recorded = ledger.recorded(one.key, chain="resources")
        yield f"Resource {one.key}", None, recorded, one


def _ran_so(record: Record | None, done: Applied) -> bool:
    """Whether this release ran here before, with these manifests."""
    return record is not None and any(
        entry.active and (entry.release, entry.manifests) == (done.release, done.manifests)
        for entry in record.history
    )


def _of_object(planned: PlannedObject, rules: Rules, environment: str) -> Iterator[str]:
    manifest = planned.manifest
    where = f"renders {manifest['kind']} {planned.name}"
    for check in rules.checks:
        for found in violations(check, manifest):
            yield f"{where}: {found}, which the policy forbids in {environment} ({check})"
    if _named(manifest).intersection(rules.kinds):
        yield f"{where}, a kind that the policy forbids in {environment}"


def _named(manifest: Object) -> frozenset[str]:
    kind = str(manifest["kind"])
    group, _ = group_and_version(str(manifest["apiVersion"]))
    return frozenset({kind, f"{group}/{kind}"})
