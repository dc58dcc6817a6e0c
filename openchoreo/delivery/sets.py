"""Sets: releases that ran together, under one digest, so that all of them can be promoted as one.

In a ledger each set says only what is new in it, beside the one before it; the oldest says all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from pydantic import Field

from openchoreo.delivery.chains import CHAINS, Chain
from openchoreo.delivery.encoding import digest_of, encoded
from openchoreo.delivery.record import Record, Stamp
from openchoreo.document import Document
from openchoreo.model import Model

FORMAT = 1

SETS = 50
"""Kept in one ledger; of a set that is dropped, each release still has its own history."""

MEMBERS = 3_000
"""Written in all sets of one ledger, about 0.3 MB: outputs of 1,000 components stay in the budget."""

Members: TypeAlias = Mapping[Chain, Mapping[str, str]]
"""Chain -> namespace/name -> digest of the release."""

Written: TypeAlias = dict[str, str | None]


class ReleaseSet(Model):
    """What ran when everything had been deployed, and since when it did.

    Of a set that another program wrote no more than the digest may be known. In a ledger a member
    without a release is one that the set before had.
    """

    digest: str
    since: str | None = None
    by: str | None = None
    components: Written = Field(default_factory=dict)
    projects: Written = Field(default_factory=dict)
    resources: Written = Field(default_factory=dict)

    @property
    def written(self) -> Mapping[Chain, Written]:
        return {
            "components": self.components,
            "projects": self.projects,
            "resources": self.resources,
        }

    @property
    def members(self) -> Members:
        return {
            chain: {key: release for key, release in written.items() if release}
            for chain, written in self.written.items()
        }

    @property
    def whole(self) -> bool:
        """Whether the digest is that of the members."""
        return self.digest == set_digest(self.members)

    @property
    def size(self) -> int:
        return sum(map(len, self.written.values()))

    @property
    def identity(self) -> tuple[str, str]:
        return self.digest, self.since or ""

    def releases(self) -> Iterator[str]:
        for members in self.members.values():
            yield from members.values()


def set_of(members: Members, stamp: Stamp) -> ReleaseSet:
    return ReleaseSet.model_validate(
        {"digest": set_digest(members), "since": stamp.since, "by": stamp.by, **members}
    )


def set_digest(members: Members) -> str:
    """The same releases give the same digest on every machine; a chain without any says nothing."""
    releases: dict[str, Document] = {
        chain: dict(members[chain]) for chain in CHAINS if members.get(chain)
    }
    return digest_of(encoded({"format": FORMAT, "releases": releases}))


def running(records: Mapping[Chain, Mapping[str, Record]]) -> Members:
    """What runs of each chain; of projects those to which something that runs belongs."""
    found: dict[Chain, dict[str, str]] = {
        chain: {key: one.current.release for key, one in records[chain].items() if one.running}
        for chain in CHAINS
    }
    owners = {
        f"{key.partition('/')[0]}/{records[chain][key].project}"
        for chain in CHAINS
        if chain != "projects"
        for key in found[chain]
    }
    found["projects"] = {key: one for key, one in found["projects"].items() if key in owners}
    return found


def as_written(
    sets: Sequence[ReleaseSet], most: int = SETS, members: int = MEMBERS
) -> tuple[ReleaseSet, ...]:
    """Whole sets as a ledger has them: the newest that there is room for, one at least."""
    shorter = [_beside(one, before) for one, before in pairwise(sets)]
    kept, size = 0, 0
    for index, one in enumerate(sets[:most]):
        if size + one.size <= members:
            kept = index
        size += shorter[index].size if index < len(shorter) else 0
    return (*shorter[:kept], *sets[kept : kept + 1])


def as_a_whole(sets: Sequence[ReleaseSet]) -> tuple[ReleaseSet, ...]:
    """Each set of a ledger with all of its members."""
    found: list[ReleaseSet] = []
    members: Members = {}
    for one in reversed(sets):
        members = {
            chain: _present({**members.get(chain, {}), **written})
            for chain, written in one.written.items()
        }
        update: dict[str, object] = {**members}
        found.append(one.model_copy(update=update))
    return tuple(reversed(found))


def joined_sets(ours: Iterable[ReleaseSet], theirs: Iterable[ReleaseSet]) -> tuple[ReleaseSet, ...]:
    """Whole sets of both, newest first; one that went on began when it first did."""
    every = {one.identity: one for one in (*ours, *theirs)}
    found: list[ReleaseSet] = []
    for one in sorted(every.values(), key=lambda one: one.since or "", reverse=True):
        if found and found[-1].digest == one.digest:
            found[-1] = one
        else:
            found.append(one)
    return tuple(found)


def holds_sets(sets: Sequence[ReleaseSet], older: Iterable[ReleaseSet]) -> bool:
    """Whether all of `older` are there, but for those that had to make room for newer ones."""
    oldest = (sets[-1].since or "") if sets else ""
    known = {one.identity for one in sets}
    return all(one.identity in known for one in older if (one.since or "") >= oldest)


def _beside(one: ReleaseSet, before: ReleaseSet) -> ReleaseSet:
    """What is new in a set, and what is no longer in it."""
    return one.model_copy(
        update={
            chain: {
                **dict.fromkeys(key for key in before.written[chain] if key not in members),
                **dict(members.items() - before.written[chain].items()),
            }
            for chain, members in one.written.items()
        }
    )


def _present(members: Mapping[str, str | None]) -> dict[str, str]:
    return {key: release for key, release in members.items() if release}
