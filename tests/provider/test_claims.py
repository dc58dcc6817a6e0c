"""Who owns a file while resources replace each other."""

from __future__ import annotations

from openchoreo.provider.claims import Claims


def test_the_first_owner_stays():
    claims = Claims()
    assert claims.claim("f", "a") == "a"
    assert claims.claim("f", "b") == "a"


def test_without_a_claim_everything_may_be_removed():
    assert Claims().may_remove("f", "a")


def test_the_owner_may_remove_its_file():
    claims = Claims()
    claims.claim("f", "a")
    assert claims.may_remove("f", "a")
    assert not claims.may_remove("f", "b")


def test_nobody_removes_what_was_created_in_this_run():
    claims = Claims()
    claims.created("f", "a")
    assert not claims.may_remove("f", "a")
    assert not claims.may_remove("f", "b")
    assert claims.may_remove("g", "a")
