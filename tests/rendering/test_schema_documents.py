"""Schemas that are wrong themselves, and references in them."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openchoreo.errors import OpenChoreoError, Stage
from openchoreo.rendering.schema import check_schema, compile_schema


def told(problems):
    return [(problem.path, problem.message, problem.hint) for problem in problems]


def refusal(document):
    with pytest.raises(OpenChoreoError) as caught:
        compile_schema(document)
    assert {(problem.stage, problem.resource) for problem in caught.value.problems} == {
        (Stage.RENDER, "")
    }
    return told(caught.value.problems)


HINT = "write #/$defs/Name, and the definition under $defs at the root of the schema"
DEEP = {"properties": {"a": {"items": {"properties": {"b": {"$ref": "#/$defs/X"}}}}}}

BROKEN_REFERENCES = {
    "another root": ({"$ref": "#/definitions/A"}, "unsupported $ref #/definitions/A", HINT),
    "a remote one": ({"$ref": "https://a.b/c"}, "unsupported $ref https://a.b/c", HINT),
    "into a definition": ({"$ref": "#/$defs/A/items"}, "unsupported $ref #/$defs/A/items", HINT),
    "without a name": ({"$ref": "#/$defs/"}, "unsupported $ref #/$defs/", HINT),
    "no string": ({"$ref": 1}, "$ref must be a string", HINT),
    "without definitions": (
        {"$ref": "#/$defs/A"},
        "there is no A in $defs",
        "the schema has no $defs",
    ),
    "an unknown name": (
        {"$ref": "#/$defs/Resorce", "$defs": {"Resource": {}}},
        "there is no Resorce in $defs",
        "did you mean Resource?",
    ),
    "no object": ({"$ref": "#/$defs/A", "$defs": {"A": 1}}, "A in $defs is no object", ""),
}


@pytest.mark.parametrize(
    ("document", "message", "hint"),
    [pytest.param(*case, id=name) for name, case in BROKEN_REFERENCES.items()],
)
def test_a_broken_reference_is_refused(document, message, hint):
    assert refusal(document) == [(("$ref",), message, hint)]


def test_a_reference_is_followed_at_every_place_of_a_schema():
    definitions = {"X": {"type": "string"}}
    for place in (
        {"properties": {"a": {"$ref": "#/$defs/X"}}},
        {"additionalProperties": {"$ref": "#/$defs/X"}},
        {"properties": {"a": {"not": {"not": {"$ref": "#/$defs/X"}}}}},
        {"properties": {"a": {"allOf": [{"$ref": "#/$defs/X"}]}}},
        {"properties": {"a": {"anyOf": [{"$ref": "#/$defs/X"}]}}},
        {"properties": {"a": {"oneOf": [{"$ref": "#/$defs/X"}]}}},
    ):
        schema = compile_schema({**place, "$defs": definitions})
        assert schema.validate({"a": "x"}) == ()
        assert schema.validate({"a": 1.0})


def test_a_broken_reference_is_told_by_its_place():
    path = ("properties", "a", "items", "properties", "b", "$ref")
    assert refusal(DEEP) == [(path, "there is no X in $defs", "the schema has no $defs")]


def test_references_may_follow_each_other():
    document = {
        "properties": {"a": {"$ref": "#/$defs/A"}},
        "$defs": {"A": {"$ref": "#/$defs/B"}, "B": {"type": "string", "default": "b"}},
    }
    assert compile_schema(document).apply_defaults({}) == {"a": "b"}


def test_what_stands_beside_a_reference_goes_before_the_definition():
    document = {
        "properties": {
            "a": {
                "$ref": "#/$defs/A",
                "properties": {"b": {"$ref": "#/$defs/B"}},
            }
        },
        "$defs": {
            "A": {"type": "object", "required": ["b"], "properties": {"c": {"type": "string"}}},
            "B": {"type": "integer"},
        },
    }
    schema = compile_schema(document)
    assert [p.message for p in schema.validate({"a": {"c": 1.0}})] == [".a.b is required"]
    assert [p.message for p in schema.validate({"a": {"b": "x"}})] == [
        '.a.b must be of type integer: "string"'
    ]


def test_a_property_may_be_called_ref():
    schema = compile_schema({"properties": {"$ref": {"type": "string"}}})
    assert schema.validate({"$ref": "x"}) == ()


def test_a_cycle_of_references_is_refused():
    document = {
        "properties": {"a": {"$ref": "#/$defs/A"}},
        "$defs": {"A": {"items": {"$ref": "#/$defs/B"}}, "B": {"items": {"$ref": "#/$defs/A"}}},
    }
    path = ("properties", "a", "items", "items", "$ref")
    assert refusal(document) == [(path, "circular $ref: A -> B -> A", "")]


def test_references_that_would_fill_the_memory_are_refused():
    doubled = {
        f"L{n}": {
            "properties": {"a": {"$ref": f"#/$defs/L{n + 1}"}, "b": {"$ref": f"#/$defs/L{n + 1}"}}
        }
        for n in range(25)
    }
    document = {"$ref": "#/$defs/L0", "$defs": doubled | {"L25": {}}}
    ((_, message, _),) = refusal(document)
    assert message == "with its references the schema has more than 20000 parts"


def test_a_schema_that_is_too_deep_is_refused():
    document: dict = {}
    for _ in range(200):
        document = {"items": document}
    ((_, message, _),) = refusal(document)
    assert message == "the schema is nested deeper than 64 levels"


def test_a_schema_that_is_far_too_deep_is_refused():
    document: dict = {}
    for _ in range(100_000):
        document = {"items": document, "default": document}
    expected = [((), "the schema is nested too deeply", "")]
    assert refusal(document) == expected
    assert told(check_schema(document)) == expected


MALFORMED = {
    "a list of types": (
        {"type": ["string", "null"]},
        ("type",),
        "type must be a string",
        "give one type; nullable: true allows null",
    ),
    "patternProperties": (
        {"patternProperties": {"a": {}}},
        ("patternProperties",),
        "patternProperties is not supported in a schema",
        "",
    ),
    "dependencies": (
        {"dependencies": {"a": ["b"]}},
        ("dependencies",),
        "dependencies is not supported in a schema",
        "",
    ),
    "definitions": (
        {"definitions": {"a": {}}},
        ("definitions",),
        "definitions is not supported in a schema",
        "",
    ),
    "a list of items": ({"items": [{}]}, ("items",), "items must be an object", ""),
    "required as a flag": (
        {"required": True},
        ("required",),
        "required must be a list of strings",
        "",
    ),
    "a bound as a text": ({"minimum": "1"}, ("minimum",), "minimum must be a number", ""),
    "a fraction as a length": (
        {"maxLength": 1.5},
        ("maxLength",),
        "maxLength must be an integer",
        "",
    ),
    "a flag as a text": ({"nullable": "yes"}, ("nullable",), "nullable must be true or false", ""),
    "properties as a list": (
        {"properties": []},
        ("properties",),
        "properties must be an object",
        "",
    ),
    "a schema as a text": (
        {"properties": {"a": "string"}},
        ("properties", "a"),
        "a schema is an object",
        "",
    ),
    "an alternative as a text": ({"oneOf": ["a"]}, ("oneOf", 0), "a schema is an object", ""),
    "unknown fields not preserved": (
        {"x-kubernetes-preserve-unknown-fields": False},
        ("x-kubernetes-preserve-unknown-fields",),
        "x-kubernetes-preserve-unknown-fields must be true or absent",
        "",
    ),
    "an exclusive minimum of another draft": (
        {"exclusiveMinimum": 1},
        ("exclusiveMinimum",),
        "exclusiveMinimum must be true or false",
        "",
    ),
}


@pytest.mark.parametrize(
    ("document", "path", "message", "hint"),
    [pytest.param(*case, id=name) for name, case in MALFORMED.items()],
)
def test_a_malformed_schema_is_refused_before_and_while_rendering(document, path, message, hint):
    nested = {"properties": {"p": document}}
    expected = [(("properties", "p", *path), message, hint)]
    assert refusal(nested) == expected
    problems = check_schema(nested)
    assert told(problems) == expected
    assert {problem.stage for problem in problems} == {Stage.LOAD}


UNKNOWN = {
    "a slip": (
        {"patern": "a"},
        ("patern",),
        "unknown schema keyword patern",
        "did you mean pattern?",
    ),
    "JSON Schema's own": (
        {"$defs": {"A": {"maxlength": 1}}},
        ("$defs", "A", "maxlength"),
        "unknown schema keyword maxlength",
        "did you mean maxLength?",
    ),
    "of Kubernetes": (
        {"x-kubernetes-int-or-strings": True},
        ("x-kubernetes-int-or-strings",),
        "unknown schema keyword x-kubernetes-int-or-strings",
        "did you mean x-kubernetes-int-or-string?",
    ),
    "a type": ({"type": "int"}, ("type",), "int is no type", "did you mean integer?"),
    "a pattern": (
        {"pattern": "a("},
        ("pattern",),
        "the pattern is invalid: missing ): a(",
        "the syntax is RE2's",
    ),
}


@pytest.mark.parametrize(
    ("document", "path", "message", "hint"),
    [pytest.param(*case, id=name) for name, case in UNKNOWN.items()],
)
def test_what_nothing_can_mean_is_refused_when_a_type_is_loaded(document, path, message, hint):
    assert told(check_schema(document)) == [(path, message, hint)]
    compile_schema(document)  # while rendering it is ignored


def test_the_shorthand_of_older_versions_is_refused_when_a_type_is_loaded():
    problems = told(check_schema({"replicas": "integer | default=1"}))
    assert [message for _, message, _ in problems] == ["unknown schema keyword replicas"]


def test_all_that_is_wrong_is_told_together():
    document = {"type": "objct", "properties": {"a": {"$ref": "#/$defs/X"}, "b": {"minimum": ""}}}
    assert [message for _, message, _ in told(check_schema(document))] == [
        "objct is no type",
        "minimum must be a number",
        "there is no X in $defs",
    ]


def test_a_good_schema_has_no_problems():
    document = {
        "type": "object",
        "x-portal": {"anything": 1},
        "properties": {"x-foo": {"$ref": "#/$defs/A"}, "b": None},
        "$defs": {"A": {"type": "string", "title": "A", "pattern": "^a"}},
    }
    assert check_schema(document) == ()


def test_a_schema_is_an_object():
    assert told(check_schema([])) == [((), "a schema is an object", "")]


names = st.sampled_from(["a", "b", "x-c"])
leaves = (
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "string", "object", "a"])
)
schemas = st.recursive(
    st.dictionaries(
        st.sampled_from(["type", "default", "minimum", "enum", "required", "nullable", "pattern"]),
        leaves | st.lists(leaves, max_size=2),
    ),
    lambda inner: (
        st.dictionaries(st.sampled_from(["items", "additionalProperties", "not"]), inner)
        | st.builds(lambda p: {"type": "object", "properties": p}, st.dictionaries(names, inner))
        | st.builds(lambda p: {"anyOf": p}, st.lists(inner, max_size=2))
        | st.builds(
            lambda p: {"properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": p}}, inner
        )
    ),
    max_leaves=6,
)
values = st.recursive(
    leaves | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner),
    max_leaves=6,
)


@settings(deadline=None)
@given(schemas, st.dictionaries(names, values))
def test_any_schema_and_values_give_problems_or_not_but_never_crash_or_mutate(
    document, given_values
):
    before = copy.deepcopy((document, given_values))
    check_schema(document)
    try:
        schema = compile_schema(document)
    except OpenChoreoError:
        pass
    else:
        complete = schema.apply_defaults(given_values)
        assert schema.apply_defaults(complete) == complete
        schema.validate(complete)
    assert (document, given_values) == before
