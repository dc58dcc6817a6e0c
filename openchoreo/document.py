"""JSON documents: canonical bytes, digests and merging. Documents are never mutated."""

from __future__ import annotations

import hashlib
import math
from typing import TypeAlias

import msgspec

Document: TypeAlias = "bool | int | float | str | list[Document] | dict[str, Document] | None"
Object: TypeAlias = dict[str, Document]

_EXACT = 2**53  # up to here every integral double is the integer a person wrote


def canonical(document: Document) -> str:
    """Canonical JSON: sorted keys, no insignificant space, integral numbers as integers.

    UTF-8 of this text is what digests are made of. Raises ValueError for numbers
    that JSON cannot write (NaN, infinities).
    """
    return _encoded(document).decode()


def _encoded(document: Document) -> bytes:
    return msgspec.json.encode(_exact(document), order="sorted")


def _exact(document: Document) -> object:
    """As `normalised`, with other doubles in the digits that Python writes."""
    if isinstance(document, dict):
        return {
            key: value if value.__class__ is str else _exact(value)
            for key, value in document.items()
        }
    if isinstance(document, list):
        return [item if item.__class__ is str else _exact(item) for item in document]
    if isinstance(document, float):
        number = _number(document)
        return number if isinstance(number, int) else msgspec.Raw(_digits(number))
    return document


def _digits(value: float) -> bytes:
    if not math.isfinite(value):
        message = "Out of range float values are not JSON compliant"
        raise ValueError(message)
    return repr(value).encode()


def digest(document: Document) -> str:
    """The text `sha256:` and 64 hex digits over the canonical bytes."""
    return "sha256:" + hashlib.sha256(_encoded(document)).hexdigest()


def normalised(document: Document) -> Document:
    """The same document with every integral double written as the integer it is."""
    # Most values are texts, for which no call is worth while.
    if isinstance(document, dict):
        return {
            key: value if value.__class__ is str else normalised(value)
            for key, value in document.items()
        }
    if isinstance(document, list):
        return [item if item.__class__ is str else normalised(item) for item in document]
    return _number(document) if isinstance(document, float) else document


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
