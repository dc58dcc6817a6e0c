"""From what was applied to what the stack's outputs say."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from openchoreo.delivery import Applied, Ledger, Outputs, Release, ReleaseStore, Stamp
from openchoreo.document import Object
from openchoreo.plan.managed import offered
from openchoreo.plan.planned import Plan, PlannedComponent
from openchoreo.plan.scope import text


def record(
    plan: Plan,
    applied: Collection[str],
    stamp: Stamp,
    named: Collection[str] = (),
    images: Mapping[str, Mapping[str, str]] | None = None,
    outputs: Mapping[str, Mapping[str, Object]] | None = None,
) -> Outputs:
    """The outputs after a run that applied these, told as in `Plan.keys`.

    What is not among them keeps the record it had; where nothing is missing, what runs now is
    recorded as a set. `named` are digests that other environments need. `images` are those that ready pods run, of components of which that is new; `outputs`
    those of Resources that were known only when they had been applied.
    """
    ledger = _recorded(plan, applied, stamp, images or {})
    ledger = _with_resources(plan, ledger, applied, stamp, outputs or {})
    if plan.set_:
        ledger = ledger.with_promoted(plan.set_)
    if plan.keys <= {*applied} and not plan.problems:
        ledger = ledger.with_set(stamp)
    store = _kept(plan, ledger, applied, named)
    return Outputs.of(ledger, store)


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
    for project in plan.projects:
        if project.removal in applied and project.done:
            ledger = ledger.with_deployed(
                project.key, project.done, stamp, project=project.name, chain="projects"
            )
    for key in plan.undeployed:
        ledger = ledger.with_undeployed(text(key), stamp)
    return ledger


def _with_resources(
    plan: Plan,
    ledger: Ledger,
    applied: Collection[str],
    stamp: Stamp,
    outputs: Mapping[str, Mapping[str, Object]],
) -> Ledger:
    for one in plan.resources:
        if one.removal in applied and one.done:
            ledger = ledger.with_deployed(
                one.key,
                one.done,
                stamp,
                project=one.project,
                outputs=outputs.get(one.key) or offered(one.outputs),
                retained=one.retained,
                chain="resources",
            )
    for chain, key in plan.gone:
        ledger = ledger.with_undeployed(text(key), stamp, chain=chain)
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

    Nothing is dropped as long as nothing new is recorded, so that such a run changes no byte; nor
    where no other release is to run, since nobody has asked then what others need.
    """
    deployed = _deployed(plan, applied)
    referenced = ledger.referenced()
    unchanged = referenced == plan.ledger.referenced() or not plan.changes_releases
    others = plan.kept if unchanged else plan.kept.intersection(named)
    return plan.store.with_releases(deployed).keeping(referenced | others)


def _deployed(plan: Plan, applied: Collection[str]) -> Iterator[Release]:
    yield from (one.release for one in plan.components if one.key in applied and one.done)
    yield from (one.release for one in plan.resources if one.removal in applied and one.done)
    for project in plan.projects:
        if project.release and project.done and project.removal in applied:
            yield project.release
