"""JSON documents: canonical bytes, digests and merging. Documents are never mutated."""

from __future__ import annotations

import hashlib
import json
import math
from typing import TypeAlias

Document: TypeAlias = "bool | int | float | str | list[Document] | dict[str, Document] | None"
Object: TypeAlias = dict[str, Document]

_EXACT = 2**53  # up to here every integral double is the integer a person wrote


def canonical(document: Document) -> str:
    """Canonical JSON: sorted keys, no insignificant space, integral numbers as integers.

    UTF-8 of this text is what digests are made of. Raises ValueError for numbers
    that JSON cannot write (NaN, infinities).
    """
    return json.dumps(
        normalised(document),
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
        sort_keys=True,
    )


def digest(document: Document) -> str:
    """The text `sha256:` and 64 hex digits over the canonical bytes."""
    return "sha256:" + hashlib.sha256(canonical(document).encode()).hexdigest()


def normalised(document: Document) -> Document:
    """The same document with every integral double written as the integer it is."""
    if isinstance(document, float):
        return _number(document)
    if isinstance(document, dict):
        return {key: normalised(value) for key, value in document.items()}
    if isinstance(document, list):
        return [normalised(item) for item in document]
    return document


def merge(base: Document, over: Document) -> Document:
    """`over` laid upon `base`: maps key by key at every depth, anything else replaced."""
    if isinstance(base, dict) and isinstance(over, dict):
        merged = dict(base)
        for key, value in over.items():
            merged[key] = merge(base[key], value) if key in base else value
        return merged
    return over


def _number(value: float) -> int | float:
    if math.isfinite(value) and value.is_integer() and abs(value) <= _EXACT:
        return int(value)
    return value
