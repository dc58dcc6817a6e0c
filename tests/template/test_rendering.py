"""Documents with expressions: which values they become."""

import copy
from concurrent.futures import ThreadPoolExecutor

import pytest

from openchoreo.template import COMPONENT, OMIT, PLAIN, compile_template

ALONE = {
    "a double stays a double": ("${n}", 3.0),
    "an integer of an expression is an integer": ("${int(n) + 1}", 4),
    "an integral double stays a double": ("${1500000.0}", 1500000.0),
    "a double and a double": ("${n + 1.0}", 4.0),
    "an unsigned number": ("${uint(3.7)}", 3),
    "numbers compare across kinds": ("${n > 2 && n == 3 && 3u == n}", True),
    "a block": ("\n  ${n}\n", 3.0),
    "null": ("${null}", None),
    "a null that is there": ("${m}", {"a": 1.0, "d": None}),
    "a null inside": ("${{'a': null, 'b': m.d, 'c': [m.d]}}", {"a": None, "b": None, "c": [None]}),
    "an optional value": ("${m.?a}", 1.0),
    "an absent one": ("${m.?zz}", None),
    "optional values inside": (
        "${{'a': optional.none(), 'b': [optional.of(2), m.?zz]}}",
        {"a": None, "b": [2, None]},
    ),
    "optional members": ("${{?'q': m.?zz, ?'r': m.?a}}", {"r": 1.0}),
    "an optional in an optional": ("${optional.of(optional.of('x'))}", "x"),
    "bytes": ("${b'abc'}", "YWJj"),
    "a duration": ("${duration('1h')}", 3600000000000),
    "a timestamp": ("${timestamp(0)}", "1970-01-01T00:00:00Z"),
    "a timestamp keeps its zone": (
        "${timestamp('2024-01-01T00:00:00.5+05:00')}",
        "2024-01-01T00:00:00.5+05:00",
    ),
    "a type": ("${[type(1), type(n), type(m), type(null)]}", ["int", "double", "map", "null_type"]),
    "keys that are no strings": (
        "${{1: 'a', 2u: 'b', 3.0: 'c', true: 'd'}}",
        {"1": "a", "2": "b", "3": "c", "true": "d"},
    ),
    "a key that is null": ("${dyn({null: 1})}", {"NULL_VALUE": 1}),
    "positions as keys": ("${l.transformMap(i, v, v)}", {"0": "x", "1": "y"}),
    "split gives a list": ("${'a,b'.split(',')}", ["a", "b"]),
    "split without limit left": ("${'a,b'.split(',', 0)}", []),
    "braces in a literal": ("${{'a': {'b': '}'}}}", {"a": {"b": "}"}}),
    "text in quotes": ("${'${x}'}", "${x}"),
    "has is true for null": ("${has(m.d)}", True),
    "has is false where nothing is": ("${has(m.q)}", False),
    "or else": ("${m.?zz.orValue('q')}", "q"),
    "null is a value": ("${m.?d.orValue('q')}", None),
}


@pytest.mark.parametrize(
    ("template", "value"), [pytest.param(*case, id=name) for name, case in ALONE.items()]
)
def test_an_expression_alone_keeps_its_type(render, template, value):
    rendered = render(template)
    assert (rendered, type(rendered)) == (value, type(value))


INSIDE_TEXT = {
    "a text": ("x${s}y", "xabcy"),
    "an integral double": ("x${n}", "x3"),
    "a large integral double": ("x${1500000.0}Mi", "x1500000Mi"),
    "a fraction": ("x${0.1 + 0.2}", "x0.30000000000000004"),
    "a small fraction": ("x${0.00001}", "x1e-05"),
    "a large fraction": ("x${1234567.5}", "x1.2345675e+06"),
    "what is no number": ("x${0.0 / 0.0} ${1.0 / 0.0}", "xNaN +Inf"),
    "an integer": ("x${int(n)}", "x3"),
    "an unsigned number": ("x${3u}", "x3"),
    "a boolean": ("x${n > 2}", "xtrue"),
    "null": ("x${null}", "xnull"),
    "nothing": ("x${optional.none()}", "xnull"),
    "an optional text": ("x${optional.of('a')}", "xa"),
    "omit": ("x${oc_omit()}", "x{}"),
    "a map": ("x${m}", 'x{"a":1,"d":null}'),
    "a list": ("x${[1, 'a', [true], oc_omit()]}", 'x[1,"a",[true]]'),
    "numbers in JSON": (
        "x${[1e6, 1e20, 1e21, 0.000001, 0.0000001]}",
        "x[1000000,100000000000000000000,1e+21,0.000001,1e-7]",
    ),
    "sorted members": ("x${{'b': 1, 'a': 2}}", 'x{"a":2,"b":1}'),
    "marks of HTML": ("x${h}", 'x{"v":"\\u003ca\\u003e\\u0026"}'),
    "marks of HTML in a text": ("x${h.v}", "x<a>&"),
    "other letters": ("x${['é→']}", 'x["é→"]'),
    "bytes": ("x${b'abc'}", 'x"YWJj"'),
    "a timestamp": ("x${timestamp(0)}", 'x"1970-01-01T00:00:00Z"'),
    "a duration": ("x${duration('1h')}", "x3600000000000"),
    "a duration as text": ("x${string(duration('1h'))}", "x3600s"),
    "a type": ("x${type(1)}", "xint"),
    "two": (" ${n} ${n}", " 3 3"),
    "next to each other": ("${s}${n}", "abc3"),
    "a dollar before": ("$${s}", "$abc"),
    "a brace behind": ("${s}}", "abc}"),
    "an open end": ("${s} ${", "abc ${"),
    "unclosed": ("${s", "${s"),
    "a raw string is not understood": ("${r'a\\'}", "${r'a\\'}"),
    "a value that looks like a later expression": ("x${a}-${b}", "xB-${b}"),
    "a value that looks like itself": ("${'${s}'} ${s}", "abc ${s}"),
}


@pytest.mark.parametrize(
    ("template", "text"), [pytest.param(*case, id=name) for name, case in INSIDE_TEXT.items()]
)
def test_inside_text_a_value_is_written_out(render, template, text):
    assert render(template) == text


STRUCTURES = {
    "without expressions": ({"a": [1, None, True, "x", {}]}, {"a": [1, None, True, "x", {}]}),
    "in lists and maps": ({"a": ["${n}", {"b": "${s}"}]}, {"a": [3.0, {"b": "abc"}]}),
    "a literal null": ({"a": None, "b": "${n}"}, {"a": None, "b": 3.0}),
    "a key with an expression": ({"k${n}": 1}, {"k3": 1}),
    "a key that is an expression": ({"${s}": "${n}"}, {"abc": 3.0}),
    "keys that become equal: the last in order of keys": (
        {"${'z' + ''}": 2, "${'z'}": 1, "z": 3},
        {"z": 3},
    ),
    "omitted members": ({"a": {"b": "${oc_omit()}"}}, {"a": {}}),
    "omitted elements": (["${oc_omit()}", "${n}", ["${oc_omit()}"]], [3.0, []]),
    "omitted in a literal": ("${[1, oc_omit(), {'a': oc_omit()}]}", [1, {}]),
    "omitted in a list in a list": (["${[oc_omit()]}"], [[]]),
    "omitted by a condition": (
        {"a": "${n > 5 ? 1 : oc_omit()}", "b": "${n > 2 ? 1 : oc_omit()}"},
        {"b": 1},
    ),
    "omitted only when converted": ("${[1, oc_omit(), 2].size()}", 3),
}


@pytest.mark.parametrize(
    ("template", "value"), [pytest.param(*case, id=name) for name, case in STRUCTURES.items()]
)
def test_a_structure_is_rendered_at_every_depth(render, template, value):
    assert render(template) == value


def test_the_order_of_keys_is_the_author_s(render):
    assert list(render({"b": "${n}", "a": 1})) == ["b", "a"]


def test_a_template_may_leave_itself_out(render):
    assert render("${oc_omit()}") is OMIT
    assert render("${optional.of(oc_omit())}") is OMIT


def test_equal_keys_do_not_depend_on_the_order_of_the_file(render):
    one = {"${'z' + ''}": 2, "${'z'}": 1}
    other = dict(reversed(one.items()))
    assert render(one) == render(other) == {"z": 1}


def test_a_template_is_compiled_once_and_rendered_often():
    template = compile_template({"a": "${x}"}, variables=frozenset({"x"}))
    assert [template.render({"x": value}) for value in (1, "b", None)] == [
        {"a": 1},
        {"a": "b"},
        {"a": None},
    ]


def test_nothing_is_mutated(render):
    document = {"a": ["${l}", {"${s}": "${m}", "b": [1]}], "c": "${oc_merge(m, {'z': l})}"}
    context = {"l": [{"x": 1}], "s": "k", "m": {"q": {"r": 1}}}
    before = copy.deepcopy((document, context))
    first = render(document, context)
    assert render(document, context) == first
    assert (document, context) == before


def test_values_of_a_context_may_be_tuples(render):
    assert render({"a": "${x}", "b": "-${x}"}, {"x": (1.0, ("a",))}) == {
        "a": [1.0, ["a"]],
        "b": '-[1,["a"]]',
    }


def test_expressions_of_one_template_do_not_see_each_other_s_variables(render):
    document = ["${l.map(x, x + 'z')}", "${has(m.x)}"]
    assert render(document) == [["xz", "yz"], False]


def test_several_threads_may_render_one_template():
    template = compile_template(
        {"a": "${x + 1}", "b": "n${[1, 2].map(i, i + x)}"}, variables=frozenset({"x"})
    )
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda x: template.render({"x": x}), range(200)))
    assert results == [{"a": x + 1, "b": f"n[{1 + x},{2 + x}]"} for x in range(200)]


def test_dialects_differ_in_their_helpers_only(render):
    for dialect in (COMPONENT, PLAIN):
        assert render("${oc_hash('test')}", dialect=dialect) == "afd071e5"
