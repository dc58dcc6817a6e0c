"""What all models share: frozen, strict about types as the API server is, camelCase outside."""

from __future__ import annotations

from functools import cache
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    NamedTuple,
    TypeVar,
    cast,
    get_args,
)

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError, core_schema

from openchoreo.document import Document, Object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openchoreo.errors import Path

T = TypeVar("T")

Items = Annotated[tuple[T, ...], Field(strict=False)]
"""A list in YAML, a tuple here; its entries stay as strict as everything else."""


class Verbatim:
    """Free-form JSON (x-kubernetes-preserve-unknown-fields): kept as it is, never copied."""

    def __init__(self, schema: core_schema.CoreSchema) -> None:
        self._schema = schema

    def __get_pydantic_core_schema__(self, _source: object, _handler: object) -> Any:
        return self._schema


if TYPE_CHECKING:
    Raw = Document
    RawObject = Object
else:
    Raw = Annotated[object, Verbatim(core_schema.any_schema())]
    RawObject = Annotated[object, Verbatim(core_schema.is_instance_schema(dict))]


class Model(BaseModel):
    """Unknown keys are refused, nothing is converted: "8080" is no number, as in Kubernetes."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
        defer_build=True,
        hide_input_in_errors=True,
    )

    def document(self) -> Object:
        """The model as a resource holds it, with the API's defaults written out.

        Absent fields, and empty lists and maps of fields that may be absent, are left out;
        free-form JSON is shared with the model, not copied.
        """
        written: Object = {}
        for field in fields(type(self)):
            value = getattr(self, field.name)
            if value is None or (not field.required and field.may_vanish and not value):
                continue
            written[field.key] = value if field.raw else _written(value)
        return written


class FieldShape(NamedTuple):
    """How one field is written: attribute, key in YAML, and what holds when it is empty."""

    name: str
    key: str
    required: bool
    raw: bool
    may_vanish: bool


@cache
def fields(model: type[Model]) -> tuple[FieldShape, ...]:
    return tuple(
        FieldShape(
            name,
            field.alias or name,
            field.is_required(),
            any(isinstance(mark, Verbatim) for mark in field.metadata) or _is_raw(field.annotation),
            field.default_factory is dict or field.default == (),
        )
        for name, field in model.model_fields.items()
    )


def refuse(message: str, *, path: Path = (), hint: str = "") -> PydanticCustomError:
    """The error a cross-field rule raises; `path` leads from the model to the field at fault."""
    # The text travels as context: pydantic would take braces in a message for placeholders.
    return PydanticCustomError("rule", "rule", {"message": message, "path": path, "hint": hint})


def first_duplicate(names: Iterable[str]) -> tuple[int, str] | None:
    """The index and the text of the first name that was there before."""
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            return index, name
        seen.add(name)
    return None


def _written(value: object) -> Document:
    if isinstance(value, Model):
        return value.document()
    if isinstance(value, tuple):
        return [_written(item) for item in cast("tuple[object, ...]", value)]
    if isinstance(value, dict):
        return {key: _written(item) for key, item in cast("dict[str, object]", value).items()}
    return cast("Document", value)


def _is_raw(annotation: object) -> bool:
    """Whether a field is free-form JSON; that is written as it stands, also when empty."""
    marks = getattr(annotation, "__metadata__", ())
    options = (option for option in get_args(annotation) if option is not type(None))
    return any(isinstance(mark, Verbatim) for mark in marks) or (
        not marks and any(_is_raw(option) for option in options)
    )
