"""Values against a schema, with the messages of Kubernetes' own validator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

from openchoreo.document import Document, Object
from openchoreo.errors import Path, nearest
from openchoreo.rendering.schema.combinations import all_of, any_of, none_of, one_of
from openchoreo.rendering.schema.findings import Found, Validator, name_of, problem
from openchoreo.rendering.schema.scalars import Check, number_checks, text_checks
from openchoreo.rendering.shapes import items, mapping, texts
from openchoreo.template.text import json_text, number_text

_LARGEST = 2**53 - 1  # the largest integer that every reader of JSON understands alike


def compile_validator(schema: Object) -> Validator:
    """How a value is held against this schema: every keyword a step of its own."""
    check_type = _type(schema)
    check_enum = _enum(schema)
    checks: dict[type, list[Validator]] = {
        str: [_scalar(check) for check in text_checks(schema)],
        float: [_scalar(check) for check in number_checks(schema)],
        list: list(_list_steps(schema)),
        dict: list(_object_steps(schema)),
    }
    checks[int] = checks[float]
    combined = list(_combinations(schema))

    def validate(value: Document, path: Path, found: Found) -> None:
        if check_type is not None:
            check_type(value, path, found)
        if value is not None:
            for step in combined:
                step(value, path, found)
            for step in checks.get(type(value), ()):
                step(value, path, found)
        if check_enum is not None:
            check_enum(value, path, found)

    return validate


def _validator(node: Document) -> Validator:
    return compile_validator(cast("Object", node or {}))


def _scalar(check: Check) -> Validator:
    def validate(value: Document, path: Path, found: Found) -> None:
        message = check(value)
        if message:
            found.append(problem(path, f"{name_of(path)} {message}"))

    return validate


def _type(schema: Object) -> Validator | None:
    declared = schema.get("type")
    types = ("integer", "string") if schema.get("x-kubernetes-int-or-string") else (declared,)
    nullable = schema.get("nullable") is True or "null" in types
    if not types[0]:
        return None
    expected = ",".join(map(str, types))

    def validate(value: Document, path: Path, found: Found) -> None:
        if value is None and nullable:
            return
        actual = _type_of(value)
        if actual in types or (actual == "integer" and "number" in types):
            return
        actual = "number" if actual == "integer" else actual
        message = f'{name_of(path)} must be of type {expected}: "{actual}"'
        found.append(problem(path, message))

    return validate


def _type_of(value: Document) -> str:
    """The type that schemas call a value; a number is an integer where it can be one."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        integral = isinstance(value, int) or value.is_integer()
        return "integer" if integral and abs(value) <= _LARGEST else "number"
    if isinstance(value, str):
        return "string"
    if isinstance(value, list):
        return "array"
    return "null" if value is None else "object"


def _enum(schema: Object) -> Validator | None:
    """Null is never among the values, even where the schema lists it."""
    values = cast("list[Document]", schema.get("enum") or [])
    if not values:
        return None
    written = " ".join(_text(value) for value in values)

    def validate(value: Document, path: Path, found: Found) -> None:
        if value is None or not any(same(value, allowed) for allowed in values):
            message = f"{name_of(path)} should be one of [{written}]"
            found.append(problem(path, message))

    return validate


def _text(value: Document) -> str:
    return value if isinstance(value, str) else json_text(value)


def same(one: Document, other: Document) -> bool:
    """JSON equality: 1 and 1.0 are the same, 1 and true are not."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _list_steps(schema: Object) -> Iterator[Validator]:
    if isinstance(schema.get("items"), dict):
        yield _items(_validator(schema["items"]))
    least, most = schema.get("minItems"), schema.get("maxItems")
    if isinstance(least, int | float):
        yield _sized(lambda size: size < least, f"should have at least {number_text(least)} items")
    if isinstance(most, int | float):
        yield _sized(lambda size: size > most, f"should have at most {number_text(most)} items")
    if schema.get("uniqueItems"):
        yield _unique


def _items(validate_item: Validator) -> Validator:
    def validate(value: Document, path: Path, found: Found) -> None:
        for index, item in enumerate(cast("list[Document]", value)):
            validate_item(item, (*path, index), found)

    return validate


def _sized(is_wrong: Callable[[int], bool], message: str) -> Validator:
    def validate(value: Document, path: Path, found: Found) -> None:
        if is_wrong(len(cast("list[Document]", value))):
            found.append(problem(path, f"{name_of(path)} {message}"))

    return validate


def _unique(value: Document, path: Path, found: Found) -> None:
    seen: dict[str, list[Document]] = {}
    for item in cast("list[Document]", value):
        alike = seen.setdefault(_bucket(item), [])
        if any(same(item, other) for other in alike):
            found.append(problem(path, f"{name_of(path)} shouldn't contain duplicates"))
            return
        alike.append(item)


def _bucket(item: Document) -> str:
    """Equal for equal items, so that long lists are not compared pair by pair."""
    if isinstance(item, dict | list):
        return f"{len(item)}"
    return repr(float(item)) if isinstance(item, int | float) else repr(item)


def _object_steps(schema: Object) -> Iterator[Validator]:
    least, most = schema.get("minProperties"), schema.get("maxProperties")
    if isinstance(least, int | float):
        yield _sized(
            lambda size: size < least, f"should have at least {number_text(least)} properties"
        )
    if isinstance(most, int | float):
        yield _sized(
            lambda size: size > most, f"should have at most {number_text(most)} properties"
        )
    required = sorted(texts(schema, "required"))
    if required:
        yield _required(required)
    properties = {
        name: _validator(node) for name, node in sorted(mapping(schema, "properties").items())
    }
    if properties:
        yield _properties(properties)
    additional = schema.get("additionalProperties")
    if additional is False:
        yield _forbidden(frozenset(properties))
    elif isinstance(additional, dict):
        yield _additional(frozenset(properties), _validator(additional))


def _required(names: list[str]) -> Validator:
    def validate(value: Document, path: Path, found: Found) -> None:
        for name in names:
            if name not in cast("Object", value):
                place = (*path, name)
                found.append(problem(place, f"{name_of(place)} is required"))

    return validate


def _properties(validators: dict[str, Validator]) -> Validator:
    def validate(value: Document, path: Path, found: Found) -> None:
        members = cast("Object", value)
        for name, validate_member in validators.items():
            if name in members:
                validate_member(members[name], (*path, name), found)

    return validate


def _forbidden(known: frozenset[str]) -> Validator:
    def validate(value: Document, path: Path, found: Found) -> None:
        for name in sorted(cast("Object", value).keys() - known):
            place = (*path, name)
            message = f"{name_of(place)} is a forbidden property"
            found.append(problem(place, message, nearest(name, known)))

    return validate


def _additional(known: frozenset[str], validate_member: Validator) -> Validator:
    def validate(value: Document, path: Path, found: Found) -> None:
        members = cast("Object", value)
        for name in sorted(members.keys() - known):
            validate_member(members[name], (*path, name), found)

    return validate


def _combinations(schema: Object) -> Iterator[Validator]:
    for key, combine in (("anyOf", any_of), ("oneOf", one_of), ("allOf", all_of)):
        validators = [_validator(node) for node in items(schema, key)]
        if validators:
            yield combine(validators)
    if isinstance(schema.get("not"), dict):
        yield none_of(_validator(schema["not"]))
