"""`$ref` to `#/$defs/Name`: definitions written into the places that name them.

What stands beside a `$ref` overrides the definition. Only the root has definitions.
"""

from __future__ import annotations

from openchoreo.document import Document, Object
from openchoreo.errors import Path, nearest
from openchoreo.rendering.schema.keywords import Fault

_PREFIX = "#/$defs/"
_DEEPEST = 64
_MOST_NODES = 20_000
_WITH_SCHEMAS = ("items", "additionalProperties", "not", "allOf", "oneOf", "anyOf")
_WITH_NAMED_SCHEMAS = ("properties", "patternProperties")


class _Unresolved(Exception):  # noqa: N818 - a verdict, reported as Fault
    def __init__(self, path: Path, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.fault = Fault(path, message, hint)


def resolved(document: Object) -> tuple[Object, tuple[Fault, ...]]:
    """The schema without references and definitions, or the first fault among them."""
    definitions = document.get("$defs")
    resolver = _Resolver(definitions if isinstance(definitions, dict) else {})
    body = {key: value for key, value in document.items() if key != "$defs"}
    try:
        return resolver.schema(body, (), (), 0), ()
    except _Unresolved as error:
        return {}, (error.fault,)


class _Resolver:
    def __init__(self, definitions: Object) -> None:
        self._definitions = definitions
        self._left = _MOST_NODES

    def node(self, node: Document, path: Path, via: tuple[str, ...], depth: int) -> Document:
        if isinstance(node, list):
            return [
                self.node(item, (*path, index), via, depth + 1) for index, item in enumerate(node)
            ]
        return self.schema(node, path, via, depth) if isinstance(node, dict) else node

    def schema(self, node: Object, path: Path, via: tuple[str, ...], depth: int) -> Object:
        self._spend(path, depth)
        if "$ref" in node:
            return self._referred(node, path, via, depth)
        changed = dict(node)
        for key in _WITH_SCHEMAS:
            if key in node:
                changed[key] = self.node(node[key], (*path, key), via, depth + 1)
        for key in _WITH_NAMED_SCHEMAS:
            members = node.get(key)
            if isinstance(members, dict):
                changed[key] = {
                    name: self.node(member, (*path, key, name), via, depth + 1)
                    for name, member in members.items()
                }
        return changed

    def _referred(self, node: Object, path: Path, via: tuple[str, ...], depth: int) -> Object:
        place = (*path, "$ref")
        name = _name(node["$ref"], place)
        if name in via:
            raise _Unresolved(place, f"circular $ref: {' -> '.join((*via, name))}")
        definition = self._definition(name, place)
        body = self.schema(definition, path, (*via, name), depth + 1)
        beside = {key: value for key, value in node.items() if key != "$ref"}
        return self.schema({**body, **beside}, path, via, depth + 1) if beside else body

    def _definition(self, name: str, place: Path) -> Object:
        if name not in self._definitions:
            hint = nearest(name, self._definitions) or "the schema has no $defs"
            raise _Unresolved(place, f"there is no {name} in $defs", hint)
        definition = self._definitions[name]
        if not isinstance(definition, dict):
            raise _Unresolved(place, f"{name} in $defs is no object")
        return definition

    def _spend(self, path: Path, depth: int) -> None:
        self._left -= 1
        if depth > _DEEPEST:
            raise _Unresolved(path, f"the schema is nested deeper than {_DEEPEST} levels")
        if self._left < 0:
            message = f"with its references the schema has more than {_MOST_NODES} parts"
            raise _Unresolved(path, message)


def _name(reference: Document, place: Path) -> str:
    hint = "write #/$defs/Name, and the definition under $defs at the root of the schema"
    if not isinstance(reference, str):
        raise _Unresolved(place, "$ref must be a string", hint)
    name = reference.removeprefix(_PREFIX)
    if name == reference or not name or "/" in name:
        raise _Unresolved(place, f"unsupported $ref {reference}", hint)
    return name
