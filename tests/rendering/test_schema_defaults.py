"""Defaults, as Kubernetes applies them to custom resources."""

import copy

import pytest

from openchoreo.rendering.schema import compile_schema


def schema(**properties):
    return {"type": "object", "properties": properties}


A_ONE = schema(a={"type": "integer", "default": 1})

CASES = {
    "a missing value": (A_ONE, {}, {"a": 1}),
    "a value that is there": (A_ONE, {"a": 2}, {"a": 2}),
    "a value that is false, zero or empty": (
        schema(a={"default": 1}, b={"default": 1}, c={"default": 1}),
        {"a": 0, "b": False, "c": ""},
        {"a": 0, "b": False, "c": ""},
    ),
    "a default that is false": (schema(a={"default": False}), {}, {"a": False}),
    "more than the schema names": (A_ONE, {"x": None}, {"a": 1, "x": None}),
    "null": (A_ONE, {"a": None}, {"a": 1}),
    "null that is allowed": (
        schema(a={"type": "integer", "default": 1, "nullable": True}),
        {"a": None},
        {"a": None},
    ),
    "null without a default": (schema(a={"type": "integer"}), {"a": None}, {"a": None}),
    "null as a default": (schema(a={"nullable": True, "default": None}), {}, {}),
    "a nested default without its parent": (schema(o=A_ONE), {}, {}),
    "a nested default with its parent": (schema(o=A_ONE), {"o": {}}, {"o": {"a": 1}}),
    "a nested default under a default": (schema(o=A_ONE | {"default": {}}), {}, {"o": {"a": 1}}),
    "a nested default beside a default": (
        schema(o=A_ONE | {"default": {"b": 2}}),
        {},
        {"o": {"a": 1, "b": 2}},
    ),
    "items": (
        schema(l={"items": A_ONE}),
        {"l": [{}, {"a": 2}]},
        {"l": [{"a": 1}, {"a": 2}]},
    ),
    "null among items": (
        schema(l={"items": {"type": "string", "default": "x"}}),
        {"l": [None, "a"]},
        {"l": ["x", "a"]},
    ),
    "lists in lists": (
        schema(l={"items": {"items": A_ONE}}),
        {"l": [[{}], []]},
        {"l": [[{"a": 1}], []]},
    ),
    "null among additional properties": (
        schema(m={"additionalProperties": {"type": "string", "default": "d"}}),
        {"m": {"x": None, "y": "z"}},
        {"m": {"x": "d", "y": "z"}},
    ),
    "inside additional properties, declared ones apart": (
        schema(m={"properties": {"p": {}}, "additionalProperties": A_ONE}),
        {"m": {"x": {}, "p": {}}},
        {"m": {"x": {"a": 1}, "p": {}}},
    ),
    "a value of another type": (schema(o=A_ONE), {"o": "x"}, {"o": "x"}),
    "a default of the root": (A_ONE | {"default": {"z": 1}}, {}, {"a": 1}),
    "defaults in alternatives": (
        {"oneOf": [A_ONE], "anyOf": [A_ONE], "allOf": [A_ONE], "not": A_ONE},
        {},
        {},
    ),
    "a definition": (
        schema(p={"$ref": "#/$defs/P"}) | {"$defs": {"P": {"default": "z"}}},
        {},
        {"p": "z"},
    ),
    "a default beside a reference": (
        schema(p={"$ref": "#/$defs/P", "default": "over"}) | {"$defs": {"P": {"default": "z"}}},
        {},
        {"p": "over"},
    ),
    "vendor keywords": (
        schema(a={"type": "integer", "default": 1, "x-widget": "slider"}),
        {},
        {"a": 1},
    ),
    "a property with the name of a vendor keyword": (schema(**{"x-a": {"default": 1}}), {}, {}),
    "a vendor key in a default": (schema(a={"default": {"x-a": 1, "b": 2}}), {}, {"a": {"b": 2}}),
    "a property called x-": (schema(**{"x-": {"default": 1}}), {}, {"x-": 1}),
}


@pytest.mark.parametrize(
    ("document", "values", "expected"),
    [pytest.param(*case, id=name) for name, case in CASES.items()],
)
def test_values_get_their_defaults(document, values, expected):
    before = copy.deepcopy((document, values))
    compiled = compile_schema(document)
    assert compiled.apply_defaults(values) == expected
    assert compiled.apply_defaults(values) == expected
    assert (document, values) == before


def test_numbers_of_defaults_are_doubles():
    values = compile_schema(schema(a={"default": {"b": [1]}})).apply_defaults({})
    assert type(values["a"]["b"][0]) is float


def test_what_needs_no_default_is_shared():
    values = {"o": {"a": 2.0}, "l": []}
    assert compile_schema(schema(o=A_ONE, l={"items": A_ONE})).apply_defaults(values) is values


def test_equal_schemas_are_compiled_once():
    other = {"properties": copy.deepcopy(A_ONE["properties"]), "type": "object"}
    assert compile_schema(A_ONE) is compile_schema(other)
