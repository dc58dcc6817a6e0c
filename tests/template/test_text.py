"""Numbers and JSON inside text."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openchoreo.template.text import general_text, json_text, number_text

NUMBERS = {
    0.0: ("0", "0", "0"),
    3.0: ("3", "3", "3"),
    100000.0: ("100000", "100000", "100000"),
    1000000.0: ("1000000", "1e+06", "1000000"),
    1234567.0: ("1234567", "1.234567e+06", "1234567"),
    1234567.5: ("1.2345675e+06", "1.2345675e+06", "1234567.5"),
    2.0**53 - 1: ("9007199254740991", "9.007199254740991e+15", "9007199254740991"),
    2.0**53: ("9.007199254740992e+15", "9.007199254740992e+15", "9007199254740992"),
    1e20: ("1e+20", "1e+20", "100000000000000000000"),
    1e21: ("1e+21", "1e+21", "1e+21"),
    -1.5: ("-1.5", "-1.5", "-1.5"),
    0.1 + 0.2: ("0.30000000000000004",) * 3,
    0.0001: ("0.0001", "0.0001", "0.0001"),
    0.00001: ("1e-05", "1e-05", "0.00001"),
    0.000001: ("1e-06", "1e-06", "0.000001"),
    0.0000001: ("1e-07", "1e-07", "1e-7"),
    1.5e-10: ("1.5e-10", "1.5e-10", "1.5e-10"),
    5e-324: ("5e-324", "5e-324", "5e-324"),
    1.7976931348623157e308: ("1.7976931348623157e+308",) * 3,
}


@pytest.mark.parametrize(("value", "texts"), NUMBERS.items(), ids=map(repr, NUMBERS))
def test_a_number_is_written_in_text_like_go_and_in_json(value, texts):
    assert (number_text(value), general_text(value), json_text(value)) == texts


def test_minus_zero_keeps_its_sign():
    assert [number_text(-0.0), general_text(-0.0), json_text(-0.0)] == ["-0"] * 3
    assert number_text(0.0) == "0"


def test_integers_are_plain_whatever_their_size():
    assert number_text(-(2**63)) == "-9223372036854775808"


@pytest.mark.parametrize(
    ("value", "text"), [(math.nan, "NaN"), (math.inf, "+Inf"), (-math.inf, "-Inf")]
)
def test_what_is_no_number_has_a_word_but_no_json(value, text):
    assert number_text(value) == text
    with pytest.raises(ValueError, match="is no JSON number"):
        json_text([value])


def test_json_is_compact_and_sorted_and_safe_in_html():
    document = {
        "b": [1, 2.0, None, True, False],
        "a": {"é": '<a>&\u2028\u2029\n\t"\\\x01'},
        "B": {},
    }
    assert json_text(document) == (
        '{"B":{},"a":{"é":"\\u003ca\\u003e\\u0026\\u2028\\u2029\\n\\t\\"\\\\\\u0001"},'
        '"b":[1,2,null,true,false]}'
    )


documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(-1e15, 1e15) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@settings(deadline=None)
@given(documents)
def test_any_document_reads_back(document):
    assert json.loads(json_text(document)) == document


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_double_reads_back(value):
    assert (
        float(number_text(value)) == float(general_text(value)) == float(json_text(value)) == value
    )
