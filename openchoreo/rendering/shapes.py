"""Reading parts of JSON documents by their type; what has another type is not there."""

from __future__ import annotations

from typing import cast

from openchoreo.document import Document, Object


def mapping(document: Object, key: str) -> Object:
    """The object at `key`; empty where there is none."""
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def items(document: Object, key: str) -> list[Object]:
    """The list of objects at `key`; empty where there is none."""
    value = document.get(key)
    return cast("list[Object]", value) if isinstance(value, list) else []


def texts(document: Object, key: str) -> list[str]:
    """The list of strings at `key`; empty where there is none."""
    value = document.get(key)
    return cast("list[str]", value) if isinstance(value, list) else []


def text(document: Object, key: str) -> str:
    """The string at `key`; empty where there is none."""
    value = document.get(key)
    return value if isinstance(value, str) else ""


def number(document: Object, key: str) -> float:
    """The number at `key` as CEL reads numbers of JSON: a double. 0 where there is none."""
    value = document.get(key)
    return float(value) if isinstance(value, int | float) else 0.0


def doubles(document: Document) -> Document:
    """The same document with every integer as a double, which is what JSON numbers are to CEL."""
    if isinstance(document, dict):
        return {key: doubles(value) for key, value in document.items()}
    if isinstance(document, list):
        return [doubles(item) for item in document]
    if isinstance(document, int) and not isinstance(document, bool):
        return float(document)
    return document
