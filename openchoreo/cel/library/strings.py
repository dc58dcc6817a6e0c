"""cel-go's extension library "strings", version 5. Places count code points."""

from __future__ import annotations

from openchoreo.cel.errors import Failure
from openchoreo.cel.functions import Function
from openchoreo.cel.library.clauses import format_text
from openchoreo.cel.limits import Meter
from openchoreo.cel.values import Value, kind_of

# Unicode's White_Space property, which is not quite what str.strip() removes.
_SPACE = (
    "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000"
)
_LOWER = {c: c + 32 for c in range(ord("A"), ord("Z") + 1)}
_UPPER = {c: c - 32 for c in range(ord("a"), ord("z") + 1)}
_QUOTED = str.maketrans({
    "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v",
    "\\": "\\\\", '"': '\\"', **{chr(c): "\ufffd" for c in range(0xD800, 0xE000)},
})  # fmt: skip


def _out_of_range(place: int) -> Failure:
    return Failure(f"index out of range: {place}")


def _char_at(text: str, place: int) -> str:
    if not 0 <= place <= len(text):
        raise _out_of_range(place)
    return text[place : place + 1]


def _index_of(text: str, part: str) -> int:
    return text.find(part)


def _index_from(text: str, part: str, start: int) -> int:
    if start < 0:
        raise _out_of_range(start)
    if not part:
        return min(start, len(text))
    return text.find(part, start) if start < len(text) else -1


def _last_index_of(text: str, part: str) -> int:
    return text.rfind(part)


def _last_index_from(text: str, part: str, start: int) -> int:
    if start < 0:
        raise _out_of_range(start)
    if not part:
        return min(start, len(text))
    return text.rfind(part, 0, start + len(part)) if start < len(text) else -1


def _substring(text: str, start: int) -> str:
    if not 0 <= start <= len(text):
        raise _out_of_range(start)
    return text[start:]


def _substring_to(text: str, start: int, end: int) -> str:
    if start > end:
        raise Failure(f"invalid substring range. start: {start}, end: {end}")
    for place in (start, end):
        if not 0 <= place <= len(text):
            raise _out_of_range(place)
    return text[start:end]


def _replace(meter: Meter, text: str, old: str, new: str) -> str:
    return _replace_some(meter, text, old, new, -1)


def _replace_some(meter: Meter, text: str, old: str, new: str, count: int) -> str:
    found = text.count(old)
    if count >= 0:
        found = min(found, count)
    meter.string(len(text) + found * (len(new) - len(old)))
    return text.replace(old, new, found)


def _split(meter: Meter, text: str, separator: str) -> list[str]:
    meter.list(len(text) if not separator else text.count(separator) + 1)
    return text.split(separator) if separator else list(text)


def _split_some(meter: Meter, text: str, separator: str, count: int) -> list[str]:
    if count < 0:
        return _split(meter, text, separator)
    if count == 0:
        return []
    if separator:
        meter.list(min(text.count(separator) + 1, count))
        return text.split(separator, count - 1)
    count = min(count, len(text))
    meter.list(count)
    return [*text[: count - 1], text[count - 1 :]] if count else []


def _join(meter: Meter, items: list[Value]) -> str:
    return _join_with(meter, items, "")


def _join_with(meter: Meter, items: list[Value], separator: str) -> str:
    length = 0
    for item in items:
        if not isinstance(item, str):
            raise Failure(f"join: invalid input: {item!r} of kind {kind_of(item)} is no string")
        length += len(item) + len(separator)
    meter.string(length)
    return separator.join(items)


def _lower(text: str) -> str:
    return text.translate(_LOWER)


def _upper(text: str) -> str:
    return text.translate(_UPPER)


def _trim(text: str) -> str:
    return text.strip(_SPACE)


def _reverse(text: str) -> str:
    return text[::-1]


def _quote(text: str) -> str:
    return f'"{text.translate(_QUOTED)}"'


FUNCTIONS: tuple[Function, ...] = (
    Function("charAt", ("string", "int"), "string", _char_at, True,
             summary="The character at a place, empty at the end.",
             examples=(("'héllo'.charAt(1)", '"é"'), ("'a'.charAt(1)", '""'))),
    Function("indexOf", ("string", "string"), "int", _index_of, True,
             summary="Where the part is first, from a place on; -1 if nowhere.",
             examples=(("'hello'.indexOf('l')", "2"), ("'hello'.indexOf('l', 3)", "3"),
                       ("'hello'.indexOf('x')", "-1"))),
    Function("indexOf", ("string", "string", "int"), "int", _index_from, True),
    Function("lastIndexOf", ("string", "string"), "int", _last_index_of, True,
             summary="Where the part is last, up to a place; -1 if nowhere.",
             examples=(("'hello'.lastIndexOf('l')", "3"), ("'hello'.lastIndexOf('l', 2)", "2"))),
    Function("lastIndexOf", ("string", "string", "int"), "int", _last_index_from, True),
    Function("substring", ("string", "int"), "string", _substring, True,
             summary="The text from a place on, or up to another.",
             examples=(("'hello'.substring(3)", '"lo"'), ("'hello'.substring(1, 3)", '"el"'))),
    Function("substring", ("string", "int", "int"), "string", _substring_to, True),
    Function("lowerAscii", ("string",), "string", _lower, True,
             summary="A to Z made small, nothing else.",
             examples=(("'ÄB'.lowerAscii()", '"Äb"'),)),
    Function("upperAscii", ("string",), "string", _upper, True,
             summary="a to z made large, nothing else.",
             examples=(("'äb'.upperAscii()", '"äB"'),)),
    Function("trim", ("string",), "string", _trim, True,
             summary="Without white space at its ends.", examples=(("' a '.trim()", '"a"'),)),
    Function("replace", ("string", "string", "string"), "string", _replace, True, True,
             summary="With all parts replaced, or the first few.",
             examples=(("'aaa'.replace('a', 'b')", '"bbb"'),
                       ("'aaa'.replace('a', 'b', 2)", '"bba"'))),
    Function("replace", ("string", "string", "string", "int"), "string", _replace_some, True, True),
    Function("split", ("string", "string"), "list(string)", _split, True, True,
             summary="The parts between separators, at most so many.",
             examples=(("'a,b'.split(',')", '["a", "b"]'), ("'a,b,c'.split(',', 2)", '["a", "b,c"]'),
                       ("'ab'.split('')", '["a", "b"]'))),
    Function("split", ("string", "string", "int"), "list(string)", _split_some, True, True),
    Function("join", ("list(string)",), "string", _join, True, True,
             summary="The texts one after the other, with a separator.",
             examples=(("['a', 'b'].join()", '"ab"'), ("['a', 'b'].join('-')", '"a-b"'))),
    Function("join", ("list(string)", "string"), "string", _join_with, True, True),
    Function("reverse", ("string",), "string", _reverse, True,
             summary="The characters, last first.", examples=(("'abc'.reverse()", '"cba"'),)),
    Function("strings.quote", ("string",), "string", _quote,
             summary="The text as a literal in double quotes.",
             examples=((r"strings.quote('a\nb')", r'"\"a\\nb\""'),)),
    Function("format", ("string", "list(dyn)"), "string", format_text, True, True,
             summary="The text with %s, %d, %f, %e, %b, %o, %x, %X filled in; %.2f has two places.",
             examples=(("'%s-%d'.format(['a', 1])", '"a-1"'), ("'%.2f'.format([1.005])", '"1.00"'),
                       ("'%s'.format([{'b': [1.5], 'a': null}])", '"{a: null, b: [1.5]}"'),
                       ("'%x %X'.format([255, 'hi'])", '"ff 6869"'), ("'100%%'.format([])", '"100%"'))),
)  # fmt: skip
