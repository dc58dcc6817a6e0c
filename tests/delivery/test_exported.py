"""Ledgers and documents as files, and what is refused of them."""

import json

import pytest

from openchoreo.delivery import ReleaseStore, dump_export, load_export
from openchoreo.errors import OpenChoreoError

STACK = "organization/shop/staging"
AGAIN = "  export it again from its stack: python -m openchoreo ledger export --stack <stack>"


@pytest.fixture
def release(make):
    return make.release("greeter:1")


@pytest.fixture
def text(make, release):
    ledger = make.ledger("staging", release)
    return dump_export(STACK, ledger.dumps(), ReleaseStore().with_releases([release]).dumps())


def edited(text, change):
    content = json.loads(text)
    change(content)
    return json.dumps(content)


def refusal(text):
    with pytest.raises(OpenChoreoError) as raised:
        load_export(text, source="ledgers/staging.json")
    return str(raised.value)


def test_what_was_exported_is_what_is_read(make, text, release):
    found = load_export(text, source="x")
    assert found.stack == STACK
    assert found.ledger == make.ledger("staging", release)
    assert found.documents.release(release.digest, "greeter") == release


def test_it_is_a_text_that_people_and_git_can_compare(text):
    assert '\n      "default/greeter": {\n' in text
    assert text.endswith("}\n")
    assert text == edited_twice(text)


def edited_twice(text):
    return json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def test_its_layout_does_not_matter(make, text, release):
    found = load_export(json.dumps(json.loads(text)), source="x")
    assert found.ledger == make.ledger("staging", release)


REFUSED = {
    "no json": (
        lambda _: "{",
        (
            "is no exported ledger: Expecting property name enclosed in double quotes: "
            "line 1 column 2 (char 1)"
        ),
    ),
    "something else": (
        lambda _: '{"a": 1}',
        "is no exported ledger: it must hold schemaVersion, stack, pipeline, releases",
    ),
    "a part is missing": (
        lambda text: edited(text, lambda content: content.pop("releases")),
        "is no exported ledger: it must hold schemaVersion, stack, pipeline, releases",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_exported_ledger(text, name):
    change, message = REFUSED[name]
    assert refusal(change(text)) == f"ledgers/staging.json\n  {message}\n{AGAIN}"


def test_another_version(text):
    newer = edited(text, lambda content: content.update(schemaVersion=2))
    assert refusal(newer) == (
        "ledgers/staging.json: schemaVersion\n"
        "  has schemaVersion 2; this program knows 1\n"
        "  a newer program wrote it: upgrade the openchoreo package, then run again"
    )


def test_a_ledger_that_was_edited(text):
    changed = edited(text, lambda content: content["pipeline"].update(lineage="another"))
    assert refusal(changed) == (
        "ledgers/staging.json: digest\n"
        "  its ledger was changed after it was written: its digest is not that of its text\n"
        f"{AGAIN}"
    )


def test_a_document_that_was_edited_is_found_when_it_is_used(text, release):
    changed = text.replace("greeter:1", "greeter:9")
    documents = load_export(changed, source="ledgers/staging.json").documents
    with pytest.raises(OpenChoreoError, match="is not the release it is kept as"):
        documents.release(release.digest, "greeter")
