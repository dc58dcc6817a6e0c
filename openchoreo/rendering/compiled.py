"""Types and traits taken apart once per process: every expression a part with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar, cast

from msgspec.structs import replace

from openchoreo.document import Object
from openchoreo.errors import Path
from openchoreo.rendering.kept import Kept
from openchoreo.rendering.parts import (
    CompiledProjectType,
    CompiledResourceType,
    CompiledTrait,
    CompiledType,
    EmbeddedTrait,
    Loop,
    Operation,
    OutputTemplate,
    Patch,
    PostRenderRule,
    Removal,
    ResourceTemplate,
    Rule,
    Rules,
    Section,
    Sections,
    Target,
)
from openchoreo.rendering.rendered import DATA_PLANE
from openchoreo.rendering.scope import Part
from openchoreo.rendering.shapes import items, mapping, text
from openchoreo.template import Dialect, dialect

T = TypeVar("T")

_ITEM = "item"  # what OpenChoreo calls an item where `var` is absent


def component_type(spec: Object, relaxed: frozenset[int]) -> CompiledType:
    return _cached(_component_type, spec, dialect(helpers=True, relaxed=relaxed))


def trait(spec: Object, relaxed: frozenset[int]) -> CompiledTrait:
    return _cached(_trait, spec, dialect(helpers=True, relaxed=relaxed))


def project_type(spec: Object, relaxed: frozenset[int]) -> CompiledProjectType:
    return _cached(_project_type, spec, dialect(helpers=False, relaxed=relaxed))


def resource_type(spec: Object, relaxed: frozenset[int]) -> CompiledResourceType:
    return _cached(_resource_type, spec, dialect(helpers=False, relaxed=relaxed))


def _cached(compile_: Callable[[Object, Dialect], T], spec: Object, language: Dialect) -> T:
    """One compiled type for equal content, however many releases hold it."""
    return _from_text(compile_, _text_of(spec), language)


_text_of: Kept[Object, str] = Kept(lambda spec: json.dumps(spec, sort_keys=True))
"""Written once for the components that share a type."""


@lru_cache(maxsize=512)
def _from_text(compile_: Callable[[Object, Dialect], T], written: str, language: Dialect) -> T:
    return compile_(json.loads(written), language)


def _component_type(spec: Object, language: Dialect) -> CompiledType:
    parts = _Parts(language)
    return CompiledType(
        workload_type=text(spec, "workloadType"),
        sections=_sections(spec),
        resources=parts.resources(spec, "resources"),
        rules=parts.rules(spec),
        traits=parts.embedded_traits(spec),
        uses_endpoint_resources=_mentions_endpoint_resources(
            spec,
            "resources",
            "validations",
            "preRenderValidations",
            "postRenderValidations",
            "traits",
        ),
    )


def _trait(spec: Object, language: Dialect) -> CompiledTrait:
    parts = _Parts(language)
    return CompiledTrait(
        sections=_sections(spec),
        creates=parts.resources(spec, "creates"),
        patches=parts.patches(spec),
        removes=parts.removals(spec),
        rules=parts.rules(spec),
        uses_endpoint_resources=_mentions_endpoint_resources(
            spec,
            "validations",
            "preRenderValidations",
            "postRenderValidations",
            "creates",
            "patches",
            "removes",
        ),
    )


def _project_type(spec: Object, language: Dialect) -> CompiledProjectType:
    parts = _Parts(language)
    return CompiledProjectType(
        sections=_sections(spec),
        resources=parts.resources(spec, "resources"),
        rules=parts.rules_before(spec, "validations"),
    )


def _resource_type(spec: Object, language: Dialect) -> CompiledResourceType:
    """Templates of resource types have no loops."""
    parts = _Parts(language)
    return CompiledResourceType(
        sections=_sections(spec),
        resources=tuple(
            replace(one, loop=Loop(None, _ITEM)) for one in parts.resources(spec, "resources")
        ),
        outputs=parts.outputs(spec),
    )


def _sections(spec: Object) -> Sections:
    return Sections(_section(spec, "parameters"), _section(spec, "environmentConfigs"))


def _section(spec: Object, key: str) -> Section:
    schema = mapping(spec, key).get("openAPIV3Schema")
    return Section(cast("Object | None", schema), key)


def _mentions_endpoint_resources(spec: Object, *keys: str) -> bool:
    """API descriptions are read only for types that ask for them."""
    return "toEndpointResources" in json.dumps([spec.get(key) for key in keys])


class _Parts:
    """Takes a spec apart, remembering where everything was."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    def resources(self, spec: Object, key: str) -> tuple[ResourceTemplate, ...]:
        return tuple(
            self._resource(entry, ("spec", key, index))
            for index, entry in enumerate(items(spec, key))
        )

    def _resource(self, entry: Object, path: Path) -> ResourceTemplate:
        return ResourceTemplate(
            path=path,
            target_plane=text(entry, "targetPlane") or DATA_PLANE,
            include_when=self._optional(entry, "includeWhen", path),
            loop=self._loop(entry, path),
            template=self._part(entry, "template", path),
            id=text(entry, "id"),
            ready_when=self._optional(entry, "readyWhen", path),
        )

    def outputs(self, spec: Object) -> tuple[OutputTemplate, ...]:
        return tuple(
            self._output(entry, ("spec", "outputs", index))
            for index, entry in enumerate(items(spec, "outputs"))
        )

    def _output(self, entry: Object, path: Path) -> OutputTemplate:
        """A value goes before references, unless it is empty."""
        name = text(entry, "name")
        for source in ("secretKeyRef", "configMapKeyRef"):
            if entry.get(source) and not entry.get("value"):
                reference, place = mapping(entry, source), (*path, source)
                parts = tuple(self._part(reference, key, place) for key in ("name", "key"))
                return OutputTemplate(path, name, source, parts)
        value = Part(text(entry, "value"), (*path, "value"), self._dialect)
        return OutputTemplate(path, name, "value", (value,))

    def rules(self, spec: Object) -> Rules:
        """`validations` is the old name of `preRenderValidations`."""
        key = "preRenderValidations" if spec.get("preRenderValidations") else "validations"
        return Rules(self.rules_before(spec, key), self._rules_after(spec))

    def rules_before(self, spec: Object, key: str) -> tuple[Rule, ...]:
        return tuple(
            Rule(
                path=("spec", key, index),
                rule=self._part(entry, "rule", ("spec", key, index)),
                message=text(entry, "message"),
            )
            for index, entry in enumerate(items(spec, key))
        )

    def _rules_after(self, spec: Object) -> tuple[PostRenderRule, ...]:
        key = "postRenderValidations"
        return tuple(
            self._rule_after(entry, ("spec", key, index))
            for index, entry in enumerate(items(spec, key))
        )

    def _rule_after(self, entry: Object, path: Path) -> PostRenderRule:
        return PostRenderRule(
            path=path,
            when=self._optional(entry, "when", path),
            loop=self._loop(entry, path),
            target=self._target(entry, path),
            must_match=mapping(entry, "target").get("mustMatch") is not False,
            rule=self._part(entry, "rule", path),
            message=text(entry, "message"),
        )

    def patches(self, spec: Object) -> tuple[Patch, ...]:
        return tuple(
            Patch(
                path=("spec", "patches", index),
                loop=self._loop(entry, ("spec", "patches", index)),
                target=self._target(entry, ("spec", "patches", index)),
                operations=self._operations(entry, ("spec", "patches", index)),
            )
            for index, entry in enumerate(items(spec, "patches"))
        )

    def _operations(self, patch: Object, path: Path) -> tuple[Operation, ...]:
        return tuple(
            Operation(
                path=(*path, "operations", index),
                op=text(entry, "op"),
                where=self._part(entry, "path", (*path, "operations", index)),
                value=self._part(entry, "value", (*path, "operations", index)),
            )
            for index, entry in enumerate(items(patch, "operations"))
        )

    def removals(self, spec: Object) -> tuple[Removal, ...]:
        return tuple(
            Removal(
                path=("spec", "removes", index),
                loop=self._loop(entry, ("spec", "removes", index)),
                target=self._target(entry, ("spec", "removes", index)),
            )
            for index, entry in enumerate(items(spec, "removes"))
        )

    def embedded_traits(self, spec: Object) -> tuple[EmbeddedTrait, ...]:
        return tuple(
            EmbeddedTrait(
                kind=text(entry, "kind") or "Trait",
                name=text(entry, "name"),
                instance_name=text(entry, "instanceName"),
                path=("spec", "traits", index),
                parameters=self._part(entry, "parameters", ("spec", "traits", index)),
                environment_configs=self._part(
                    entry, "environmentConfigs", ("spec", "traits", index)
                ),
            )
            for index, entry in enumerate(items(spec, "traits"))
        )

    def _target(self, entry: Object, path: Path) -> Target:
        target = mapping(entry, "target")
        return Target(
            path=(*path, "target"),
            group=text(target, "group"),
            version=text(target, "version"),
            kind=text(target, "kind"),
            target_plane=text(entry, "targetPlane") or DATA_PLANE,
            where=self._optional(target, "where", (*path, "target")),
        )

    def _loop(self, entry: Object, path: Path) -> Loop:
        return Loop(self._optional(entry, "forEach", path), text(entry, "var") or _ITEM)

    def _optional(self, entry: Object, key: str, path: Path) -> Part | None:
        return self._part(entry, key, path) if entry.get(key) else None

    def _part(self, entry: Object, key: str, path: Path) -> Part:
        return Part(entry.get(key), (*path, key), self._dialect)
