"""State, file and program, all three at once."""

from __future__ import annotations

from typing import Any

import pytest

from openchoreo.provider.comparison import Comparison, compare
from openchoreo.provider.differences import Change
from openchoreo.provider.yaml_text import yaml_bytes

ADDED, REMOVED, CHANGED = Change.ADDED, Change.REMOVED, Change.CHANGED

ONE: Any = {"kind": "A", "spec": {"replicas": 1, "image": "x"}}
TWO = {"kind": "A", "spec": {"replicas": 2, "image": "x"}}
EDITED = {"kind": "A", "spec": {"replicas": 5, "image": "y", "mine": True}}
EVERYTHING: Any = {("kind",): ADDED, ("spec",): ADDED}


@pytest.mark.parametrize(
    ("old", "new", "file", "expected"),
    [
        pytest.param(ONE, ONE, yaml_bytes(ONE), Comparison({}), id="nothing to do"),
        pytest.param(
            ONE, TWO, yaml_bytes(ONE), Comparison({("spec", "replicas"): CHANGED}), id="a change"
        ),
        pytest.param(
            ONE,
            TWO,
            yaml_bytes(TWO),
            Comparison({("spec", "replicas"): CHANGED}),
            id="written before the state",
        ),
        pytest.param(ONE, TWO, None, Comparison(EVERYTHING, "is missing"), id="missing"),
        pytest.param(
            ONE,
            ONE,
            b"[]",
            Comparison(EVERYTHING, "no longer holds one manifest"),
            id="no manifest",
        ),
        pytest.param(
            ONE,
            ONE,
            b"#\n" + yaml_bytes(ONE),
            Comparison({}, "was edited in its comments or layout"),
            id="a comment",
        ),
        pytest.param(
            ONE,
            TWO,
            b"#\n" + yaml_bytes(TWO),
            Comparison({("spec", "replicas"): CHANGED}, "was edited in its comments or layout"),
            id="a comment and the same change by hand",
        ),
        pytest.param(
            ONE,
            TWO,
            yaml_bytes(EDITED),
            Comparison(
                {
                    ("spec", "replicas"): CHANGED,
                    ("spec", "image"): ADDED,
                    ("spec", "mine"): REMOVED,
                },
                "was edited: spec.image, spec.mine, spec.replicas",
            ),
            id="a change of the program goes before an edit of the same field",
        ),
        pytest.param(
            {"kind": "A", "a": {}},
            {"kind": "A", "a": {"b": 1}},
            yaml_bytes({"kind": "A", "a": 1}),
            Comparison({("a", "b"): ADDED}, "was edited: a"),
            id="an edit above a change of the program",
        ),
        pytest.param(
            {"kind": "A"},
            {"kind": "A"},
            yaml_bytes({"kind": "A", "d": 1, "b": 1, "c": 1, "e": 1, "f": 1}),
            Comparison({(key,): REMOVED for key in "bcdef"}, "was edited: b, c, d and 2 more"),
            id="many edits",
        ),
    ],
)
def test_compare(old, new, file, expected):
    comparison = compare(old, new, file)
    assert comparison == expected
    assert comparison.needs_update == bool(expected.changes or expected.note)
