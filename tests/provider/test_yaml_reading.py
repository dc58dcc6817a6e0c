"""What a file that somebody edited says."""

from __future__ import annotations

import pytest

from openchoreo.provider.yaml_reading import read_manifest

BOMB = "a: &a [x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}]\n" for i in range(9)
)


@pytest.mark.parametrize(
    ("text", "manifest"),
    [
        pytest.param("a: 1\nb: [x, {c: d}]\n", {"a": 1, "b": ["x", {"c": "d"}]}, id="an object"),
        pytest.param("# a comment\na: yes # another\n", {"a": True}, id="comments"),
        pytest.param("a: 2024-01-01\n", {"a": "2024-01-01"}, id="a date stays a text"),
        pytest.param("", None, id="empty"),
        pytest.param("- a\n", None, id="a list"),
        pytest.param("a: 1\n---\nb: 2\n", None, id="two documents"),
        pytest.param("a: [\n", None, id="no YAML"),
        pytest.param("a: !!python/object:os.system {}\n", None, id="tags of a language"),
        pytest.param("a: !!binary eA==\n", None, id="bytes"),
        pytest.param("1: a\n", None, id="a key that is no text"),
        pytest.param("a: .nan\n", None, id="not a number"),
        pytest.param("a: .inf\n", None, id="infinite"),
        pytest.param(f"a: {'9' * 400}\n", None, id="no double holds it"),
        pytest.param("a: -9007199254740993\n", {"a": -9007199254740993}, id="large"),
        pytest.param(BOMB, None, id="aliases"),
        pytest.param("a: " + "[" * 100_000, None, id="too deep"),
        pytest.param("\x00", None, id="not printable"),
    ],
)
def test_reading(text, manifest):
    assert read_manifest(text.encode()) == manifest


def test_bytes_that_are_no_utf_8():
    assert read_manifest(b"a: \xff\xfe\n") is None
