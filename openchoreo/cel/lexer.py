"""Source text to tokens, by one regular expression (CEL specification, "Syntax")."""

from __future__ import annotations

import re
from typing import NamedTuple

from openchoreo.cel.errors import Rejected

_STRING = r"""
    [rR](?:\"\"\"[\s\S]*?\"\"\"|'''[\s\S]*?'''|"[^"\n\r]*"|'[^'\n\r]*')
  | \"\"\"(?:[^\\]|\\[\s\S])*?\"\"\"|'''(?:[^\\]|\\[\s\S])*?'''
  | "(?:[^"\\\n\r]|\\[^\n\r])*"|'(?:[^'\\\n\r]|\\[^\n\r])*'
"""

_TOKEN = re.compile(
    rf"""
    (?:[ \t\n\f\r]+|//[^\n]*)*
    (?:
        (?P<bytes>[bB](?:{_STRING}))
      | (?P<string>{_STRING})
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<double>[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)
      | (?P<int>(?:0x[0-9a-fA-F]+|[0-9]+)[uU]?)
      | (?P<operator>&&|\|\||[=!<>]=|[-+*/%!<>?:.,()\[\]{{}}])
      | (?P<quoted>`[A-Za-z0-9_.\-/ ]+`)
      | (?P<end>\Z)
      | (?P<bad>[\s\S])
    )
    """,
    re.VERBOSE,
)


class Token(NamedTuple):
    """`kind` is the name of a group above, or the operator or keyword itself."""

    kind: str
    text: str
    start: int


KEYWORDS = frozenset({"in", "true", "false", "null"})


def tokens(source: str) -> list[Token]:
    """All tokens; the last one is of kind `end`."""
    if not source.isascii():
        _check_unicode(source)
    found: list[Token] = []
    add = found.append
    for match in _TOKEN.finditer(source):
        kind: str = match.lastgroup or "end"
        text = match[kind]
        start = match.end() - len(text)
        if kind == "operator" or (kind == "name" and text in KEYWORDS):
            kind = text
        add(Token(kind, text, start))
        if kind in {"end", "bad"}:
            break
    last = found[-1]
    if last.kind == "bad":
        raise Rejected("parse", _complaint(source, last), last.start)
    return found


def _check_unicode(source: str) -> None:
    try:
        source.encode()
    except UnicodeEncodeError as error:
        raise Rejected(
            "parse", "half of a surrogate pair is no Unicode character", error.start
        ) from None


def _complaint(source: str, token: Token) -> str:
    if token.text in {"'", '"'}:
        return f"the text that begins with {token.text} does not end on its line"
    if token.text == "`":
        return "a name between ` may hold letters, digits and _ . - / only"
    if source[token.start : token.start + 1] in {"&", "|", "="}:
        return f"'{token.text}' is no operator; write '{token.text * 2}'"
    return f"'{token.text}' has no meaning here"
