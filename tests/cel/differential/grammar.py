"""Expressions of the whole dialect, typed enough that many of them have a value.

`pick(options)` and `number(low, high)` come from hypothesis or from a seeded generator.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Protocol

VARIABLES: dict[str, Any] = {
    "m": {"a": 1.0, "b": "x", "c": None, "d": {"e": [1.0, 2.0], "f": "deep"}, "g-h": True},
    "n": 3.0,
    "h": 2.5,
    "s": "héllo wörld",
    "t": "",
    "l": ["x", "y", "z", "x"],
    "k": [3.0, 1.0, 2.0],
    "o": [{"v": 1.0, "w": "p"}, {"v": 2.0}],
    "b": True,
    "z": None,
}


NUMBERS = (3.0, 0.0, -1.5, 2.5, 1e6, 1e21, 9007199254740993.0, 1, 0, -7, 2**53 + 1)
TEXTS = ("x", "", "héllo wörld", "12", "true", "a,b,,c", "日本", " pad\u00a0", "1h", "%s", "%d%%")
SMALL: tuple[Any, ...] = (None, True, False, *NUMBERS, *TEXTS, [], {}, ["x", "y"], {"a": 1.0})


def inputs(choices: Choices) -> dict[str, Any]:
    """Values for the variables: mostly of the kinds above, sometimes of others."""

    def like(value: Any) -> Any:
        odd = choices.number(0, 19)
        if odd == 0:
            return choices.pick(SMALL)
        if odd < 8:
            return value
        if isinstance(value, dict):
            kept = {k: like(v) for k, v in value.items() if choices.number(0, 9)}
            return {**kept, **({choices.pick(TEXTS): 1.0} if odd == 8 else {})}
        if isinstance(value, list):
            return [like(choices.pick(value)) for _ in range(choices.number(0, 4))]
        if value is None or isinstance(value, bool):
            return choices.pick((None, True, False))
        return choices.pick(NUMBERS if isinstance(value, float) else TEXTS)

    return {name: like(value) for name, value in VARIABLES.items()}


class Choices(Protocol):
    def pick(self, options: Sequence[Any]) -> Any: ...
    def number(self, low: int, high: int) -> int: ...


KINDS = (
    "int", "uint", "double", "string", "bool", "bytes", "list", "map", "timestamp", "duration",
    "type", "null", "optional", "dyn",
)  # fmt: skip


class Grammar:
    def __init__(self, choices: Choices) -> None:
        self.pick = choices.pick
        self.number = choices.number
        self.locals: list[tuple[str, str]] = []

    def expression(self) -> str:
        return self.of(self.pick(KINDS), self.number(1, 4))

    def of(self, kind: str, depth: int) -> str:
        """An expression that is mostly of the kind."""
        odd = self.number(0, 40)
        if odd == 0:
            kind = self.pick(KINDS)
        if odd == 1:
            return f"dyn({self.of(self.pick(KINDS), depth - 1)})" if depth > 0 else "z"
        if depth <= 0:
            return self.leaf(kind)
        makers = [*COMMON, *FORMS.get(kind, ())]
        return self.pick(makers)(self, kind, depth - 1)

    def leaf(self, kind: str) -> str:
        names = [name for name, known in self.locals if known in {kind, "dyn"}]
        if names and self.number(0, 1):
            return self.pick(names)
        return self.pick(LEAVES[kind])

    def inside(self, name: str, kind: str, wanted: str, depth: int) -> str:
        """An expression with one more variable."""
        self.locals.append((name, kind))
        made = self.of(wanted, depth)
        self.locals.pop()
        return made


LEAVES: dict[str, Sequence[str]] = {
    "int": ("0", "1", "-1", "2", "7", "42", "9223372036854775807", "-9223372036854775808", "0x1F",
            "size(l)", "int(n)", "s.size()"),
    "uint": ("0u", "1u", "3u", "18446744073709551615u", "uint(n)"),
    "double": ("0.0", "1.0", "-1.5", "2.5", "1e3", "1e21", "0.1", "n", "h", "m.a", "k[1]", "1e308"),
    "string": ("''", "'a'", "'x'", "'a,b'", "'héllo'", "'日本'", r"'\n\t'", "r'\\d'", "s", "t", "m.b",
               "l[0]", "'''tri'''", '"q"', "'12'", "'true'", "'1.5'", "m.d.f", "'%s'"),
    "bool": ("true", "false", "b", "has(m.a)", "has(m.zz)", "m.`g-h`"),
    "bytes": ("b''", "b'abc'", r"b'\xff'", "b'é'"),
    "list": ("[]", "[1, 2, 3]", "['a', 'b']", "l", "k", "o", "[1.0, 2.5]", "m.d.e", "[[1], [2, 3]]",
             "[dyn(1), 'a', 2.0]", "[true]", "[1u, 2u]"),
    "map": ("{}", "{'a': 1}", "m", "m.d", "{1: 'x'}", "{true: 2}", "{'a': {'b': [1]}}", "o[0]"),
    "timestamp": ("timestamp(0)", "timestamp('2024-02-29T12:30:15Z')",
                  "timestamp('1999-12-31T23:59:59Z')", "timestamp(1700000000)"),
    "duration": ("duration('1h')", "duration('90s')", "duration('-1.5s')", "duration('1m30s')"),
    "type": ("type(1)", "int", "string", "type(m)", "type(null)", "bool"),
    "null": ("null", "z", "m.c"),
    "optional": ("optional.none()", "optional.of(1)", "m.?a", "m.?zz", "l[?0]", "l[?9]",
                 "optional.of('x')", "optional.ofNonZeroValue('')"),
    "dyn": ("n", "m", "s", "m.a", "m.zz", "dyn(1)", "dyn('a')", "dyn([1])", "o", "z"),
}  # fmt: skip

Maker = Callable[[Grammar, str, int], str]


PLACE = re.compile(r"<(\w*)>")


def split(text: str) -> Maker:
    """A template: `<kind>` stands for an expression of that kind, `<>` for one of the same."""
    fixed = PLACE.split(text)

    def make(grammar: Grammar, kind: str, depth: int) -> str:
        made = [
            grammar.of(part or kind, depth) if place % 2 else part
            for place, part in enumerate(fixed)
        ]
        return "".join(made)

    return make


def comparison(grammar: Grammar, _: str, depth: int) -> str:
    kind = grammar.pick(KINDS)
    operator = grammar.pick(("==", "!=", "<", "<=", ">", ">="))
    return f"({grammar.of(kind, depth)} {operator} {grammar.of(kind, depth)})"


def quantifier(grammar: Grammar, _: str, depth: int) -> str:
    macro = grammar.pick(("all", "exists", "exists_one"))
    source = grammar.of(grammar.pick(("list", "map")), depth)
    if grammar.number(0, 1):
        body = grammar.inside("v", "dyn", "bool", depth)
        return f"{source}.{macro}(v, {body})"
    grammar.locals.append(("i", "dyn"))
    body = grammar.inside("v", "dyn", "bool", depth)
    grammar.locals.pop()
    return f"{source}.{macro.replace('_one', 'One')}(i, v, {body})"


def looped(grammar: Grammar, _: str, depth: int) -> str:
    source = grammar.of(grammar.pick(("list", "list", "map")), depth)
    macro = grammar.pick(("map", "filter", "sortBy", "transformList", "map3"))
    if macro == "transformList":
        grammar.locals.append(("i", "dyn"))
        body = grammar.inside("v", "dyn", grammar.pick(KINDS[:6]), depth)
        grammar.locals.pop()
        return f"{source}.transformList(i, v, {body})"
    if macro == "map3":
        condition = grammar.inside("v", "dyn", "bool", depth)
        return f"{source}.map(v, {condition}, {grammar.inside('v', 'dyn', 'dyn', depth)})"
    wanted = "bool" if macro == "filter" else grammar.pick(KINDS[:6])
    return f"{source}.{macro}(v, {grammar.inside('v', 'dyn', wanted, depth)})"


def bound(grammar: Grammar, _: str, depth: int) -> str:
    source = grammar.of("optional", depth)
    if grammar.number(0, 1):
        return f"{source}.optMap(v, {grammar.inside('v', 'dyn', grammar.pick(KINDS[:6]), depth)})"
    return f"{source}.optFlatMap(v, {grammar.inside('v', 'dyn', 'optional', depth)})"


COMMON: tuple[Maker, ...] = (
    split("(<bool> ? <> : <>)"),
    split("<optional>.orValue(<>)"),
    split("[<>, <>][<int>]"),
    split("{'a': <>}.a"),
    split("(<>)"),
    split("<map>.a"),
    split("<map>['a']"),
)

_NUMERIC = tuple(split(f"(<> {operator} <>)") for operator in "+-*/")

FORMS: dict[str, tuple[Maker, ...]] = {
    "int": (
        *_NUMERIC, split("(<> % <>)"), split("-<>"), split("int(<double>)"), split("int(<string>)"),
        split("int(<uint>)"), split("size(<list>)"), split("<string>.size()"), split("size(<map>)"),
        split("size(<bytes>)"), split("<string>.indexOf(<string>)"),
        split("<string>.indexOf(<string>, <int>)"), split("<string>.lastIndexOf(<string>)"),
        split("<string>.lastIndexOf(<string>, <int>)"), split("math.greatest(<int>, <int>)"),
        split("math.least(<int>, <int>, <int>)"), split("math.abs(<int>)"), split("math.sign(<int>)"),
        split("math.bitAnd(<int>, <int>)"), split("math.bitOr(<int>, <int>)"),
        split("math.bitXor(<int>, <int>)"), split("math.bitNot(<int>)"),
        split("math.bitShiftLeft(<int>, <int>)"), split("math.bitShiftRight(<int>, <int>)"),
        split("int(<timestamp>)"), split("<timestamp>.getFullYear()"), split("<timestamp>.getHours('+02:00')"),
        split("<timestamp>.getDayOfWeek()"), split("<timestamp>.getDayOfYear()"), split("<timestamp>.getMonth()"),
        split("<timestamp>.getDate()"), split("<timestamp>.getMinutes()"), split("<duration>.getSeconds()"),
        split("<duration>.getHours()"),
    ),
    "uint": (
        *_NUMERIC, split("(<> % <>)"), split("uint(<int>)"), split("uint(<double>)"),
        split("uint(<string>)"), split("math.bitShiftRight(<uint>, <int>)"),
        split("math.bitAnd(<uint>, <uint>)"), split("math.greatest(<uint>, <uint>)"),
    ),
    "double": (
        *_NUMERIC, split("-<>"), split("double(<int>)"), split("double(<string>)"),
        split("double(<uint>)"), split("math.ceil(<double>)"), split("math.floor(<double>)"),
        split("math.round(<double>)"), split("math.trunc(<double>)"), split("math.abs(<double>)"),
        split("math.sign(<double>)"), split("math.sqrt(<double>)"), split("math.greatest(<double>, <double>)"),
        split("math.least([<double>, <double>])"),
    ),
    "string": (
        split("(<> + <>)"), split("(<> + <> + <>)"), split("string(<int>)"), split("string(<double>)"),
        split("string(<bool>)"), split("string(<uint>)"), split("string(<bytes>)"),
        split("string(<duration>)"), split("string(<timestamp>)"), split("<>.charAt(<int>)"),
        split("<>.substring(<int>)"), split("<>.substring(<int>, <int>)"),
        split("<>.replace(<>, <>)"), split("<>.replace(<>, <>, <int>)"), split("<>.lowerAscii()"),
        split("<>.upperAscii()"), split("<>.trim()"), split("<>.reverse()"), split("strings.quote(<>)"),
        split("<list>.join()"), split("<list>.join(<>)"), split("base64.encode(<bytes>)"),
        split("'%s'.format([<dyn>])"), split("'%s-%s'.format([<string>, <bool>])"),
        split("'%d'.format([<int>])"), split("'%.2f'.format([<double>])"), split("'%x'.format([<int>])"),
        split("'%b'.format([<uint>])"), split("'%e'.format([<double>])"), split("'%o|%%|%X'.format([<int>, <string>])"),
        split("'%s'.format([<list>])"), split("'%s'.format([<map>])"), split("l[<int>]"),
    ),
    "bool": (
        comparison, comparison, quantifier, split("(<> && <>)"), split("(<> || <>)"), split("!<>"),
        split("(<dyn> && <>)"), split("(<dyn> || <>)"),
        split("<string>.contains(<string>)"), split("<string>.startsWith(<string>)"),
        split("<string>.endsWith(<string>)"), split("<string>.matches('[a-z]+')"),
        split("<string>.matches('^h.*d$')"), split("(<dyn> in <list>)"), split("(<string> in <map>)"),
        split("(<int> in <list>)"), split("has(<map>.a)"), split("has(m.d.e)"), split("bool(<string>)"),
        split("<optional>.hasValue()"), split("sets.contains(<list>, <list>)"),
        split("sets.intersects(<list>, <list>)"), split("sets.equivalent(<list>, <list>)"),
        split("math.isNaN(<double>)"), split("math.isInf(<double>)"), split("math.isFinite(<double>)"),
        split("(<int> == <dyn>)"), split("(<dyn> < <dyn>)"), split("(<dyn> == <dyn>)"),
    ),
    "bytes": (split("(<> + <>)"), split("bytes(<string>)"), split("base64.decode(<string>)")),
    "list": (
        looped, looped, split("(<> + <>)"), split("[<int>, <int>]"), split("[<string>]"),
        split("[<dyn>, <dyn>]"), split("[?m.?a, <double>]"), split("<>.slice(<int>, <int>)"),
        split("<>.flatten()"), split("<>.flatten(<int>)"), split("<>.sort()"), split("<>.distinct()"),
        split("<>.reverse()"), split("<string>.split(',')"), split("<string>.split('')"),
        split("<string>.split(<string>, 2)"), split("lists.range(3)"),
    ),
    "map": (
        split("{'a': <int>, 'b': <string>}"), split("{<string>: <int>}"), split("{<int>: <dyn>}"),
        split("{'a': <list>}"), split("{?'a': m.?a, 'b': <bool>}"), split("{'a': <map>}"),
    ),
    "timestamp": (
        split("(<timestamp> + <duration>)"), split("(<timestamp> - <duration>)"), split("timestamp(<int>)"),
    ),
    "duration": (
        split("(<duration> + <duration>)"), split("(<timestamp> - <timestamp>)"),
        split("(<duration> - <duration>)"),
    ),
    "type": (split("type(<dyn>)"), split("type(<list>)"), split("type(<string>)")),
    "optional": (
        bound, split("optional.of(<dyn>)"), split("<map>.?a"), split("<map>[?<string>]"), split("<list>[?<int>]"),
        split("<list>.first()"), split("<list>.last()"), split("<>.or(<>)"), split("<>.?a"),
        split("optional.ofNonZeroValue(<dyn>)"),
    ),
    "dyn": (split("dyn(<int>)"), split("dyn(<string>)"), split("dyn(<list>)"), split("<map>.a"),
            split("<list>[0]"), split("<map>['b']")),
}  # fmt: skip
