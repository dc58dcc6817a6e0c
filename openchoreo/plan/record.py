"""From what was applied to what the stack's outputs say."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from openchoreo.delivery import Applied, Ledger, ReleaseStore, Stamp, summary
from openchoreo.plan.planned import Plan, PlannedComponent
from openchoreo.plan.scope import text


@dataclass(frozen=True, slots=True)
class Outputs:
    """The three outputs of a stack."""

    pipeline: str
    releases: str
    summary: dict[str, str]


def record(
    plan: Plan,
    applied: Collection[str],
    stamp: Stamp,
    named: Collection[str] = (),
    images: Mapping[str, Mapping[str, str]] | None = None,
) -> Outputs:
    """The outputs after a run that applied these components, told by their keys.

    A component that is not among them keeps the record it had. `named` are digests that other
    environments need. `images` are those that ready pods run, of components of which that is new.
    """
    ledger = _recorded(plan, applied, stamp, images or {})
    store = _kept(plan, ledger, applied, named)
    return Outputs(ledger.dumps(), store.dumps(), summary(ledger))


def _recorded(
    plan: Plan,
    applied: Collection[str],
    stamp: Stamp,
    images: Mapping[str, Mapping[str, str]],
) -> Ledger:
    ledger = plan.ledger
    for component in plan.components:
        if component.key in applied and component.done:
            ledger = ledger.with_deployed(
                component.key,
                _with_images(plan, component, images),
                stamp,
                project=component.project,
                endpoints=component.endpoints,
            )
    for key in plan.undeployed:
        ledger = ledger.with_undeployed(text(key), stamp)
    return ledger.bounded()


def _with_images(
    plan: Plan, component: PlannedComponent, images: Mapping[str, Mapping[str, str]]
) -> Applied:
    """What is applied unchanged keeps the images that are recorded."""
    assert component.done is not None
    record = plan.ledger.recorded(component.key)
    found = images.get(component.key)
    if found is None and record and not plan.changes(component):
        found = record.current.images
    return component.done.model_copy(update={"images": dict(found or {})})


def _kept(
    plan: Plan, ledger: Ledger, applied: Collection[str], named: Collection[str]
) -> ReleaseStore:
    """Documents of what this ledger refers to, and others of those it had.

    Nothing is dropped as long as nothing new is recorded, so that such a run changes no byte.
    """
    deployed = (one.release for one in plan.components if one.key in applied and one.done)
    referenced = ledger.referenced()
    unchanged = referenced == plan.ledger.referenced()
    others = plan.kept if unchanged else plan.kept.intersection(named)
    return plan.store.with_releases(deployed).keeping(referenced | others)
