"""What `pulumi stack export` prints of a stack that was deployed without an engine."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from openchoreo.delivery import COMPONENTS
from openchoreo.forecast import Forecast, Wanted, predict
from openchoreo.forecast.changes import identities
from openchoreo.plan import Plan
from tests.plan.world import World

_CHAINS = {"resource": "ResourceReleaseBinding", "project": "ProjectReleaseBinding"}


def export_of(world: World, plan: Plan) -> dict[str, Any]:
    """The state after a run of this plan, in which everything was applied."""
    stack = plan.environment
    prefix = f"urn:pulumi:{stack}::shop::"
    releases = {one.key: one.release.shown for one in plan.components}
    releases |= {one.removal: one.release.shown for one in plan.resources}
    root = {
        "type": "pulumi:pulumi:Stack",
        "urn": f"{prefix}pulumi:pulumi:Stack::shop-{stack}",
        "outputs": world.outputs[world.full(stack)],
    }
    resources: list[dict[str, Any]] = [root]
    owners: dict[str, str] = {}
    for (type_, name), (owner, planned) in identities(plan).items():
        if owner and owner not in owners:
            kind, _, key = (
                owner.partition("/") if owner.split("/")[0] in _CHAINS else ("", "", owner)
            )
            binding = f"openchoreo:index:{_CHAINS.get(kind, 'ReleaseBinding')}"
            owners[owner] = f"{prefix}openchoreo:index:Component${binding}::{key}"
            inputs = {"environment": stack, "releaseName": releases.get(owner, "")}
            resources.append({"type": binding, "urn": owners[owner], "inputs": inputs})
        resources.append(
            {
                "type": type_,
                "urn": f"{prefix}{type_}::{name}",
                "parent": owners.get(owner, f"{prefix}openchoreo:index:Environment::{stack}"),
                "inputs": planned.manifest,
                "outputs": planned.manifest,
            }
        )
    return json.loads(json.dumps({"version": 3, "deployment": {"resources": resources}}))


class Deployed(World):
    """A world that keeps the state of its stacks as Pulumi exports it."""

    def __init__(self, root) -> None:
        super().__init__(root)
        self.exports: dict[str, dict[str, Any]] = {}

    def run(self, stack: str = "development", **config) -> None:
        plan = self.deploy(stack, **config)
        self.exports[stack] = export_of(self, plan)

    def forecast(
        self, stack: str = "development", *, wanted: Iterable[Wanted] = (), **config
    ) -> Forecast:
        inputs = self.inputs(stack, **config)
        return predict(inputs, self.exports.get(stack, {}), wanted)

    def pin(self, name: str, source: str = "development") -> Wanted:
        key = f"default/{name}"
        return Wanted(words=COMPONENTS, name=name, key=key, pin=self.current(key, source))

    def newest_set(self, stack: str = "development") -> str:
        ledger = json.loads(self.outputs[self.full(stack)]["pipeline"])
        return ledger["sets"][0]["digest"]
