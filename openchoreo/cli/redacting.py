"""The document of a release taken out of a stack, while everything that is recorded of it stays."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from openchoreo.cli.exported_state import ExportedState
from openchoreo.cli.stacks import full_names, read_stack
from openchoreo.delivery import CHAINS, Entry, Ledger, Redaction, ReleaseStore, Stamp
from openchoreo.document import Object
from openchoreo.errors import OpenChoreoError, Problem, Stage, nearest


class Found(Struct, frozen=True):
    """A release that a stack knows, under the name it was asked by."""

    stack: str
    """In full."""
    name: str
    digest: str
    ledger: Ledger
    documents: ReleaseStore

    @property
    def redaction(self) -> Redaction | None:
        return self.ledger.redacted.get(self.digest)

    @property
    def parts(self) -> frozenset[str]:
        """What only this release is made of."""
        rest = self.documents.without([self.digest])
        return frozenset(self.documents.parts.keys() - rest.parts.keys())

    @property
    def shared(self) -> Iterator[tuple[str, list[str]]]:
        """Types and traits that stay, and the releases that have them too."""
        names = {entry.release: entry.shown for _, entry in _known(self.ledger)}
        own = _parts(self.documents.releases.get(self.digest, {}))
        others = {
            digest: _parts(document)
            for digest, document in sorted(self.documents.releases.items())
            if digest != self.digest
        }
        for part, called in own.items():
            users = [names.get(digest, digest) for digest, has in others.items() if part in has]
            if users:
                yield called, users


def find(release: str, stack: str) -> Found:
    """By name, alias, digest or name@digest.

    Raises OpenChoreoError where the stack knows no such release, or several.
    """
    (full,) = full_names([stack])
    recorded = read_stack(full)
    if not recorded.pipeline:
        raise _refused(full, "has recorded nothing")
    ledger, documents = recorded.loaded()
    known = list(_known(ledger))
    meant = {entry.release: entry for _, entry in known if release in _names(entry)}
    if not meant:
        names = [entry.shown for _, entry in known]
        raise _refused(full, f"knows no release {release}", nearest(release, names))
    if len(meant) > 1:
        raise _refused(full, f"knows several releases {release}", f"say which: {_all(meant)}")
    ((digest, entry),) = meant.items()
    return Found(full, entry.shown, digest, ledger, documents)


def check_idle(found: Found) -> None:
    """Raises OpenChoreoError where the release runs in the stack: it could not be deployed again."""
    running = [
        owner
        for owner, entry in _current(found.ledger)
        if entry.release == found.digest and entry.active
    ]
    if running:
        message = f"runs {found.name} ({', '.join(running)})"
        hint = (
            "first deploy a release that does not hold what is to go: take it out of the"
            f" definitions, or pin another one, then pulumi up --stack {_short(found.stack)}"
        )
        raise _refused(found.stack, message, hint)


def redact(found: Found, stamp: Stamp, reason: str) -> Redaction:
    """Writes the state of the stack anew, without the document and with the redaction."""
    state = ExportedState(found.stack)
    # What was looked at must be what is written: a run may have come in between.
    if state.recorded.loaded() != (found.ledger, found.documents):
        raise _refused(found.stack, "has changed in the meantime", "run the command again")
    ledger = found.ledger.with_redacted(found.digest, stamp, reason=reason)
    state.hold(ledger, found.documents.without([found.digest]))
    state.write()
    return ledger.redacted[found.digest]


def _parts(document: Object) -> dict[str, str]:
    """Digest -> what the type or trait is called."""
    spec = document.get("spec")
    if not isinstance(spec, dict):
        return {}
    traits = spec.get("traits")
    parts = [value for key, value in spec.items() if key.endswith("Type")]
    parts += traits if isinstance(traits, list) else []
    return {
        str(part.get("spec")): f"{part.get('kind')} {str(part.get('name')).rpartition('/')[2]}"
        for part in parts
        if isinstance(part, dict)
    }


def _known(ledger: Ledger) -> Iterator[tuple[str, Entry]]:
    for chain in CHAINS:
        for key, record in ledger.records(chain).items():
            for entry in record.history:
                yield key, entry


def _current(ledger: Ledger) -> Iterator[tuple[str, Entry]]:
    for chain in CHAINS:
        for key, record in ledger.records(chain).items():
            yield key, record.current


def _names(entry: Entry) -> set[str]:
    return {*entry.names, entry.release, *(f"{name}@{entry.release}" for name in entry.names)}


def _all(meant: dict[str, Entry]) -> str:
    return ", ".join(f"{entry.shown}@{digest}" for digest, entry in sorted(meant.items()))


def _short(stack: str) -> str:
    return stack.rpartition("/")[2]


def _refused(stack: str, message: str, hint: str = "") -> OpenChoreoError:
    return OpenChoreoError(Problem(Stage.LEDGER, f"Stack {stack}", (), message, hint))
