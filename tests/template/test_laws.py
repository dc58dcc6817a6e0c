"""What holds for every template."""

import copy

from hypothesis import given, settings
from hypothesis import strategies as st

from openchoreo.document import canonical
from openchoreo.template import OMIT, TemplateError, compile_template

VARIABLES = frozenset({"x", "y"})
expressions = st.sampled_from(
    [
        "x",
        "y",
        "x == y",
        "x.a",
        "x.?a",
        "x[0]",
        "[x, y]",
        "{'k': x}",
        "{x: y}",
        "size(x)",
        "x + y",
        "string(x)",
        "has(x.a) ? x.a : oc_omit()",
        "oc_omit()",
        "oc_merge(x, y)",
        "oc_generate_name(x, y)",
        "oc_hash(string(x))",
        "x.map(i, i)",
        "x.transformMap(i, v, v)",
        "type(x)",
        "optional.of(x)",
        "null",
        "1.0 / 0.0",
        "b'a'",
        "duration('1s')",
        "nothing",
        "x.",
        "'${'",
        "'}",
    ]
).map(lambda expression: f"${{{expression}}}")
texts = st.lists(expressions | st.text("a ${}'", max_size=4), max_size=3).map("".join)
templates = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
values = st.recursive(
    st.none() | st.booleans() | st.floats(-100, 100) | st.text("a${x}", max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("akx"), inner),
    max_leaves=4,
)


def outcome(template, context):
    """Canonical bytes, or what is wrong."""
    try:
        rendered = compile_template(template, variables=VARIABLES).render(context)
    except TemplateError as error:
        return error.problems
    return "omitted" if rendered is OMIT else canonical(rendered)


@settings(max_examples=200, deadline=None)
@given(templates, values, values)
def test_any_template_renders_to_the_same_json_or_fails_the_same_way(template, x, y):
    context = {"x": x, "y": y}
    before = copy.deepcopy((template, context))
    assert outcome(template, context) == outcome(template, context)
    assert (template, context) == before


def turned(document):
    """The same document with the keys of every map in the opposite order."""
    if isinstance(document, dict):
        return {key: turned(value) for key, value in reversed(document.items())}
    return [turned(item) for item in document] if isinstance(document, list) else document


@settings(deadline=None)
@given(templates, values, values)
def test_the_order_of_keys_changes_nothing(template, x, y):
    one = outcome(template, {"x": x, "y": y})
    other = outcome(turned(template), {"y": turned(y), "x": turned(x)})
    assert isinstance(one, str) == isinstance(other, str)
    if isinstance(one, str):
        assert one == other


@settings(deadline=None)
@given(st.recursive(values, lambda inner: st.lists(inner, max_size=2), max_leaves=3))
def test_a_document_without_expressions_is_itself(document):
    if "${" not in canonical(document):
        assert compile_template(document, variables=VARIABLES).render({}) is document


@settings(deadline=None)
@given(values)
def test_a_value_alone_is_itself(value):
    assert compile_template("${x}", variables=VARIABLES).render({"x": value, "y": None}) == value
