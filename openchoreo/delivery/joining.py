"""An exported ledger brought back to its stack, which may have gone on since, or begun anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from openchoreo.delivery.chains import CHAINS, Chain
from openchoreo.delivery.ledger import Ledger
from openchoreo.delivery.record import HISTORY, Entry, Record, shortened
from openchoreo.delivery.sets import as_written, holds_sets, joined_sets
from openchoreo.errors import OpenChoreoError, Problem, Stage


def joined(recorded: Ledger | None, brought: Ledger, *, source: str) -> Ledger:
    """What the stack holds after `brought`, read from `source`, has been taken in.

    Nothing of either is lost: of one lineage, the longer history of each component counts;
    where the stack began anew, what it recorded since goes on top. Raises OpenChoreoError where
    both hold entries that the other does not.
    """
    if recorded is None:
        return brought
    _Joining(recorded, brought, source).check()
    ledger = brought.model_copy(
        update={
            "scope": recorded.scope,
            "planes": {**brought.planes, **recorded.planes},
            "sets": as_written(joined_sets(recorded.whole_sets, brought.whole_sets)),
            "promoted_set": recorded.promoted_set or brought.promoted_set,
            "redacted": {**brought.redacted, **recorded.redacted},
        }
    )
    for chain in CHAINS:
        records = _joined_records(recorded, brought, chain)
        ledger = ledger.model_copy(update={chain: records})
    return ledger


def holds(ledger: Ledger, older: Ledger) -> bool:
    """Whether all that `older` says is in `ledger` as well."""
    if ledger.lineage != older.lineage or not older.redacted.keys() <= ledger.redacted.keys():
        return False
    return holds_sets(ledger.sets, older.sets) and all(
        key in ledger.records(chain) and extends(ledger.records(chain)[key], record)
        for chain in CHAINS
        for key, record in older.records(chain).items()
    )


class _Joining:
    def __init__(self, recorded: Ledger, brought: Ledger, source: str) -> None:
        self._same = recorded.lineage == brought.lineage
        self._pairs = list(_pairs(recorded, brought))
        self._source = source

    def check(self) -> None:
        problems = [
            Problem(Stage.LEDGER, self._source, (chain, key), *self._text(ours, theirs))
            for chain, key, ours, theirs in self._pairs
            if not self._fits(ours, theirs)
        ]
        if problems:
            raise OpenChoreoError(*problems)

    def _fits(self, ours: Record, theirs: Record) -> bool:
        if self._same:
            return extends(ours, theirs) or extends(theirs, ours)
        return ours.history[-1].since >= theirs.current.since

    def _text(self, ours: Record, theirs: Record) -> tuple[str, str]:
        newest = f"the newest here is of {ours.current.since}, there of {theirs.current.since}"
        if self._same:
            message = f"stack and file both hold entries that the other does not; {newest}"
            return (
                message,
                "bring back the file that was exported last, or leave the stack as it is",
            )
        message = f"the stack began anew before the last entry of the file; {newest}"
        return message, "export the stack's own ledger first, and decide which of the two counts"


def _pairs(recorded: Ledger, brought: Ledger) -> Iterable[tuple[Chain, str, Record, Record]]:
    for chain in CHAINS:
        theirs = brought.records(chain)
        for key, ours in recorded.records(chain).items():
            if key in theirs:
                yield chain, key, ours, theirs[key]


def _joined_records(recorded: Ledger, brought: Ledger, chain: Chain) -> Mapping[str, Record]:
    ours, theirs = recorded.records(chain), brought.records(chain)
    same = recorded.lineage == brought.lineage
    both = {
        key: _longer(ours[key], theirs[key]) if same else _on_top(theirs[key], ours[key])
        for key in ours.keys() & theirs.keys()
    }
    return dict(sorted({**theirs, **ours, **both}.items()))


def _longer(ours: Record, theirs: Record) -> Record:
    return ours if extends(ours, theirs) else theirs


def extends(longer: Record, shorter: Record) -> bool:
    """Whether the history of one is that of the other, with newer entries on top."""
    known = [_identity(entry) for entry in longer.history]
    first = _identity(shorter.current)
    if first not in known:
        return False
    older = known[known.index(first) :]
    theirs = [_identity(entry) for entry in shorter.history]
    return all(one == other for one, other in zip(older, theirs, strict=False))


def _identity(entry: Entry) -> tuple[str, str, str, str, str]:
    """What never changes of an entry."""
    return entry.release, entry.state, entry.since, entry.by, entry.proof


def _on_top(older: Record, newer: Record) -> Record:
    """One history; a release that went on running began when it first did."""
    history = list(older.history)
    for entry in reversed(newer.history):
        if _goes_on(history[0], entry):
            followed = {name: getattr(entry, name) for name in ("manifests", "rendering", "images")}
            history[0] = history[0].model_copy(update=followed)
        else:
            history.insert(0, entry)
    dropped = (older.dropped or 0) + (newer.dropped or 0)
    whole = newer.model_copy(update={"history": tuple(history), "dropped": dropped or None})
    return shortened(whole, HISTORY)


def _goes_on(before: Entry, entry: Entry) -> bool:
    return (before.release, before.state, before.proof) == (entry.release, entry.state, entry.proof)
