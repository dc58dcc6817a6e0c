"""JSON text -> a document, as strict as the YAML reader."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from openchoreo.catalog.places import Place
from openchoreo.catalog.scalars import through_json
from openchoreo.catalog.syntax import UnreadableError
from openchoreo.catalog.yaml_reader import DEEPEST, Flaw, YamlDocument

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openchoreo.document import Document, Object

_TOO_DEEP = f"lists and mappings are nested more than {DEEPEST} deep"


def read_json(data: bytes) -> list[YamlDocument]:
    """One document, or none where the file is empty; `data` is UTF-8. Raises UnreadableError."""
    flaws: list[Flaw] = []

    def mapping(pairs: list[tuple[str, Document]]) -> Object:
        entries: Object = {}
        for key, value in pairs:
            if key in entries:
                flaws.append(Flaw(Place(), f"the key {key} is given twice in one mapping"))
            entries[key] = value
        return entries

    def constant(name: str) -> None:
        flaws.append(Flaw(Place(), f"{name} is no number that JSON can hold"))

    if not data.strip():
        return []
    try:
        value = json.loads(
            data.decode("utf-8-sig"),  # given bytes, json would guess at other encodings
            object_pairs_hook=mapping,
            parse_constant=constant,
            parse_float=_number,
            parse_int=_number,
        )
        _check_depth(value)
    except json.JSONDecodeError as error:
        message = f"is not JSON: {error.msg}"
        raise UnreadableError(error.lineno, message, column=error.colno) from error
    except RecursionError as error:
        raise UnreadableError(0, _TOO_DEEP) from error
    return [YamlDocument(0, 1, value, tuple(flaws))]


def _check_depth(value: Document) -> None:
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise UnreadableError(0, _TOO_DEEP)


def _inside(value: Document) -> Iterable[Document]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _number(text: str) -> int | float:
    if text.lstrip("-").isdigit() and len(text) < 20:  # noqa: PLR2004 - digits of 64 bits
        value = int(text)
        return value if -(2**63) <= value < 2**63 else float(text)
    return through_json(float(text))
