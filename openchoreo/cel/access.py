"""Compiled variables, fields and elements."""

from __future__ import annotations

from typing import Any

from openchoreo.cel.equality import MISSING, lookup
from openchoreo.cel.errors import Failure, nearest
from openchoreo.cel.scope import Run, Scope, failure_at
from openchoreo.cel.values import DICT, NONE, Optional_, Value, is_list, is_map, kind_of

MAX_SHOWN = 50
"""Of larger maps no nearest name is looked for, to keep errors cheap."""


def constant(value: Value) -> Run:
    def run(_: Scope) -> Value:
        return value

    return run


def variable(name: str, shown: str, position: int) -> Run:
    def run(scope: Scope) -> Value:
        try:
            return scope[name]
        except KeyError:
            raise failure_at(f"no such attribute: {shown}", position) from None

    return run


def _no_such_key(holder: Value, key: Value) -> Failure:
    text = f"no such key: {key}"
    if is_map(holder):
        names: dict[Any, Value] = holder
        if isinstance(key, str) and len(names) <= MAX_SHOWN:
            text += nearest(key, (k for k in names if isinstance(k, str)))
    else:
        text += f" (a value of kind {kind_of(holder)} has no fields)"
    return Failure(text)


def field_of(holder: Value, name: str, position: int) -> Value:
    """`holder.name`; through an optional the field is optional too."""
    if is_map(holder):
        found = holder.get(name, MISSING)
        if found is not MISSING:
            return found
    elif isinstance(holder, Optional_):
        return optional_field(holder, name)
    failure = _no_such_key(holder, name)
    failure.position = position
    raise failure


def optional_field(holder: Value, name: str) -> Optional_:
    """`holder.?name`: none where there is no such field."""
    if isinstance(holder, Optional_):
        if not holder.present:
            return NONE
        holder = holder.value
    if is_map(holder) and name in holder:
        return Optional_(holder[name])
    return NONE


def has_field(holder: Value, name: str) -> bool:
    if isinstance(holder, Optional_):
        holder = holder.value if holder.present else None
    return is_map(holder) and name in holder


def path(name: str, fields: tuple[str, ...], careful: Run) -> Run:
    """`name.a.b`: straight through dictionaries; anything else is left to `careful`."""
    if len(fields) == 1:
        return _one_field(name, fields[0], careful)
    if len(fields) == 2:  # noqa: PLR2004 (the two commonest lengths have their own code)
        return _two_fields(name, *fields, careful)

    def run(scope: Scope) -> Value:
        try:
            value = scope[name]
            for field in fields:
                if type(value) is not DICT:
                    return careful(scope)
                value = value[field]
        except KeyError:
            return careful(scope)
        return value

    return run


def _one_field(name: str, field: str, careful: Run) -> Run:
    def run(scope: Scope) -> Value:
        try:
            value = scope[name]
            if type(value) is DICT:
                return value[field]
        except KeyError:
            pass
        return careful(scope)

    return run


def _two_fields(name: str, first: str, second: str, careful: Run) -> Run:
    def run(scope: Scope) -> Value:
        try:
            value = scope[name]
            if type(value) is DICT:
                value = value[first]
                if type(value) is DICT:
                    return value[second]
        except KeyError:
            pass
        return careful(scope)

    return run


def select(operand: Run, name: str, position: int) -> Run:
    def run(scope: Scope) -> Value:
        holder = operand(scope)
        if type(holder) is DICT:
            try:
                return holder[name]
            except KeyError:
                pass
        return field_of(holder, name, position)

    return run


def optional_select(operand: Run, name: str) -> Run:
    def run(scope: Scope) -> Value:
        return optional_field(operand(scope), name)

    return run


def has(operand: Run, name: str) -> Run:
    def run(scope: Scope) -> Value:
        holder = operand(scope)
        if type(holder) is DICT:
            return name in holder
        return has_field(holder, name)

    return run


def element_of(holder: Value, index: Value, position: int) -> Value:
    """`holder[index]`."""
    if isinstance(holder, Optional_):
        return optional_element(holder, index, position)
    if is_map(holder):
        found = lookup(holder, index)
        if found is not MISSING:
            return found
        failure = _no_such_key(holder, index)
        failure.position = position
        raise failure
    if is_list(holder):
        place = list_place(index, position)
        if 0 <= place < len(holder):
            return holder[place]
        raise failure_at(
            f"index out of bounds: {place} (the list has {len(holder)} elements)",
            position,
        )
    raise failure_at(
        f"no such overload: _[_]({kind_of(holder)}, {kind_of(index)}); "
        "only lists and maps have elements",
        position,
    )


def list_place(index: Value, position: int) -> int:
    kind = kind_of(index)
    if kind in {"int", "uint"}:
        return int(index)
    if kind == "double" and index.is_integer():
        return int(index)
    raise failure_at(
        f"invalid list index {index!r} of kind {kind}; an index is a whole number", position
    )


def optional_element(holder: Value, index: Value, position: int) -> Optional_:
    """`holder[?index]`: none where there is no such element."""
    if isinstance(holder, Optional_):
        if not holder.present:
            return NONE
        holder = holder.value
    if is_map(holder):
        found = lookup(holder, index)
        return NONE if found is MISSING else Optional_(found)
    if is_list(holder):
        place = list_place(index, position)
        if 0 <= place < len(holder):
            return Optional_(holder[place])
        return NONE
    raise failure_at(
        f"no such overload: _[?_]({kind_of(holder)}, {kind_of(index)}); "
        "only lists and maps have elements",
        position,
    )


def element(operand: Run, index: Run, position: int) -> Run:
    def run(scope: Scope) -> Value:
        return element_of(operand(scope), index(scope), position)

    return run


def named_element(operand: Run, name: str, position: int) -> Run:
    """`operand['name']`."""

    def run(scope: Scope) -> Value:
        holder = operand(scope)
        if type(holder) is DICT:
            try:
                return holder[name]
            except KeyError:
                pass
        return element_of(holder, name, position)

    return run


def optional_index(operand: Run, index: Run, position: int) -> Run:
    def run(scope: Scope) -> Value:
        return optional_element(operand(scope), index(scope), position)

    return run
