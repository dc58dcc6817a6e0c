"""The state of a stack, taken out of its backend to be brought back with another record."""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import asdict

from openchoreo.cli import pulumi
from openchoreo.cli.stacks import StackOutputs, recorded_in
from openchoreo.delivery import Ledger, Outputs, ReleaseStore
from openchoreo.delivery.deployed import ROOT


class ExportedState:
    """What `pulumi stack export` prints of a stack, by its full name; `write` brings it back."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._document: dict[str, Any] = json.loads(pulumi.run("stack", "export", "--stack", name))
        self.resources: list[dict[str, Any]] = self._deployment.setdefault("resources", [])
        self.outputs: dict[str, Any] = self._root().setdefault("outputs", {})

    @property
    def interrupted(self) -> bool:
        """Whether an update has ended in the middle of something."""
        return bool(self._deployment.get("pending_operations"))

    @property
    def recorded(self) -> StackOutputs:
        return recorded_in(self.name, self.outputs)

    def loaded(self) -> tuple[Ledger | None, ReleaseStore]:
        """Its record; no ledger where nothing has been recorded.

        Raises OpenChoreoError where one of the two is not whole.
        """
        recorded = self.recorded
        return recorded.loaded() if recorded.pipeline else (None, ReleaseStore())

    def hold(self, ledger: Ledger, documents: ReleaseStore) -> None:
        self.outputs.update(asdict(Outputs.of(ledger, documents)))

    def write(self, resources: list[Any] | None = None) -> None:
        """With these resources, where they are others than it had."""
        deployment = {
            **self._deployment,
            "resources": self.resources if resources is None else resources,
        }
        state = json.dumps({**self._document, "deployment": deployment})
        pulumi.run("stack", "import", "--stack", self.name, given=state)

    @property
    def _deployment(self) -> dict[str, Any]:
        return self._document["deployment"]

    def _root(self) -> dict[str, Any]:
        """A stack that never ran anything gets one."""
        for one in self.resources:
            if one["type"] == ROOT:
                return one
        _, project, short = self.name.split("/")
        urn = f"urn:pulumi:{short}::{project}::{ROOT}::{project}-{short}"
        root: dict[str, Any] = {"urn": urn, "custom": False, "type": ROOT}
        self.resources.insert(0, root)
        return root
