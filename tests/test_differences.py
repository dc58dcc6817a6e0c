"""Field by field: what differs between two documents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openchoreo.differences import Change, Difference, differences
from openchoreo.document import canonical


def told(old, new):
    return [(one.shown, str(one.change), one.old, one.new) for one in differences(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": 1}, {"a": True}, [("a", "changed", 1, True)]),
        ({"a": "1"}, {"a": 1}, [("a", "changed", "1", 1)]),
        ({"a": None}, {}, [("a", "removed", None, None)]),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": {"d": 2}}}, [("a.c", "added", None, {"d": 2})]),
        ({"a": {"b": 1}}, {"a": [1]}, [("a", "changed", {"b": 1}, [1])]),
        (
            {"labels": {"app.io/name": "x"}},
            {"labels": {"app.io/name": "y"}},
            [('labels["app.io/name"]', "changed", "x", "y")],
        ),
    ],
)
def test_fields(old, new, expected):
    assert told(old, new) == expected


def env(**values):
    return {"env": [{"key": key, "value": value} for key, value in values.items()]}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (env(a="1", b="2"), env(a="1", b="3"), [("env[b].value", "changed", "2", "3")]),
        (
            env(a="1"),
            env(z="0", a="1"),
            [("env[z]", "added", None, {"key": "z", "value": "0"})],
        ),
        (
            env(z="0", a="1"),
            env(a="2"),
            [
                ("env[z]", "removed", {"key": "z", "value": "0"}, None),
                ("env[a].value", "changed", "1", "2"),
            ],
        ),
        (env(a="1", b="2"), env(b="2", a="1"), [("env", "moved", ["a", "b"], ["b", "a"])]),
        (
            {"traits": [{"kind": "Trait", "name": "x"}, {"kind": "ClusterTrait", "name": "x"}]},
            {"traits": [{"kind": "Trait", "name": "x"}]},
            [("traits[ClusterTrait/x]", "removed", {"kind": "ClusterTrait", "name": "x"}, None)],
        ),
        (
            {"needs": [{"component": "a", "name": "http", "port": 1}]},
            {"needs": [{"component": "a", "name": "http", "port": 2}]},
            [("needs[a/http].port", "changed", 1, 2)],
        ),
    ],
)
def test_entries_of_lists_are_found_again_by_their_names(old, new, expected):
    assert told(old, new) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([1, 2, 3], [1, 3], [("[1]", "removed", 2, None)]),
        ([1, 3], [1, 2, 3], [("[1]", "added", None, 2)]),
        ([1, 2, 3], [1, 4, 3], [("[1]", "changed", 2, 4)]),
        ([], ["a"], [("[0]", "added", None, "a")]),
        ([1, 1], [1], [("[1]", "removed", 1, None)]),
        ([{"key": "a"}, {"key": "a"}], [{"key": "a"}], [("[1]", "removed", {"key": "a"}, None)]),
        ([{"key": 1}], [{"key": 2}], [("[0].key", "changed", 1, 2)]),
    ],
)
def test_other_entries_by_their_places(old, new, expected):
    assert told(old, new) == expected


def test_the_path_leads_to_the_new_place():
    old, new = env(a="1", b="2"), env(b="3", a="1", c="4")
    assert [one.path for one in differences(old, new)] == [
        ("env",),
        ("env", 0, "value"),
        ("env", 2),
    ]


def test_for_programs_only_what_is_there():
    found = differences({"a": 1, "b": None}, {"b": 2, "c": 3})
    assert [one.document() for one in found] == [
        {"path": "a", "change": "removed", "old": 1},
        {"path": "b", "change": "changed", "old": None, "new": 2},
        {"path": "c", "change": "added", "new": 3},
    ]


KEYS = st.sampled_from(["key", "name", "kind", "a", "b.c"])
SCALARS = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["x", "y", "z"])
DOCUMENTS = st.recursive(
    SCALARS | st.just(1.0),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=16,
)
NAMED = st.lists(st.fixed_dictionaries({"key": st.sampled_from("abcd"), "v": SCALARS}), max_size=4)
PAIRS = st.tuples(DOCUMENTS, DOCUMENTS) | st.tuples(NAMED, NAMED)


@given(PAIRS)
def test_there_are_none_exactly_where_the_documents_are_equal(pair):
    old, new = pair
    assert (differences(old, new) == ()) == (canonical(old) == canonical(new))


@given(PAIRS)
def test_what_is_new_stands_at_its_path(pair):
    old, new = pair
    for one in differences(old, new):
        if one.change in {Change.ADDED, Change.CHANGED}:
            found = new
            for step in one.path:
                found = found[step]
            assert found is one.new


BACK = {Change.ADDED: Change.REMOVED, Change.REMOVED: Change.ADDED}


@given(PAIRS)
def test_the_way_back_is_the_same_the_other_way_round(pair):
    old, new = pair
    there, back = differences(old, new), differences(new, old)
    assert sorted(map(seen, there)) == sorted(
        seen(Difference(one.path, one.shown, BACK.get(one.change, one.change), one.new, one.old))
        for one in back
    )


def seen(one):
    return one.shown, str(one.change), canonical(one.old), canonical(one.new)
