"""`size`, `type`, `dyn` and the text tests (CEL specification, "Standard Definitions")."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2  # pyright: ignore[reportMissingTypeStubs]

from openchoreo.cel.errors import Failure
from openchoreo.cel.functions import Function
from openchoreo.cel.kinds import NAMED, CelType
from openchoreo.cel.values import Value, kind_of, same

_RE2: Any = re2
_QUIET = _RE2.Options()
_QUIET.log_errors = False


@lru_cache(maxsize=512)
def _pattern(text: str) -> Any:
    try:
        return _RE2.compile(text, _QUIET)
    except _RE2.error as error:
        reason = error.args[0] if error.args else error
        if isinstance(reason, bytes):
            reason = reason.decode(errors="replace")
        raise Failure(f"invalid regular expression {text!r}: {reason}") from None


def _matches(text: str, pattern: str) -> bool:
    """Anywhere in the text, as RE2 understands the pattern: in linear time."""
    try:
        return _pattern(pattern).search(text) is not None
    except UnicodeEncodeError:
        raise Failure("matches() needs text without lone surrogates") from None


def type_of(value: Value) -> CelType:
    kind = kind_of(value)
    return NAMED.get(kind) or CelType(kind)


def _contains(text: str, part: str) -> bool:
    return part in text


_SIZED = ("string", "bytes", "list(A)", "map(A, B)")

FUNCTIONS: tuple[Function, ...] = (
    Function(
        "size", ("string",), "int", len,
        summary="The number of code points, bytes, elements or entries.",
        examples=(("size('é→')", "2"), ("[1, 2].size()", "2"), ("size({'a': 1})", "1")),
    ),
    *(Function("size", (kind,), "int", len) for kind in _SIZED[1:]),
    *(Function("size", (kind,), "int", len, True) for kind in _SIZED),
    Function(
        "type", ("A",), "type", type_of, summary="The kind of a value.",
        examples=(("type(1)", "int"), ("type(1) == int", "true"), ("type(null)", "null_type")),
    ),
    Function(
        "dyn", ("A",), "dyn", same,
        summary="The value, without its type: the checker then allows everything.",
        examples=(("dyn(1) == 1.0", "true"),),
    ),
    Function(
        "contains", ("string", "string"), "bool", _contains, True,
        summary="Whether the text has the part.", examples=(("'abc'.contains('b')", "true"),),
    ),
    Function(
        "startsWith", ("string", "string"), "bool", str.startswith, True,
        summary="Whether the text begins so.", examples=(("'abc'.startsWith('ab')", "true"),),
    ),
    Function(
        "endsWith", ("string", "string"), "bool", str.endswith, True,
        summary="Whether the text ends so.", examples=(("'abc'.endsWith('ab')", "false"),),
    ),
    Function(
        "matches", ("string", "string"), "bool", _matches, True,
        summary="Whether the RE2 pattern is found anywhere in the text.",
        examples=(("'abc'.matches('^a.c$')", "true"), ("'abc'.matches('b')", "true")),
    ),
    Function("matches", ("string", "string"), "bool", _matches),
)  # fmt: skip
