import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openchoreo.document import canonical, digest, merge, normalised

documents = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"b": 1, "a": [True, None]}, '{"a":[true,null],"b":1}'),
        (8080.0, "8080"),
        (-0.0, "0"),
        (0.5, "0.5"),
        (2.0**53, "9007199254740992"),
        (1e300, "1e+300"),
        ({"ü": "é"}, '{"ü":"é"}'),
        ({"𝄞": 1, "ﬀ": 2}, '{"ﬀ":2,"𝄞":1}'),
    ],
    ids=[
        "sorted keys",
        "integral double",
        "minus zero",
        "fraction",
        "largest exact",
        "huge",
        "not escaped",
        "code point order",
    ],
)
def test_canonical_text(document, text):
    assert canonical(document) == text


def test_a_digest_names_its_algorithm():
    assert digest({}) == "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_cannot_write_are_refused(number):
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"a": number})


@given(st.dictionaries(st.text(), documents))
def test_the_order_of_keys_does_not_change_a_digest(document):
    assert digest(dict(reversed(document.items()))) == digest(document)


@given(documents)
def test_canonical_text_is_that_of_the_standard_library(document):
    plainly = json.dumps(
        normalised(document), ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )
    assert canonical(document) == plainly


@given(documents)
def test_normalising_twice_changes_nothing(document):
    assert normalised(normalised(document)) == normalised(document)


@pytest.mark.parametrize(
    ("base", "over", "merged"),
    [
        ({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}}, {"a": {"b": 1, "c": 3}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": {"b": 1}}, {"a": None}, {"a": None}),
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
    ],
    ids=["maps at every depth", "lists replaced", "null replaces", "new keys"],
)
def test_merge(base, over, merged):
    assert merge(base, over) == merged


@given(documents, documents)
def test_merging_what_is_there_already_changes_nothing(base, over):
    once = merge(base, over)
    assert merge(once, over) == once
