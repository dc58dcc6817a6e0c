"""What one environment asks for before something newly runs in it."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from openchoreo.delivery.gates.manifests import Check
from openchoreo.delivery.record import Proof


class Approvals(Struct, frozen=True):
    """`by` are those who may approve, everybody where it is empty. With `signed` only approvals with
    a signature of theirs count.
    """

    count: int = 0
    by: tuple[str, ...] = ()
    signed: bool = False


class Freeze(Struct, frozen=True):
    """Nothing new between two moments, the second not included."""

    begin: datetime
    end: datetime
    reason: str = ""


class Rejected(Struct, frozen=True):
    """A release that must not run any more, by its digest."""

    digest: str
    reason: str = ""


class Rules(Struct, frozen=True, kw_only=True):
    """`soak` is how long a release has to have run upstream. With `every_upstream` all environments
    before this one have to have deployed it, and not any of them.
    """

    soak: timedelta = timedelta()
    approvals: Approvals = Approvals()
    attestations: tuple[str, ...] = ()
    signed_attestations: bool = False
    freezes: tuple[Freeze, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    proof: Proof = "rendered"
    every_upstream: bool = False
    checks: tuple[Check, ...] = ()
    kinds: tuple[str, ...] = ()
    """Kinds that must not be rendered."""

    def narrowed(self, other: Rules) -> Rules:
        """What satisfies both: rules are only ever added to."""
        return replace(
            self,
            soak=max(self.soak, other.soak),
            approvals=_both(self.approvals, other.approvals),
            attestations=tuple(dict.fromkeys((*self.attestations, *other.attestations))),
            signed_attestations=self.signed_attestations or other.signed_attestations,
            freezes=tuple(dict.fromkeys((*self.freezes, *other.freezes))),
            rejected=tuple(dict.fromkeys((*self.rejected, *other.rejected))),
            proof="applied" if "applied" in {self.proof, other.proof} else "rendered",
            every_upstream=self.every_upstream or other.every_upstream,
            checks=tuple(dict.fromkeys((*self.checks, *other.checks))),
            kinds=tuple(dict.fromkeys((*self.kinds, *other.kinds))),
        )


def _both(one: Approvals, other: Approvals) -> Approvals:
    count, signed = max(one.count, other.count), one.signed or other.signed
    if not one.by or not other.by:
        return Approvals(count, one.by or other.by, signed)
    common = tuple(name for name in one.by if name in other.by)
    # Nobody may approve for both: a name that no file can hold keeps the gate closed.
    return Approvals(count, common or ("",), signed)
