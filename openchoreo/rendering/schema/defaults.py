"""Defaults, as Kubernetes applies them to custom resources.

A missing property gets its default, and so does a null that is not `nullable`. Nested
defaults need a parent that is there, or one that is itself given by a default.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias, cast

from openchoreo.document import Document, Object
from openchoreo.rendering.shapes import doubles, mapping

Defaulter: TypeAlias = Callable[[Document], Document]
"""Gives back the very value it was given where nothing changes."""


class _Slot(NamedTuple):
    """A place for a value: what stands in for null or nothing, and what happens inside."""

    default: Document
    nullable: bool
    inside: Defaulter | None

    def filled(self, value: Document) -> Document:
        if value is None and not self.nullable:
            return self.default
        return self.inside(value) if self.inside else value


def compile_defaults(schema: Object) -> Defaulter | None:
    """How values of this schema get their defaults; None where it has none."""
    properties = {
        name: _slot(cast("Object", node or {}))
        for name, node in mapping(schema, "properties").items()
    }
    additional = _optional_slot(schema, "additionalProperties")
    item = _optional_slot(schema, "items")
    if not (_matters(additional) or _matters(item) or any(map(_matters, properties.values()))):
        return None

    def defaulted(value: Document) -> Document:
        if isinstance(value, dict):
            return _object(value, properties, additional)
        if isinstance(value, list) and item is not None:
            return _list(value, item)
        return value

    return defaulted


def _optional_slot(schema: Object, key: str) -> _Slot | None:
    node = schema.get(key)
    return _slot(node) if isinstance(node, dict) else None


def _slot(node: Object) -> _Slot:
    inside = compile_defaults(node)
    default = doubles(node.get("default"))
    return _Slot(
        default=inside(default) if inside else default,
        nullable=node.get("nullable") is True,
        inside=inside,
    )


def _matters(slot: _Slot | None) -> bool:
    return slot is not None and (slot.default is not None or slot.inside is not None)


def _object(value: Object, properties: dict[str, _Slot], additional: _Slot | None) -> Object:
    changed: Object = {}
    for name, slot in properties.items():
        if name in value:
            filled = slot.filled(value[name])
            if filled is not value[name]:
                changed[name] = filled
        elif slot.default is not None:
            changed[name] = slot.default
    if additional is not None:
        for name, member in value.items():
            if name not in properties:
                filled = additional.filled(member)
                if filled is not member:
                    changed[name] = filled
    return {**value, **changed} if changed else value


def _list(value: list[Document], item: _Slot) -> list[Document]:
    changed = [item.filled(element) for element in value]
    same = all(new is old for new, old in zip(changed, value, strict=True))
    return value if same else changed
