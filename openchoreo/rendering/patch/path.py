"""Paths of patch operations: JSON Pointer (RFC 6901) with filters, wildcards and append.

    /spec/containers/0/env/-
    /spec/containers[?(@.name=='app')]/image
    /spec/rules/[*]/filters/-

`~1` stands for a slash and `~0` for a tilde, in filters too. A number is always an index.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

from msgspec import Struct

from openchoreo.rendering.patch.errors import PatchError

_FILTER = re.compile(r"@\.([A-Za-z0-9_.-]+)[\t\n\f\r ]*==[\t\n\f\r ]*['\"](.*)['\"]")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_PART = re.compile(r"\[([^\]]*)\]|([^\[]+)|(\[)")


class Key(Struct, frozen=True):
    """A member of an object."""

    name: str


class Index(Struct, frozen=True):
    """An element of a list, counted from 0."""

    number: int


class Append(Struct, frozen=True):
    """`-`: the place behind the last element of a list."""


class Wildcard(Struct, frozen=True):
    """`[*]`: every element of a list."""


class Filter(Struct, frozen=True):
    """`[?(@.name=='app')]`: the elements of a list with this text in this field."""

    fields: tuple[str, ...]
    expected: str


Step: TypeAlias = Key | Index | Append | Wildcard | Filter


@lru_cache(maxsize=4096)
def parse_path(path: str) -> tuple[Step, ...]:
    """The steps of a path; empty segments say nothing. Raises PatchError."""
    segments = path.removeprefix("/").split("/")
    return tuple(step for segment in segments for step in _steps(_unescaped(segment)))


def _unescaped(segment: str) -> str:
    return segment.replace("~1", "/").replace("~0", "~")


def _steps(segment: str) -> Iterator[Step]:
    if segment == "-":
        yield Append()
        return
    for match in _PART.finditer(segment):
        bracket, token, unclosed = match.groups()
        if unclosed:
            raise PatchError(f"the bracket in {segment} is not closed")
        yield _token(token) if token else _bracket(bracket)


def _token(token: str) -> Step:
    return Index(int(token)) if _INTEGER.fullmatch(token) else Key(token)


def _bracket(content: str) -> Step:
    if content == "*":
        return Wildcard()
    if content == "-":
        return Append()
    if content.startswith("?(") and content.endswith(")") and len(content) > len("?("):
        return _filter(content[2:-1])
    if _INTEGER.fullmatch(content):
        return Index(int(content))
    hint = "use an index, [*], [-] or [?(@.field=='value')]"
    raise PatchError(f"[{content}] is no index", hint)


def _filter(text: str) -> Filter:
    match = _FILTER.fullmatch(text.strip())
    if match is None:
        hint = "only @.field=='value' is understood, with quotes; write a slash as ~1"
        raise PatchError(f"the filter {text} is not supported", hint)
    return Filter(tuple(match[1].split(".")), match[2])
