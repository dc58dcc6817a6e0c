"""Trait instances of a component: those of its type first, then its own, in one list."""

from __future__ import annotations

from dataclasses import dataclass

from openchoreo.document import Document, Object
from openchoreo.errors import Path
from openchoreo.model import label
from openchoreo.rendering.inputs import RenderInput
from openchoreo.rendering.parts import CompiledType, EmbeddedTrait
from openchoreo.rendering.shapes import items, mapping, text
from openchoreo.rendering.subjects import Subjects
from openchoreo.rendering.values import Place


@dataclass(frozen=True, slots=True)
class TraitInstance:
    kind: str
    name: str
    instance_name: str
    label: str
    """The trait, as problems call it."""
    spec: Object | None
    """None where the release does not hold the trait."""
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


def trait_instances(
    given: RenderInput, type_: CompiledType, subjects: Subjects
) -> list[TraitInstance]:
    traits = {
        (text(trait, "kind") or "Trait", text(trait, "name")): mapping(trait, "spec")
        for trait in items(given.release, "traits")
    }
    embedded = [
        TraitInstance(
            kind=entry.kind,
            name=entry.name,
            instance_name=entry.instance_name,
            label=trait_label(given.namespace, entry.kind, entry.name),
            spec=traits.get((entry.kind, entry.name)),
            owner=subjects.type,
            path=entry.path,
            bindings=entry,
        )
        for entry in type_.traits
    ]
    profile = mapping(given.release, "componentProfile")
    own = [
        TraitInstance(
            kind=text(entry, "kind") or "Trait",
            name=text(entry, "name"),
            instance_name=text(entry, "instanceName"),
            label=trait_label(given.namespace, text(entry, "kind") or "Trait", text(entry, "name")),
            spec=traits.get((text(entry, "kind") or "Trait", text(entry, "name"))),
            owner=subjects.component,
            path=("spec", "traits", index),
            parameters=entry.get("parameters"),
            environment_configs=given.trait_environment_configs.get(text(entry, "instanceName")),
        )
        for index, entry in enumerate(items(profile, "traits"))
    ]
    return [*embedded, *own]


def trait_label(namespace: str, kind: str, name: str) -> str:
    return label(kind, "" if kind == "ClusterTrait" else namespace, name)
