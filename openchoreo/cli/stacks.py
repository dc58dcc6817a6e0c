"""Ledgers of stacks, read through Pulumi, so that any backend will do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from openchoreo.cli import pulumi
from openchoreo.delivery import Ledger, ReleaseStore, load_ledger, load_store
from openchoreo.errors import Collector, OpenChoreoError, Problem, Stage, nearest


@dataclass(frozen=True, slots=True)
class StackLedger:
    stack: str
    ledger: Ledger | None
    """None where nothing of ours has been deployed."""


@dataclass(frozen=True, slots=True)
class StackOutputs:
    """The outputs of a stack that hold its record; empty where nothing has been deployed."""

    name: str
    """In full: <organization>/<project>/<stack>."""
    pipeline: str = ""
    releases: str = ""

    @property
    def short(self) -> str:
        return self.name.rpartition("/")[2]

    def loaded(self) -> tuple[Ledger, ReleaseStore]:
        """Raises OpenChoreoError where one of the two is not whole."""
        source = f"Stack {self.name}"
        return load_ledger(self.pipeline, source=source), load_store(self.releases, source=source)


def read_ledgers(*, only: str = "") -> list[StackLedger]:
    """The ledgers of this project's stacks, or of one.

    Raises OpenChoreoError where Pulumi cannot be asked, or a ledger is not whole.
    """
    names = [only] if only else [str(one["name"]) for one in pulumi.ask("stack", "ls")]
    found = Collector()
    stacks = [found.attempt(lambda name=name: _stack(name)) for name in names]
    found.raise_if_any()
    return [stack for stack in stacks if stack]


def full_names(only: Collection[str] = ()) -> list[str]:
    """The stacks of this project by their full names; those of `only`, short or full, if any.

    Raises OpenChoreoError for a stack that does not exist.
    """
    listed = [str(one["name"]) for one in pulumi.ask("stack", "ls", "--fully-qualify-stack-names")]
    shorts = {name.rpartition("/")[2]: name for name in listed}
    unknown = [name for name in only if name not in {*listed, *shorts}]
    if unknown:
        raise OpenChoreoError(*(_unknown(name, shorts) for name in unknown))
    return [name for name in listed if not only or {name, name.rpartition("/")[2]} & {*only}]


def read_stack(name: str) -> StackOutputs:
    """What a stack has recorded, as it stands in its outputs."""
    return recorded_in(name, pulumi.ask("stack", "output", "--stack", name))


def recorded_in(name: str, outputs: Mapping[str, object]) -> StackOutputs:
    pipeline, releases = outputs.get("pipeline"), outputs.get("releases")
    if isinstance(pipeline, str) and isinstance(releases, str):
        return StackOutputs(name, pipeline, releases)
    return StackOutputs(name)


def _stack(name: str) -> StackLedger:
    return StackLedger(name.rpartition("/")[2], _ledger(name))


def _ledger(stack: str) -> Ledger | None:
    text = pulumi.ask("stack", "output", "--stack", stack).get("pipeline")
    return load_ledger(text, source=f"Stack {stack}") if isinstance(text, str) else None


def _unknown(name: str, known: Collection[str]) -> Problem:
    return Problem(
        Stage.LEDGER, f"Stack {name}", (), "there is no such stack", nearest(name, known)
    )
