"""One value in a YAML file set or removed, while every other byte of the file stays.

Comments, order, quotes and blank lines are people's own, so nothing is written again: the text
is changed at the place that the parser tells.
"""

from __future__ import annotations

from typing import TypeAlias

import yaml
from msgspec import Struct

from openchoreo.catalog import read_yaml
from openchoreo.document import Document, Object
from openchoreo.errors import OpenChoreoError, Problem, Stage, format_path

Scalar: TypeAlias = "str | bool"
Keys: TypeAlias = tuple[str, ...]

_STEP = 2


def with_value(text: str, keys: Keys, value: Scalar, *, file: str) -> str:
    """The text with `value` at `keys`. Raises OpenChoreoError where that place cannot be edited."""
    wanted = _put(_document(text, file), keys, value)
    return _checked(_with(text, keys, value), wanted, keys, file)


def without(text: str, keys: Keys, *, file: str) -> str:
    """The text without what is at `keys`, and without maps that are empty then."""
    document = _document(text, file)
    while len(keys) > 1 and _alone(document, keys):
        keys = keys[:-1]
    if not _there(document, keys):
        return text
    return _checked(_removed(text, keys), _taken(document, keys), keys, file)


def _document(text: str, file: str) -> Object:
    document = read_yaml(text, file)
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise _refused(file, (), "is not a mapping")
    return document


def _checked(text: str, wanted: Object, keys: Keys, file: str) -> str:
    """What was written says what it should, and nothing else."""
    try:
        if _plain(_document(text, file)) == _plain(wanted):
            return text
    except OpenChoreoError:
        pass
    raise _refused(file, keys, "is written in a way that cannot be edited here")


def _plain(document: Document) -> Document:
    """A map that has lost its last line says nothing any more."""
    if isinstance(document, dict):
        return {key: _plain(value) for key, value in document.items()} or None
    return document


def _refused(file: str, keys: Keys, message: str) -> OpenChoreoError:
    hint = f"change {format_path(keys)} by hand" if keys else ""
    return OpenChoreoError(Problem(Stage.CONFIG, file, keys, message, hint, file))


def _put(document: Object, keys: Keys, value: Scalar) -> Object:
    key, *rest = keys
    if not rest:
        return {**document, key: value}
    inner = document.get(key)
    below = inner if isinstance(inner, dict) else {}
    return {**document, key: _put(below, tuple(rest), value)}


def _taken(document: Object, keys: Keys) -> Object:
    key, *rest = keys
    if not rest:
        return {name: value for name, value in document.items() if name != key}
    inner = document[key]
    assert isinstance(inner, dict)
    return {**document, key: _taken(inner, tuple(rest))}


def _at(document: Document, keys: Keys) -> Document:
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def _there(document: Object, keys: Keys) -> bool:
    inner = _at(document, keys[:-1])
    return isinstance(inner, dict) and keys[-1] in inner


def _alone(document: Object, keys: Keys) -> bool:
    """Whether the map that holds the last key has no other, and is not the config itself."""
    inner = _at(document, keys[:-1])
    return len(keys) > _STEP and isinstance(inner, dict) and set(inner) == {keys[-1]}


class _Place(Struct, frozen=True):
    """How far a path leads: the map that is there, and what is missing below it."""

    node: yaml.Node | None
    column: int
    missing: Keys
    entry: tuple[yaml.Node, yaml.Node] | None = None
    parent: yaml.MappingNode | None = None

    @property
    def in_flow(self) -> bool:
        return self.parent is not None and bool(self.parent.flow_style)


def _with(text: str, keys: Keys, value: Scalar) -> str:
    place = _place(text, keys)
    node, missing = place.node, place.missing
    if node is None:
        return _inserted(text, len(text.rstrip("\n")), _block(missing, value, 0))
    start, end = node.start_mark.index, node.end_mark.index
    if not missing:
        return _replaced(text, start, end, _flow(value) if place.in_flow else _written(value))
    if isinstance(node, yaml.MappingNode) and node.flow_style:
        comma = ", " if node.value else ""
        inside = text[: end - 1].rstrip()
        return f"{inside}{comma}{_flowing(missing, value)}{text[end - 1 :]}"
    if place.in_flow:
        return _replaced(text, start, end, f"{{{_flowing(missing, value)}}}")
    block = _block(missing, value, place.column)
    if isinstance(node, yaml.MappingNode) and node.value:
        return _inserted(text, _end_of_line(text, _last(node)), block)
    return f"{text[:start]}\n{block}{text[end:]}"


def _place(text: str, keys: Keys) -> _Place:
    node, column = yaml.compose(text, Loader=yaml.SafeLoader), 0
    entry: tuple[yaml.Node, yaml.Node] | None = None
    parent: yaml.MappingNode | None = None
    for depth, key in enumerate(keys):
        if not isinstance(node, yaml.MappingNode):
            return _Place(node, column, keys[depth:], entry, parent)
        column = node.value[0][0].start_mark.column if node.value else column
        found = next((one for one in node.value if one[0].value == key), None)
        if found is None:
            return _Place(node, column, keys[depth:], entry, parent)
        parent, entry, node, column = node, found, found[1], column + _STEP
    return _Place(node, column, (), entry, parent)


def _replaced(text: str, start: int, end: int, written: str) -> str:
    space = " " if start == end and not text[start - 1].isspace() else ""
    return f"{text[:start]}{space}{written}{text[end:]}"


def _removed(text: str, keys: Keys) -> str:
    place = _place(text, keys)
    if place.entry is None or place.parent is None:
        return text
    key, value = place.entry
    if place.parent.flow_style:
        return _removed_from_flow(text, place.parent, place.entry)
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    end = _end_of_line(text, _last(value))
    return text[:start] + text[end + 1 :]


def _removed_from_flow(
    text: str, parent: yaml.MappingNode, entry: tuple[yaml.Node, yaml.Node]
) -> str:
    """With the comma after it, or before the last one."""
    index = parent.value.index(entry)
    start, end = entry[0].start_mark.index, entry[1].end_mark.index
    following = parent.value[index + 1 :]
    if following:
        end = following[0][0].start_mark.index
    elif index:
        start = parent.value[index - 1][1].end_mark.index
    return text[:start] + text[end:]


def _last(node: yaml.Node) -> int:
    """Where the last thing that is written in a node ends; a block's own end is further on."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return _last(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _last(node.value[-1])
    return node.end_mark.index


def _end_of_line(text: str, index: int) -> int:
    if index and text[index - 1] == "\n":  # a block of text ends after its line
        return index - 1
    end = text.find("\n", index)
    return len(text) if end < 0 else end


def _inserted(text: str, index: int, block: str) -> str:
    before = "" if index == 0 else "\n"
    after = text[index:] or "\n"
    return f"{text[:index]}{before}{block}{after}"


def _block(keys: Keys, value: Scalar, column: int) -> str:
    lines = [f"{' ' * (column + depth * _STEP)}{_key(key)}:" for depth, key in enumerate(keys)]
    return "\n".join(lines) + f" {_written(value)}"


def _flowing(keys: Keys, value: Scalar) -> str:
    first, *rest = keys
    inner = f"{{{_flowing(tuple(rest), value)}}}" if rest else _flow(value)
    return f"{_flow(first)}: {inner}"


def _flow(value: Scalar) -> str:
    """As it stands within brackets."""
    dumped: str = yaml.safe_dump([value], default_flow_style=True, width=_WIDE)
    return dumped.strip().removeprefix("[").removesuffix("]")


def _written(value: Scalar) -> str:
    """As it stands after a key on a line of its own."""
    dumped: str = yaml.safe_dump({"k": value}, default_flow_style=False, width=_WIDE)
    return dumped.removeprefix("k:").strip()


def _key(key: str) -> str:
    dumped: str = yaml.safe_dump({key: 0}, default_flow_style=False, width=_WIDE)
    return dumped.removesuffix(": 0\n")


_WIDE = 100_000
