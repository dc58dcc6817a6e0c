"""Risks that are seen in two releases: the one that runs and the one that is to."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from openchoreo.delivery import ReleaseStore
from openchoreo.document import Document, Object
from openchoreo.forecast.fields import MISSING, same
from openchoreo.forecast.predicting import Forecast
from openchoreo.forecast.risks.risk import Risk
from openchoreo.forecast.running import Running, running_in
from openchoreo.rendering.shapes import items, mapping, text

_TYPES = ("componentType", "resourceType", "projectType")
_SCHEMAS = ("parameters", "environmentConfigs")


def of_releases(forecast: Forecast, owners: tuple[str, ...]) -> Iterator[Risk]:
    """Of whatever is to run another release than it does."""
    if forecast.plan is None:
        return
    for one in running_in(forecast.plan):
        if one.owner in owners:
            pair = _both(forecast.plan.store, one)
            if pair:
                yield from _types(one.owner, pair)


class _Pair(Struct, frozen=True):
    old: Object
    new: Object


def _both(store: ReleaseStore, one: Running) -> _Pair | None:
    """None where nothing else is to run, or what runs is no longer kept."""
    if not one.other_release or one.record is None or one.release is None:
        return None
    before = one.record.current.release
    if before not in store:
        return None
    return _Pair(store.release(before, one.key.partition("/")[2]).spec, one.release.spec)


def _types(owner: str, pair: _Pair) -> Iterator[Risk]:
    before, after = _parts(pair.old), _parts(pair.new)
    for name, new in after.items():
        old = before.get(name)
        if old is None:
            yield Risk("type-changed", owner, name, "is used for the first time")
        elif not same(old, new):
            yield Risk("type-changed", owner, name, "has changed since the release that runs")
            yield from (Risk("default-moved", owner, name, said) for said in _moved(old, new))
    for name in before:
        if name not in after:
            yield Risk("type-changed", owner, name, "is no longer used")


def _parts(spec: Object) -> dict[str, Object]:
    """Kind and name of each type and trait -> its spec."""
    parts = [mapping(spec, key) for key in _TYPES if key in spec] + items(spec, "traits")
    return {f"{text(one, 'kind')} {text(one, 'name')}": mapping(one, "spec") for one in parts}


def _moved(old: Object, new: Object) -> Iterator[str]:
    for schema in _SCHEMAS:
        before, after = (dict(_Defaults(one, schema).found()) for one in (old, new))
        for path in dict.fromkeys((*before, *after)):
            values = before.get(path, MISSING), after.get(path, MISSING)
            if not same(*values):
                was, is_ = ("none" if one is MISSING else repr(one) for one in values)
                yield f"the default of {path} goes from {was} to {is_}"


class _Defaults:
    """Where in values -> the default that stands in a schema of a type."""

    def __init__(self, type_: Object, schema: str) -> None:
        self._name = schema
        outer = mapping(type_, schema)
        self._root = mapping(outer, "openAPIV3Schema") or outer

    def found(self) -> Iterator[tuple[str, Document]]:
        yield from self._in(self._root, self._name, frozenset())

    def _in(
        self, schema: Document, path: str, above: frozenset[str]
    ) -> Iterator[tuple[str, Document]]:
        if not isinstance(schema, dict):
            return
        if "default" in schema:
            yield path, schema["default"]
        reference = text(schema, "$ref")
        if reference and reference not in above:
            yield from self._in(self._meant(reference), path, above | {reference})
        for name, one in mapping(schema, "properties").items():
            yield from self._in(one, f"{path}.{name}", above)
        yield from self._in(schema.get("items"), f"{path}[]", above)
        yield from self._in(schema.get("additionalProperties"), f"{path}.*", above)

    def _meant(self, reference: str) -> Object:
        """Of a reference within the schema: #/$defs/Quantity."""
        found = self._root
        for step in reference.removeprefix("#/").split("/"):
            found = mapping(found, step.replace("~1", "/").replace("~0", "~"))
        return found
