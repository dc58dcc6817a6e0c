"""The keywords about numbers and texts: bounds, patterns and formats."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator
from typing import TypeAlias, cast

from openchoreo.document import Document, Object
from openchoreo.rendering.schema.formats import FORMATS
from openchoreo.rendering.schema.patterns import searching
from openchoreo.template.text import number_text

Check: TypeAlias = Callable[[Document], str]
"""What is wrong with a value, as the rest of a sentence that begins with its path, or ""."""

_INTEGER_FORMATS = {"int32": 2**31, "int64": 2**63}
_NEARLY = 1e-9  # how near a quotient must be to an integer to count as one


def number_checks(schema: Object) -> Iterator[Check]:
    range_ = _range(schema)
    if range_:
        yield range_
    factor = _number(schema, "multipleOf")
    if factor is not None:
        yield _multiple(factor)
    least, most = _number(schema, "minimum"), _number(schema, "maximum")
    if least is not None:
        yield _least(least, exclusive=schema.get("exclusiveMinimum") is True)
    if most is not None:
        yield _most(most, exclusive=schema.get("exclusiveMaximum") is True)


def text_checks(schema: Object) -> Iterator[Check]:
    length = _length(schema)
    if length:
        yield length
    format_ = cast("str", schema.get("format") or "").replace("-", "")
    fits = FORMATS.get(format_)
    if fits is not None:
        yield _format(cast("str", schema["format"]), fits)


def _number(schema: Object, key: str) -> float | None:
    value = schema.get(key)
    return value if isinstance(value, int | float) else None


def _range(schema: Object) -> Check | None:
    """Numbers that do not fit their format; an integer without a format may be any."""
    kind, format_ = schema.get("type"), schema.get("format")
    if kind == "integer" and format_ in _INTEGER_FORMATS:
        limit = _INTEGER_FORMATS[format_]
        return lambda value: (
            "" if -limit <= cast("float", value) < limit else f"must be of type integer ({format_})"
        )
    if kind == "number" and format_ == "float":
        return lambda value: "" if _fits_float(value) else "must be of type number (float)"
    return None


def _fits_float(value: Document) -> bool:
    try:
        struct.pack("<f", value)
    except OverflowError:
        return False
    return True


def _multiple(factor: float) -> Check:
    def check(value: Document) -> str:
        quotient = cast("float", value) / factor if factor else math.nan
        exact = math.isfinite(quotient) and math.isclose(
            quotient, round(quotient), rel_tol=_NEARLY, abs_tol=_NEARLY
        )
        return "" if exact else f"should be a multiple of {number_text(factor)}"

    return check


def _least(bound: float, *, exclusive: bool) -> Check:
    words = "greater than" if exclusive else "greater than or equal to"

    def check(value: Document) -> str:
        number = cast("float", value)
        fits = number > bound if exclusive else number >= bound
        return "" if fits else f"should be {words} {number_text(bound)}"

    return check


def _most(bound: float, *, exclusive: bool) -> Check:
    words = "less than" if exclusive else "less than or equal to"

    def check(value: Document) -> str:
        number = cast("float", value)
        fits = number < bound if exclusive else number <= bound
        return "" if fits else f"should be {words} {number_text(bound)}"

    return check


def _length(schema: Object) -> Check | None:
    """Length and pattern; only the first that fails is told."""
    most, least = _number(schema, "maxLength"), _number(schema, "minLength")
    pattern = cast("str", schema.get("pattern") or "")
    if most is None and least is None and not pattern:
        return None
    matches = _pattern(pattern)

    def check(value: Document) -> str:
        text = cast("str", value)
        if most is not None and len(text) > most:
            return f"should be at most {number_text(most)} chars long"
        if least is not None and len(text) < least:
            return f"should be at least {number_text(least)} chars long"
        return matches(text)

    return check


def _pattern(pattern: str) -> Callable[[str], str]:
    """A pattern finds its match anywhere in the text; one that is broken fits nothing."""
    if not pattern:
        return lambda _: ""
    try:
        found_in = searching(pattern)
    except ValueError:
        return lambda _: f"should match '{pattern}', but pattern is invalid"
    return lambda text: "" if found_in(text) else f"should match '{pattern}'"


def _format(name: str, fits: Callable[[str], bool]) -> Check:
    def check(value: Document) -> str:
        text = cast("str", value)
        return "" if fits(text) else f'must be of type {name}: "{text}"'

    return check
