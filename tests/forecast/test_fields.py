"""What differs in two manifests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openchoreo.forecast.fields import MISSING, differences, same, shown_path, value_at

NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.just("name"), inner),
    max_leaves=8,
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=3)


def shown(old, new):
    return [(shown_path(one.path), one.old, one.new) for one in differences(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": True}, [("a", 1, True)]),
        ({"a": None}, {}, [("a", None, MISSING)]),
        ({}, {"a": {"b": 1}}, [("a", MISSING, {"b": 1})]),
        (
            {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]},
            {"env": [{"name": "N", "value": "0"}, {"name": "A", "value": "1"}, {"name": "B"}]},
            [
                ("env[B].value", "2", MISSING),
                ("env[N]", MISSING, {"name": "N", "value": "0"}),
            ],
        ),
        (
            {"l": [{"name": "A"}, {"name": "B"}]},
            {"l": [{"name": "B"}, {"name": "A"}]},
            [("l", ["A", "B"], ["B", "A"])],
        ),
        (
            {"resources": [{"id": "b", "template": {}}]},
            {"resources": [{"id": "a"}, {"id": "b", "template": {"kind": "X"}}]},
            [
                ("resources[b].template.kind", MISSING, "X"),
                ("resources[a]", MISSING, {"id": "a"}),
            ],
        ),
        ({"l": [1, 2]}, {"l": [1, 3, 4]}, [("l[1]", 2, 3), ("l[2]", MISSING, 4)]),
        ({"l": [{"name": "A"}, {}]}, {"l": [{"name": "B"}, {}]}, [("l[0].name", "A", "B")]),
        ({"a.b/c": 1}, {"a.b/c": 2}, [('["a.b/c"]', 1, 2)]),
    ],
)
def test_differences(old, new, expected):
    assert shown(old, new) == expected


@given(OBJECTS)
def test_nothing_differs_from_itself(document):
    assert differences(document, document) == ()


@given(OBJECTS, OBJECTS)
def test_each_difference_tells_what_both_have_there(old, new):
    for one in differences(old, new):
        if value_at(old, one.path) is MISSING or isinstance(one.old, list):
            continue
        assert same(value_at(old, one.path), one.old)
        assert same(value_at(new, one.path), one.new)


@given(OBJECTS, OBJECTS)
def test_what_is_not_the_same_differs(old, new):
    different = old != new or repr(old) != repr(new)
    if not different:
        assert differences(old, new) == ()
    elif old != new:
        assert differences(old, new)
