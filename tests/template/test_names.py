"""Names and hashes of Kubernetes objects."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openchoreo.template.names import LABEL_LIMIT, SUBDOMAIN_LIMIT, fnv1a, generate_name

NAMES = {
    "capitals, blanks and marks": (253, ["Hello World!"], "hello-world-7f83b165"),
    "dots stay": (253, ["my-app", "v1.2.3"], "my-app-v1.2.3-4f878dd8"),
    "two parts": (253, ["project", "component"], "project-component-932d1646"),
    "an empty last part": (253, ["a", ""], "a--9baf4407"),
    "an empty first part": (253, ["", "a"], "a-c2748917"),
    "only empty parts": (253, ["", ""], "3973e022"),
    "nothing": (253, [""], "e3b0c442"),
    "only hyphens": (253, ["---"], "cb3f91d5"),
    "underscores": (253, ["a_b", "C.D"], "a-b-c.d-375d3de9"),
    "letters of other scripts stay": (253, ["日本"], "日本-cf2abf0c"),
    "a label": (
        63,
        ["http", "my-service", "prod", "default"],
        "http-my-service-prod-default-800d0dd2",
    ),
    "what a short part leaves is lost": (
        63,
        ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbb", "c"],
        "aaaaaaaaaaaaaaaaaaaaaaaaaaa-c-0d21dddc",
    ),
    "the first parts get what does not divide": (
        63,
        ["very-long-endpoint-name", "very-long-component-name", "very-long-env-name"],
        "very-long-endpoint-very-long-compone-very-long-env-nam-23ab5d45",
    ),
}


@pytest.mark.parametrize(
    ("limit", "parts", "name"), [pytest.param(*case, id=title) for title, case in NAMES.items()]
)
def test_a_name_is_made_of_its_parts(limit, parts, name):
    assert generate_name(limit, parts) == name


def test_lower_case_is_made_letter_by_letter():
    assert generate_name(253, ["\u0130\u03a3"]).startswith("i\u03c3-")


def test_a_letter_cut_in_two_is_marked_byte_by_byte():
    assert generate_name(63, ["日" * 40]).startswith("日" * 18 + "-")
    assert generate_name(63, ["a" + "日" * 40]).startswith("a" + "日" * 17 + "\ufffd\ufffd-")


def test_extra_text_changes_the_hash_only():
    plain, extra = generate_name(253, ["a"]), generate_name(253, ["a"], "b")
    assert plain[:-8] == extra[:-8] == "a-"
    assert extra == generate_name(253, ["a", "b"]).replace("b-", "", 1)
    assert generate_name(253, ["a"], "") == plain


def test_a_name_needs_a_part():
    with pytest.raises(ValueError, match="a name needs at least one part"):
        generate_name(253, [])


@pytest.mark.parametrize(
    ("text", "digits"),
    [("test", "afd071e5"), ("", "811c9dc5"), ("hello world", "d58b3fa7"), ("68", "0de8d5a3")],
)
def test_a_hash_is_fnv_1a(text, digits):
    assert fnv1a(text) == digits


@settings(deadline=None)
@given(
    st.sampled_from([LABEL_LIMIT, SUBDOMAIN_LIMIT]),
    st.lists(st.text(max_size=80), min_size=1, max_size=70),
    st.text(max_size=3),
)
def test_any_parts_give_a_name_that_ends_well(limit, parts, extra):
    name = generate_name(limit, parts, extra)
    assert name == generate_name(limit, parts, extra)
    assert name[-8:].isascii()
    assert not name.startswith(("-", "."))


@settings(deadline=None)
@given(st.lists(st.text("abcXYZ019-._ /", max_size=80), min_size=1, max_size=20))
def test_ascii_parts_give_a_dns_name_within_its_limit(parts):
    name = generate_name(LABEL_LIMIT, parts)
    assert len(name) <= LABEL_LIMIT
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
