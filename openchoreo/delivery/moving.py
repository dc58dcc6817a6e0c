"""Projects that go from one stack of an environment to another one, with all that is recorded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from openchoreo.delivery.chains import CHAINS, Chain
from openchoreo.delivery.joining import extends
from openchoreo.delivery.ledger import Ledger, PlaneTarget, Scope
from openchoreo.delivery.record import Record
from openchoreo.errors import OpenChoreoError, Problem, Stage


class Moving(Struct, frozen=True):
    """`projects`, as namespace/name, go from the ledger `source` to the ledger `target`."""

    source: Ledger
    target: Ledger
    projects: frozenset[str]

    def moved(self, planes: Collection[str], *, name: str) -> tuple[Ledger, Ledger]:
        """Both ledgers afterwards; `planes` are those that the projects' objects are on.

        What the target has already, and has gone on with, stays as it is there. Raises
        OpenChoreoError, with the `name` of the target, where the two cannot be one history.
        """
        problems = [*self._histories(name), *self._targets(planes, name)]
        if problems:
            raise OpenChoreoError(*problems)
        source, target = self.source, self._target(planes)
        for chain in CHAINS:
            mine = records_of(self.source, chain, self.projects)
            rest = {key: one for key, one in source.records(chain).items() if key not in mine}
            every = {**mine, **target.records(chain)}
            source = source.model_copy(update={chain: rest})
            target = target.model_copy(update={chain: dict(sorted(every.items()))})
        left = tuple(one for one in source.scope.projects if one not in self.projects)
        scope = source.scope.model_copy(update={"projects": left})
        return source.model_copy(update={"scope": scope}), target

    @property
    def releases(self) -> frozenset[str]:
        """Digests of all that their histories speak of."""
        return frozenset(
            entry.release
            for chain in CHAINS
            for record in records_of(self.source, chain, self.projects).values()
            for entry in record.history
        )

    def _target(self, planes: Collection[str]) -> Ledger:
        source, target = self.source, self.target
        scope = Scope(
            namespaces=_sorted(source.scope.namespaces, target.scope.namespaces),
            projects=_sorted(self.projects, target.scope.projects),
        )
        used = {name: one for name, one in source.planes.items() if name in planes}
        known = {name: one for name, one in source.redacted.items() if name in self.releases}
        return target.model_copy(
            update={
                "scope": scope,
                "planes": {**used, **target.planes},
                "redacted": {**known, **target.redacted},
            }
        )

    def _histories(self, name: str) -> Iterable[Problem]:
        for chain in CHAINS:
            theirs = self.target.records(chain)
            for key, record in records_of(self.source, chain, self.projects).items():
                if key in theirs and not extends(theirs[key], record):
                    message = (
                        "has deployed it already, and does not know what is recorded here; the newest"
                        f" there is of {theirs[key].current.since}, here of {record.current.since}"
                    )
                    hint = (
                        "where that stack has nothing else: make it anew, which deletes no object "
                        f"(pulumi stack rm --force --preserve-config {name}; pulumi stack init "
                        f"{name}), and move again"
                    )
                    yield Problem(Stage.LEDGER, f"Stack {name}", (chain, key), message, hint)

    def _targets(self, planes: Collection[str], name: str) -> Iterable[Problem]:
        for plane in sorted(planes):
            mine, theirs = self.source.planes.get(plane), self.target.planes.get(plane)
            if mine and theirs and mine != theirs:
                message = f"deploys to {_place(theirs)} there, and the stack that has them to {_place(mine)}"
                hint = "move them to a stack that deploys to the same place"
                yield Problem(Stage.LEDGER, f"Stack {name}", ("planes", plane), message, hint)


def records_of(ledger: Ledger, chain: Chain, projects: Collection[str]) -> Mapping[str, Record]:
    return {
        key: one for key, one in ledger.records(chain).items() if _project(key, one) in projects
    }


def projects_in(ledger: Ledger) -> frozenset[str]:
    """Those of which anything is recorded, as namespace/name."""
    return frozenset(
        _project(key, one) for chain in CHAINS for key, one in ledger.records(chain).items()
    )


def _project(key: str, record: Record) -> str:
    return f"{key.partition('/')[0]}/{record.project}"


def _sorted(*names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name for some in names for name in some}))


def _place(target: PlaneTarget) -> str:
    return f"cluster {target.cluster}" if target.cluster else "files"
