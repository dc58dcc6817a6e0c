"""The same expressions to cel-expr-python in a child process: a few at every run of the tests.

The long run is `python -m tests.cel.differential 200000`; docs/cel.md has its result.
"""

import importlib.util

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .compare import CLASSES, Case, Difference, class_of, differences
from .grammar import Grammar, inputs

needs_theirs = pytest.mark.skipif(
    importlib.util.find_spec("cel_expr_python") is None, reason="NOT RUN: no cel-expr-python"
)


class Drawn:
    """Choices that hypothesis makes, and can make smaller."""

    def __init__(self, draw):
        self.draw = draw

    def pick(self, options):
        return self.draw(st.sampled_from(options))

    def number(self, low, high):
        return self.draw(st.integers(low, high))


@st.composite
def cases(draw):
    choices = Drawn(draw)
    return Case(Grammar(choices).expression(), inputs(choices))


@needs_theirs
@settings(
    max_examples=8, derandomize=True, deadline=None, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(st.lists(cases(), min_size=30, max_size=30))
def test_both_agree_or_the_difference_has_a_name(batch):
    unexplained = [d for d in differences(batch) if not class_of(d)]
    assert unexplained == []


@needs_theirs
def test_a_difference_is_seen():
    (found,) = differences([Case("'abc'.indexOf('c', 99)"), Case("1 + 1")])
    assert found.ours == ["value", ["int", "-1"]]
    assert class_of(found) == "indexOf beyond the end is -1, as in the reference"


def test_a_wrong_value_has_no_name():
    assert not class_of(Difference("1 + 1", ["value", ["int", "3"]], ["value", ["int", "2"]]))


def test_the_classes_are_explained():
    assert all(len(name) > 10 for name in CLASSES)
