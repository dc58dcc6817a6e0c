"""The set that stack config names: every member of it is pinned by it."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from openchoreo.delivery import CHAINS, Chain, Ledger, Situation, Words, commands
from openchoreo.delivery.chains import WORDS
from openchoreo.delivery.members import SET, absent, as_member, undefined
from openchoreo.delivery.sets import Members, ReleaseSet
from openchoreo.errors import OpenChoreoError, Problem, Stage
from openchoreo.plan.around import Recalled
from openchoreo.plan.scope import Key, Scope, text

_SHOWN = 5


class NamedSet(Struct, frozen=True, dict=True):
    """`found` is None where none is named, and `last` the digest of the one that was named last."""

    found: ReleaseSet | None = None
    last: str = ""

    @property
    def digest(self) -> str:
        return self.found.digest if self.found else ""

    @cached_property
    def members(self) -> Members:
        return self.found.members if self.found else {}

    def holds(self, chain: Chain, key: Key) -> bool:
        return text(key) in self.members.get(chain, {})

    def situated(self, situation: Situation) -> Situation:
        """What is known of one component, project or Resource, with what the set says of it."""
        named = replace(situation, set_=self.digest, last_set=self.last)
        release = self.members.get(situation.words.chain, {}).get(situation.key)
        return as_member(named, release) if release else named

    def strangers(self, scope: Scope, known: Mapping[Chain, Collection[Key]]) -> Iterator[Problem]:
        """Members that this stack does not know: they are defined nowhere, or not in its scope."""
        for chain in CHAINS:
            for written, release in self.members.get(chain, {}).items():
                namespace, _, name = written.partition("/")
                if (namespace, name) not in known[chain]:
                    yield _stranger(scope, WORDS[chain], (namespace, name), release)


def named_set(digest: str, recalled: Recalled) -> NamedSet:
    """The set with this digest, of this environment or of one before it; none for no digest.

    The one that was named last stays as it was recorded then, whatever others say of it. Raises OpenChoreoError where nobody knows it, or it is not what its digest says.
    """
    named_last = recalled.ledger.promoted_set
    last = named_last.digest if named_last else ""
    if not digest:
        return NamedSet(last=last)
    if named_last and last == digest and named_last.whole:
        return NamedSet(named_last, last)
    for where, ledger in _ledgers(recalled):
        for index, one in enumerate(ledger.whole_sets):
            if one.digest == digest and one.whole:
                return NamedSet(one, last)
            if one.digest == digest:
                raise OpenChoreoError(_other_members(where, index))
    raise OpenChoreoError(_unknown(digest, recalled))


def _ledgers(recalled: Recalled) -> Iterator[tuple[str, Ledger]]:
    """Those that can be asked, each with where it is."""
    for upstream in recalled.upstreams.values():
        if upstream.ledger and not upstream.useless:
            yield upstream.file or f"Stack {upstream.stack}", upstream.ledger
    yield f"Stack {recalled.stack}", recalled.ledger


def _other_members(where: str, index: int) -> Problem:
    message = "its members are not those of its digest"
    hint = f"name another set: {commands.list_sets()}"
    return Problem(Stage.LEDGER, where, ("sets", index), message, hint)


def _unknown(digest: str, recalled: Recalled) -> Problem:
    useless = [f"{name}: {one.useless}" for name, one in recalled.upstreams.items() if one.useless]
    ledgers = [ledger for _, ledger in _ledgers(recalled)]
    lines = ["no set has this digest", *useless]
    for ledger in ledgers:
        lines += _held(ledger)
    known = [one.digest for ledger in ledgers for one in ledger.sets]
    hint = _way_on(digest, known, recalled)
    return Problem(Stage.CONFIG, "stack config", (SET,), "\n".join(lines), hint)


def _held(ledger: Ledger) -> Iterator[str]:
    """Newest first."""
    if not ledger.sets:
        yield f"{ledger.environment} has recorded no set yet"
    for one in ledger.sets[:_SHOWN]:
        yield f"{ledger.environment} has {one.digest} since {one.since}"
    older = len(ledger.sets) - _SHOWN
    if older > 0:
        yield f"and {older} older"


def _way_on(digest: str, known: list[str], recalled: Recalled) -> str:
    """The set that is meant, else the newest of the environment before this one."""
    stack = recalled.stack.rpartition("/")[2]
    meant = [*difflib.get_close_matches(digest, known, n=1, cutoff=_CLOSE), *known]
    if meant:
        return commands.set_set(stack, meant[0])
    for upstream in recalled.upstreams.values():
        short = upstream.stack.rpartition("/")[2]
        return upstream.hint or f"deploy all of it there first: pulumi up --stack {short}"
    return commands.leave_set(stack)


_CLOSE = 0.8
"""All digests have some digits in common; only a slip of the pen is this close."""


def _stranger(scope: Scope, words: Words, key: Key, release: str) -> Problem:
    subject = f"{words.kind} {text(key)}"
    if scope.catalog.get(words.kind, *key) is None:
        hint = f"restore its definition,\nor name another set: {commands.list_sets()}"
        return absent(subject, key[1], release, undefined(words.kind), hint)
    why = "it is not in the scope of this stack"
    hint = (
        "widen openchoreo:namespaces and openchoreo:projects,\n"
        f"or name another set: {commands.list_sets()}"
    )
    return absent(subject, key[1], release, why, hint)
