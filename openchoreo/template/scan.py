"""Where the expressions of a text are: the `${...}` of OpenChoreo's template language.

The scanner counts braces and knows quotes, and nothing else of the expression language:
neither raw strings nor comments. There is no escape for `${` outside a quoted string.
"""

from __future__ import annotations

import re

from msgspec import Struct

OPENING = "${"

_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""What Unicode calls white space; Python's `strip` would take the separators 1C to 1F too."""


class Match(Struct, frozen=True):
    """One `${...}`: its whole text, and the expression in it, blanks included."""

    text: str
    expression: str


class NestedExpressionError(Exception):
    """`${` inside an expression, outside of a quoted string; `text` goes up to it."""

    def __init__(self, text: str) -> None:
        super().__init__(f"nested CEL expressions must be quoted: {text}")
        self.text = text


def find_expressions(text: str) -> tuple[Match, ...]:
    """The expressions of a text from left to right.

    One that never closes ends the search: from there on the text is literal.
    """
    matches: list[Match] = []
    start = text.find(OPENING)
    while start >= 0:
        end = _closing(text, start)
        if end < 0:
            break
        matches.append(Match(text[start:end], text[start + 2 : end - 1]))
        start = text.find(OPENING, end)
    return tuple(matches)


def is_standalone(text: str, matches: tuple[Match, ...]) -> bool:
    """Whether the text is one expression and nothing else, so that its value keeps its type."""
    return len(matches) == 1 and matches[0].text == text.strip(_SPACE)


def _closing(text: str, start: int) -> int:
    """The index behind the brace that closes the expression at `start`, or -1."""
    depth = 1
    mark = _MARK.search(text, start + len(OPENING))
    while mark is not None:
        found, end = mark.group(), mark.end()
        if found == OPENING:
            raise NestedExpressionError(text[start:end])
        if found == "{":
            depth += 1
        elif found == "}":
            depth -= 1
            if depth == 0:
                return end
        else:
            closed = _QUOTED[found].match(text, end)
            if closed is None:
                return -1
            end = closed.end()
        mark = _MARK.search(text, end)
    return -1


_MARK = re.compile(r"""\$\{|['"{}]""")
_QUOTED = {
    "'": re.compile(r"(?:[^'\\]|\\.)*+'", re.DOTALL),
    '"': re.compile(r'(?:[^"\\]|\\.)*+"', re.DOTALL),
}
"""The rest of a quoted string; a backslash takes the quote behind it its meaning."""
