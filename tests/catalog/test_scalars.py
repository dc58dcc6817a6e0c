"""Plain scalars as Kubernetes reads them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openchoreo.catalog.scalars import key_text, number, resolve, through_json

MEANINGS = {
    "y": True,
    "N": False,
    "on": True,
    "Off": False,
    "oN": "oN",
    "": None,
    "~": None,
    "nULL": "nULL",
    "010": 8,
    "0o17": 15,
    "08": 8,
    "0888": 888,
    "-010": -8,
    "0x_ff": 255,
    "+0b101": 5,
    "0b2": "0b2",
    "0x": "0x",
    "0xfffffffffffffffff": "0xfffffffffffffffff",
    "-0x8000000000000001": "-0x8000000000000001",
    "1_000": 1000,
    "_1": "_1",
    "1__0": 10,
    "-": "-",
    "-_": "-_",
    "1e3": 1000,
    "12e03": 12000,
    "1e": "1e",
    "1e400": "1e400",
    "1e-400": 0,
    ".5": 0.5,
    ".5_0": ".5_0",
    ".e1": ".e1",
    "5.": 5,
    "-0.0": 0,
    "1.10": 1.1,
    "1:30": "1:30",
    "2024-01-02": "2024-01-02",
    "9223372036854775807": 2**63 - 1,
    "9223372036854775808": 2.0**63,
    "1e18": 10**18,
    "9007199254740993.0": 9007199254740992,
    "1" * 5000: "1" * 5000,
    "NaN": "NaN",
    "Infinity": "Infinity",
    "<<": "<<",
    "=": "=",
    "\uff11": "\uff11",
}


@pytest.mark.parametrize(("text", "meaning"), MEANINGS.items(), ids=[t[:30] for t in MEANINGS])
def test_a_plain_scalar_means_what_kubernetes_reads(text, meaning):
    found = resolve(text)
    assert (type(found), found) == (type(meaning), meaning)


@pytest.mark.parametrize("text", [".inf", "+.Inf", "-.INF", ".nan"])
def test_what_json_cannot_hold_comes_back_as_such(text):
    found = resolve(text)
    assert isinstance(found, float)
    assert not math.isfinite(found)


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (True, "true"),
        (None, None),
        (7, "7"),
        ("a", "a"),
        (1.5, "1.5"),
        (0.1, "0.1"),
        (3.14159265358979, "3.1415927"),
        (1e20, "1e+20"),
        (2.5e-7, "2.5e-07"),
        (-1234567.5, "-1.2345675e+06"),
        (0.00015, "0.00015"),
        (math.inf, None),
        (1e300, None),
    ],
)
def test_a_key_is_text(value, key):
    assert key_text(value) == key


@given(st.integers(min_value=-(2**63), max_value=2**63 - 1))
def test_every_integer_of_64_bits_is_read_exactly(value):
    assert resolve(str(value)) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_survives_json(value):
    found = through_json(value)
    assert float(found) == value
    assert number(repr(value)) == found


@given(st.text())
def test_any_text_has_a_meaning(text):
    resolve(text)
