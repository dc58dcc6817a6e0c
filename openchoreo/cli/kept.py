"""Releases that the ledgers of stacks know, and their documents where they are kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from openchoreo.cli.recorded import RecordedOwner
from openchoreo.cli.showing import progress
from openchoreo.cli.stacks import read_stacks
from openchoreo.delivery import (
    KnownRelease,
    Ledger,
    Redacted,
    Release,
    ReleaseStore,
    known_releases,
)
from openchoreo.errors import Collector, OpenChoreoError, Problem, Stage, nearest
from openchoreo.workspace.stack_files import release_directories_of

_DIGITS = 12  # of a digest, as many as are shown


class Kept(Struct, frozen=True):
    """`stores` are those of stacks by their environments, and of directories by their names."""

    ledgers: tuple[Ledger, ...]
    stores: Mapping[str, ReleaseStore]

    @property
    def releases(self) -> tuple[KnownRelease, ...]:
        return known_releases(self.ledgers)

    def by(self, digest: str) -> list[str]:
        """Who keeps the document of a release."""
        return [name for name, store in self.stores.items() if digest in store]

    def document(self, known: KnownRelease) -> Release:
        """Its digest computed again and compared. Raises OpenChoreoError where nobody keeps it."""
        for name in self.by(known.digest):
            return self.stores[name].release(known.digest, known.owner, alias=known.alias)
        for ledger in self.ledgers:
            if known.digest in ledger.redacted:
                told = Redacted(ledger.environment, ledger.redacted[known.digest]).told
                raise _refused(known.shown, told, "")
        message = "its document is not kept any more"
        hint = (
            "where it was exported to a directory, name that: "
            "pulumi config set --path 'openchoreo:releases[0]' <directory>"
        )
        raise _refused(known.shown, message, hint)


def read_kept(stacks: Collection[str] = ()) -> Kept:
    """What the stacks hold, or some of them, with the directories that their config names.

    Raises OpenChoreoError where something is not whole.
    """
    found = Collector()
    ledgers: list[Ledger] = []
    stores: dict[str, ReleaseStore] = {}
    directories: dict[str, None] = {}
    with progress("Reading the releases of the stacks"):
        for outputs in read_stacks(stacks):
            directories.update(dict.fromkeys(release_directories_of(outputs.short)))
            loaded = found.attempt(outputs.loaded) if outputs.pipeline else None
            if loaded:
                ledgers.append(loaded[0])
                stores[loaded[0].environment] = loaded[1]
        for directory in directories:
            exported = found.attempt(lambda name=directory: _exported(name))
            stores[f"{directory}/"] = exported or ReleaseStore()
    found.raise_if_any()
    redacted = {digest for ledger in ledgers for digest in ledger.redacted}
    for directory in directories:
        stores[f"{directory}/"] = stores[f"{directory}/"].without(redacted)
    return Kept(tuple(ledgers), stores)


def _exported(directory: str) -> ReleaseStore:
    # Its import takes time, and few need it.
    from openchoreo.workspace.recall import read_exported  # noqa: PLC0415

    return read_exported([directory])


def release_named(text: str, known: Collection[KnownRelease]) -> KnownRelease:
    """By a name, namespace/name, name@digest or digest, of which twelve digits are enough.

    Raises OpenChoreoError where that is none of them, or several.
    """
    found = [one for one in known if _means(text, one)]
    if len(found) == 1:
        return found[0]
    if found:
        ways = (f"{one.namespace}/{one.shown}@{one.digest}" for one in found)
        raise _refused(text, "stands for several releases", "write one of\n" + "\n".join(ways))
    hint = nearest(text, _alike(text, known))
    raise _refused(text, "no ledger knows a release of that name", hint)


def of_owner(owner: RecordedOwner, known: Iterable[KnownRelease]) -> list[KnownRelease]:
    return [one for one in known if (one.words, one.key) == (owner.words, owner.key)]


def _means(text: str, known: KnownRelease) -> bool:
    name, _, digest = text.partition("@")
    digits = (digest or name).removeprefix("sha256:")
    fits = len(digits) >= _DIGITS and known.digest.removeprefix("sha256:").startswith(digits)
    names = {*known.names, *(f"{known.namespace}/{one}" for one in known.names)}
    return (name in names and (fits or not digest)) or (fits and not digest)


def _alike(text: str, known: Iterable[KnownRelease]) -> list[str]:
    """The names to guess from: those of the owner the text begins with, where there is one."""
    names = {name: one.owner for one in known for name in one.names}
    of_owner = [name for name, owner in names.items() if text.startswith(f"{owner}-")]
    return of_owner or list(names)


def _refused(subject: str, message: str, hint: str) -> OpenChoreoError:
    return OpenChoreoError(Problem(Stage.LEDGER, subject, (), message, hint))
