"""Which model describes which part of a document."""

from __future__ import annotations

from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from openchoreo.model.base import Model, fields

if TYPE_CHECKING:
    from openchoreo.errors import Path, PathStep


def model_at(model: type[Model], path: Path) -> type[Model] | None:
    """The model of the mapping at `path`, or None where free-form JSON begins."""
    annotation: Any = model
    for step in path:
        annotation = _inside(_stripped(annotation), step)
    found = _stripped(annotation)
    return found if isinstance(found, type) and issubclass(found, Model) else None


def _inside(annotation: Any, step: PathStep) -> Any:
    """The annotation of a field, an item or a value."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        name = next((field.name for field in fields(annotation) if field.key == step), "")
        return annotation.model_fields[name].annotation if name else None
    arguments = get_args(annotation)
    if get_origin(annotation) is dict:
        return arguments[1]
    return arguments[0] if get_origin(annotation) is tuple else None


def _stripped(annotation: Any) -> Any:
    """Without Annotated and without `| None`."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in {Union, UnionType}:
            annotation = next(a for a in get_args(annotation) if a is not type(None))
        else:
            return annotation
