"""Reading typed parts of a JSON document whose shape a model has checked before."""

from __future__ import annotations

from typing import cast

from openchoreo.document import Document, Object


def mapping(document: Object, key: str) -> Object:
    """The object at `key`; empty where it is absent or null."""
    return cast("Object", document.get(key) or {})


def items(document: Object, key: str) -> list[Object]:
    """The list of objects at `key`; empty where it is absent or null."""
    return cast("list[Object]", document.get(key) or [])


def texts(document: Object, key: str) -> list[str]:
    """The list of strings at `key`; empty where it is absent or null."""
    return cast("list[str]", document.get(key) or [])


def text(document: Object, key: str) -> str:
    """The string at `key`; empty where it is absent or null."""
    return cast("str", document.get(key) or "")


def number(document: Object, key: str) -> float:
    """The number at `key` as CEL reads numbers of JSON: a double. 0 where it is absent."""
    return float(cast("float", document.get(key) or 0))


def doubles(document: Document) -> Document:
    """The same document with every integer as a double, which is what JSON numbers are to CEL."""
    if isinstance(document, dict):
        return {key: doubles(value) for key, value in document.items()}
    if isinstance(document, list):
        return [doubles(item) for item in document]
    if isinstance(document, int) and not isinstance(document, bool):
        return float(document)
    return document
