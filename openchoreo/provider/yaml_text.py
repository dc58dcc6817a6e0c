"""Manifests as YAML text: the same document always gives the same bytes.

Written here and not by a YAML library, because the bytes are a contract (a changed byte is a
changed file in everybody's repository) and because it is several times faster. What it writes is
read alike by YAML 1.1 and 1.2: whatever a reader could take for another type is quoted, and there
are no anchors, tags, comments or folded lines. Laid out the way `kubectl get -o yaml` does.
"""

from __future__ import annotations

import json
import math
import re

from openchoreo.document import Document, Object, normalised

_FIRST = {"apiVersion": 0, "kind": 1, "metadata": 2, "name": 3, "namespace": 4}
"""Keys that come before the others, at every depth; the rest is in alphabetical order."""

_LONGEST_KEY = 1000  # YAML readers give up on a `key:` of more than 1024 characters

_PLAIN = re.compile(
    r"[A-Za-z/_][A-Za-z0-9/_.@+=,-]*(?:[ :][A-Za-z0-9/_.@+=-][A-Za-z0-9/_.@+=,-]*)*"
)
_MISREAD = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""What YAML 1.1 takes for a boolean or for nothing, in any case; YAML 1.2 takes fewer."""

_UNPRINTABLE = "\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff"
_ESCAPED = re.compile(f"[{_UNPRINTABLE}]")
_NOT_LITERAL = re.compile(f"[\x00-\x08\x0b-\x1f{_UNPRINTABLE}]|[ \t](?:\n|\\Z)")


def yaml_bytes(manifest: Object) -> bytes:
    """The whole file of one manifest. Raises ValueError for what YAML cannot hold."""
    return yaml_text(manifest).encode()


def yaml_text(manifest: Object) -> str:
    """The same as text, for output to a terminal or into one stream of many documents."""
    writer = _Writer()
    writer.block(normalised(manifest), "", "")
    return writer.text


class _Writer:
    """Collects lines. `first` goes before the first line of a value, `rest` before the others."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    @property
    def text(self) -> str:
        return "\n".join((*self._lines, ""))

    def block(self, value: Document, first: str, rest: str) -> None:
        if isinstance(value, dict) and value:
            self._mapping(value, first, rest)
        elif isinstance(value, list) and value:
            for item in value:
                self.block(item, f"{first}- ", f"{rest}  ")
                first = rest
        else:
            self._scalar(value, first, rest)

    def _mapping(self, value: Object, first: str, rest: str) -> None:
        deeper = f"{rest}  "
        for key in sorted(value, key=_order):
            below = value[key]
            title = f"{first}{_key(key)}:"
            if isinstance(below, dict) and below:
                self._lines.append(title)
                self._mapping(below, deeper, deeper)
            elif isinstance(below, list) and below:
                self._lines.append(title)
                self.block(below, rest, rest)  # a list stands as deep as its key
            else:
                self._scalar(below, f"{title} ", deeper)
            first = rest

    def _scalar(self, value: Document, first: str, rest: str) -> None:
        if isinstance(value, str) and _fits_literal(value):
            self._literal(value, first, rest)
        else:
            self._lines.append(first + _inline(value))

    def _literal(self, value: str, first: str, rest: str) -> None:
        """The text as it is, line by line; `-`, nothing or `+` say how it ends."""
        ending = "-" if not value.endswith("\n") else "+" if value.endswith("\n\n") else ""
        self._lines.append(f"{first}|{ending}")
        lines = value.removesuffix("\n").split("\n")
        self._lines.extend(rest + line if line else "" for line in lines)


def _order(key: str) -> tuple[int, str]:
    return _FIRST.get(key, len(_FIRST)), key


def _key(key: str) -> str:
    written = _string(key)
    if len(written) > _LONGEST_KEY:
        message = f"a key of {len(key)} characters is too long for YAML: {key[:40]}..."
        raise ValueError(message)
    return written


def _inline(value: Document) -> str:
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, float):
        return _float(value)
    return json.dumps(value)  # null, true, false, integers, [] and {}


def _string(value: str) -> str:
    if _PLAIN.fullmatch(value) and value.lower() not in _MISREAD:
        return value
    return _ESCAPED.sub(_escape, json.dumps(value, ensure_ascii=False))


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _float(value: float) -> str:
    """With a point, without which YAML 1.1 takes 1e+20 for a text."""
    if not math.isfinite(value):
        message = f"{value} is not a number that JSON knows"
        raise ValueError(message)
    mantissa, e, exponent = repr(value).partition("e")
    return f"{mantissa}{'' if '.' in mantissa else '.0'}{e}{exponent}"


def _fits_literal(value: str) -> bool:
    """Whether a block shows the text readably and every reader gets back the same characters."""
    return "\n" in value and value[0] not in " \t\n" and not _NOT_LITERAL.search(value)
