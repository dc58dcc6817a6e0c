"""Trait instances of a component: those of its type first, then its own, in one list."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from openchoreo.document import Document, Object
from openchoreo.errors import Path
from openchoreo.model import label
from openchoreo.rendering import compiled
from openchoreo.rendering.inputs import RenderInput
from openchoreo.rendering.parts import CompiledTrait, CompiledType, EmbeddedTrait
from openchoreo.rendering.shapes import items, mapping, text
from openchoreo.rendering.subjects import Subjects
from openchoreo.rendering.values import Place


class TraitInstance(Struct, frozen=True):
    kind: str
    name: str
    instance_name: str
    label: str
    """The trait, as problems call it."""
    trait: CompiledTrait | None
    """None where the release does not hold it."""
    owner: str
    path: Path
    """Where the instance is listed: in the type, or in the component."""
    bindings: EmbeddedTrait | None = None
    """An embedded trait's values, as templates over the component's."""
    parameters: Document = None
    environment_configs: Document = None

    def place(self, key: str) -> Place:
        """Where its values are written."""
        return Place(self.owner, (*self.path, key))


Traits = Mapping[tuple[str, str], CompiledTrait]
"""Those a release holds, by kind and name."""


def traits_of(given: RenderInput) -> Traits:
    return {
        _key(entry): compiled.trait(mapping(entry, "spec"), given.relaxed)
        for entry in items(given.release, "traits")
    }


def trait_instances(
    given: RenderInput, type_: CompiledType, traits: Traits, subjects: Subjects
) -> list[TraitInstance]:
    embedded = [
        TraitInstance(
            kind=entry.kind,
            name=entry.name,
            instance_name=entry.instance_name,
            label=_label(given.namespace, entry.kind, entry.name),
            trait=traits.get((entry.kind, entry.name)),
            owner=subjects.type,
            path=entry.path,
            bindings=entry,
        )
        for entry in type_.traits
    ]
    profile = items(mapping(given.release, "componentProfile"), "traits")
    own = [
        TraitInstance(
            kind=_key(entry)[0],
            name=_key(entry)[1],
            instance_name=text(entry, "instanceName"),
            label=_label(given.namespace, *_key(entry)),
            trait=traits.get(_key(entry)),
            owner=subjects.component,
            path=("spec", "traits", index),
            parameters=entry.get("parameters"),
            environment_configs=given.trait_environment_configs.get(text(entry, "instanceName")),
        )
        for index, entry in enumerate(profile)
    ]
    return [*embedded, *own]


def _key(entry: Object) -> tuple[str, str]:
    return text(entry, "kind") or "Trait", text(entry, "name")


def _label(namespace: str, kind: str, name: str) -> str:
    return label(kind, "" if kind == "ClusterTrait" else namespace, name)
