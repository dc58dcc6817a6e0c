"""What is told about expressions that fail, and that none of it becomes text."""

import pytest

from openchoreo.template import OMIT, TemplateError, TemplateProblem, compile_template
from openchoreo.template.errors import TemplateError as Error

CASES = {
    "a missing field": (
        "${m.zz}",
        "evaluate",
        "CEL evaluation error in expression 'm.zz': no such key: zz",
    ),
    "a missing field inside text": (
        "x${m.zz}",
        "evaluate",
        "CEL evaluation error in expression 'm.zz': no such key: zz",
    ),
    "a field of a missing field": (
        "${has(m.q.r)}",
        "evaluate",
        "CEL evaluation error in expression 'has(m.q.r)': no such key: q",
    ),
    "an expression in an expression": (
        "${s ${n}}",
        "compile",
        "nested CEL expressions must be quoted: ${s ${",
    ),
    "not a number": (
        "${0.0 / 0.0}",
        "convert",
        "the value of expression '0.0 / 0.0' cannot be used: NaN cannot be written as JSON",
    ),
    "infinity in a list": (
        "${[1.0 / 0.0]}",
        "convert",
        "the value of expression '[1.0 / 0.0]' cannot be used: +Inf cannot be written as JSON",
    ),
    "infinity in a list in text": (
        "x${[-1.0 / 0.0]}",
        "convert",
        "the value of expression '[-1.0 / 0.0]' cannot be used: -Inf cannot be written as JSON",
    ),
    "a number as a key": (
        {"${n}": 1},
        "evaluate",
        "dynamic map key '${n}' must evaluate to a string, got 3",
    ),
    "a boolean as a key": (
        {"${n > 2}": 1},
        "evaluate",
        "dynamic map key '${n > 2}' must evaluate to a string, got true",
    ),
    "null as a key": (
        {"${null}": 1},
        "evaluate",
        "dynamic map key '${null}' must evaluate to a string, got null",
    ),
    "a map as a key": (
        {"${m}": 1},
        "evaluate",
        'dynamic map key \'${m}\' must evaluate to a string, got {"a":1,"d":null}',
    ),
    "omit as a key": (
        {"${oc_omit()}": 1},
        "evaluate",
        "dynamic map key '${oc_omit()}' must evaluate to a string, got oc_omit()",
    ),
}


@pytest.mark.parametrize(
    ("template", "stage", "message"), [pytest.param(*case, id=name) for name, case in CASES.items()]
)
def test_an_expression_fails(render, template, stage, message):
    with pytest.raises(TemplateError) as caught:
        render(template)
    assert (caught.value.stage, caught.value.message) == (stage, message)
    assert str(caught.value) == message


MARKERS = {
    "an unknown name": ("${zz}", "compile", "undeclared reference to 'zz'"),
    "an unknown function": ("${'a'.quote()}", "compile", "undeclared reference to 'quote'"),
    "nothing": ("${}", "compile", "CEL compilation error in expression ''"),
    "blanks": ("${ }", "compile", "CEL compilation error in expression ' '"),
    "kinds that never compare": ("${1 == 1.0}", "compile", "found no matching overload"),
    "a name instead of a field": ("${has(m)}", "compile", "invalid argument to has() macro"),
    "an index behind the end": ("${l[5]}", "evaluate", "index out of bounds: 5"),
    "a double and an integer": ("${n + 1}", "evaluate", "no such overload"),
    "one argument": ("${oc_merge({'a': 1})}", "compile", "oc_merge requires at least 2 arguments"),
    "a key of the result twice": (
        "${objs.transformMapEntry(i, o, {'same': o.v})}",
        "evaluate",
        "key same already exists",
    ),
}


@pytest.mark.parametrize(
    ("template", "stage", "marker"),
    [pytest.param(*case, id=name) for name, case in MARKERS.items()],
)
def test_a_failure_says_what_users_of_openchoreo_look_for(render, template, stage, marker):
    with pytest.raises(TemplateError) as caught:
        render(template)
    assert caught.value.stage == stage
    assert marker in caught.value.message


def test_every_expression_that_does_not_compile_is_told_with_its_place():
    document = {
        "a": "${one}",
        "b": [{"c": "x${two}-${three}"}, "${good}"],
        "k${four}": "${'${'} ${",
        "d": "${good ${good}}",
    }
    with pytest.raises(TemplateError) as caught:
        compile_template(document, variables=frozenset({"good"}))
    assert [(p.path, p.expression) for p in caught.value.problems] == [
        (("a",), "one"),
        (("b", 0, "c"), "two"),
        (("b", 0, "c"), "three"),
        (("k${four}",), "four"),
        (("d",), "${good ${good}}"),
    ]
    assert {p.stage for p in caught.value.problems} == {"compile"}


def test_every_expression_that_fails_is_told_in_the_order_of_the_document(render):
    document = {
        "b": "${m.one}",
        "a": ["${m.two}", {"c": "${m.three} ${s} ${[0.0 / 0.0]}", "${m.four}": 1}],
    }
    with pytest.raises(TemplateError) as caught:
        render(document)
    assert [(p.path, p.expression, p.stage) for p in caught.value.problems] == [
        (("b",), "m.one", "evaluate"),
        (("a", 0), "m.two", "evaluate"),
        (("a", 1, "${m.four}"), "m.four", "evaluate"),
        (("a", 1, "c"), "m.three", "evaluate"),
        (("a", 1, "c"), "[0.0 / 0.0]", "convert"),
    ]


def test_a_place_in_a_long_expression_is_told_by_line_and_column():
    with pytest.raises(TemplateError) as caught:
        compile_template("${m.a +\n  zz}", variables=frozenset({"m"}))
    assert caught.value.message == (
        "CEL compilation error in expression 'm.a +\n  zz': 2:3: undeclared reference to 'zz'"
    )


def test_a_problem_can_be_seen_from_further_outside():
    problem = TemplateProblem(("a",), "x", "evaluate", "wrong")
    assert problem.under("spec", 0).path == ("spec", 0, "a")
    assert str(problem) == "wrong"
    error = Error(problem, problem.under("b"))
    assert (error.path, error.expression, str(error)) == (("a",), "x", "wrong\nwrong")


def test_a_value_that_is_no_value_of_cel_is_refused(render):
    for template in ("${x}", "-${x}", "${[x]}"):
        with pytest.raises(TemplateError) as caught:
            render(template, {"x": object()})
        assert caught.value.message.endswith(
            "cannot be used: a value of kind object cannot be written as JSON"
        )


def test_logic_absorbs_failures_as_cel_says(render):
    assert render(["${(m.zz == 1) || true}", "${m.zz == 1 && false}"]) == [True, False]


def test_a_failure_never_becomes_part_of_a_document(render):
    for template in ("a ${m.zz} b", {"a": "${m.zz}"}, ["${m.zz}"], "${[m.zz]}", "${{'a': m.zz}}"):
        with pytest.raises(TemplateError):
            render(template)


def test_what_is_not_in_the_context_is_a_failure_and_no_crash():
    template = compile_template("${x.y}", variables=frozenset({"x"}))
    with pytest.raises(TemplateError):
        template.render({})


class TestHostile:
    def test_a_document_that_is_too_deep(self, render):
        document: object = "${n}"
        for _ in range(100_000):
            document = [document]
        with pytest.raises(TemplateError) as caught:
            render(document)
        assert caught.value.message == "the document is nested too deeply"

    def test_a_value_that_is_too_deep(self, render):
        value: object = 1.0
        for _ in range(100_000):
            value = [value]
        for template in ("${x}", "-${x}"):
            with pytest.raises(TemplateError) as caught:
                render(template, {"x": value})
            assert caught.value.message == "the document is nested too deeply"

    def test_texts_that_double(self, render):
        """Each doubles the one before it; the twentieth would have a hundred million letters."""
        nested = "x"
        for _ in range(23):
            nested = f"[{nested}].map(i, i + i)[0]"
        with pytest.raises(TemplateError) as caught:
            render(f"${{{nested}}}", {"x": "0123456789"})
        assert caught.value.stage == "evaluate"

    def test_many_references_to_one_long_text(self, render):
        text = "x" * 1_000_000
        with pytest.raises(TemplateError) as caught:
            render([f"${{[s, s, s, s, s, '{index}']}}" for index in range(1000)], {"s": text})
        assert {problem.stage for problem in caught.value.problems} == {"convert"}
        assert caught.value.message == (
            "the value of expression '[s, s, s, s, s, '3']' cannot be used: "
            "the result is too large: no Kubernetes object may hold that much"
        )

    def test_a_long_text_many_times_in_one_text(self, render):
        with pytest.raises(TemplateError) as caught:
            render("${s} " * 100, {"s": "x" * 1_000_000})
        assert caught.value.stage == "convert"

    def test_many_expressions_in_one_text_take_time_in_proportion(self, render):
        assert render("${s}" * 20_000, {"s": "ab"}) == "ab" * 20_000

    def test_many_values_that_look_like_expressions(self, render):
        with pytest.raises(TemplateError) as caught:
            render("${s}" + "${n}" * 5_000, {"s": "${s}" + "x" * 1_000_000, "n": 1.0})
        assert caught.value.stage == "convert"

    def test_loops_in_loops(self, render):
        loops = "l.map(a, " * 8 + "1" + ")" * 8
        with pytest.raises(TemplateError) as caught:
            render(f"${{{loops}}}", {"l": list(range(100))})
        assert caught.value.stage == "evaluate"


def test_leaving_out_is_a_value_of_its_own():
    assert repr(OMIT) == "oc_omit()"
