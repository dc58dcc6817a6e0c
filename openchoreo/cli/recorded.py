"""Components, projects and Resources as people name them on the command line."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec import Struct

from openchoreo.delivery import COMPONENTS, PROJECTS, RESOURCES, Ledger, Record, Words
from openchoreo.errors import OpenChoreoError, Problem, Stage, nearest

WORDS = (COMPONENTS, PROJECTS, RESOURCES)


class RecordedOwner(Struct, frozen=True):
    """Whose releases they are; `key` is <namespace>/<name>."""

    words: Words
    key: str

    @property
    def namespace(self) -> str:
        return self.key.partition("/")[0]

    @property
    def name(self) -> str:
        return self.key.partition("/")[2]

    @property
    def names(self) -> tuple[str, str]:
        """default/greeter and greeter; project/default/shop and project/shop."""
        return self.words.removal(self.key), self.words.removal(self.name)

    def record(self, ledger: Ledger) -> Record | None:
        return ledger.recorded(self.key, chain=self.words.chain)

    def __str__(self) -> str:
        return self.names[0]


def recorded_owners(ledgers: Iterable[Ledger]) -> tuple[RecordedOwner, ...]:
    """Everything that any of the ledgers knows: components first, then projects, then Resources."""
    every = tuple(ledgers)
    return tuple(
        RecordedOwner(words, key)
        for words in WORDS
        for key in sorted({key for ledger in every for key in ledger.records(words.chain)})
    )


def owner_named(name: str, known: Collection[RecordedOwner]) -> RecordedOwner:
    """Raises OpenChoreoError where the name means none of them, or several."""
    found = [owner for owner in known if name in owner.names]
    if len(found) == 1:
        return found[0]
    if found:
        hint = f"write one of {', '.join(map(str, found))}"
        raise _refused(name, "is in several namespaces", hint)
    others = [str(owner) for owner in known if name in {owner.key, owner.name}]
    hint = f"did you mean {others[0]}?" if others else _nearest(name, known)
    raise _refused(name, "nothing of that name has been deployed in any environment", hint)


def _nearest(name: str, known: Collection[RecordedOwner]) -> str:
    """Among the names that are written in the same way, where there are such."""
    every = [one for way in range(2) for one in (owner.names[way] for owner in known)]
    alike = [one for one in every if one.count("/") == name.count("/")]
    return nearest(name, alike or [str(owner) for owner in known])


def _refused(name: str, message: str, hint: str) -> OpenChoreoError:
    return OpenChoreoError(Problem(Stage.LEDGER, name, (), message, hint))
