"""openchoreo drift as data, with a program in Pulumi's place."""

import json

REFRESH = "refresh --preview-only --stack staging --json --non-interactive"


def step(name, before, after):
    state = {"type": "openchoreo-files:apps/v1:Deployment", "urn": f"urn:pulumi::x::{name}"}
    old = {**state, "inputs": {"kind": "Deployment"}, "outputs": before}
    return {
        "op": "refresh",
        "oldState": old,
        "newState": {**state, "outputs": after} if after else None,
    }


def test_what_others_have_changed(pulumi, run):
    steps = [
        step("same", {"spec": {"replicas": 1}}, {"spec": {"replicas": 1}}),
        step("edited", {"spec": {"replicas": 1}}, {"spec": {"replicas": 9}}),
        step("gone", {"spec": {}}, None),
        {"op": "refresh", "oldState": {"type": "pulumi:pulumi:Stack", "outputs": {"a": 1}}},
    ]
    pulumi({REFRESH: (0, json.dumps({"steps": steps}))})
    done = run("drift", "--stack", "staging", "-o", "json")
    assert done.exit_code == 1
    assert json.loads(done.stdout) == {
        "stack": "staging",
        "drifted": [
            {
                "operation": "changed",
                "kind": "Deployment",
                "name": "edited",
                "fields": [{"path": "spec.replicas", "deployed": 1, "found": 9}],
            },
            {"operation": "deleted", "kind": "Deployment", "name": "gone", "fields": []},
        ],
    }


def test_nothing(pulumi, run):
    pulumi({REFRESH: (0, json.dumps({"steps": [step("same", {"a": 1}, {"a": 1})]}))})
    done = run("drift", "--stack", "staging", "-o", "json")
    assert (done.exit_code, json.loads(done.stdout)["drifted"]) == (0, [])
