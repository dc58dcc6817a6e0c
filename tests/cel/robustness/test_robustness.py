"""No input may bring anything but a value or a CelError, and none may take long."""

import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openchoreo.cel import CelError, Dialect, Limits
from tests.cel.differential.grammar import VARIABLES, inputs
from tests.cel.differential.test_differential import Drawn

from .soup import source

DIALECT = Dialect(limits=Limits(steps=20_000, string=100_000, list=10_000))
NAMES = frozenset(VARIABLES)


@st.composite
def cases(draw):
    choices = Drawn(draw)
    return source(choices), inputs(choices)


def attempt(text, bindings=VARIABLES):
    try:
        DIALECT.compile(text, frozenset(bindings)).evaluate(bindings)
    except CelError as error:
        return f"{error.stage}: {error.message}"
    return "value"


@settings(
    max_examples=150, derandomize=True, deadline=20_000, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(cases())
def test_any_source(case):
    attempt(*case)


@settings(max_examples=200, derandomize=True, deadline=20_000, database=None)
@given(st.text())
def test_any_text(text):
    attempt(text)


DEEP = {
    "parentheses": "(" * 249 + "1" + ")" * 249,
    "lists": "[" * 249 + "]" * 249,
    "maps": "{1: " * 249 + "1" + "}" * 249,
    "calls": "dyn(" * 249 + "1" + ")" * 249,
    "macros": "[1].map(x, " * 240 + "1" + ")" * 240,
    "mixed operators": "(1 + 0 * " * 249 + "3" + ")" * 249,
    "conditions": "true ? 1 : " * 600 + "1",
    "a long sum": "+".join(["1"] * 10_000),
    "a long conjunction": "&&".join(["true"] * 5_000),
    "many differences": "-".join(["1"] * 700),
    "many minus signs": "-" * 10_000 + "1",
    "many marks": "!" * 10_000 + "true",
    "formats in formats": "'%s'.format([" * 100 + "1" + "])" * 100,
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP.keys())
def test_what_is_deep_but_allowed(text):
    assert attempt(text) == "value"


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP.keys())
def test_the_same_from_a_stack_that_is_nearly_full(text):
    def descend(levels):
        return descend(levels - 1) if levels else attempt(text)

    used = 0
    frame = sys._getframe()
    while frame is not None:
        frame, used = frame.f_back, used + 1
    assert descend(sys.getrecursionlimit() - used - 60) == "value"


NESTS = "parse: the expression nests deeper than 250 levels; make it flatter, or raise"
STEPS = "evaluate: the expression takes more than 20000 steps; iterate over less, or raise"
TEXT = "evaluate: a text of 131072 characters is longer than 100000; make a shorter one, or raise"
FAR = {
    "parentheses": ("(" * 300 + "1" + ")" * 300, NESTS),
    "open lists": ("[" * 20_000, NESTS),
    "fields": ("m" + ".a" * 40_000, NESTS),
    "elements": ("m" + "[0]" * 30_000, NESTS),
    "methods": ("m" + ".f()" * 20_000, NESTS),
    "conditions": ("true?1:" * 14_000 + "1", NESTS),
    "signs": ("-!" * 20_000 + "true", NESTS),
    "differences": ("-".join(["1"] * 10_000), NESTS),
    "doubling texts": ("['a']" + ".map(y, y + y)" * 60, TEXT),
    "doubling texts without lists": ("optional.of('a')" + ".optMap(y, y + y)" * 60, TEXT),
    "doubling lists": ("[1]" + ".map(y, [y, y])" * 30 + ".map(y, y == y)", STEPS),
    "doubling lists as text": ("[1]" + ".map(y, [y, y])" * 30 + ".map(y, '%s'.format([y]))", STEPS),
    "loops in loops": (
        "lists.range(100).map(a, lists.range(100).map(b, lists.range(100).map(c, 1)))", STEPS,
    ),
    "many different doubles": ("lists.range(9000).map(x, double(x)).distinct()", STEPS),
    "a long range": ("lists.range(1000000000)", "evaluate: a list or map of 1000000000 elements"),
    "a long source": ("a" * 100_001, "parse: the expression has 100001 characters"),
    "digits": ("9" * 50_000, "parse: invalid int literal"),
    "digits in text": ("int('" + "9" * 50_000 + "')", "evaluate: type conversion error"),
    "types that double": ("[1]" + ".map(y, {'a': {y: y}})" * 60, "evaluate: unsupported key type"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), FAR.values(), ids=FAR.keys())
def test_what_goes_too_far_says_so(text, message):
    assert attempt(text).startswith(message)


def test_a_pattern_takes_linear_time():
    assert (
        attempt("'" + "a" * 10_000 + "!'.matches('(a*)*(a*)*(a*)*b')".replace("!'", "'")) == "value"
    )


def deep(levels):
    value = []
    for _ in range(levels):
        value = [value]
    return value


CYCLE = []
CYCLE.append(CYCLE)


@pytest.mark.parametrize("value", [deep(100_000), CYCLE], ids=["deep", "cyclic"])
@pytest.mark.parametrize(
    "text", ["m == m", "'%s'.format([m])", "m.flatten(100)", "[m, m].distinct()", "m in [m]"]
)
def test_inputs_that_no_document_holds(text, value):
    outcome = attempt(text, {"m": value})
    assert outcome == "value" or outcome.startswith(("evaluate: the expression",))
