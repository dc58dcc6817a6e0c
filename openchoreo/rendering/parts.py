"""The parts of types and traits, every expression with its place."""

from __future__ import annotations

from msgspec import Struct

from openchoreo.document import Object
from openchoreo.errors import Path
from openchoreo.rendering.schema import Schema, compile_schema
from openchoreo.rendering.scope import Part


class Loop(Struct, frozen=True):
    for_each: Part | None
    var: str


class ResourceTemplate(Struct, frozen=True):
    """An entry of a type's `resources` or of a trait's `creates`."""

    path: Path
    target_plane: str
    include_when: Part | None
    loop: Loop
    template: Part
    id: str = ""
    ready_when: Part | None = None
    """Only those of resource types have it."""


class Rule(Struct, frozen=True):
    path: Path
    rule: Part
    message: str


class Target(Struct, frozen=True):
    """Which manifests something is about; an empty field matches anything."""

    path: Path
    group: str
    version: str
    kind: str
    target_plane: str
    where: Part | None


class PostRenderRule(Struct, frozen=True):
    path: Path
    when: Part | None
    loop: Loop
    target: Target
    must_match: bool
    rule: Part
    message: str


class Operation(Struct, frozen=True):
    path: Path
    op: str
    where: Part
    """The path inside the manifest, a template like any other."""
    value: Part


class Patch(Struct, frozen=True):
    path: Path
    loop: Loop
    target: Target
    operations: tuple[Operation, ...]


class Removal(Struct, frozen=True):
    path: Path
    loop: Loop
    target: Target


class Rules(Struct, frozen=True):
    before: tuple[Rule, ...]
    after: tuple[PostRenderRule, ...]


class EmbeddedTrait(Struct, frozen=True):
    """A trait that comes with the type, its values being templates over the component's."""

    kind: str
    name: str
    instance_name: str
    path: Path
    parameters: Part
    environment_configs: Part


class Section:
    """The schema of `parameters` or of `environmentConfigs`, compiled when it is first needed."""

    __slots__ = ("_schema", "document", "key")

    def __init__(self, document: Object | None, key: str) -> None:
        self.document = document
        self.key = key
        self._schema: Schema | None = None

    @property
    def path(self) -> Path:
        return "spec", self.key, "openAPIV3Schema"

    def schema(self) -> Schema:
        """Raises OpenChoreoError where the schema itself is broken."""
        if self._schema is None:
            self._schema = compile_schema(self.document or {})
        return self._schema


class Sections(Struct, frozen=True):
    parameters: Section
    environment_configs: Section


class CompiledType(Struct, frozen=True):
    workload_type: str
    sections: Sections
    resources: tuple[ResourceTemplate, ...]
    rules: Rules
    traits: tuple[EmbeddedTrait, ...]
    uses_endpoint_resources: bool


class CompiledTrait(Struct, frozen=True):
    sections: Sections
    creates: tuple[ResourceTemplate, ...]
    patches: tuple[Patch, ...]
    removes: tuple[Removal, ...]
    rules: Rules
    uses_endpoint_resources: bool


class CompiledProjectType(Struct, frozen=True):
    sections: Sections
    resources: tuple[ResourceTemplate, ...]
    rules: tuple[Rule, ...]


class OutputTemplate(Struct, frozen=True):
    """What a Resource offers: a value, or a key of a Secret or ConfigMap."""

    path: Path
    name: str
    source: str
    """value, secretKeyRef or configMapKeyRef."""
    parts: tuple[Part, ...]
    """The value, or the name and the key."""


class CompiledResourceType(Struct, frozen=True):
    sections: Sections
    resources: tuple[ResourceTemplate, ...]
    outputs: tuple[OutputTemplate, ...]
