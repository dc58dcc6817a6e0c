"""The program: load, recall, decide, render, check, register, record."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

import pulumi
from msgspec import Struct

from openchoreo.config import ADOPT_ONCE
from openchoreo.delivery import Outputs, Stamp
from openchoreo.engine import registration, tree
from openchoreo.engine.handed import Resources, awaited, planned
from openchoreo.engine.preparation import Run, prepare
from openchoreo.engine.registration import fail_at_the_end
from openchoreo.errors import OpenChoreoError, Problem, describe
from openchoreo.garbage import uncollected
from openchoreo.plan import Plan, PlannedResource, other_images, record
from openchoreo.rendering import Output
from openchoreo.workspace.actor import actor
from openchoreo.workspace.stack_files import placed_in_stack_file

OUTPUTS = ("pipeline", "releases", "summary", "urls")


def deploy(*, resources: Resources | None = None) -> None:
    """Deploys what the definitions, the config and the ledgers say runs in this environment.

    `resources` gives outputs to Resources of the definitions, by name or namespace/name: text, an
    Output of text, `SecretKey` or `ConfigMapKey`, as the type of the Resource declares them. What
    needs them is deployed after them, in the same run.

    Everything that can be refused is refused before the first resource, in one message
    and without a traceback. Where the config isolates problems, those of single components are
    told at the end instead, and the run ends in error then.
    """
    try:
        registration.choose(os.environ.get(registration.VARIABLE, ""))
        adopt = os.environ.get(ADOPT_ONCE) == "true"
        with uncollected():
            handed = planned(resources or {})
            run = prepare(lineage=str(uuid.uuid4()), now=_now(), adopt=adopt, handed=handed)
    except OpenChoreoError as error:
        raise pulumi.RunError(_told(error.problems)) from None
    for note in run.plan.notes:
        pulumi.log.info(note)
    for stack in run.plan.upstream_stacks:
        pulumi.StackReference(stack)
    recorded = asyncio.ensure_future(_apply(run, _Hand(resources or {})))
    for name in OUTPUTS:
        pulumi.export(name, _output(recorded, name))
    if run.plan.problems:
        fail_at_the_end(_isolated(run.plan))


def _told(problems: tuple[Problem, ...]) -> str:
    return describe(placed_in_stack_file(problems, pulumi.get_stack()))


def _isolated(plan: Plan) -> str:
    """What was left as it is, and why."""
    kept = [f"{one.key} keeps {one.release.shown}" for one in plan.components if one.done is None]
    left = ", ".join(kept) or "nothing that runs here is concerned"
    heading = f"problems were isolated (openchoreo:onProblem): {left}; the rest went on"
    return f"{heading}\n\n{_told(plan.problems)}"


class _Recorded(Struct, frozen=True):
    outputs: Outputs
    known: bool
    """False in a preview of a run that will change the record."""


class _Hand(Struct, frozen=True):
    """What __main__.py gave."""

    resources: Resources

    async def outputs(self, resource: PlannedResource) -> Mapping[str, Output]:
        return await awaited(self.resources, (resource.name, resource.key))


async def _apply(run: Run, hand: _Hand) -> _Recorded:
    """Registers the plan, and records what was applied."""
    done = await tree.register(run.plan, run.clusters, hand)
    plan = run.plan.with_completed(done.completed)
    stamp = Stamp(_now(), actor())
    if done.problems:
        text = "\n\n".join(done.problems)
        pulumi.log.error(text)
        fail_at_the_end(f"not everything could be applied\n\n{text}")
    if not pulumi.runtime.is_dry_run():
        images = await run.clusters.images(plan, done.applied)
        for warning in other_images(plan, images):
            pulumi.log.warn(warning)
        recorded = record(plan, done.applied, stamp, run.named, images, done.outputs)
        return _Recorded(recorded, known=True)
    expected = record(plan, plan.keys, stamp, run.named, outputs=done.outputs)
    unchanged = not done.uncertain and (expected.pipeline, expected.releases) == (
        run.before.get("pipeline"),
        run.before.get("releases"),
    )
    return _Recorded(expected, known=unchanged)


def _output(recorded: asyncio.Future[_Recorded], name: str) -> pulumi.Output[object]:
    """An output that a preview does not promise, so that an update from its plan can record."""

    async def value() -> object:
        return getattr((await recorded).outputs, name)

    async def known() -> bool:
        return (await recorded).known

    return pulumi.Output(
        set(),
        asyncio.ensure_future(value()),
        asyncio.ensure_future(known()),
        asyncio.ensure_future(asyncio.sleep(0, result=False)),
    )


def _now() -> datetime:
    return datetime.now(UTC)
