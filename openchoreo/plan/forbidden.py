"""What the policy forbids in the manifests of whatever is to change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from openchoreo.delivery import Applied, Ledger, Record
from openchoreo.delivery.gates import Rules, violations
from openchoreo.document import Object
from openchoreo.errors import Problem, Stage
from openchoreo.plan.gating import Gating
from openchoreo.plan.planned import PlannedObject, PlannedProject
from openchoreo.rendering.manifests import group_and_version

GATE = "manifests"


def forbidden(
    projects: Iterable[PlannedProject], ledger: Ledger, gating: Gating, environment: str
) -> Iterator[Problem]:
    """What runs already is asked nothing, and neither is a way back to what ran before."""
    if gating.passes_over(GATE):
        return
    for project in projects:
        rules = gating.rules_of(project.namespace, project.name)
        if not rules.checks and not rules.kinds:
            continue
        owned: list[tuple[str, Record | None, Applied | None, tuple[PlannedObject, ...]]] = [
            (
                f"Project {project.key}",
                ledger.recorded(project.key, chain="projects"),
                project.done,
                project.objects,
            )
        ]
        owned += [
            (f"Component {one.key}", ledger.recorded(one.key), one.done, one.objects)
            for one in project.components
        ]
        owned += [
            (
                f"Resource {one.key}",
                ledger.recorded(one.key, chain="resources"),
                one.done,
                one.objects,
            )
            for one in project.resources
        ]
        for subject, record, done, objects in owned:
            if done and _is_asked(record, done):
                for planned in objects:
                    yield from _of_object(subject, planned, rules, environment)


def _is_asked(record: Record | None, done: Applied) -> bool:
    if record is None:
        return True
    current = record.current
    if current.active and current.release == done.release:
        return current.manifests != done.manifests
    return record.deployed(done.release) is None


def _of_object(
    subject: str, planned: PlannedObject, rules: Rules, environment: str
) -> Iterator[Problem]:
    manifest = planned.manifest
    where = f"renders {manifest['kind']} {planned.name}"
    for check in rules.checks:
        for found in violations(check, manifest):
            message = f"{where}: {found}, which the policy forbids in {environment} ({check})"
            yield Problem(Stage.DECIDE, subject, (), message)
    if _named(manifest).intersection(rules.kinds):
        message = f"{where}, a kind that the policy forbids in {environment}"
        yield Problem(Stage.DECIDE, subject, (), message)


def _named(manifest: Object) -> frozenset[str]:
    kind = str(manifest["kind"])
    group, _ = group_and_version(str(manifest["apiVersion"]))
    return frozenset({kind, f"{group}/{kind}"})
