"""policy.yaml: what it may say, and what is refused."""

import pytest

from openchoreo import policy
from openchoreo.errors import OpenChoreoError


def refusal(document):
    with pytest.raises(OpenChoreoError) as raised:
        policy.parse(document)
    return str(raised.value)


@pytest.mark.parametrize("document", [None, {}], ids=["no file", "nothing in it"])
def test_without_rules_everything_is_strict(document):
    found = policy.parse(document)
    assert found.differences == frozenset()
    assert found.upstream("development") is None


def test_what_it_may_say():
    found = policy.parse(
        {
            "relaxed": [10, 7, 7],
            "upstreams": {
                "staging": {"stack": "acme/shop-staging/main"},
                "development": {"file": "ledgers/development.json"},
            },
        }
    )
    assert found.differences == {7, 10}
    assert found.upstream("staging").stack == "acme/shop-staging/main"
    assert found.upstream("development").file == "ledgers/development.json"
    assert found.upstream("production") is None


TEXTS = {
    "unknown key": (
        {"relaxd": [7]},
        "policy.yaml: relaxd\n  unknown key\n  did you mean relaxed?",
    ),
    "unknown key of an upstream": (
        {"upstreams": {"staging": {"stac": "x"}}},
        "policy.yaml: upstreams.staging.stac\n  unknown key\n  did you mean stack?",
    ),
    "an upstream that is nowhere": (
        {"upstreams": {"staging": {}}},
        (
            "policy.yaml: upstreams.staging\n"
            "  needs one of stack and file\n"
            "  write {stack: <full name>} or {file: <exported ledger>}"
        ),
    ),
    "an upstream in two places": (
        {"upstreams": {"staging": {"stack": "a/b/c", "file": "c.json"}}},
        (
            "policy.yaml: upstreams.staging\n"
            "  has both stack and file\n"
            "  write {stack: <full name>} or {file: <exported ledger>}"
        ),
    ),
    "no list": (
        {"relaxed": 7},
        "policy.yaml: relaxed\n  must be a list, not the number 7",
    ),
    "no numbers": (
        {"relaxed": ["7"]},
        ('policy.yaml: relaxed[0]\n  must be an integer, not the string "7"\n  remove the quotes'),
    ),
    "a truth": (
        {"relaxed": [True]},
        "policy.yaml: relaxed[0]\n  must be an integer, not the boolean true",
    ),
    "a difference that is always strict": (
        {"relaxed": [7, 1]},
        (
            "policy.yaml: relaxed[1]\n"
            "  difference 1 cannot be relaxed\n"
            "  known: 6, 7, 8, 10, 11, 12, 18, 24, 26"
        ),
    ),
    "no mapping": (
        ["relaxed"],
        "policy.yaml\n  must be a mapping, not a list",
    ),
    "a stack without its mapping": (
        {"upstreams": {"staging": "acme/shop/staging"}},
        'policy.yaml: upstreams.staging\n  must be a mapping, not the string "acme/shop/staging"',
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_refused(name):
    document, text = TEXTS[name]
    assert refusal(document) == text


def test_all_problems_are_told_together():
    assert refusal({"relaxed": [1, 2], "upstreams": {}}).startswith("2 problems\n\n")
