"""What parses to which value, and the exact texts of what does not."""

import pytest

from openchoreo.cel import CelError, Dialect, Limits, Uint

DIALECT = Dialect()


def value_of(source, **variables):
    return DIALECT.compile(source, frozenset(variables)).evaluate(variables)


LITERALS = {
    "0": 0,
    "-9223372036854775808": -(2**63),
    "0x1F": 31,
    "18446744073709551615u": Uint(2**64 - 1),
    ".5": 0.5,
    "1e3": 1000.0,
    "-2.5E-1": -0.25,
    "'a'": "a",
    '"a"': "a",
    "'''it's\ntwo'''": "it's\ntwo",
    '"""a"b"""': 'a"b',
    r"'\n\t\\\'\"\?\`\a\b\f\v\r'": "\n\t\\'\"?`\a\b\f\v\r",
    r"'\x41\u00e9\U0001F600\101'": "Aé\U0001f600A",
    r"r'\n'": r"\n",
    r"R'''\d'''": r"\d",
    "b'é'": b"\xc3\xa9",
    r"b'\xff\377'": b"\xff\xff",
    r"br'\x'": rb"\x",
    "'''a\r\nb\rc'''": "a\nb\nc",
    "[1, 2,]": [1, 2],
    "{'a': 1,}": {"a": 1},
    "true // a comment": True,
    " \n\t1 ": 1,
}


@pytest.mark.parametrize(("source", "value"), LITERALS.items(), ids=LITERALS.keys())
def test_literals(source, value):
    found = value_of(source)
    assert found == value
    assert type(found) is type(value)


PRECEDENCE = {
    "1 + 2 * 3": 7,
    "(1 + 2) * 3": 9,
    "10 - 4 - 3": 3,
    "2 * 3 % 4": 2,
    "1 + 2 == 3 && !false": True,
    "false && false || true": True,
    "true || false ? 1 : 2": 1,
    "false ? 1 : true ? 2 : 3": 2,
    "1 < 2 == true": True,
    "-2 * -3": 6,
    "--5": 5,
    "!!true": True,
    "2 in [1, 2] && 3 in [3]": True,
    "-m.a": -1.0,
    "m.a + m['a']": 2.0,
    "(true || false) || false": True,
}


@pytest.mark.parametrize(("source", "value"), PRECEDENCE.items(), ids=PRECEDENCE.keys())
def test_operators(source, value):
    assert value_of(source, m={"a": 1.0}) == value


ERRORS = {
    "": "1:1: Syntax error: the end, where a value should be",
    "1 +": "1:4: Syntax error: the end, where a value should be",
    "1 2": "1:3: Syntax error: '2', where the end of the expression, or an operator should be",
    "(1": "1:3: Syntax error: the end, where ')' should be",
    "[1 2]": "1:4: Syntax error: '2', where ']' should be",
    "{'a' 1}": "1:6: Syntax error: '1', where ':' should be",
    "true ? 1": "1:9: Syntax error: the end, where ':' should be",
    "a.": "1:3: Syntax error: the end, where a name should be",
    "a.in": "1:3: Syntax error: 'in', where a name should be",
    "1.": "1:3: Syntax error: the end, where a name should be",
    "\n  for": "2:3: reserved identifier: for",
    "'abc": "1:1: the text that begins with ' does not end on its line",
    "a & b": "1:3: '&' is no operator; write '&&'",
    "a = b": "1:3: '=' is no operator; write '=='",
    "a # b": "1:3: '#' has no meaning here",
    "a.`b c$`": "1:3: a name between ` may hold letters, digits and _ . - / only",
    r"'\q'": "1:1: \\q is no escape; write \\\\ for a backslash",
    r"'\ud800'": "1:1: \\ud800 is no Unicode character",
    "'\ud800'": "1:2: half of a surrogate pair is no Unicode character",
    "9223372036854775808": (
        "1:1: invalid int literal: 9223372036854775808 is beyond 9223372036854775807"
    ),
    "18446744073709551616u": (
        "1:1: invalid uint literal: 18446744073709551616u is beyond 18446744073709551615"
    ),
    "1e400": "1:1: invalid double literal: 1e400 is too large",
    "Msg{a: 1}": "1:4: Syntax error: '{', where the end of the expression, or an operator should be",
}


@pytest.mark.parametrize(("source", "message"), ERRORS.items(), ids=map(repr, ERRORS))
def test_what_does_not_parse(source, message):
    with pytest.raises(CelError) as caught:
        DIALECT.compile(source, frozenset("a"))
    assert str(caught.value) == message
    assert caught.value.stage == "parse"
    assert caught.value.source == source


def test_the_limits_of_the_source():
    small = Dialect(limits=Limits(source=10, nesting=3))
    with pytest.raises(CelError) as caught:
        small.compile("1 + 1 + 1 + 1", frozenset())
    assert caught.value.message == (
        "the expression has 13 characters, more than 10; split it, or raise Limits(source=...)"
    )
    with pytest.raises(CelError) as caught:
        small.compile("((((1))))", frozenset())
    assert caught.value.message == (
        "the expression nests deeper than 3 levels; make it flatter, or raise Limits(nesting=...)"
    )
