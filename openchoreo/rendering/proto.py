"""Services and methods of a Protocol Buffers file, by a reader of just what names them.

A full compiler is not needed for routes. What one would refuse (an import that is not there,
a type nobody defines, braces that do not match) has no routes here either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""\s+|//[^\n]*|/\*.*?\*/"""
    r"""|(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
    r"""|(?P<word>\.?[A-Za-z_][\w.]*)"""
    r"""|(?P<mark>[{}()<>\[\];=,:])"""
    r"""|(?P<number>[-+]?[\w.]+)""",
    re.DOTALL,
)
_WELL_KNOWN = "google.protobuf."


def proto_methods(source: str) -> list[tuple[str, str]]:
    """(full name of the service, method); empty where the file cannot be compiled."""
    tokens = _tokens(source)
    return _File(tokens).methods() if tokens is not None and _balanced(tokens) else []


def _tokens(source: str) -> list[str] | None:
    tokens: list[str] = []
    position = 0
    while position < len(source):
        found = _TOKEN.match(source, position)
        if found is None:
            return None
        if found.lastgroup:
            tokens.append(found.group())
        position = found.end()
    return tokens


def _balanced(tokens: list[str]) -> bool:
    depth = 0
    for token in tokens:
        depth += (token == "{") - (token == "}")
        if depth < 0:
            return False
    return depth == 0


class _File:
    """The declarations of one file, found by their key words."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._package = ""
        self._messages: set[str] = set()
        self._calls: list[tuple[str, str, tuple[str, ...]]] = []
        self._well_known = False
        self._complete = True

    def methods(self) -> list[tuple[str, str]]:
        self._read()
        known = all(self._is_known(kind) for _, _, kinds in self._calls for kind in kinds)
        if not (self._complete and known):
            return []
        prefix = f"{self._package}." if self._package else ""
        return [(prefix + service, method) for service, method, _ in self._calls]

    def _read(self) -> None:
        scopes: list[tuple[str, str]] = []
        start = True
        for index, token in enumerate(self._tokens):
            if start:
                self._statement(index, scopes)
            if token == "{":
                scopes.append(self._opened(index))
            elif token == "}":
                scopes.pop()
            start = token in {";", "{", "}"}

    def _statement(self, index: int, scopes: list[tuple[str, str]]) -> None:
        word, following = self._tokens[index], self._tokens[index + 1 : index + 3]
        if word == "package" and not scopes:
            self._package = following[0]
        elif word == "import":
            self._import(following)
        elif word == "message":
            outer = [name for kind, name in scopes if kind == "message"]
            self._messages.add(".".join((*outer, *following[:1])))
        elif word == "rpc" and scopes and scopes[-1][0] == "service":
            self._calls.append((scopes[-1][1], following[0], tuple(self._types(index))))

    def _import(self, following: list[str]) -> None:
        file = next((token for token in following if token[0] in "\"'"), "")[1:-1]
        well_known = file.startswith("google/protobuf/")
        self._well_known = self._well_known or well_known
        self._complete = self._complete and well_known

    def _types(self, index: int) -> Iterator[str]:
        """Request and response of the method whose `rpc` is at `index`."""
        previous = ""
        for token in self._tokens[index:]:
            if token in {";", "{"}:
                return
            if previous in {"(", "stream"} and token != "stream":
                yield token
            previous = token

    def _opened(self, index: int) -> tuple[str, str]:
        """What a brace opens: ("service", "Greeter"), or nothing of interest."""
        kind, name = self._tokens[max(index - 2, 0) : index] if index > 1 else ("", "")
        return (kind, name) if kind in {"service", "message"} else ("", "")

    def _is_known(self, kind: str) -> bool:
        name = kind.removeprefix(".")
        if name.startswith(_WELL_KNOWN):
            return self._well_known
        return name in self._messages or name.removeprefix(f"{self._package}.") in self._messages
