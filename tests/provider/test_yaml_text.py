"""Stable bytes that every YAML reader takes for the same values."""

from __future__ import annotations

import copy
import json
import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from openchoreo.document import normalised
from openchoreo.provider.yaml_reading import read_manifest
from openchoreo.provider.yaml_text import yaml_bytes, yaml_text

DEPLOYMENT = {
    "spec": {
        "template": {
            "spec": {
                "containers": [
                    {
                        "image": "ghcr.io/shop/cart:1.2.0",
                        "name": "main",
                        "args": ["--port", "8080", "-v"],
                        "env": [{"value": "true", "name": "DEBUG"}],
                        "ports": [],
                        "resources": {},
                    }
                ],
            },
            "metadata": {"labels": {"app": "cart"}},
        },
        "replicas": 2.0,
    },
    "metadata": {"labels": {"b": "y", "a": "x"}, "namespace": "shop", "name": "cart"},
    "kind": "Deployment",
    "apiVersion": "apps/v1",
}

DEPLOYMENT_TEXT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: cart
  namespace: shop
  labels:
    a: x
    b: "y"
spec:
  replicas: 2
  template:
    metadata:
      labels:
        app: cart
    spec:
      containers:
      - name: main
        args:
        - "--port"
        - "8080"
        - "-v"
        env:
        - name: DEBUG
          value: "true"
        image: ghcr.io/shop/cart:1.2.0
        ports: []
        resources: {}
"""


def test_a_manifest_reads_like_one_from_kubectl():
    assert yaml_text(DEPLOYMENT) == DEPLOYMENT_TEXT


def test_nothing_is_changed_in_the_argument():
    before = copy.deepcopy(DEPLOYMENT)
    yaml_bytes(DEPLOYMENT)
    assert before == DEPLOYMENT


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain", "plain"),
        ("two words", "two words"),
        ("a:b", "a:b"),
        ("/bin/sh", "/bin/sh"),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("ends:", '"ends:"'),
        ("", '""'),
        (" x", '" x"'),
        ("x ", '"x "'),
        ("-", '"-"'),
        ("yes", '"yes"'),
        ("Off", '"Off"'),
        ("n", '"n"'),
        ("NULL", '"NULL"'),
        ("~", '"~"'),
        ("1", '"1"'),
        ("1.5", '"1.5"'),
        ("1e3", '"1e3"'),
        ("0x1f", '"0x1f"'),
        ("1_000", '"1_000"'),
        ("12:30", '"12:30"'),
        ("2024-01-01", '"2024-01-01"'),
        (".nan", '".nan"'),
        ("<<", '"<<"'),
        ("=", '"="'),
        ("*a", '"*a"'),
        ("&a", '"&a"'),
        ("!a", '"!a"'),
        ("{a}", '"{a}"'),
        ("@a", '"@a"'),
        ("`a`", '"`a`"'),
        ("é", '"é"'),
        ("😀", '"😀"'),
        ('say "x"', '"say \\"x\\""'),
        ("a\tb", '"a\\tb"'),
        ("a\rb", '"a\\rb"'),
        ("\x7f\x85\u2028\ufeff", '"\\u007f\\u0085\\u2028\\ufeff"'),
        ("a\nb\n", "|\n  a\n  b"),
        ("a\nb", "|-\n  a\n  b"),
        ("a\n\n", "|+\n  a\n"),
        ("a\n\n  b\n", "|\n  a\n\n    b"),
        (" a\nb", '" a\\nb"'),
        ("\na", '"\\na"'),
        ("a \nb", '"a \\nb"'),
        (None, "null"),
        (True, "true"),
        (1, "1"),
        (1.0, "1"),
        (-0.0, "0"),
        (0.5, "0.5"),
        (1e20, "1.0e+20"),
        (1.5e-7, "1.5e-07"),
        (2**53, "9007199254740992"),
        ({}, "{}"),
        ([], "[]"),
        ([[1, []], [{}]], "\n- - 1\n  - []\n- - {}"),
        ([{"b": [1], "name": "x"}], "\n- name: x\n  b:\n  - 1"),
        (["a\nb\n"], "\n- |\n  a\n  b"),
    ],
)
def test_values(value, written):
    separator = "" if written.startswith("\n") else " "
    assert yaml_text({"k": value}) == f"k:{separator}{written}\n"


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ({"x": float("nan")}, "nan is not a number that JSON knows"),
        ({"x": [float("-inf")]}, "-inf is not a number that JSON knows"),
        (
            {"k" * 1001: 1},
            f"a key of 1001 characters is too long for YAML: {'k' * 40}...",
        ),
    ],
)
def test_what_yaml_cannot_hold_is_refused(manifest, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        yaml_bytes(manifest)


TRAPS = st.sampled_from(
    ["yes", "No", "1e3", "0o7", "1_0", "2024-01-01", "1:30", "~", "", "<<", "=", ".inf", "- a"]
)
TEXTS = (
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    | st.text(" \n\tab:#-'\"|>y0.1\r?&*!%@`,[]{}", max_size=20)
    | TRAPS
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)
MANIFESTS = st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4)


@given(MANIFESTS)
@settings(max_examples=200)
def test_every_reader_gets_back_what_was_written(manifest):
    text = yaml_bytes(manifest)
    expected = json.dumps(normalised(manifest), sort_keys=True)
    for read in (read_manifest, yaml.safe_load):
        assert json.dumps(read(text), sort_keys=True) == expected


@given(MANIFESTS, st.randoms())
def test_the_order_of_keys_does_not_matter(manifest, random):
    keys = list(manifest)
    random.shuffle(keys)
    assert yaml_bytes({key: manifest[key] for key in keys}) == yaml_bytes(manifest)


@given(MANIFESTS)
def test_every_line_ends_and_none_is_left_open(manifest):
    text = yaml_bytes(manifest).decode()
    assert text.endswith("\n")
    assert "\r" not in text
