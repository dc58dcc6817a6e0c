"""What a manifest file says now: used only for files that are not what was written."""

from __future__ import annotations

from typing import cast

import yaml

from openchoreo.document import Object

_DEEPEST = 200
_TOO_LARGE = 2**1023  # the engine knows doubles only

_Base: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):
    """Dates stay the text they are, as Kubernetes reads them."""


_Loader.yaml_implicit_resolvers = {
    first: [rule for rule in rules if rule[0] != "tag:yaml.org,2002:timestamp"]
    for first, rules in _Base.yaml_implicit_resolvers.items()
}


def read_manifest(text: bytes) -> Object | None:
    """The one object in the file, or None where it is none: no YAML, several documents, aliases."""
    try:
        if not _is_harmless(text):
            return None
        value: object = yaml.load(text, _Loader)  # noqa: S506 - derived from the safe loader
    except (yaml.YAMLError, ValueError):
        return None
    if not isinstance(value, dict) or not _is_document(cast("object", value)):
        return None
    return cast("Object", value)


def _is_harmless(text: bytes) -> bool:
    """Neither aliases, a few lines of which stand for gigabytes, nor a depth that takes minutes."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST or isinstance(event, yaml.AliasEvent):
            return False
    return True


def _is_document(value: object) -> bool:
    if isinstance(value, dict):
        entries = cast(dict[object, object], value).items()
        return all(isinstance(key, str) and _is_document(item) for key, item in entries)
    if isinstance(value, list):
        return all(_is_document(item) for item in cast(list[object], value))
    if isinstance(value, float):
        return value - value == 0  # neither an infinity nor NaN
    if isinstance(value, int):
        return abs(value) < _TOO_LARGE
    return value is None or isinstance(value, str)
