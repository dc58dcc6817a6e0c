"""One message with file and line for whatever is no YAML."""

from __future__ import annotations

import textwrap

import pytest

from openchoreo.catalog import survey
from openchoreo.errors import describe

CASES = {
    "tab": (
        b"a:\n\tb: 1\n",
        "a tab is used for indentation\n  indent with spaces\n  file.yaml:2",
    ),
    "indentation": (
        b"a:\n    b: 1\n   c: 2\n",
        (
            "a key is expected here\n"
            "  check the indentation of this line and of the lines above\n  file.yaml:3"
        ),
    ),
    "item": (
        b"a:\n  - b\n  c: 2\n",
        (
            "an item beginning with '- ' is expected here\n"
            "  check the indentation of this line and of the lines above\n  file.yaml:3"
        ),
    ),
    "second colon": (
        b"a: 1\nb: c: 1\n",
        (
            "there is a second ': ' in one line, or a key is indented wrongly\n"
            "  quote a value that contains ': '\n  file.yaml:2"
        ),
    ),
    "reserved character": (
        b"a: @x\n",
        (
            "a value begins with a character that means something else in YAML\n"
            "  quote the value\n  file.yaml:1"
        ),
    ),
    "open bracket": (
        b"a: [1, 2\nb: 3\n",
        "a list or mapping in brackets is not closed, or a comma is missing\n  file.yaml:2",
    ),
    "open quote": (b"a: 'x\n", "a quoted text does not end\n  file.yaml:2"),
    "escape": (b'a: "\\q"\n', "there is an unknown \\ escape in a text\n  file.yaml:1"),
    "control character": (b"a: \x01\n", "there is a control character in the text\n  file.yaml"),
    "encoding": (b"a: 1\nb: \xff\n", "is not UTF-8 text (byte 0xff)\n  file.yaml:2"),
    "list": (
        b"---\na: 1\n---\n- 1\n",
        "a document must be a mapping with apiVersion, kind, metadata and spec\n  file.yaml:4",
    ),
    "text": (
        b"hello\n",
        "a document must be a mapping with apiVersion, kind, metadata and spec\n  file.yaml:1",
    ),
    "helm": (
        b"{{- if .Values.x }}\na: 1\n{{- end }}\n",
        (
            "is a Helm template, not YAML\n"
            "  render the chart (helm template) and give the result\n  file.yaml:1"
        ),
    ),
}


@pytest.mark.parametrize(("data", "expected"), CASES.values(), ids=CASES.keys())
def test_a_file_that_cannot_be_read_gives_one_message(here, data, expected):
    (here / "file.yaml").write_bytes(data)
    assert describe(survey([here]).problems) == "file.yaml\n  " + expected


def test_json_is_read_with_the_same_values(here):
    (here / "a.json").write_text(
        '{"apiVersion": "openchoreo.dev/v1alpha1", "kind": "Environment",\n'
        ' "metadata": {"name": "dev"},\n "spec": {"isProduction": true}}'
    )
    assert describe(survey([here]).problems) == ""
    dev = survey([here]).catalog.environment("default", "dev")
    assert dev is not None
    assert dev.spec.is_production


def test_broken_json_is_refused_with_its_line(here):
    (here / "a.json").write_text('{"a": 1,\n "b" 2}')
    assert describe(survey([here]).problems) == textwrap.dedent("""\
        a.json
          is not JSON: Expecting ':' delimiter
          a.json:2""")


def test_json_with_nul_bytes_is_not_taken_for_another_encoding(here):
    (here / "a.json").write_bytes(b"\0\0" + b'{"a": 1}')
    assert describe(survey([here]).problems) == textwrap.dedent("""\
        a.json
          is not JSON: Expecting value
          a.json:1""")


def test_a_key_twice_in_json_is_refused(here):
    (here / "a.json").write_text(
        '{"apiVersion": "openchoreo.dev/v1alpha1", "kind": "Environment",'
        ' "metadata": {"name": "dev"}, "metadata": {"name": "e"}, "x": NaN}'
    )
    assert describe(survey([here]).problems) == textwrap.dedent("""\
        2 problems

        Environment default/e
          NaN is no number that JSON can hold
          a.json

        Environment default/e
          the key metadata is given twice in one mapping
          a.json""")


def test_a_list_in_json_is_somebody_elses(here):
    (here / "data.json").write_text("[1, 2]")
    found = survey([here])
    assert (found.problems, dict(found.catalog.skipped)) == ((), {"not a resource": 1})


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n---\n"])
def test_an_empty_file_is_nothing(here, text):
    (here / "empty.yaml").write_text(text)
    assert survey([here]).problems == ()


def test_a_path_that_is_not_there(here):
    assert describe(survey([here / "definitons"]).problems) == (
        "definitons\n  there is no such file or directory"
    )


def test_a_file_beyond_all_measure(here, monkeypatch):
    monkeypatch.setattr("openchoreo.catalog.files._LARGEST", 2**20)
    (here / "big.yaml").write_bytes(b"#" * (2**20 + 1))
    assert describe(survey([here]).problems) == "big.yaml\n  is larger than 1 MiB\n  big.yaml"


def test_a_directory_that_cannot_be_read(here, monkeypatch):
    def walk(_root, onerror, followlinks):
        assert followlinks
        onerror(PermissionError(13, "Permission denied", "secret"))
        return iter(())

    monkeypatch.setattr("openchoreo.catalog.files.os.walk", walk)
    assert describe(survey([here]).problems) == "secret\n  cannot be read: Permission denied"
