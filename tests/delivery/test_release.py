import json
from dataclasses import replace

import pytest

from openchoreo.delivery import release_from_document, release_name, verify

RESTORE = (
    "  restore the document from a backup, or from a directory of exported releases that"
    " openchoreo:releases names"
)


@pytest.fixture
def stored(make):
    return make.snapshot((make.corpus / "smallest.yaml").read_text())


def read(text, digest=""):
    return release_from_document(text, component="clock", digest=digest, source="releases/a.json")


def changed(stored, **changes):
    return json.dumps({**json.loads(stored.text), **changes})


def test_a_name_is_the_component_and_twelve_digits():
    assert release_name("greeter", "sha256:3f2a9c41d0b7ffff") == "greeter-3f2a9c41d0b7"


def test_a_stored_document_is_read_whatever_its_layout(stored):
    text = json.dumps(json.loads(stored.text), indent=2)
    assert read(text, stored.digest) == stored
    assert read(text).spec == stored.spec


UNREADABLE = {
    "truncated": (
        lambda text: text[:40],
        (
            "releases/a.json\n  is not whole: Unterminated string starting at: line 1 column 38"
            f" (char 37)\n{RESTORE}"
        ),
    ),
    "no mapping": (
        lambda _: "[]",
        f"releases/a.json\n  is no release document: it must be a mapping\n{RESTORE}",
    ),
    "nothing in it": (
        lambda _: "{}",
        (
            "releases/a.json\n  is no release document: it must hold format, a number, and spec,"
            f" a mapping\n{RESTORE}"
        ),
    ),
    "unknown format": (
        lambda text: text.replace('"format":1', '"format":7'),
        (
            "releases/a.json: format\n  has format 7; this program knows format 1\n"
            "  a newer program wrote it: upgrade the openchoreo package, then run again"
        ),
    ),
    "something besides": (
        lambda text: text.replace('"format":1', '"extra":1,"format":1'),
        f"releases/a.json\n  holds extra besides format and spec\n{RESTORE}",
    ),
    "unknown field": (
        lambda text: text.replace('"image"', '"gpu":1,"image"'),
        (
            "releases/a.json\n  is no release of format 1: workload.container.gpu is not part of"
            f" this format\n{RESTORE}"
        ),
    ),
    "missing field": (
        lambda text: text.replace('"image":"registry.example/clock:1.0"', '"args":["a"]'),
        (
            "releases/a.json\n  is no release of format 1: workload.container.image is required, but"
            f" missing\n{RESTORE}"
        ),
    ),
    "wrong type": (
        lambda text: text.replace('"registry.example/clock:1.0"', '"a","env":{}'),
        (
            "releases/a.json\n  is no release of format 1: workload.container.env must be a list\n"
            f"{RESTORE}"
        ),
    ),
    "text where a mapping is due": (
        lambda text: text.replace('{"image":"registry.example/clock:1.0"}', '"clock"'),
        (
            "releases/a.json\n  is no release of format 1: workload.container must be a mapping\n"
            f"{RESTORE}"
        ),
    ),
    "list where a mapping is due": (
        lambda text: text.replace('"workload":{', '"workload":{"endpoints":[1],'),
        (
            "releases/a.json\n  is no release of format 1: workload.endpoints must be a mapping\n"
            f"{RESTORE}"
        ),
    ),
    "default left out": (
        lambda text: text.replace('"targetPlane":"dataplane",', ""),
        f"releases/a.json\n  is not as format 1 writes releases; it was edited\n{RESTORE}",
    ),
}


@pytest.mark.parametrize(("damage", "message"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_document_that_cannot_be_trusted_is_refused(make, stored, damage, message):
    assert make.refusal(lambda: read(damage(stored.text))) == message


def test_a_document_that_was_changed_is_refused_by_its_digest(make, stored):
    text = stored.text.replace("clock:1.0", "clock:6.6")
    other = read(text).digest
    assert make.refusal(lambda: read(text, stored.digest)) == (
        f"releases/a.json\n  is not the release it is kept as: it should be {stored.digest},"
        f" but is {other}\n{RESTORE}"
    )


def test_a_release_whose_content_is_not_its_digest_is_refused(make, stored):
    verify(stored, source="this run")
    false = replace(stored, spec={**stored.spec, "workload": {"container": {"image": "evil"}}})
    assert make.refusal(lambda: verify(false, source="this run")).startswith(
        f"this run\n  is not the release it is kept as: it should be {stored.digest}, but is sha256:"
    )
