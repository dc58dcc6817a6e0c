"""Digests that must never change: users' pins, ledgers and approvals name them."""

from pathlib import Path

import pytest

from openchoreo.delivery import release_from_document

CORPUS = Path(__file__).parent / "corpus"
FROZEN = dict(
    line.split() for line in (CORPUS / "digests.txt").read_text(encoding="utf-8").splitlines()
)


def test_every_input_has_its_digest():
    assert {path.stem for path in CORPUS.glob("*.yaml")} == set(FROZEN)
    assert {path.stem for path in CORPUS.glob("*.json")} == set(FROZEN)


@pytest.mark.parametrize("case", FROZEN)
def test_the_same_definitions_make_the_same_release_for_ever(make, case):
    release = make.snapshot((CORPUS / f"{case}.yaml").read_text(encoding="utf-8"))
    stored = (CORPUS / f"{case}.json").read_text(encoding="utf-8")
    assert release.text == stored.rstrip("\n")
    assert release.digest == FROZEN[case]


@pytest.mark.parametrize("case", FROZEN)
def test_stored_documents_are_read_for_ever(case):
    text = (CORPUS / f"{case}.json").read_text(encoding="utf-8")
    release = release_from_document(text, component="any", source="the corpus")
    assert release.digest == FROZEN[case]
    assert (
        release_from_document(text, component="any", digest=FROZEN[case], source="the corpus")
        == release
    )
