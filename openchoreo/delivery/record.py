"""What one component (or project, or resource) has run in one environment.

Records are written into stack outputs and read by later versions of this program: a field
is never renamed, and a field that is absent means what it meant before it existed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import Annotated, Literal, TypeAlias

from msgspec import Struct
from pydantic import Field

from openchoreo.delivery.release import Release
from openchoreo.document import Object, normalised
from openchoreo.model import Model
from openchoreo.model.base import Items, RawObject

HISTORY = 500
"""Entries kept for each component; older ones are only counted."""

ENTRIES = 12_500
"""Entries kept in one ledger, about 6 MB: all outputs of 1,000 components stay below 10 MB."""

Proof: TypeAlias = Literal["rendered", "applied"]
"""Files have been written, or a cluster has reported every object ready."""

State: TypeAlias = Literal["Active", "Undeploy"]


class Stamp(Struct, frozen=True):
    """When a run recorded something, and who ran it."""

    now: datetime
    by: str

    @property
    def since(self) -> str:
        """Like 2026-11-23T20:30:00Z."""
        return self.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Evidence(Model):
    """The entry on which a release was allowed here: who had deployed it, and since when."""

    environment: str
    stack: str
    lineage: str
    since: str
    proof: Proof
    file: str | None = None  # where the ledger was read from a file, not from its stack


class Deployed(Model):
    """All that an entry says, except since when and by whom."""

    release: str
    name: str
    alias: str | None = None
    format: int
    proof: Proof
    rendering: int
    manifests: str
    upstream: Items[Evidence] = ()
    # Gates of the platform team's policy: what was satisfied, and what was passed over.
    policy: str | None = None
    approvals: Items[RawObject] = ()
    attestations: Items[RawObject] = ()
    break_glass: RawObject | None = None
    # The set of releases as part of which this one was promoted.
    set_: str | None = Field(default=None, alias="set")
    # Image ids that ready pods ran, by container, where a cluster told them.
    images: dict[str, str] = Field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, self.alias) if self.alias else (self.name,)

    @property
    def shown(self) -> str:
        """The name its users gave the release, where they did."""
        return self.alias or self.name


class MadeFrom(Model):
    """Digests of what manifests were made from beside the release: what the binding says, and the
    environment with its data plane and secrets. They tell why manifests change.
    """

    overrides: str
    around: str


class Applied(Deployed):
    """What a run has applied."""

    made_from: MadeFrom | None = None


class Entry(Deployed):
    """A time in which one release was deployed, or undeployed, with one kind of proof.

    `since` and `by` are set once. `manifests`, `rendering` and `images` follow what is
    applied while the entry is the newest: another override is no new entry.
    """

    state: State
    since: str
    by: str

    @property
    def active(self) -> bool:
        return self.state == "Active"


class Record(Model):
    """One history, newest first, and what dependants may use: the endpoints of a component, the
    outputs of a Resource.
    """

    project: str
    endpoints: dict[str, RawObject] = Field(default_factory=dict)
    outputs: dict[str, RawObject] = Field(default_factory=dict)
    # Objects of it are left behind when it is undeployed, and need their namespace.
    retained: bool | None = None
    history: Annotated[Items[Entry], Field(min_length=1, max_length=HISTORY)]
    # Of the manifests that were applied last.
    made_from: MadeFrom | None = None
    dropped: int | None = None  # older entries that are no longer in the history

    @property
    def current(self) -> Entry:
        return self.history[0]

    @property
    def running(self) -> bool:
        return self.current.active

    def deployed(self, digest: str) -> Entry | None:
        """The newest entry in which this release was deployed."""
        return next((e for e in self.history if e.active and e.release == digest), None)

    def times(self, digest: str, proof: Proof = "rendered") -> Iterator[tuple[str, str]]:
        """When this release ran, newest first: since, and until, which is empty while it does.

        With `applied` only what a cluster reported ready; another proof is no interruption else.
        """

        def ran(entry: Entry) -> bool:
            proven = proof in {"rendered", entry.proof}
            return entry.active and entry.release == digest and proven

        until = ""
        for runs, entries in groupby(self.history, ran):
            since = [*entries][-1].since
            if runs:
                yield since, until
            until = since

    def releases(self) -> Iterator[Entry]:
        """The newest entry of each release that was deployed, newest first."""
        seen: set[str] = set()
        for entry in self.history:
            if entry.active and entry.release not in seen:
                seen.add(entry.release)
                yield entry


def applied(
    release: Release,
    *,
    proof: Proof,
    rendering: int,
    manifests: str,
    upstream: tuple[Evidence, ...] = (),
) -> Applied:
    return Applied(
        release=release.digest,
        name=release.name,
        alias=release.alias or None,
        format=release.format,
        proof=proof,
        rendering=rendering,
        manifests=manifests,
        upstream=upstream,
    )


class Offered(Struct, frozen=True):
    """Whose it is, and what its dependants may use."""

    project: str
    endpoints: Mapping[str, Object]
    outputs: Mapping[str, Object]
    retained: bool = False

    def fields(self) -> dict[str, object]:
        return {
            "project": self.project,
            "endpoints": normalised(dict(self.endpoints)),
            "outputs": normalised(dict(self.outputs)),
            "retained": self.retained or None,
        }


def after_deploying(record: Record | None, done: Applied, stamp: Stamp, offered: Offered) -> Record:
    """The record once `done` has been applied: equal to `record` where that is nothing new."""
    fields = {**offered.fields(), "made_from": _made_from(record, done)}
    if record is None:
        new = Record(project=offered.project, history=(_entry(done, stamp),))
        return new.model_copy(update=fields)
    current = record.current
    # What break-glass passed over is never written over: it gets an entry of its own.
    told = done.break_glass is None or done.break_glass == current.break_glass
    same = (current.release, current.proof) == (done.release, done.proof)
    if current.active and same and told:
        update = {
            "manifests": done.manifests,
            "rendering": done.rendering,
            "images": done.images,
        }
        history = (current.model_copy(update=update), *record.history[1:])
        return record.model_copy(update={**fields, "history": history})
    return _prepended(record, _entry(done, stamp)).model_copy(update=fields)


def _made_from(record: Record | None, done: Applied) -> MadeFrom | None:
    """Of manifests that stay the same it stays as it is: what surrounds a component changes often
    without any effect on them.
    """
    if record and record.running and record.current.manifests == done.manifests:
        return record.made_from
    return done.made_from


def after_undeploying(record: Record, stamp: Stamp) -> Record:
    """The record once its objects are gone; what ran stays on top of the history."""
    current = record.current
    if not current.active:
        return record
    # Only what ran is repeated: evidence and gates belong to the entry that used them.
    gone = Entry(
        release=current.release,
        name=current.name,
        alias=current.alias,
        format=current.format,
        proof=current.proof,
        rendering=current.rendering,
        manifests=current.manifests,
        state="Undeploy",
        since=stamp.since,
        by=stamp.by,
    )
    return _prepended(record, gone).model_copy(update={"endpoints": {}, "outputs": {}})


def _entry(done: Applied, stamp: Stamp) -> Entry:
    values = {name: getattr(done, name) for name in Deployed.model_fields}
    return Entry.model_construct(**values, state="Active", since=stamp.since, by=stamp.by)


def shortened(record: Record, most: int) -> Record:
    """With its newest entries only; those that are dropped are counted."""
    surplus = len(record.history) - most
    if surplus <= 0:
        return record
    dropped = (record.dropped or 0) + surplus
    return record.model_copy(update={"history": record.history[:most], "dropped": dropped})


def _prepended(record: Record, entry: Entry) -> Record:
    return shortened(record.model_copy(update={"history": (entry, *record.history)}), HISTORY)
