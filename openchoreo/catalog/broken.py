"""Resources that cannot be used as they are written, and whose they would be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from openchoreo.document import Document, Object


class Broken(Struct, frozen=True):
    """What can still be told of a resource with problems; empty where it cannot."""

    kind: str
    namespace: str
    name: str
    component: str
    """The component that it is, or that its owner names."""
    environment: str = ""
    """That of a binding."""


def broken(document: Object) -> Broken:
    metadata, spec = _object(document.get("metadata")), _object(document.get("spec"))
    kind, name = _text(document.get("kind")), _text(metadata.get("name"))
    owner = _object(spec.get("owner"))
    component = name if kind == "Component" else _text(owner.get("componentName"))
    environment = _text(spec.get("environment"))
    return Broken(kind, _text(metadata.get("namespace")), name, component, environment)


def _object(value: Document) -> Object:
    return value if isinstance(value, dict) else {}


def _text(value: Document) -> str:
    return value if isinstance(value, str) else ""
