"""Which fields differ, and how Pulumi writes their paths."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openchoreo.provider.differences import Change, differences, outside, property_path

ADDED, REMOVED, CHANGED = Change.ADDED, Change.REMOVED, Change.CHANGED


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param({"a": 1}, {"a": 1.0}, {}, id="equal numbers"),
        pytest.param({"a": 1}, {"a": True}, {("a",): CHANGED}, id="a number is no boolean"),
        pytest.param({"a": None}, {"a": False}, {("a",): CHANGED}, id="null is no boolean"),
        pytest.param({"a": None}, {}, {("a",): REMOVED}, id="null is not absent"),
        pytest.param({}, {"a": {"b": 1}}, {("a",): ADDED}, id="only the topmost new field"),
        pytest.param(
            {"a": {"b": 1, "c": 2}},
            {"a": {"b": 3}},
            {("a", "b"): CHANGED, ("a", "c"): REMOVED},
            id="in the depth",
        ),
        pytest.param({"a": [1]}, {"a": {"0": 1}}, {("a",): CHANGED}, id="another type"),
        pytest.param(
            {"a": [1, 2]},
            {"a": [1, 3, 4]},
            {("a", 1): CHANGED, ("a", 2): ADDED},
            id="a longer list",
        ),
        pytest.param(
            {"a": [1, 2, 3]},
            {"a": [1]},
            {("a", 1): REMOVED, ("a", 2): REMOVED},
            id="a shorter list",
        ),
        pytest.param(
            {"a": [{"b": 1}]}, {"a": [{"b": 2}]}, {("a", 0, "b"): CHANGED}, id="inside a list"
        ),
    ],
)
def test_differences(old, new, expected):
    assert differences(old, new) == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(max_size=2), JSON, max_size=4)


@given(OBJECTS)
def test_nothing_differs_from_itself(document):
    assert differences(document, document) == {}


@given(OBJECTS, OBJECTS)
def test_the_way_back_has_the_same_fields(one, other):
    there, back = differences(one, other), differences(other, one)
    assert there.keys() == back.keys()
    assert bool(there) == (repr(sorted(one.items())) != repr(sorted(other.items()))) or one == other


@pytest.mark.parametrize(
    ("path", "written"),
    [
        (("spec", "replicas"), "spec.replicas"),
        (("spec", "containers", 0, "image"), "spec.containers[0].image"),
        (
            ("metadata", "labels", "app.kubernetes.io/name"),
            'metadata.labels["app.kubernetes.io/name"]',
        ),
        (("data", "my-key"), 'data["my-key"]'),
        (("data", "0"), 'data["0"]'),
        (("data", 'a"b'), 'data["a\\"b"]'),
        (("data", ""), 'data[""]'),
    ],
)
def test_property_paths(path, written):
    assert property_path(path) == written


def test_outside_leaves_out_what_is_above_below_or_among_the_known():
    known: Any = {("a", "b"): CHANGED}
    paths = {
        ("a",): ADDED,
        ("a", "b"): ADDED,
        ("a", "b", "c"): ADDED,
        ("a", "c"): ADDED,
        ("d",): ADDED,
    }
    assert outside(paths, known) == {("a", "c"): ADDED, ("d",): ADDED}


def test_large_documents_take_time_in_proportion():
    """A hundred thousand changed entries; a quadratic comparison would not end."""
    old: Any = {"a": [{"x": index} for index in range(100_000)]}
    new: Any = {"a": [{"x": index + 1} for index in range(100_000)]}
    assert len(outside(differences(old, new), {("b",): ADDED})) == 100_000
