"""Shapes: frozen tables of what a document holds, and the one form it is written in.

A release format is a set of such tables. They know nothing of the models, so that a change
of the models' fields or defaults never changes what an old format writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct

from openchoreo.document import Document, Object, normalised
from openchoreo.errors import Path


class NotInShape(Exception):  # noqa: N818 - a finding, which the caller words
    """A document holds something that the format has no place for."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


class Verbatim(Struct, frozen=True):
    """A scalar, or free-form JSON: kept as it is."""


class ListOf(Struct, frozen=True):
    item: Kind


class MapOf(Struct, frozen=True):
    value: Kind


class Shape(Struct, frozen=True):
    fields: Mapping[str, Field]

    def with_default(self, key: str, default: Document) -> Shape:
        changed = Field(self.fields[key].kind, default=default)
        return Shape({**self.fields, key: changed})


Kind: TypeAlias = Verbatim | ListOf | MapOf | Shape
VERBATIM = Verbatim()


class Field(Struct, frozen=True):
    """`required` fields are written even when empty; others vanish, as if never written."""

    kind: Kind = VERBATIM
    default: Document = None
    required: bool = False


def written(shape: Shape, document: Document) -> Object:
    """The document in the one form of `shape`: defaults written out, nothing empty.

    Keys are sorted at every depth, so that what is read back from canonical JSON has the
    same order as well. Raises NotInShape where it holds something the shape has no place for.
    """
    return _object(shape, document, ())


def _object(shape: Shape, document: Document, path: Path) -> Object:
    if not isinstance(document, dict):
        raise NotInShape(path, "must be a mapping")
    for key, value in document.items():
        if key not in shape.fields and value is not None:
            raise NotInShape((*path, key), "is not part of this format")
    result: Object = {}
    for key, field in shape.fields.items():
        value = document.get(key)
        value = field.default if value is None else _value(field.kind, value, (*path, key))
        if value is None and field.required:
            raise NotInShape((*path, key), "is required, but missing")
        if value is not None and (field.required or not _vanishes(field.kind, value)):
            result[key] = value
    return dict(sorted(result.items()))


def _value(kind: Kind, value: Document, path: Path) -> Document:
    if isinstance(kind, Shape):
        return _object(kind, value, path)
    if isinstance(kind, Verbatim):
        return _sorted(normalised(value))
    if isinstance(kind, ListOf):
        if not isinstance(value, list):
            raise NotInShape(path, "must be a list")
        return [_value(kind.item, item, (*path, index)) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        raise NotInShape(path, "must be a mapping")
    return {key: _value(kind.value, value[key], (*path, key)) for key in sorted(value)}


def _sorted(value: Document) -> Document:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def _vanishes(kind: Kind, value: Document) -> bool:
    return not isinstance(kind, Verbatim) and not value
