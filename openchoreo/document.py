"""JSON documents: canonical bytes, digests and merging. Documents are never mutated."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec

Document: TypeAlias = "bool | int | float | str | list[Document] | dict[str, Document] | None"
Object: TypeAlias = dict[str, Document]

DIGEST = "^sha256:[0-9a-f]{64}$"
"""The pattern of what `digest` makes."""

WRITTEN_ONE_WAY = frozenset((str, int, bool, type(None)))
"""Classes of values that JSON has one way to write; a double may be an integer as well."""

_EXACT = 2**53  # up to here every integral double is the integer a person wrote


def canonical(document: Document) -> str:
    """Canonical JSON: sorted keys, no insignificant space, integral numbers as integers.

    UTF-8 of this text is what digests are made of. Raises ValueError for numbers
    that JSON cannot write (NaN, infinities).
    """
    return _encoded(document).decode()


def _encoded(document: Document) -> bytes:
    return msgspec.json.encode(_with_doubles(document, _digits), order="sorted")


def _digits(value: float) -> int | msgspec.Raw:
    """What is no integer in the digits that Python writes."""
    number = _number(value)
    if isinstance(number, int):
        return number
    if not math.isfinite(value):
        message = "Out of range float values are not JSON compliant"
        raise ValueError(message)
    return msgspec.Raw(repr(value).encode())


def digest(document: Document) -> str:
    """The text `sha256:` and 64 hex digits over the canonical bytes."""
    return "sha256:" + hashlib.sha256(_encoded(document)).hexdigest()


def normalised(document: Document) -> Document:
    """The same document with every integral double written as the integer it is."""
    return _with_doubles(document, _number)


def _with_doubles(document: Document, written: Callable[[float], Any]) -> Any:
    """The same document, with every double as `written` has it."""
    # Most values are scalars, for which no call is worth while.
    if isinstance(document, dict):
        return {
            key: value if value.__class__ in WRITTEN_ONE_WAY else _with_doubles(value, written)
            for key, value in document.items()
        }
    if isinstance(document, list):
        return [
            item if item.__class__ in WRITTEN_ONE_WAY else _with_doubles(item, written)
            for item in document
        ]
    return written(document) if isinstance(document, float) else document


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
