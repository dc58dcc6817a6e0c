"""Which fields differ, as the property paths that Pulumi prints in a detailed diff."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from openchoreo.document import Document, Object
from openchoreo.errors import Path

_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


class Change(Enum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


def differences(old: Object, new: Object) -> dict[Path, Change]:
    """The topmost fields that differ. Lists are compared place by place: linear in their size."""
    return dict(_compare(old, new, ()))


def property_path(path: Path) -> str:
    """The notation of Pulumi's property paths: spec.containers[0].labels["my.key"]."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _NAME.fullmatch(step):
            text += f".{step}" if text else step
        else:
            quoted = step.replace('"', '\\"')
            text += f'["{quoted}"]'
    return text


def outside(paths: dict[Path, Change], known: dict[Path, Change]) -> dict[Path, Change]:
    """Those of `paths` that are not above, below or among the known ones."""
    above = {path[:length] for path in known for length in range(len(path) + 1)}
    return {
        path: change
        for path, change in paths.items()
        if path not in above and not any(path[:length] in known for length in range(len(path)))
    }


def _compare(old: Document, new: Document, path: Path) -> Iterator[tuple[Path, Change]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from _entry(old, new, key, (*path, key))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _places(old, new, path)
    elif old != new or isinstance(old, bool) != isinstance(new, bool):  # 1 == True in Python
        yield path, Change.CHANGED


def _entry(old: Object, new: Object, key: str, path: Path) -> Iterator[tuple[Path, Change]]:
    if key not in old:
        yield path, Change.ADDED
    elif key not in new:
        yield path, Change.REMOVED
    else:
        yield from _compare(old[key], new[key], path)


def _places(old: list[Document], new: list[Document], path: Path) -> Iterator[tuple[Path, Change]]:
    for index, (before, after) in enumerate(zip(old, new, strict=False)):
        yield from _compare(before, after, (*path, index))
    for index in range(len(old), len(new)):
        yield (*path, index), Change.ADDED
    for index in range(len(new), len(old)):
        yield (*path, index), Change.REMOVED
