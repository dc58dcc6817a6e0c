"""Services and methods of a Protocol Buffers file, by a reader of just what names them.

A full compiler is not needed for routes. What one would refuse (an import that is not there,
a type nobody defines, braces that do not match) has no routes here either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_WORD = re.compile(
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
    words = _words(source)
    return _File(words).methods() if words is not None and _balanced(words) else []


def _words(source: str) -> list[str] | None:
    words: list[str] = []
    position = 0
    while position < len(source):
        found = _WORD.match(source, position)
        if found is None:
            return None
        if found.lastgroup:
            words.append(found.group())
        position = found.end()
    return words


def _balanced(words: list[str]) -> bool:
    depth = 0
    for word in words:
        depth += (word == "{") - (word == "}")
        if depth < 0:
            return False
    return depth == 0


class _File:
    """The declarations of one file, found by their key words."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
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
        for index, word in enumerate(self._words):
            if start:
                self._statement(index, scopes)
            if word == "{":
                scopes.append(self._opened(index))
            elif word == "}":
                scopes.pop()
            start = word in {";", "{", "}"}

    def _statement(self, index: int, scopes: list[tuple[str, str]]) -> None:
        word, *following = [*self._words[index : index + 3], "", ""]
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
        file = next((word for word in following if word[:1] in {'"', "'"}), "")[1:-1]
        well_known = file.startswith("google/protobuf/")
        self._well_known = self._well_known or well_known
        self._complete = self._complete and well_known

    def _types(self, index: int) -> Iterator[str]:
        """Request and response of the method whose `rpc` is at `index`."""
        previous = ""
        for word in self._words[index:]:
            if word in {";", "{"}:
                return
            if previous in {"(", "stream"} and word != "stream":
                yield word
            previous = word

    def _opened(self, index: int) -> tuple[str, str]:
        """What a brace opens: ("service", "Greeter"), or nothing of interest."""
        kind, name = self._words[max(index - 2, 0) : index] if index > 1 else ("", "")
        return (kind, name) if kind in {"service", "message"} else ("", "")

    def _is_known(self, kind: str) -> bool:
        name = kind.removeprefix(".")
        if name.startswith(_WELL_KNOWN):
            return self._well_known
        return name in self._messages or name.removeprefix(f"{self._package}.") in self._messages
