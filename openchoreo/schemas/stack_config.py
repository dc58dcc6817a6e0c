"""The schema of Pulumi.<stack>.yaml: what is under `openchoreo:`, and Pulumi's own keys."""

from __future__ import annotations

from typing import cast

from openchoreo.config import PREFIX, TEXT_FIELDS, StackConfig
from openchoreo.document import Document, Object
from openchoreo.schemas.generated import DIALECT, schema_of

_READ_AS_TEXT: list[Document] = ["string", "integer", "boolean"]

_SECRET: Object = {
    "description": "What Pulumi takes for an encrypted value, wherever it stands.",
    "type": "object",
    "properties": {"secure": {"type": "string"}},
    "required": ["secure"],
    "maxProperties": 1,
}
_FREE: Object = {
    "description": "Free-form values. A secret value is refused: name a SecretReference under"
    " workloadOverrides.container.env[].valueFrom.secretKeyRef instead.",
    "not": {"$ref": "#/$defs/Secret"},
    "additionalProperties": {"$ref": "#/$defs/Free"},
    "items": {"$ref": "#/$defs/Free"},
}


def stack_config() -> Object:
    made, others = schema_of(StackConfig)
    properties = cast("dict[str, Object]", made["properties"])
    # Pulumi hands over the text of a single value, whatever it was.
    properties["environment"] |= {"type": ["string", "number", "boolean"], "minLength": 1}
    for model in ("BindingConfig", "ProjectBindingConfig", "ResourceBindingConfig"):
        binding = cast("dict[str, Object]", others[model]["properties"])
        for name in binding.keys() & TEXT_FIELDS:
            binding[name] = _as_written(binding[name], others, set())
    keys: Object = {f"{PREFIX}{key}": _without_secrets(one) for key, one in properties.items()}
    return {
        "$schema": DIALECT,
        "title": "Stack config",
        "description": "The config of one stack, which is one Environment.",
        "type": ["object", "null"],
        "properties": {**_of_pulumi(), "config": _config(keys)},
        "additionalProperties": False,
        "$defs": {
            **{name: _without_secrets(schema) for name, schema in others.items()},
            "Free": _FREE,
            "Secret": _SECRET,
        },
    }


def _config(keys: Object) -> Object:
    return {
        "description": "Values for the program. Keys of other namespaces are other programs'.",
        "type": ["object", "null"],
        "properties": keys,
        "propertyNames": {"anyOf": [{"enum": [*keys]}, {"not": {"pattern": f"^{PREFIX}"}}]},
    }


def _of_pulumi() -> Object:
    """The keys that Pulumi writes; it passes over all others without a word."""
    return {
        "secretsprovider": {
            "description": "Pulumi's: what encrypts secret values.",
            "type": "string",
        },
        "encryptedkey": {
            "description": "Pulumi's: the encrypted key of a cloud's secrets provider.",
            "type": "string",
        },
        "encryptionsalt": {
            "description": "Pulumi's: the salt of a passphrase.",
            "type": "string",
        },
        "environment": {
            "description": "Pulumi's: environments of Pulumi ESC, not of OpenChoreo; that is"
            f" {PREFIX}environment under config.",
            "type": ["array", "object"],
            "items": {"type": "string"},
        },
    }


def _as_written(schema: Object, others: dict[str, Object], seen: set[str]) -> Object:
    """The same, where each text may also be an integer or a boolean: its written text is taken.

    Models it refers to are changed in place; no other key refers to them.
    """
    changed: Object = {}
    for key, value in schema.items():
        if key == "$ref":
            name = cast("str", value).rpartition("/")[2]
            if name not in seen:
                seen.add(name)
                others[name] = _as_written(others[name], others, seen)
            changed[key] = value
        elif key == "type" and not isinstance(value, dict):
            changed[key] = _types_as_written(value)
        else:
            changed[key] = _inside(value, others, seen)
    return changed


def _inside(value: Document, others: dict[str, Object], seen: set[str]) -> Document:
    if isinstance(value, dict):
        return _as_written(value, others, seen)
    if isinstance(value, list):
        return [_inside(item, others, seen) for item in value]
    return value


def _types_as_written(types: Document) -> Document:
    named = types if isinstance(types, list) else [types]
    if "string" not in named:
        return types
    return [*_READ_AS_TEXT, *(name for name in named if name not in _READ_AS_TEXT)]


def _without_secrets(schema: Document) -> Document:
    """The same, where no mapping with keys of a user's own is an encrypted value."""
    if isinstance(schema, list):
        return [_without_secrets(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    changed: Object = {key: _without_secrets(value) for key, value in schema.items()}
    types = changed.get("type")
    if "object" in (types if isinstance(types, list) else [types]) and "properties" not in changed:
        changed.setdefault("additionalProperties", {"$ref": "#/$defs/Free"})
        changed["not"] = {"$ref": "#/$defs/Secret"}
    return changed
