"""Documents that were taken away: what a ledger says of them, and that they never come back."""

import json
from datetime import UTC, datetime

import pytest

from openchoreo.delivery import (
    Redacted,
    Redaction,
    ReleaseStore,
    Stamp,
    empty_ledger,
    holds,
    joined,
    load_ledger,
    redacted_of,
)
from openchoreo.delivery.release import release_of

STAMP = Stamp(datetime(2026, 11, 25, 16, 0, tzinfo=UTC), "ada")
SAID = Redaction(since="2026-11-25T16:00:00Z", by="ada")
OTHER = Redaction(since="2026-11-26T16:00:00Z", by="bob", reason="a key")
LEDGER = empty_ledger("lineage", "development")


def test_a_ledger_without_redactions_says_nothing_of_them():
    assert "redacted" not in json.loads(LEDGER.dumps())


@pytest.mark.parametrize(
    ("reason", "said"), [("", {}), ("held a password", {"reason": "held a password"})]
)
def test_what_a_ledger_says(reason, said):
    ledger = LEDGER.with_redacted("sha256:a", STAMP, reason=reason)
    expected = {"since": "2026-11-25T16:00:00Z", "by": "ada", **said}
    assert json.loads(ledger.dumps())["redacted"] == {"sha256:a": expected}
    assert load_ledger(ledger.dumps(), source="x") == ledger


@pytest.mark.parametrize(
    ("redaction", "told"),
    [
        (SAID, "was redacted in staging on 2026-11-25T16:00:00Z by ada"),
        (OTHER, "was redacted in staging on 2026-11-26T16:00:00Z by bob: a key"),
    ],
)
def test_how_it_is_told(redaction, told):
    assert Redacted("staging", redaction).told == told


class TestWhatMustNotBeRead:
    def redacted(self, *, own=(), upstream=(), kept=()):
        ledger = LEDGER.model_copy(update={"environment": "staging", "redacted": dict(own)})
        before = LEDGER.model_copy(update={"redacted": dict(upstream)})
        found = redacted_of(ledger, [before], kept)
        return {digest: one.environment for digest, one in found.items()}

    def test_what_this_stack_or_one_before_it_took_away(self):
        assert self.redacted(own={"a": SAID}, upstream={"b": OTHER}) == {
            "a": "staging",
            "b": "development",
        }

    def test_what_this_stack_keeps_itself_goes_on(self):
        assert self.redacted(upstream={"a": SAID}, kept=["a"]) == {}

    def test_what_it_took_away_itself_is_gone_whoever_keeps_it(self):
        assert self.redacted(own={"a": SAID}, upstream={"a": OTHER}, kept=["a"]) == {"a": "staging"}


class TestBroughtBack:
    def test_redactions_of_both_count(self):
        ours = LEDGER.model_copy(update={"redacted": {"a": SAID}})
        theirs = LEDGER.model_copy(update={"redacted": {"a": OTHER, "b": OTHER}})
        assert joined(ours, theirs, source="x").redacted == {"a": SAID, "b": OTHER}
        assert joined(None, theirs, source="x").redacted == theirs.redacted

    def test_a_ledger_without_a_redaction_does_not_hold_one_with_it(self):
        redacted = LEDGER.with_redacted("sha256:a", STAMP)
        assert holds(redacted, LEDGER)
        assert not holds(LEDGER, redacted)


class TestTheStore:
    TYPE = {"kind": "ComponentType", "name": "plain", "spec": {"a": 1}}  # noqa: RUF012
    OWN = {"kind": "ComponentType", "name": "own", "spec": {"b": 2}}  # noqa: RUF012

    def store(self):
        self.one = release_of("one", 1, {"componentType": self.TYPE, "workload": {"x": 1}})
        self.two = release_of("two", 1, {"componentType": self.TYPE, "workload": {"x": 2}})
        self.own = release_of("own", 1, {"componentType": self.OWN})
        return ReleaseStore().with_releases([self.one, self.two, self.own])

    def test_what_others_need_stays(self):
        store = self.store()
        left = store.without([self.one.digest, self.own.digest])
        assert list(left.releases) == [self.two.digest]
        assert len(left.parts) == 1
        assert left.release(self.two.digest, "two") == self.two

    def test_without_what_it_does_not_have_it_is_the_same(self):
        store = self.store()
        assert store.without(["sha256:x"]) is store
