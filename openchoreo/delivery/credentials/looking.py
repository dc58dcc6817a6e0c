"""Whether a literal looks like a credential, and like which."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from openchoreo.delivery.credentials.literals import Literal, literals
from openchoreo.delivery.credentials.names import is_none, is_password, is_real, promised
from openchoreo.document import Document
from openchoreo.errors import Path
from openchoreo.template.scan import NestedExpressionError, find_expressions

KnownIn = Callable[[str], Iterable[tuple[str, str]]]
"""A text -> what it holds that is known by its looks: kind, "a GitHub token", and value."""

IN_URL = "a password in a URL"
"""The kind of which the value may be any text."""


class Finding(Struct, frozen=True):
    """A literal that looks like a credential: where, and like which. Its value is not told."""

    path: Path
    place: Path
    kind: str


def looks_like(document: Document, known_in: KnownIn, path: Path = ()) -> Iterator[Finding]:
    """Everything in a document that should not be readable."""
    for literal in literals(document, path, path):
        kind = _kind(literal, known_in)
        if kind:
            yield Finding(literal.path, literal.place, kind)


def _kind(literal: Literal, known_in: KnownIn) -> str:
    """What is known by its looks goes first; then what its name, or a name in its text, promises."""
    for kind, value in known_in(literal.text):
        if is_password(value) if kind == IN_URL else not is_none(value):
            return kind
    text = _without_expressions(literal.text)
    promise = promised(literal.name)
    if is_real(promise, text):
        return promise.value
    for found in _ASSIGNED.finditer(text):
        promise = promised(found["name"])
        if is_real(promise, found["value"]):
            return promise.value
    return ""


_ASSIGNED = re.compile(
    r"""(?<![\w.-])["']?(?P<name>[A-Za-z-][\w.-]*)["']?\s*(?::=|=>|=|:)\s*"""
    r"""["']?(?P<value>\w[^\s"'`,;&(){}\[\]]*+)(?!["'`]?[(\[{])"""
)
"""password=..., "api_key": "...", --token=...; what calls or indexes something is a program."""


def _without_expressions(text: str) -> str:
    """`${...}` is no literal; what is left says that something stood there."""
    try:
        found = find_expressions(text)
    except NestedExpressionError:
        return text
    for one in found:
        text = text.replace(one.text, "${}")
    return text
