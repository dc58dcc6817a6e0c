"""Ledgers of stacks, read through Pulumi, so that any backend will do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor

from msgspec import Struct

from openchoreo.cli import pulumi
from openchoreo.delivery import Ledger, ReleaseStore, load_ledger, load_store
from openchoreo.errors import OpenChoreoError, Problem, Stage, nearest


class StackOutputs(Struct, frozen=True):
    """The outputs of a stack that hold its record; empty where nothing has been deployed."""

    name: str
    """In full: <organization>/<project>/<stack>."""
    pipeline: str = ""
    releases: str = ""

    @property
    def short(self) -> str:
        return self.name.rpartition("/")[2]

    def ledger(self) -> Ledger:
        """Raises OpenChoreoError where it is not whole."""
        return load_ledger(self.pipeline, source=f"Stack {self.name}")

    def loaded(self) -> tuple[Ledger, ReleaseStore]:
        """Raises OpenChoreoError where one of the two is not whole."""
        return self.ledger(), load_store(self.releases, source=f"Stack {self.name}")


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


def read_stacks(only: Collection[str] = ()) -> list[StackOutputs]:
    """The same of all stacks of this project, or of `only`, several at a time."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        return list(pool.map(read_stack, full_names(only)))


def recorded_in(name: str, outputs: Mapping[str, object]) -> StackOutputs:
    pipeline, releases = outputs.get("pipeline"), outputs.get("releases")
    if isinstance(pipeline, str) and isinstance(releases, str):
        return StackOutputs(name, pipeline, releases)
    return StackOutputs(name)


def _unknown(name: str, known: Collection[str]) -> Problem:
    return Problem(
        Stage.LEDGER, f"Stack {name}", (), "there is no such stack", nearest(name, known)
    )
