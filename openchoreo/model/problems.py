"""pydantic's errors in the words of somebody who writes YAML."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from openchoreo.errors import Path, Problem, Stage, nearest
from openchoreo.model.base import Model, fields
from openchoreo.model.history import successor_of
from openchoreo.model.shape import model_at
from openchoreo.model.text import DEMANDS

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

Words = tuple[str, str]
"""Message and hint."""


def problems_of(
    error: ValidationError, model: type[Model], *, stage: Stage, resource: str
) -> tuple[Problem, ...]:
    """One problem for each error, in the order of the document's fields."""
    return tuple(
        _problem(details, model, stage, resource)
        for details in error.errors(include_url=False)
        if not _is_echo(details)
    )


def unknown_keys(error: ValidationError) -> tuple[Path, ...]:
    return tuple(
        details["loc"] for details in error.errors() if details["type"] == "extra_forbidden"
    )


def described(value: object) -> str:
    """What somebody wrote: `the number 5`, `the string "x"`, `a list`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the string {_shortened(value)}"
    return "a list" if isinstance(value, list) else "a mapping"


def _is_echo(details: ErrorDetails) -> bool:
    """Pydantic calls a list too short when its entries are broken, which is said of them."""
    value = details["input"]
    if details["type"] != "too_short" or not isinstance(value, list):
        return False
    return len(cast("list[object]", value)) >= details.get("ctx", {}).get("min_length", 0)


def _problem(details: ErrorDetails, model: type[Model], stage: Stage, resource: str) -> Problem:
    path: Path = details["loc"]
    context = details.get("ctx", {})
    if details["type"] == "rule":
        inner = cast("Path", tuple(context["path"]))
        return Problem(stage, resource, path + inner, context["message"], context["hint"])
    if path[-1:] == ("[key]",):
        path = path[:-1]
    message, hint = _words(details, context, model)
    return Problem(stage, resource, path, message, _history(model, path, details) or hint)


def _history(model: type[Model], path: Path, details: ErrorDetails) -> str:
    """What became of the field that an error is about, or of the list it is in."""
    field = path[:-1] if path and isinstance(path[-1], int) else path
    if details["type"] == "missing" or not field:
        return ""
    return successor_of(model_at(model, field[:-1]), str(field[-1]), details["input"])


def _words(details: ErrorDetails, context: Mapping[str, Any], model: type[Model]) -> Words:
    kind, value = details["type"], details["input"]
    if kind == "extra_forbidden":
        return _unknown_key(details["loc"], model)
    if kind == "missing":
        return "is required, but missing", ""
    known = _MESSAGES.get(kind)
    if known is not None:
        return known(context, value)
    raise AssertionError(f"no words for {kind}")  # pragma: no cover - a field of a new type


def _unknown_key(path: Path, model: type[Model]) -> Words:
    owner = model_at(model, path[:-1])
    known = [field.key for field in fields(owner)] if owner else []
    return "unknown key", nearest(str(path[-1]), known)


def _text(_context: Mapping[str, Any], value: object) -> Words:
    hint = ""
    if isinstance(value, bool):
        hint = "YAML reads y, yes, on, n, no, off as booleans too; quote the value"
    elif isinstance(value, int | float):
        hint = f'quote it: "{value}"'
    return f"must be a string, not {described(value)}", hint


def _number(_context: Mapping[str, Any], value: object) -> Words:
    quoted = isinstance(value, str) and value.strip().lstrip("-").isdigit()
    hint = "remove the quotes" if quoted else ""
    return f"must be an integer, not {described(value)}", hint


def _boolean(_context: Mapping[str, Any], value: object) -> Words:
    return f"must be true or false, not {described(value)}", ""


def _choice(context: Mapping[str, Any], value: object) -> Words:
    choices = str(context["expected"]).replace("'", "").replace(" or ", ", ")
    if ", " not in choices:
        return f"must be {choices}, not {described(value)}", ""
    hint = nearest(value, choices.split(", ")) if isinstance(value, str) else ""
    hint = hint if hint.startswith("did you mean") else ""
    return f"must be one of {choices}, not {described(value)}", hint


def _pattern(context: Mapping[str, Any], value: object) -> Words:
    return f"{DEMANDS[str(context['pattern'])]}; not {_shortened(str(value))}", ""


def _short(context: Mapping[str, Any], _value: object) -> Words:
    least = int(context.get("min_length", 1))
    return ("must not be empty" if least == 1 else f"needs at least {least} entries"), ""


def _long_text(context: Mapping[str, Any], value: object) -> Words:
    most = context["max_length"]
    return f"must have at most {most} characters, has {len(str(value))}", ""


def _long_list(context: Mapping[str, Any], _value: object) -> Words:
    most, actual = context["max_length"], context["actual_length"]
    return f"must have at most {most} entries, has {actual}", ""


def _small(context: Mapping[str, Any], value: object) -> Words:
    return f"must be at least {context['ge']}, not {value}", ""


def _great(context: Mapping[str, Any], value: object) -> Words:
    return f"must be at most {context['le']}, not {value}", ""


def _list(_context: Mapping[str, Any], value: object) -> Words:
    return f"must be a list, not {described(value)}", _empty_hint(value)


def _mapping(_context: Mapping[str, Any], value: object) -> Words:
    return f"must be a mapping, not {described(value)}", _empty_hint(value)


def _empty_hint(value: object) -> str:
    return "remove the key, or give it a value" if value is None else ""


def _shortened(text: str) -> str:
    """Quoted, on one line, and not a page long."""
    longest = 60
    shown = text if len(text) <= longest else text[:longest] + "..."
    return json.dumps(shown, ensure_ascii=False)


_MESSAGES: dict[str, Callable[[Mapping[str, Any], object], Words]] = {
    "bool_type": _boolean,
    "dict_type": _mapping,
    "float_type": _number,
    "greater_than_equal": _small,
    "int_from_float": _number,
    "int_type": _number,
    "is_instance_of": _mapping,
    "less_than_equal": _great,
    "list_type": _list,
    "literal_error": _choice,
    "model_type": _mapping,
    "string_pattern_mismatch": _pattern,
    "string_too_long": _long_text,
    "string_too_short": _short,
    "string_type": _text,
    "too_long": _long_list,
    "too_short": _short,
    "tuple_type": _list,
}
