"""Documents out of YAML text."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openchoreo.catalog.syntax import UnreadableError
from openchoreo.catalog.yaml_reader import Reader


def read(text: str):
    return Reader(text.encode()).documents()


def value_of(text: str):
    [document] = read(text)
    assert document.flaws == ()
    return document.value


VALUES = {
    "quoted words stay text": ("a: 'on'\nb: \"08\"", {"a": "on", "b": "08"}),
    "words are keys too": ("{y: 1, 2: b, 1.5: c, off: d}", {"true": 1, "2": "b", "1.5": "c", "false": "d"}),
    "alias": ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
    "anchor given again": ("a: &x 1\nb: &x 2\nc: *x", {"a": 1, "b": 2, "c": 2}),
    "merge": ("a: &x {p: 1}\nb: {<<: *x, q: 2}", {"a": {"p": 1}, "b": {"p": 1, "q": 2}}),
    "merge after an explicit key wins": ("a: &x {p: 1}\nb: {p: 9, <<: *x}", {"a": {"p": 1}, "b": {"p": 1}}),
    "explicit key after a merge wins": ("a: &x {p: 1}\nb: {<<: *x, p: 9}", {"a": {"p": 1}, "b": {"p": 9}}),
    "first of several merged goes before": (
        "a: &x {p: 1}\nc: &y {p: 2, r: 3}\nb: {<<: [*x, *y]}",
        {"a": {"p": 1}, "b": {"p": 1, "r": 3}, "c": {"p": 2, "r": 3}},
    ),
    "quoted << is a key": ("{'<<': 1}", {"<<": 1}),
    "tags": ("[!!str 1, !!int '3', !!float 3, !!binary aGk=, !own x, !!null '']", ["1", 3, 3, "hi", "x", None]),
    "block texts": ("v: |2\n    x\nw: >-\n  a\n\n  b", {"v": "  x\n", "w": "a\nb"}),
    "keys without values": ("{a, b}", {"a": None, "b": None}),
    "byte order mark": ("\ufeffa: 1", {"a": 1}),
    "escaped backslash before a slash": (r'v: "a\\/b"', {"v": "a\\/b"}),
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), VALUES.values(), ids=VALUES.keys())
def test_values_are_those_kubernetes_would_see(text, value):
    assert value_of(text) == value


FLAWS = {
    "key twice": ("a: 1\nb: {c: 1,\n  c: 2}", [(3, "the key c is given twice in one mapping")]),
    "key twice by meaning": ("1: a\n'1': b", [(2, "the key 1 is given twice in one mapping")]),
    "key twice beside a merge": (
        "a: &x {p: 1}\nb: {q: 1, <<: *x, q: 2}",
        [(2, "the key q is given twice in one mapping")],
    ),
    "null key": ("a: 1\n~: 2", [(2, "a key is null")]),
    "key that is a list": ("? [1]\n: x", [(1, "a key is a list, a mapping or not a finite number")]),
    "infinity": ("a:\n  - .inf", [(2, ".inf is no number that JSON can hold")]),
    "not a number, twice": (
        "a: .nan\nb: .nan",
        [(1, ".nan is no number that JSON can hold"), (2, ".nan is no number that JSON can hold")],
    ),
    "merge of no mapping": ("a: &x 1\nb: {<<: *x}", [(2, "<< can only merge a mapping or a list of mappings")]),
    "tag that does not fit": ("a: !!int x", [(1, "x cannot be read as !!int")]),
    "boolean that is no integer": ("a: !!int on", [(1, "on cannot be read as !!int")]),
    "base64 that is none": ("a: !!binary '*'", [(1, "!!binary is not valid base64")]),
    "escape of YAML 1.2": (r'a: "\/"', [(1, r"\/ is no escape in YAML 1.1")]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "flaws"), FLAWS.values(), ids=FLAWS.keys())
def test_what_a_resource_cannot_hold_is_noted_with_its_line(text, flaws):
    [document] = read(text)
    assert [(flaw.place.line, flaw.message) for flaw in document.flaws] == flaws


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{this}: &{this} [{', '.join([f'*{last}'] * 10)}]\n"
    for last, this in zip("abcdefgh", "bcdefghi", strict=True)
)
UNREADABLE = {
    "aliases that multiply": (
        BOMB,
        (6, "the document has more than 500,000 values with its aliases"),
    ),
    "values beyond number": (
        "- [" + "1, " * 500_001 + "]",
        (1, "the document has more than 500,000 values"),
    ),
    "anchor in itself": ("a: &x\n  - *x", (2, "&x contains itself")),
    "alias of nothing": ("a: 1\nb: *x", (2, "*x repeats an anchor that is not there")),
    "nesting": ("[" * 101 + "]" * 101, (1, "lists and mappings are nested more than 100 deep")),
    "deep nesting": ("[" * 100_000, (1, "lists and mappings are nested more than 100 deep")),
}


@pytest.mark.parametrize(("text", "error"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_cannot_be_read_ends_in_one_error(text, error):
    with pytest.raises(UnreadableError) as raised:
        read(text)
    assert (raised.value.line, raised.value.message) == error


def test_documents_are_counted_and_know_where_they_begin():
    found = read("# first\na: 1\n---\n---\nb: 2\n...\n")
    assert [(d.index, d.line, d.value) for d in found] == [(0, 2, {"a": 1}), (1, 4, None), (2, 5, {"b": 2})]  # fmt: skip


def test_anchors_end_with_their_document():
    with pytest.raises(UnreadableError):
        read("a: &x 1\n---\nb: *x")


@given(st.text(alphabet="ab:-[]{}&*<>|'\" \n\t#?!%@`,1.", max_size=60))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(UnreadableError):
        read(text)
