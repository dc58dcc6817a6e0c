"""The JSON Schema of a model, without pydantic's own words and with ours."""

from __future__ import annotations

from typing import cast

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from openchoreo.document import Document, Object
from openchoreo.model import Model
from openchoreo.schemas.described import DESCRIPTIONS

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_NOT_NULL: Object = {"not": {"type": "null"}}
_ONE_SOURCE: Object = {
    "not": {
        "required": ["value", "valueFrom"],
        "properties": {"value": _NOT_NULL, "valueFrom": _NOT_NULL},
    }
}


def _said(*keys: str) -> Object:
    """A rule for texts that are there and not empty."""
    return {"required": [*keys], "properties": {key: {"minLength": 1} for key in keys}}


_RULES: dict[str, Object] = {
    "EnvVar": _ONE_SOURCE,
    "FileVar": _ONE_SOURCE,
    "UpstreamStack": {
        "anyOf": [_said(key) for key in ("stack", "file", "lineage")],
        "not": _said("stack", "file"),
    },
}
"""What validators of the models say across fields; pydantic cannot see into them."""


class _Generator(GenerateJsonSchema):
    def is_instance_schema(self, schema: core_schema.IsInstanceSchema) -> JsonSchemaValue:
        """Free-form JSON is kept as it is, so the models ask for its Python class only."""
        assert schema["cls"] is dict
        return {"type": "object"}

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - asked for each
        return False


def schema_of(model: type[Model]) -> tuple[Object, dict[str, Object]]:
    """The model, and the models it refers to by name."""
    made = cast("Object", model.model_json_schema(schema_generator=_Generator))
    others = cast("dict[str, Object]", made.pop("$defs", {}))
    return _finished(model.__name__, made), {
        name: _finished(name, schema) for name, schema in sorted(others.items())
    }


def _finished(name: str, schema: Object) -> Object:
    """One model: described for people who write YAML, its docstring is for others."""
    properties = cast("dict[str, Object]", schema["properties"])
    assert properties.keys() == DESCRIPTIONS[name].keys(), f"DESCRIPTIONS of {name}"
    finished: Object = {
        "type": "object",
        "properties": {
            key: {"description": DESCRIPTIONS[name][key], **_simple(value)}
            for key, value in properties.items()
        },
        "additionalProperties": False,
    }
    if "required" in schema:
        finished["required"] = schema["required"]
    return finished | _RULES.get(name, {})


def _simple(schema: Object) -> Object:
    """Without defaults that say nothing, and `anyOf` of plain types as one list of types."""
    kept: Object = {
        key: _simple(value) if isinstance(value, dict) else value
        for key, value in schema.items()
        if (key, value) not in _SAY_NOTHING
    }
    options = cast("list[Object]", kept.get("anyOf", []))
    if options and all(option.keys() == {"type"} for option in options):
        del kept["anyOf"]
        kept["type"] = [option["type"] for option in options]
    return kept


_SAY_NOTHING: tuple[tuple[str, Document], ...] = (
    ("default", None),
    ("default", ""),
    ("default", []),
)
