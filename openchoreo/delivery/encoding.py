"""Canonical text of documents that are normalised already, which is far cheaper to write."""

from __future__ import annotations

import hashlib
import json

from openchoreo.document import Document

_DIGEST = "sha256:"


def encoded(document: Document) -> str:
    """`document.canonical` without looking at every number again."""
    return json.dumps(
        document, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True
    )


def digest_of(text: str) -> str:
    """The digest of a text: "sha256:" and 64 hex digits over its UTF-8 bytes."""
    return _DIGEST + hashlib.sha256(text.encode()).hexdigest()


def is_digest(text: str) -> bool:
    hexadecimal = text.removeprefix(_DIGEST)
    return len(hexadecimal) == _HEX and text.startswith(_DIGEST) and not set(hexadecimal) - _DIGITS


_HEX = 64
_DIGITS = frozenset("0123456789abcdef")
