"""What is refused before anything is evaluated, word for word."""

import pytest

from openchoreo.cel import CelError, Dialect

DIALECT = Dialect()
NAMES = frozenset({"metadata", "x", "l"})

REFUSED = {
    "metdata.name": "1:1: undeclared reference to 'metdata'; did you mean 'metadata'?",
    "l.map(item, itm)": "1:13: undeclared reference to 'itm'; did you mean 'item'?",
    "qqq": "1:1: undeclared reference to 'qqq'",
    "x.sise()": "1:7: undeclared reference to 'sise'; did you mean 'size'?",
    "strng(1)": "1:6: undeclared reference to 'strng'; did you mean 'string'?",
    "math.flor(1.5)": "1:10: undeclared reference to 'math.flor'; did you mean 'math.floor'?",
    "startsWith('a', 'b')": "1:11: undeclared reference to 'startsWith'; write x.startsWith(...)",
    "x.lists()": "1:8: undeclared reference to 'lists'; did you mean 'last'?",
    "x.dyn()": "1:6: undeclared reference to 'dyn'; write dyn(x, ...)",
    "'a'.indexOf()": (
        "1:12: found no matching overload for 'indexOf': it takes 1 or 2 arguments, not 0"
    ),
    "size(1, 2)": "1:5: found no matching overload for 'size': it takes 1 argument, not 2",
    "1 == 1.0": (
        "1:3: found no matching overload for '_==_' applied to '(int, double)'; "
        "convert one side, as in int(...)"
    ),
    "'a' + 1": (
        "1:5: found no matching overload for '_+_' applied to '(string, int)'; "
        "convert with string(...)"
    ),
    "[1] + ['a']": (
        "1:5: found no matching overload for '_+_' applied to '(list(int), list(string))'"
    ),
    "1 in [1.0]": "1:3: found no matching overload for '@in' applied to '(int, list(double))'",
    "true ? 1 : 'a'": (
        "1:6: found no matching overload for '_?_:_' applied to '(bool, int, string)'"
    ),
    "x ? {'a': 1} : {'b': 's'}": (
        "1:3: found no matching overload for '_?_:_' "
        "applied to '(dyn, map(string, int), map(string, string))'"
    ),
    "x ? 'a' : null": (
        "1:3: found no matching overload for '_?_:_' applied to '(dyn, string, null_type)'"
    ),
    "'abc'[0]": "1:6: found no matching overload for '_[_]' applied to '(string, int)'",
    "!1": "1:1: found no matching overload for '!_' applied to '(int)'",
    "-'a'": "1:1: found no matching overload for '-_' applied to '(string)'",
    "1 && true": "1:3: found no matching overload for '_&&_' applied to '(int, bool)'",
    "[1].all(x, x)": "1:8: found no matching overload for '_&&_' applied to '(bool, int)'",
    "[1].filter(x, 'a')": (
        "1:11: found no matching overload for '_?_:_' applied to '(string, bool, bool)'"
    ),
    "[[1]].sort()": "1:11: found no matching overload for 'sort' applied to 'list(list(int)).()'",
    "[1].sortBy(x, [x])": (
        "1:11: found no matching overload for 'sortBy' applied to '(list(int), list(list(int)))'"
    ),
    "1.foo": "1:2: type 'int' does not support field selection",
    "'a'.foo": "1:4: type 'string' does not support field selection",
    "1.5.map(x, x)": "1:8: map() goes through a list or a map, not 'double'",
    "has(x)": "1:5: invalid argument to has() macro: write has(a.field)",
    "has(x.?a)": "1:6: invalid argument to has() macro: write has(a.field)",
    "l.map(x.y, 1)": "1:8: the variable of a macro must be a simple name",
    "l.all(x, x, true)": "1:10: the two variables of a macro need two names",
    "[?1]": (
        "1:3: an entry with ? takes an optional, not 'int'; "
        "drop the question mark, or write optional.of(...)"
    ),
    "math.greatest()": "1:14: math.greatest() requires at least one argument",
    "math.greatest([])": "1:15: math.greatest() invalid single argument value",
    "math.least('a', 1)": "1:12: math.least() invalid simple literal value",
    "'%s'.format(['a', 'b'])": (
        "1:12: too many arguments supplied to string.format (expected 1, got 2)"
    ),
    "'%s %s'.format(['a'])": "1:15: index 1 out of range",
    "'%5d'.format([1])": (
        '1:13: could not parse formatting clause: unrecognized formatting clause "5"'
    ),
    "'%.101f'.format([1.0])": (
        "1:16: could not parse formatting clause: error while parsing precision: "
        "precision 101 exceeds maximum allowed precision 100"
    ),
    "'%'.format([1])": "1:11: unexpected end of string",
    "'%d'.format(['a'])": (
        "1:14: error during formatting: decimal clause can only be used on ints, uints, "
        "and doubles, was given string"
    ),
}


@pytest.mark.parametrize(("source", "message"), REFUSED.items(), ids=REFUSED.keys())
def test_refused(source, message):
    with pytest.raises(CelError) as caught:
        DIALECT.compile(source, NAMES)
    assert str(caught.value) == message


ALLOWED = (
    "dyn(1) == 1.0",
    "x == 1 && x == 'a'",
    "x ? {'a': 1} : {'b': x}",
    "[1, 'a', 2.0][0] == 'a'",
    "[] + [1]",
    "[] == ['a']",
    "optional.none().orValue(1)",
    "x.?a == null",
    "{}.map(k, k)",
    "[[], [1]].flatten()",
    "type(x) == int",
    "google.protobuf.Timestamp == type(x)",
    "l.map(x, l.map(x, x))",
    "l.map(size, size)",
)


@pytest.mark.parametrize("source", ALLOWED)
def test_allowed(source):
    DIALECT.compile(source, NAMES)


def test_only_the_named_variables_are_declared():
    with pytest.raises(CelError, match="undeclared reference to 'metadata'"):
        DIALECT.compile("metadata", frozenset())


def test_a_variable_may_have_dots():
    program = DIALECT.compile("a.b.c", frozenset({"a.b"}))
    assert program.evaluate({"a.b": {"c": 1}}) == 1
