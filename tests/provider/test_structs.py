"""Protobuf structs and documents."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openchoreo.provider.structs import UNKNOWN, Marked, read_struct, write_struct

SIGNATURE = "4dabf18193072939515e22adb298388d"

DOCUMENTS = st.dictionaries(
    st.text(max_size=5),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**53), 2**53)
        | st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: not x.is_integer())
        | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        ),
        max_leaves=8,
    ),
)


@given(DOCUMENTS.filter(lambda document: SIGNATURE not in str(document)))
def test_a_document_comes_back_as_it_was(document):
    properties = read_struct(write_struct(document))
    assert properties.document == document
    assert json.dumps(properties.document, sort_keys=True) == json.dumps(document, sort_keys=True)


def test_whole_numbers_are_integers_as_far_as_doubles_are_exact():
    document = read_struct(write_struct({"a": 2.0, "b": 1e300, "c": -0.0})).document
    assert [(each, type(each)) for _, each in sorted(document.items())] == [
        (2, int),
        (1e300, float),
        (0, int),
    ]


def test_unknown_values_are_seen_at_any_depth():
    assert read_struct(write_struct({"a": [{"b": UNKNOWN}]})).has_unknowns
    assert not read_struct(write_struct({"a": [{"b": "known"}]})).has_unknowns


@pytest.mark.parametrize(
    ("mark", "what"),
    [
        ("1b47061264138c4ac30d75fd1eb44270", "a secret"),
        ("c44067f5952c0a294b673a41bacd8c17", "an asset"),
        ("0def7320c3a5731c473e5ecbe6d01bc7", "an archive"),
        ("5cf8f73096256a8f31e491e813e4eb8e", "a resource"),
        ("d0e6a833031e9bbcd3f4e8bde6ca49a4", "an output"),
        ("something new", "a value that is not plain data"),
    ],
)
def test_marked_values_are_located_and_their_content_is_dropped(mark, what):
    struct = write_struct({"data": [{"x": {SIGNATURE: mark, "value": "hush"}}]})
    properties = read_struct(struct)
    assert properties.marked == (Marked(("data", 0, "x"), what),)
    assert "hush" not in str(properties.document)
