"""Where the expressions of a text are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openchoreo.template.scan import (
    NestedExpressionError,
    find_expressions,
    is_standalone,
)

FOUND = {
    "none": ("abc", []),
    "a dollar, a brace": ("$ { } $x {y}", []),
    "one": ("${a}", ["a"]),
    "two": ("x${a}-${b}", ["a", "b"]),
    "next to each other": ("${a}${b}", ["a", "b"]),
    "blanks are part of it": ("${ a }", [" a "]),
    "empty": ("${}", [""]),
    "line breaks": ("${a +\n b}", ["a +\n b"]),
    "braces": ("${{'a': {'b': 1}}}", ["{'a': {'b': 1}}"]),
    "a brace in single quotes": ("${{'a': '}'}}", ["{'a': '}'}"]),
    "a brace in double quotes": ('${"{" + x}', ['"{" + x']),
    "the other quote in quotes": ("""${'"}' + "'}"}""", ["""'"}' + "'}\""""]),
    "an escaped quote": (r"${'a\'}' + b}", [r"'a\'}' + b"]),
    "an escaped backslash ends before the quote": (r"${'a\\'}", [r"'a\\'"]),
    "a backslash outside of quotes": (r"${a \' }' }", [r"a \' }' "]),
    "an expression in quotes is text": ("${'${x}'}", ["'${x}'"]),
    "a dollar inside": ("${a $ b}", ["a $ b"]),
    "a dollar before it is literal": ("$${s}", ["s"]),
    "a brace behind it is literal": ("${s}}", ["s"]),
    "unclosed": ("${s", []),
    "unclosed behind a closed one": ("${s} ${", ["s"]),
    "nothing is found behind an unclosed one": ("${'a} ${s}", []),
    "unclosed braces": ("${{'a': 1}", []),
    "an apostrophe in a comment": ("${s // it's}", []),
    "a brace in a comment": ("${s // }\n}", ["s // "]),
    "a raw string": (r"${r'a\'}", []),
    "triple quotes with quotes in them": ('${"""a"b"""}', []),
    "triple quotes": ('${"""a}"""}', ['"""a}"""']),
    "other letters": ("é${'日本}'}→", ["'日本}'"]),
}


@pytest.mark.parametrize(
    ("text", "expressions"), [pytest.param(*case, id=name) for name, case in FOUND.items()]
)
def test_expressions_are_found(text, expressions):
    matches = find_expressions(text)
    assert [match.expression for match in matches] == expressions
    assert [match.text for match in matches] == [f"${{{inner}}}" for inner in expressions]


@pytest.mark.parametrize(
    ("text", "begin"),
    [
        ("${s ${n}}", "${s ${"),
        ("x${a} ${b ${c}}", "${b ${"),
        ("${'a' + ${", "${'a' + ${"),
        ("${a $${b}", "${a $${"),
    ],
)
def test_an_expression_in_an_expression_is_refused(text, begin):
    with pytest.raises(NestedExpressionError) as caught:
        find_expressions(text)
    assert str(caught.value) == f"nested CEL expressions must be quoted: {begin}"


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("${a}", True),
        ("\n  ${a}\n", True),
        ("\u00a0\u2003${a}\u3000\x85", True),
        ("${a} ", True),
        ("${a}}", False),
        ("$${a}", False),
        ("${a}${b}", False),
        ("${a} ${", False),
        ("\x1f${a}", False),
        ("a", False),
    ],
)
def test_an_expression_is_alone_between_white_space(text, alone):
    assert is_standalone(text, find_expressions(text)) is alone


def reference_scan(text):
    """The rules one character at a time: quotes, then braces, one flag for a backslash."""
    found = []
    start = text.find("${")
    while start >= 0:
        depth, position, single, double, escaped = 1, start + 2, False, False, False
        while position < len(text) and depth:
            character, quoted = text[position], single or double
            if character == "\\":
                escaped = quoted and not escaped
                position += 1
                continue
            if character == "'" and not double and not escaped:
                single = not single
            elif character == '"' and not single and not escaped:
                double = not double
            elif character in "{}" and not quoted:
                depth += 1 if character == "{" else -1
            elif text.startswith("${", position) and not quoted:
                return None
            escaped = False
            position += 1
        if depth:
            break
        found.append(text[start:position])
        start = text.find("${", position)
    return found


@settings(deadline=None)
@given(st.text("ab${}'\"\\ é", max_size=40) | st.text(max_size=20))
def test_any_text_scans_like_the_rules_say(text):
    try:
        found = [match.text for match in find_expressions(text)]
    except NestedExpressionError:
        found = None
    assert found == reference_scan(text)


def test_a_long_text_without_an_end_is_scanned_once():
    assert find_expressions("${" * 1 + "{'" * 500_000) == ()
    assert find_expressions("$" * 1_000_000) == ()
