"""Values, failures and what absorbs them."""

import threading
from collections import OrderedDict

import pytest

from openchoreo.cel import (
    NONE,
    CelError,
    CelType,
    Dialect,
    Duration,
    Failure,
    Function,
    Limits,
    Macro,
    Opaque,
    Optional_,
    Timestamp,
    Uint,
    kind_of,
)

DIALECT = Dialect()
M = {"a": 1.0, "d": None, "list": ["x", "y"], "port": 8080.0}


def value_of(source, dialect=DIALECT, **variables):
    variables = variables or {"m": M, "n": 3.0, "s": "abc"}
    return dialect.compile(source, frozenset(variables)).evaluate(variables)


FAILURES = {
    "m.prot": "1:2: no such key: prot; did you mean 'port'?",
    "m['prot']": "1:2: no such key: prot; did you mean 'port'?",
    "m.d.x": "1:4: no such key: x (a value of kind null_type has no fields)",
    "has(m.q.r)": "1:6: no such key: q",
    "m.list[5]": "1:7: index out of bounds: 5 (the list has 2 elements)",
    "m.list[-1]": "1:7: index out of bounds: -1 (the list has 2 elements)",
    "m.list[0.5]": "1:7: invalid list index 0.5 of kind double; an index is a whole number",
    "n[0]": "1:2: no such overload: _[_](double, int); only lists and maps have elements",
    "n + 1": "1:3: no such overload: _+_(double, int)",
    "s + n": "1:3: no such overload: _+_(string, double)",
    "n % 2": "1:3: no such overload: _%_(double, int)",
    "s < n": "1:3: no such overload: _<_(string, double)",
    "!n": "1:1: no such overload: _!_(double)",
    "-s": "1:1: no such overload: _-_(string)",
    "n ? 1 : 2": "1:3: no such overload: _?:_(double)",
    "n && true": "1:3: no such overload: _&&_(double)",
    "1 in n": "1:3: no such overload: _in_(int, double); the right side must be a list or a map",
    "n.map(x, x)": "1:6: no such overload: map() goes through a list or a map, not a double",
    "m.sortBy(x, x)": "1:9: no such overload: sortBy() goes through a list, not a map",
    "n.contains('a')": "1:11: no such overload: contains(double, string)",
    "s.orValue(1)": "1:10: no such overload: string.orValue(); it is for optionals, as in a.?b",
    "1 / 0": "1:3: division by zero",
    "1 % 0": "1:3: modulus by zero",
    "9223372036854775807 + 1": "1:21: integer overflow: an int has 64 bits",
    "0u - 1u": "1:4: unsigned integer overflow: a uint has 64 bits and no sign",
    "int('x')": "1:4: type conversion error from 'string' to 'int': 'x'",
    "timestamp('2024-01-01')": '1:10: invalid RFC 3339 timestamp "2024-01-01"',
    "timestamp('2024-02-30T00:00:00Z')": '1:10: invalid RFC 3339 timestamp "2024-02-30T00:00:00Z"',
    "timestamp(0).getHours('Mars/Base')": "1:22: unknown time zone Mars/Base",
    "duration('1d')": (
        "1:9: type conversion error from 'string' to 'google.protobuf.Duration': '1d'; "
        "write for example '1h30m' (units h, m, s, ms, us, ns)"
    ),
    "optional.none().value()": (
        "1:22: optional.none() dereference; give a default with orValue(...)"
    ),
    "[3, dyn(1.0)].sort()": ("1:19: list elements must have the same type, not int and double"),
    "['a', 1].join(',')": "1:14: join: invalid input: 1 of kind int is no string",
    "'a'.matches('(')": "1:12: invalid regular expression '(': missing ): (",
    "'abc'.substring(-1)": "1:16: index out of range: -1",
    "[1, 2].transformMapEntry(i, v, {'k': v})": "1:25: insert failed: key k already exists",
    "{[1]: 2}": "1:1: unsupported key type: list",
    "base64.decode('*')": "1:14: illegal base64 data",
    "[1].slice(2, 1)": (
        "1:10: cannot slice(2, 1), start index must be less than or equal to end index"
    ),
    "math.bitShiftLeft(1, -1)": "1:18: math.bitShift() negative offset: -1",
}


@pytest.mark.parametrize(("source", "message"), FAILURES.items(), ids=FAILURES.keys())
def test_failures(source, message):
    with pytest.raises(CelError) as caught:
        value_of(source)
    assert str(caught.value) == message
    assert caught.value.stage == "evaluate"


VALUES = {
    "m.zz || true": True,
    "true || m.zz": True,
    "m.zz && false": False,
    "[1, 0].exists(x, 1 / x > 0)": True,
    "[0, 1].exists(x, 1 / x > 0)": True,
    "[0, 1].all(x, 1 / x > 1)": False,
    "has(m.d)": True,
    "has(m.q)": False,
    "has(n.x)": False,
    "m.?q.orValue('z')": "z",
    "n.?x.orValue('z')": "z",
    "m.d.?x.hasValue()": False,
    "{?'a': m.?a, ?'q': m.?q}": {"a": 1.0},
    "[?m.?q, 2.0]": [2.0],
    "optional.of({'a': [5]}).a[0].value()": 5,
    "{'a': 1, 'a': 2}": {"a": 2},
    "{1: 'i', 2u: 'u', 3.0: 'd'}[dyn(2)]": "u",
    "{true: 'b', 1: 'i'}[true]": "b",
    "{1: 'i', true: 'b'}[1]": "i",
    "{1: 'i'}[?dyn(true)].hasValue()": False,
    "dyn(true) in {1: 'i'}": False,
    "{true: 'b', 1: 'i'}.size()": 2,
    "{true: 'b', 1: 'i'} == {1: 'i', true: 'b'}": True,
    "'%s'.format([{1: 'i', true: 'b'}])": "{1: i, true: b}",
    "dyn(1) == true": False,
    "dyn([1, 2u, 3.0]) == dyn([1.0, 2, 3u])": True,
    "dyn({'a': 1}) == dyn({'a': 1.0})": True,
    "0.0 / 0.0 == 0.0 / 0.0": False,
    "[0.0 / 0.0].map(x, x == x)": [False],
    "'é' > 'z'": True,
    "-7 / 2": -3,
    "-7 % 2": -1,
    "{'b': 1, 'a': 2}.map(k, k)": ["a", "b"],
    "{'b': 1, 'a': 2}.transformList(k, v, v)": [2, 1],
    "[[1, 2], [3]].map(l, l.map(x, x * l.size()))": [[2, 4], [3]],
    "[1].map(m, m)": [1],
    "[{'a': 2.0}].map(m, m.a + .m.a)": [3.0],
    "timestamp('2024-01-01T00:00:00.5+05:00') < timestamp('2024-01-01T00:00:00Z')": True,
    "string(timestamp('2024-01-01T00:00:00.5+05:00'))": "2024-01-01T00:00:00.5+05:00",
    "timestamp('2024-01-01T23:00:00Z').getDate('Asia/Kolkata')": 2,
    "timestamp('2024-01-01T23:00:00+05:00').getHours()": 18,
    "type(m.?a) == optional_type": True,
    "string(duration('1h') + duration('-500ms'))": "3599.5s",
}


@pytest.mark.parametrize(("source", "value"), VALUES.items(), ids=VALUES.keys())
def test_values(source, value):
    found = value_of(source)
    assert found == value
    assert type(found) is type(value)


def test_kinds_of_results():
    assert value_of("[1u, optional.none(), type(1)]") == [Uint(1), NONE, CelType("int")]
    assert value_of("[duration('1s'), timestamp(1)]") == [
        Duration(10**9), Timestamp(10**9),
    ]  # fmt: skip
    assert isinstance(value_of("1u + 1u"), Uint)
    assert value_of("optional.of(1)") == Optional_(1)


def test_bindings_are_used_as_they_are():
    value = value_of("[m, m.inner]", m=(given := {"inner": {"a": [1]}}))
    assert value[0] is given
    assert value[1] is given["inner"]
    assert given == {"inner": {"a": [1]}}


def test_tuples_and_other_dictionaries_are_lists_and_maps():
    assert value_of("m.a + m['t'].map(x, x + 1)", m=OrderedDict(a=(1, 2), t=(3,))) == [1, 2, 4]


def test_a_binding_that_is_missing():
    program = DIALECT.compile("a.b", frozenset("a"))
    with pytest.raises(CelError) as caught:
        program.evaluate({})
    assert str(caught.value) == "1:1: no such attribute: a"


def test_what_is_no_cel_value():
    with pytest.raises(CelError) as caught:
        value_of("size(m)", m=object())
    assert caught.value.message == "no such overload: a Python object is no CEL value"


class Marker(Opaque):
    kind = "marker"

    def __eq__(self, other):
        return isinstance(other, Marker)

    def __hash__(self):
        return 0


def test_functions_and_macros_of_the_caller():
    def pick(target, arguments, make):
        if not arguments:
            make.error("pick() needs a name")
        return make.index(target, arguments[0])

    def refuse(value):
        raise Failure(f"{value} is not wanted")

    dialect = Dialect(
        functions=(
            Function("mark", (), "dyn", Marker),
            Function("twice", ("string",), "string", lambda s: s * 2),
            Function("twice", ("int",), "int", lambda i: i * 2),
            Function("kindOf", ("dyn",), "string", kind_of),
            Function("refuse", ("dyn",), "dyn", refuse),
        ),
        macros=(Macro("pick", None, True, pick),),
    )
    assert value_of("[twice('a'), twice(2)]", dialect, m=M) == ["aa", 4]
    assert value_of("m.pick('a')", dialect, m=M) == 1.0
    assert value_of("mark() == mark() && mark() != 1", dialect, m=M) is True
    assert value_of("type(mark())", dialect, m=M) == CelType("marker")
    assert value_of("kindOf(mark())", dialect, m=M) == "marker"
    assert value_of("has(mark().x)", dialect, m=M) is False
    with pytest.raises(CelError) as caught:
        value_of("refuse(1)", dialect, m=M)
    assert str(caught.value) == "1:7: 1 is not wanted"
    assert isinstance(caught.value.__cause__, Failure)
    with pytest.raises(CelError) as caught:
        value_of("m.pick()", dialect, m=M)
    assert str(caught.value) == "1:7: pick() needs a name"
    with pytest.raises(CelError) as caught:
        value_of("twice(1.5)", dialect, m=M)
    assert str(caught.value) == (
        "1:6: found no matching overload for 'twice' applied to '(double)'"
    )


BUDGETS = {
    "[1, 2, 3].map(x, x)": (
        Limits(steps=2),
        "the expression takes more than 2 steps; iterate over less, or raise Limits(steps=...)",
    ),
    "['aa'].map(x, x + x + x)": (
        Limits(string=5000),
        "",
    ),
    "m.text + m.text": (
        Limits(string=2000),
        (
            "a text of 3000 characters is longer than 2000; "
            "make a shorter one, or raise Limits(string=...)"
        ),
    ),
    "lists.range(11)": (
        Limits(list=10),
        (
            "a list or map of 11 elements is longer than 10; "
            "make a shorter one, or raise Limits(list=...)"
        ),
    ),
    "true || lists.range(11) == []": (Limits(list=10), ""),
    "lists.range(11) == [] || true": (
        Limits(list=10),
        (
            "a list or map of 11 elements is longer than 10; "
            "make a shorter one, or raise Limits(list=...)"
        ),
    ),
}


@pytest.mark.parametrize(("source", "case"), BUDGETS.items(), ids=BUDGETS.keys())
def test_budgets(source, case):
    limits, message = case
    dialect = Dialect(limits=limits)
    bindings = {"m": {"text": "x" * 1500}}
    if not message:
        value_of(source, dialect, **bindings)
        return
    with pytest.raises(CelError) as caught:
        value_of(source, dialect, **bindings)
    assert str(caught.value) == message


def test_a_budget_is_for_one_evaluation():
    program = Dialect(limits=Limits(steps=5)).compile("l.map(x, x)", frozenset("l"))
    for _ in range(10):
        assert program.evaluate({"l": [1, 2, 3]}) == [1, 2, 3]


def test_many_threads_share_a_program():
    program = DIALECT.compile("l.map(x, l.filter(y, y < x).size())", frozenset("l"))
    results = []

    def work(size):
        results.extend(
            program.evaluate({"l": list(range(size))}) == list(range(size)) for _ in range(50)
        )

    threads = [threading.Thread(target=work, args=(size,)) for size in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 400
