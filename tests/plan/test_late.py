"""What is known of a manifest that was made twice with different texts."""

from hypothesis import given
from hypothesis import strategies as st

from openchoreo.plan.late import UNKNOWN, known_part
from openchoreo.rendering import RenderedManifest

scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
documents = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


def manifest(name="a", **more):
    return RenderedManifest(
        "dataplane",
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, **more},
    )


def common(one, other):
    (found,) = known_part((manifest(data=one),), (manifest(data=other),))
    return found.manifest.get("data")


@given(documents)
def test_what_is_the_same_is_known(document):
    assert common(document, document) == document


@given(documents, documents)
def test_it_does_not_matter_which_is_first(one, other):
    assert common(one, other) == common(other, one)


@given(documents, documents)
def test_what_it_says_both_say(one, other):
    assert agrees(common(one, other), one)
    assert agrees(common(one, other), other)


def agrees(found, document) -> bool:
    if found == UNKNOWN:
        return True
    if isinstance(found, dict) and isinstance(document, dict):
        return all(agrees(value, document.get(key)) for key, value in found.items())
    if isinstance(found, list) and isinstance(document, list):
        return all(agrees(a, b) for a, b in zip(found, document, strict=True))
    return found == document


def test_objects_with_other_names_are_not_known_at_all():
    assert known_part((manifest("a"),), (manifest("b"),)) is None
    assert known_part((manifest("a"),), ()) is None
