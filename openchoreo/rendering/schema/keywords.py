"""What Kubernetes knows in a schema: its keywords and their shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from openchoreo.document import Document, Object
from openchoreo.errors import Path, nearest
from openchoreo.rendering.schema.patterns import searching


class Fault(NamedTuple):
    """Something wrong with a schema itself, at a path in it."""

    path: Path
    message: str
    hint: str = ""


class _Shape(NamedTuple):
    name: str
    fits: Callable[[Document], bool]


def _is_number(value: Document) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: Document) -> bool:
    return _is_number(value) and float(value).is_integer()  # type: ignore[arg-type]


def _is_list_of_texts(value: Document) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _of(*types: type) -> Callable[[Document], bool]:
    return lambda value: isinstance(value, types)


_TEXT = _Shape("a string", _of(str))
_FLAG = _Shape("true or false", _of(bool))
_NUMBER = _Shape("a number", _is_number)
_INTEGER = _Shape("an integer", _is_integer)
_LIST = _Shape("a list", _of(list))
_TEXTS = _Shape("a list of strings", _is_list_of_texts)
_OBJECT = _Shape("an object", _of(dict))
_OBJECT_OR_FLAG = _Shape("a schema, true or false", _of(dict, bool))
_ANY = _Shape("any value", _of(object))

KEYWORDS: Mapping[str, _Shape] = {
    **dict.fromkeys(("description", "format", "pattern", "title", "type"), _TEXT),
    **dict.fromkeys(("exclusiveMaximum", "exclusiveMinimum", "nullable", "uniqueItems"), _FLAG),
    **dict.fromkeys(("maximum", "minimum", "multipleOf"), _NUMBER),
    **dict.fromkeys(("maxLength", "minLength", "maxItems", "minItems"), _INTEGER),
    **dict.fromkeys(("maxProperties", "minProperties"), _INTEGER),
    **dict.fromkeys(("enum", "allOf", "anyOf", "oneOf"), _LIST),
    **dict.fromkeys(("items", "not", "properties", "externalDocs"), _OBJECT),
    **dict.fromkeys(("default", "example"), _ANY),
    "additionalProperties": _OBJECT_OR_FLAG,
    "required": _TEXTS,
    "x-kubernetes-preserve-unknown-fields": _FLAG,
    "x-kubernetes-embedded-resource": _FLAG,
    "x-kubernetes-int-or-string": _FLAG,
    "x-kubernetes-list-map-keys": _TEXTS,
    "x-kubernetes-list-type": _TEXT,
    "x-kubernetes-map-type": _TEXT,
    "x-kubernetes-validations": _LIST,
}
_UNSUPPORTED = (
    "$schema",
    "additionalItems",
    "definitions",
    "dependencies",
    "id",
    "patternProperties",
)
_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
_SUBSCHEMAS = ("items", "additionalProperties", "not")
_LISTED_SUBSCHEMAS = ("allOf", "anyOf", "oneOf")


def faults(document: Object, *, strict: bool) -> Iterator[Fault]:
    """What is wrong with a schema; unknown keywords only where `strict`."""
    if strict:
        yield from _named(document.get("$defs"), ("$defs",), strict)
    body = {key: value for key, value in document.items() if key != "$defs"}
    yield from _node(body, (), strict)


def without_vendor_keys(document: Document) -> Document:
    """Without keys that begin with `x-`, at every level, except Kubernetes's own.

    So a property of such a name, or a key in a default, plays no part in defaulting.
    """
    if isinstance(document, list):
        return [without_vendor_keys(item) for item in document]
    if not isinstance(document, dict):
        return document
    return {
        key: without_vendor_keys(value)
        for key, value in document.items()
        if not _is_vendor_key(key) or key.startswith("x-kubernetes-")
    }


def _is_vendor_key(key: str) -> bool:
    return key.startswith("x-") and len(key) > len("x-")


def _node(node: Document, path: Path, strict: bool) -> Iterator[Fault]:
    if node is None:
        return
    if not isinstance(node, dict):
        yield Fault(path, "a schema is an object")
        return
    for key, value in node.items():
        yield from _keyword(key, value, (*path, key), strict)
    for key in _SUBSCHEMAS:
        if isinstance(node.get(key), dict):
            yield from _node(node[key], (*path, key), strict)
    for key in _LISTED_SUBSCHEMAS:
        listed = node.get(key)
        for index, item in enumerate(listed if isinstance(listed, list) else ()):
            yield from _node(item, (*path, key, index), strict)
    yield from _named(node.get("properties"), (*path, "properties"), strict)


def _named(nodes: Document, path: Path, strict: bool) -> Iterator[Fault]:
    if isinstance(nodes, dict):
        for name, node in nodes.items():
            yield from _node(node, (*path, name), strict)


def _keyword(key: str, value: Document, path: Path, strict: bool) -> Iterator[Fault]:
    if key in _UNSUPPORTED:
        if value:
            yield Fault(path, f"{key} is not supported in a schema")
        return
    shape = KEYWORDS.get(key)
    if shape is None:
        if strict and key != "$ref" and (not _is_vendor_key(key) or "x-kubernetes-" in key):
            yield Fault(path, f"unknown schema keyword {key}", nearest(key, KEYWORDS))
    elif value is not None and not shape.fits(value):
        hint = "give one type; nullable: true allows null" if key == "type" else ""
        yield Fault(path, f"{key} must be {shape.name}", hint)
    elif key == "x-kubernetes-preserve-unknown-fields" and value is False:
        yield Fault(path, f"{key} must be true or absent")
    elif strict:
        yield from _value_faults(key, value, path)


def _value_faults(key: str, value: Document, path: Path) -> Iterator[Fault]:
    """Values that make a schema which nothing can satisfy."""
    if key == "type" and isinstance(value, str) and value and value not in _TYPES:
        yield Fault(path, f"{value} is no type", nearest(value, _TYPES))
    if key == "pattern" and isinstance(value, str):
        try:
            searching(value)
        except ValueError as error:
            yield Fault(path, f"the pattern is invalid: {error}", "the syntax is RE2's")
