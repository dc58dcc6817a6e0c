"""Values against schemas, with the messages of Kubernetes."""

import copy

import pytest

from openchoreo.errors import Problem, Stage
from openchoreo.rendering.schema import compile_schema


def messages(schema, value):
    """What is wrong with a value that stands under `a`."""
    before = copy.deepcopy((schema, value))
    compiled = compile_schema({"type": "object", "properties": {"a": schema}})
    found = [problem.message for problem in compiled.validate({"a": value})]
    assert (schema, value) == before
    return found


TYPES = {
    "string": [True, 1, 1.5, [], {}],
    "boolean": ["x", 1, 1.5, [], {}],
    "integer": ["3", True, 3.5, 2.0**53, [], {}],
    "number": ["3", True, [], {}],
    "array": ["x", True, 1, 1.5, {}],
    "object": ["x", True, 1, 1.5, []],
}
JSON_TYPES = {str: "string", bool: "boolean", int: "number", float: "number", list: "array"}


@pytest.mark.parametrize(("name", "others"), TYPES.items(), ids=TYPES)
def test_another_type_is_refused(name, others):
    for value in others:
        actual = JSON_TYPES.get(type(value), "object")
        assert messages({"type": name}, value) == [f'.a must be of type {name}: "{actual}"']
    assert messages({"type": name}, None) == [f'.a must be of type {name}: "null"']
    assert messages({"type": name, "nullable": True}, None) == []


FITTING = {
    "a string": ({"type": "string"}, "x"),
    "an integral double is an integer": ({"type": "integer"}, 3.0),
    "the largest integer": ({"type": "integer"}, 2.0**53 - 1),
    "an integer is a number": ({"type": "number"}, 3),
    "a large number": ({"type": "number"}, 1e300),
    "a boolean": ({"type": "boolean"}, False),
    "without a type anything fits": ({}, None),
    "int-or-string: a number": ({"x-kubernetes-int-or-string": True}, 3.0),
    "int-or-string: a text": ({"x-kubernetes-int-or-string": True}, "25%"),
    "rules of Kubernetes are not evaluated": (
        {"x-kubernetes-validations": [{"rule": "false"}]},
        1.0,
    ),
    "unknown keywords are ignored": ({"const": 1, "if": {}, "then": {"type": "string"}}, 2.0),
    "more than the properties": ({"properties": {"b": {}}}, {"c": 1}),
    "enum: the same number": ({"enum": [1, "x"]}, 1.0),
    "enum: the same object": ({"enum": [{"a": [1]}]}, {"a": [1.0]}),
    "bounds are part of the range": ({"minimum": 1, "maximum": 1}, 1.0),
    "bounds say nothing about texts": ({"minimum": 1, "minItems": 1, "minProperties": 1}, "x"),
    "lengths count characters": ({"minLength": 2, "maxLength": 2}, "é😀"),
    "patterns search": ({"pattern": "b+"}, "abc"),
    "a fraction of a multiple": ({"multipleOf": 0.1}, 0.3),
    "unique: 1 and true": ({"uniqueItems": True}, [1.0, True, "1", [1.0], {"a": 1.0}]),
    "required where the parent is missing": (
        {"properties": {"o": {"required": ["x"]}}},
        {},
    ),
    "one of two": ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, 1.0),
    "any of two": ({"anyOf": [{"minimum": 1}, {"maximum": 1}]}, 1.0),
    "all of two": ({"allOf": [{"minimum": 1}, {"maximum": 1}]}, 1.0),
    "not": ({"not": {"type": "string"}}, 1.0),
    "an unknown format": ({"type": "string", "format": "phone"}, "x"),
    "int32": ({"type": "integer", "format": "int32"}, 2147483647.0),
    "float": ({"type": "number", "format": "float"}, 1e38),
}


@pytest.mark.parametrize(
    ("schema", "value"), [pytest.param(*case, id=name) for name, case in FITTING.items()]
)
def test_a_value_fits(schema, value):
    assert messages(schema, value) == []


FAILING = {
    "int-or-string": (
        {"x-kubernetes-int-or-string": True},
        1.5,
        ['.a must be of type integer,string: "number"'],
    ),
    "enum": ({"enum": ["x", 1, True]}, 1.5, [".a should be one of [x 1 true]"]),
    "enum: true is not 1": ({"enum": [1]}, True, [".a should be one of [1]"]),
    "enum: null is never in it": (
        {"type": "string", "nullable": True, "enum": ["x", None]},
        None,
        [".a should be one of [x null]"],
    ),
    "enum and type": (
        {"type": "string", "enum": ["x"]},
        None,
        ['.a must be of type string: "null"', ".a should be one of [x]"],
    ),
    "minimum": ({"minimum": 1}, 0.0, [".a should be greater than or equal to 1"]),
    "maximum": ({"maximum": 1.5}, 2.0, [".a should be less than or equal to 1.5"]),
    "exclusive minimum": (
        {"minimum": 1, "exclusiveMinimum": True},
        1.0,
        [".a should be greater than 1"],
    ),
    "exclusive maximum": (
        {"maximum": 1, "exclusiveMaximum": True},
        1.0,
        [".a should be less than 1"],
    ),
    "multiple": ({"multipleOf": 3}, 4.0, [".a should be a multiple of 3"]),
    "maxLength": ({"maxLength": 1}, "ab", [".a should be at most 1 chars long"]),
    "minLength": ({"minLength": 2}, "😀", [".a should be at least 2 chars long"]),
    "pattern": ({"pattern": "^b"}, "ab", [".a should match '^b'"]),
    "of length and pattern only the first": (
        {"minLength": 9, "pattern": "^b"},
        "ab",
        [".a should be at least 9 chars long"],
    ),
    "a broken pattern": ({"pattern": "["}, "a", [".a should match '[', but pattern is invalid"]),
    "minItems": ({"minItems": 1}, [], [".a should have at least 1 items"]),
    "maxItems": ({"maxItems": 1}, [1, 2], [".a should have at most 1 items"]),
    "uniqueItems": (
        {"uniqueItems": True},
        [{"x": [1.0]}, {"x": [1]}],
        [".a shouldn't contain duplicates"],
    ),
    "minProperties": ({"minProperties": 1}, {}, [".a should have at least 1 properties"]),
    "maxProperties": ({"maxProperties": 0}, {"x": 1}, [".a should have at most 0 properties"]),
    "required": ({"required": ["y", "x"]}, {}, [".a.x is required", ".a.y is required"]),
    "forbidden": (
        {"additionalProperties": False, "properties": {"x": {}}},
        {"x": 1, "z": 1, "y": 1},
        [".a.y is a forbidden property", ".a.z is a forbidden property"],
    ),
    "typed additional properties": (
        {"additionalProperties": {"type": "string"}, "properties": {"x": {}}},
        {"x": 1, "y": 1},
        ['.a.y must be of type string: "number"'],
    ),
    "items": (
        {"items": {"properties": {"x": {"type": "string"}}}},
        [{"x": "a"}, {"x": 1}],
        ['.a[1].x must be of type string: "number"'],
    ),
    "int32": (
        {"type": "integer", "format": "int32"},
        2147483648.0,
        [".a must be of type integer (int32)"],
    ),
    "float": (
        {"type": "number", "format": "float"},
        1e39,
        [".a must be of type number (float)"],
    ),
    "none of several": (
        {"oneOf": [{"type": "string"}, {"minimum": 5}]},
        1.0,
        [
            '".a" must validate one and only one schema (oneOf). Found none valid',
            '.a must be of type string: "number"',
        ],
    ),
    "two of several": (
        {"oneOf": [{"type": "integer"}, {"minimum": 1}]},
        1.0,
        ['".a" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
    ),
    "not any": (
        {"anyOf": [{"type": "string", "enum": ["x"]}, {"minimum": 5}]},
        1.0,
        [
            '".a" must validate at least one schema (anyOf)',
            ".a should be greater than or equal to 5",
        ],
    ),
    "not all": (
        {"allOf": [{"type": "integer"}, {"minimum": 5}]},
        1.0,
        [".a should be greater than or equal to 5", '".a" must validate all the schemas (allOf)'],
    ),
    "none of all": (
        {"allOf": [{"minimum": 5}]},
        1.0,
        [
            ".a should be greater than or equal to 5",
            '".a" must validate all the schemas (allOf). None validated',
        ],
    ),
    "not": ({"not": {"minimum": 1}}, 1.0, ['".a" must not validate the schema (not)']),
    "format": (
        {"type": "string", "format": "date-time"},
        "today",
        ['.a must be of type date-time: "today"'],
    ),
    "everything at once": (
        {"properties": {"x": {"type": "string"}}, "required": ["y"], "minProperties": 9},
        {"x": 1},
        [
            ".a should have at least 9 properties",
            ".a.y is required",
            '.a.x must be of type string: "number"',
        ],
    ),
}


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [pytest.param(*case, id=name) for name, case in FAILING.items()],
)
def test_a_value_fails(schema, value, expected):
    assert messages(schema, value) == expected


def test_a_problem_has_the_path_of_its_value():
    schema = compile_schema({"properties": {"l": {"items": {"required": ["x.y"]}}}})
    message = ".l[0].x.y is required"
    problem = Problem(Stage.RENDER, "", ("l", 0, "x.y"), message)
    assert schema.validate({"l": [{}]}) == (problem,)


def test_a_forbidden_property_is_told_the_nearest_one():
    schema = compile_schema(
        {"properties": {"replicas": {}}, "additionalProperties": False, "required": ["replicas"]}
    )
    found = schema.validate({"replicsa": 1})
    assert [(problem.message, problem.hint) for problem in found] == [
        (".replicas is required", ""),
        (".replicsa is a forbidden property", "did you mean replicas?"),
    ]


FORMATS = {
    "byte": (["YWJj", "YQ=="], ["YWJ", "é", ""]),
    "cidr": (
        ["10.0.0.0/8", "010.0.0.0/8", "::1/128"],
        ["10.0.0.0", "10.0.0.0/33", "::1/129", "x/1"],
    ),
    "date": (["2024-02-29", "0000-02-29"], ["2023-02-29", "2024-2-9", "", "20240229"]),
    "date-time": (
        ["2024-02-29T23:59:59Z", "2024-02-29t00:00:00.5+01:00"],
        ["2024-02-29", "2024-02-29T24:00:00Z", "2024-02-30T00:00:00Z", "2024-02-29T00:00:00"],
    ),
    "duration": (["1h30m", "0", "-1.5s", "3 days", "2w"], ["", "1", "d", "3 x"]),
    "email": (["a@b.c", "A <a.b@c>", '"a b"@c'], ["a", "a@", "@b", "a b@c", "a..b@c", "<a>"]),
    "hostname": (
        ["example", "a.example.com", "my-host.example", "1.example"],
        ["", "a_b", "-a.com", "a.c", "a.1", "x" * 64, ".".join(["abc"] * 65)],
    ),
    "ipv4": (
        ["10.0.0.1", "010.0.0.1", "::ffff:1.2.3.4"],
        ["10.0.0", "10.0.0.256", "::1", "", "a.b.c.d"],
    ),
    "ipv6": (["::1", "2001:db8::"], ["1.2.3.4", "::1%eth0", ":::", ""]),
    "mac": (
        ["01:23:45:67:89:ab", "0123.4567.89ab", "01-23-45-67-89-ab-cd-ef"],
        ["01:23", "", "g" * 12],
    ),
    "uri": (
        ["http://a.b/c?d=%", "/a/b", "mailto:a", "a+b.c-1:x"],
        ["", "a b", "a/b", "http://a b/", "/%zz", "/\x01", "1a:b"],
    ),
    "uuid": (
        ["00000000-0000-0000-0000-00000000000A", "0" * 32],
        ["", "0" * 31, "00000000-0000-0000-0000-00000000000g"],
    ),
    "uuid3": (["00000000-0000-3000-0000-000000000000"], ["00000000-0000-4000-0000-000000000000"]),
    "uuid4": (["00000000-0000-4000-8000-000000000000"], ["00000000-0000-4000-0000-000000000000"]),
    "uuid5": (["00000000-0000-5000-a000-000000000000"], ["00000000-0000-4000-a000-000000000000"]),
    "hexcolor": (["#fff", "A0b1C2"], ["#ffff", "x"]),
    "bsonobjectid": (["0" * 24], ["0" * 23]),
    "k8s-short-name": (["a-1"], ["a.b", "A", "-a", "a" * 64]),
    "k8s-long-name": (["a-1.b"], ["a..b", "A", "a" * 254]),
    "password": (["anything", ""], []),
}


@pytest.mark.parametrize(
    ("name", "fitting", "failing"), [(n, *c) for n, c in FORMATS.items()], ids=FORMATS
)
def test_a_format_fits_or_fails(name, fitting, failing):
    schema = {"type": "string", "format": name}
    assert {text: messages(schema, text) for text in fitting} == {text: [] for text in fitting}
    assert {text: messages(schema, text) for text in failing} == {
        text: [f'.a must be of type {name}: "{text}"'] for text in failing
    }


@pytest.mark.parametrize("name", FORMATS)
def test_no_text_takes_a_format_long(name):
    """Half a million letters each; anything but linear time would never end."""
    for unit in ("1", " ", "a", "a.", "1.", "1 ", "-", ":", "é", "%", '"', "<", "a@"):
        messages({"type": "string", "format": name}, unit * (500_000 // len(unit)) + "!")
