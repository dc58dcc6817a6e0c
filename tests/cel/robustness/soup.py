"""Sources that nobody would write: token soup, and expressions with pieces moved about."""

from __future__ import annotations

from typing import Any

from tests.cel.differential.grammar import Grammar

TOKENS = (
    "1", "0", "-1", "9223372036854775807", "18446744073709551615u", "1.5", ".5", "1e309", "0x", "07",
    "'a'", "''", '"', "'", "'''", 'r"', "b'", "b'\\xff'", "'\\u00e9'", "'\\", "'\\q'", "`a-b`", "`",
    "true", "false", "null", "in", "m", "n", "s", "l", "o", "zz", "as", "for", "math", "optional",
    "int", "list", "(", ")", "[", "]", "{", "}", ",", ".", "?", ".?", "[?", "{?", ":", "+", "-", "*",
    "/", "%", "!", "==", "!=", "<", ">=", "&&", "||", "&", "=", "$", "\\", "\n", "\t", "//", "é", "\0",
    "\ud800", "has(", ".map(x,", ".filter(x,", ".all(i,v,", ".transformMap(k,v,", ".sortBy(x,",
    ".transformMapEntry(k,v,", ".optMap(y,", ".exists_one(x,", ".format([", ".split(", ".join(",
    "size(", "string(", "int(", "timestamp(", "duration(", ".getHours(", "lists.range(",
    "math.greatest(", "base64.decode(", ".matches(", ".flatten(", ".distinct()", ".first()", ".value()",
    "optional.of(", "optional.none()", "sets.contains(", "'%s'", "'%.9f%d'", "'(a*)*b'", "x", "y", "k",
)  # fmt: skip


def source(choices: Any) -> str:
    if choices.number(0, 2) == 0:
        return "".join(choices.pick(TOKENS) for _ in range(choices.number(1, 14)))
    grammar = Grammar(choices)
    text = grammar.expression()
    for _ in range(choices.number(0, 3)):
        text = changed(text, choices)
    return text


def changed(text: str, choices: Any) -> str:
    """The text with one piece removed, repeated, swapped or put in."""
    start = choices.number(0, len(text))
    end = min(len(text), start + choices.number(0, 8))
    how = choices.number(0, 3)
    if how == 0:
        return text[:start] + text[end:]
    if how == 1:
        return text[:end] + text[start:end] * choices.number(1, 3) + text[end:]
    if how == 2:
        return text[:start] + choices.pick(TOKENS) + text[start:]
    return text[:start] + choices.pick(TOKENS) + text[end:]
