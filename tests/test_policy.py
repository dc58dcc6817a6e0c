"""policy.yaml: what it may say, and what is refused."""

from typing import ClassVar

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
                "qa": {"lineage": "5ee7"},
            },
        }
    )
    assert found.differences == {7, 10}
    assert found.upstream("staging").stack == "acme/shop-staging/main"
    assert found.upstream("development").file == "ledgers/development.json"
    assert found.upstream("qa").lineage == "5ee7"
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
            "  needs one of stack, file and lineage\n"
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
    "an allowed literal without a reason": (
        {"credentials": {"allowed": [{"kind": "Component", "name": "default/a", "path": "x"}]}},
        "policy.yaml: credentials.allowed[0].reason\n  is required, but missing",
    ),
    "an allowed literal of a kind that has none": (
        {
            "credentials": {
                "allowed": [{"kind": "Workload", "name": "default/a", "path": "x", "reason": "y"}]
            }
        },
        (
            "policy.yaml: credentials.allowed[0].kind\n"
            "  must be one of Component, Project, Resource, ComponentType, ClusterComponentType, "
            "Trait, ClusterTrait, ProjectType, ClusterProjectType, ResourceType, "
            'ClusterResourceType, not the string "Workload"'
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


class TestLoosening:
    """What stack config must not say, under a policy that asks for everything."""

    POLICY: ClassVar = {
        "environments": {
            "production": {
                "soak": "24h",
                "approvals": {"count": 2, "by": ["ada", "bob"]},
                "proof": "applied",
                "upstreams": "all",
                "images": "digest",
            }
        }
    }

    def loosened(self, **said):
        from openchoreo.model.gate_rules import GateRules
        from openchoreo.policy import loosened, parse

        rules = parse(self.POLICY).rules("production", "default", "shop")
        return [path for path, _ in loosened(rules, GateRules.model_validate(said))]

    def test_less_is_found(self):
        assert self.loosened(
            soak="1h",
            approvals={"count": 1, "by": ["ada", "eve"]},
            proof="rendered",
            upstreams="any",
            images="warn",
        ) == [
            ("soak",),
            ("approvals", "count"),
            ("approvals", "by", 1),
            ("proof",),
            ("upstreams",),
            ("images",),
        ]

    def test_as_much_and_more_is_none(self):
        assert (
            self.loosened(soak="24h", approvals={"count": 3, "by": ["ada"]}, proof="applied") == []
        )
        assert self.loosened() == []

    def test_rules_of_a_project_are_added(self):
        from openchoreo.policy import parse

        environment = {"soak": "1h", "projects": {"shop": {"soak": "2h"}, "other": {"soak": "9h"}}}
        policy = parse({"environments": {"production": environment}})
        assert policy.rules("production", "default", "shop").soak.total_seconds() == 7200
        assert policy.rules("staging", "default", "shop").soak.total_seconds() == 0
