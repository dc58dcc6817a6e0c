"""What a manifest file says now: used only for files that are not what was written."""

from __future__ import annotations

from typing import cast

import yaml

from openchoreo.document import Object

_Base: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):
    """Dates stay the text they are, as Kubernetes reads them."""


_Loader.yaml_implicit_resolvers = {
    first: [rule for rule in rules if rule[0] != "tag:yaml.org,2002:timestamp"]
    for first, rules in _Base.yaml_implicit_resolvers.items()
}


def read_manifest(text: bytes) -> Object | None:
    """The one object in the file, or None where it is none: no YAML, several documents, aliases.

    Aliases are refused because a few lines of them stand for gigabytes of values.
    """
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, _Loader)):
            return None
        value: object = yaml.load(text, _Loader)  # noqa: S506 - derived from the safe loader
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or not _is_document(cast("object", value)):
        return None
    return cast("Object", value)


def _is_document(value: object) -> bool:
    if isinstance(value, dict):
        entries = cast(dict[object, object], value).items()
        return all(isinstance(key, str) and _is_document(item) for key, item in entries)
    if isinstance(value, list):
        return all(_is_document(item) for item in cast(list[object], value))
    if isinstance(value, float):
        return value - value == 0  # neither an infinity nor NaN
    return value is None or isinstance(value, str | bool | int)
