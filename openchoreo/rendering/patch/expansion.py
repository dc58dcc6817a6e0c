"""From a path to the places it means in one manifest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from openchoreo.document import Document, Object
from openchoreo.rendering.patch.errors import PatchError, kind_of
from openchoreo.rendering.patch.path import Append, Filter, Index, Key, Step, Wildcard
from openchoreo.template.text import general_text

Pointer: TypeAlias = tuple[str | int, ...]
"""Where in a manifest: names are keys, numbers indexes, and APPEND the end of a list."""

APPEND = "-"
_MOST_PLACES = 1 << 16
_MOST_SHOWN = 10


class _Place(NamedTuple):
    pointer: Pointer
    value: Document


def expand(manifest: Object, steps: tuple[Step, ...]) -> list[Pointer]:
    """Every place, in document order and never none. Members may be missing, elements not."""
    places = [_Place((), manifest)]
    for step in steps:
        following: list[_Place] = []
        for place in places:
            following.extend(_follow(place, step))
            if len(following) > _MOST_PLACES:
                raise PatchError(f"the path means more than {_MOST_PLACES} places")
        if not following:
            raise _nothing(step, places)
        places = following
    return [place.pointer for place in places]


def _follow(place: _Place, step: Step) -> Iterator[_Place]:
    pointer, value = place
    match step:
        case Append():
            yield _Place((*pointer, APPEND), None)
        case Key(name):
            yield _Place((*pointer, name), _member(value, name))
        case Index(number):
            yield _Place((*pointer, number), _element(value, number))
        case Wildcard():
            for index, item in enumerate(_items(value, "[*]", pointer)):
                yield _Place((*pointer, index), item)
        case Filter():
            for index, item in enumerate(_items(value, "a filter", pointer)):
                if _matches(item, step):
                    yield _Place((*pointer, index), item)


def _member(value: Document, name: str) -> Document:
    if isinstance(value, dict):
        return value.get(name)
    if value is None:
        return None
    raise PatchError(f"{name} is looked up in {kind_of(value)}, which has no members")


def _element(value: Document, number: int) -> Document:
    if not isinstance(value, list):
        raise PatchError(f"index {number} needs a list, found {kind_of(value)}")
    if not 0 <= number < len(value):
        hint = "append with /-" if number == len(value) else ""
        raise PatchError(f"index {number} is out of bounds, the list has {len(value)}", hint)
    return value[number]


def _items(value: Document, what: str, pointer: Pointer) -> list[Document]:
    if not isinstance(value, list):
        raise PatchError(f"{what} needs a list, found {kind_of(value)} at {text(pointer)}")
    return value


def _matches(item: Document, condition: Filter) -> bool:
    return condition.expected in _texts(item, condition)


def _texts(item: Document, condition: Filter) -> tuple[str, ...]:
    """The text of the nested field, if it has one; null is the empty text.

    Go writes lists and objects with a "]", which no filter can hold, so they never fit.
    """
    for name in condition.fields:
        if not isinstance(item, dict) or name not in item:
            return ()
        item = item[name]
    if isinstance(item, list | dict):
        return ()
    return ("" if item is None else _go_text(item),)


def _nothing(step: Step, places: list[_Place]) -> PatchError:
    """What a filter or wildcard without a match could have matched."""
    if not isinstance(step, Filter):
        return PatchError("[*] matches nothing, the list is empty")
    lists = (place.value for place in places)
    items = [item for value in lists if isinstance(value, list) for item in value]
    written = sorted({_go_text(found) for item in items for found in _texts(item, step)})
    name = ".".join(step.fields)
    hint = f"there is {name} {', '.join(written[:_MOST_SHOWN])}" if written else ""
    return PatchError(f"no element has {name} {step.expected}", hint)


def text(pointer: Pointer) -> str:
    """A pointer as RFC 6901 writes it."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in pointer)


def _go_text(value: Document) -> str:
    """What filters compare with: Go's `%v`, in which 1000000 from a document is 1e+06."""
    if isinstance(value, float):
        return general_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
