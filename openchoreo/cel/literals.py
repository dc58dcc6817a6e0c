"""Numbers and texts as they are written (CEL specification, "Values" and "String and Bytes Values")."""

from __future__ import annotations

import math
import re

from openchoreo.cel.errors import Rejected
from openchoreo.cel.values import INT_MAX, UINT_MAX, Uint

_SIMPLE = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", "?": "?", '"': '"', "'": "'", "`": "`",
}  # fmt: skip

_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\?\"'`])|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})"
    r"|([0-3][0-7]{2})|([\s\S]?))"
)

_SURROGATES = range(0xD800, 0xE000)
_LAST_CODE_POINT = 0x10FFFF


def read_int(text: str, position: int, *, negative: bool = False) -> int:
    """`42`, `0x2A`, `42u`. The smallest int is only a literal together with its minus."""
    unsigned = text[-1] in "uU"
    digits = text[:-1] if unsigned else text
    limit = UINT_MAX if unsigned else INT_MAX + negative
    try:
        value = int(digits, 16) if digits[:2] == "0x" else int(digits)
    except ValueError:  # more digits than Python converts
        value = limit + 1
    if value > limit:
        kind, largest = ("uint", UINT_MAX) if unsigned else ("int", INT_MAX)
        raise Rejected("parse", f"invalid {kind} literal: {text} is beyond {largest}", position)
    if unsigned:
        return Uint(value)
    return -value if negative else value


def read_double(text: str, position: int) -> float:
    value = float(text)
    if math.isinf(value):
        raise Rejected("parse", f"invalid double literal: {text} is too large", position)
    return value


def read_string(text: str, position: int) -> str:
    """The text between the quotes, escapes replaced unless it is raw."""
    raw = text[0] in "rR"
    body = _body(text[1:] if raw else text)
    if raw or "\\" not in body:
        return body

    def replace(match: re.Match[str]) -> str:
        if match[1]:
            return _SIMPLE[match[1]]
        code: str | None = match[2] or match[3] or match[4]
        octal: str | None = match[5]
        if octal is not None:
            point = int(octal, 8)
        elif code is not None:
            point = int(code, 16)
        else:
            raise _bad_escape(match, position)
        if point in _SURROGATES or point > _LAST_CODE_POINT:
            raise Rejected("parse", f"{match[0]} is no Unicode character", position)
        return chr(point)

    return _ESCAPE.sub(replace, body)


def read_bytes(text: str, position: int) -> bytes:
    """Bytes: the UTF-8 form of the text, with hexadecimal and octal escapes for single bytes."""
    text = text[1:]
    raw = text[0] in "rR"
    body = _body(text[1:] if raw else text)
    if raw or "\\" not in body:
        return body.encode()
    parts: list[bytes] = []
    end = 0
    for match in _ESCAPE.finditer(body):
        parts.append(body[end : match.start()].encode())
        end = match.end()
        if match[1]:
            parts.append(_SIMPLE[match[1]].encode())
        elif match[2] is not None:
            parts.append(bytes([int(match[2], 16)]))
        elif match[5] is not None:
            parts.append(bytes([int(match[5], 8)]))
        else:
            raise _bad_escape(match, position)
    parts.append(body[end:].encode())
    return b"".join(parts)


def _body(text: str) -> str:
    width = 3 if text[:3] in {'"""', "'''"} and len(text) > 5 else 1  # noqa: PLR2004 (six quotes)
    body = text[width:-width]
    if "\r" in body:  # line ends are one character, however the source was saved
        body = body.replace("\r\n", "\n").replace("\r", "\n")
    return body


def _bad_escape(match: re.Match[str], position: int) -> Rejected:
    return Rejected("parse", f"{match[0]} is no escape; write \\\\ for a backslash", position)
