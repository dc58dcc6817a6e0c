"""What the API server does with unknown keys: it leaves them out."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from openchoreo.errors import OpenChoreoError
from openchoreo.model import Workload, parse

WORKLOAD: Any = {
    "apiVersion": "openchoreo.dev/v1alpha1",
    "kind": "Workload",
    "metadata": {"name": "cart", "namespace": "ns"},
    "spec": {
        "owner": {"projectName": "shop", "componentName": "cart", "team": "x"},
        "container": {"image": "i", "env": [{"key": "A", "type": "x"}, {"key": "B"}]},
        "replicas": 2,
    },
}


def test_pruned_keys_are_noted_and_gone():
    parsed = parse(WORKLOAD, prune=True)
    assert isinstance(parsed.resource, Workload)
    assert parsed.resource.spec.document() == {
        "owner": {"projectName": "shop", "componentName": "cart"},
        "container": {"image": "i", "env": [{"key": "A"}, {"key": "B"}]},
    }
    assert [(note.path, note.message) for note in parsed.notes] == [
        (("spec", "container", "env", 0, "type"), "unknown key"),
        (("spec", "owner", "team"), "unknown key"),
        (("spec", "replicas"), "unknown key"),
    ]


def test_pruning_changes_no_argument():
    before = copy.deepcopy(WORKLOAD)
    parse(WORKLOAD, prune=True)
    assert before == WORKLOAD


def test_pruning_hides_nothing_else():
    broken = copy.deepcopy(WORKLOAD)
    broken["spec"]["container"]["image"] = ""
    with pytest.raises(OpenChoreoError) as raised:
        parse(broken, prune=True)
    assert str(raised.value) == ("Workload ns/cart: spec.container.image\n  must not be empty")
