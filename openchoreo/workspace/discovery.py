"""Where in a repository the definitions are, whatever its layout."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path, PurePosixPath

from openchoreo.catalog import files
from openchoreo.catalog.classify import Meaning, meaning_of
from openchoreo.catalog.syntax import UnreadableError, is_helm_template
from openchoreo.document import Document

_OURS = re.compile(rb"apiVersion[\"']?\s*:\s*[\"']?[a-z.]*choreo\.dev/")

_HERE = PurePosixPath()


class _Holds(Enum):
    DEFINITIONS = "definitions"
    NOTHING = "nothing of ours"
    UNREADABLE = "what nobody can read"


def find_definitions(root: Path) -> tuple[str, ...]:
    """Directories and files below `root` that hold all definitions, as stack config names them.

    As near to the root as can be, so that what is added later is found as well; but no directory
    in which something lies that nobody could read, such as a template of a Helm chart. A file that
    only a mistake keeps from being a definition counts as one.
    """
    found = {
        PurePosixPath(file.relative_to(root).as_posix()): _holds(file)
        for file in files.find([root])[0]
    }
    return tuple(str(name) for name in _names(found, _HERE))


def _holds(path: Path) -> _Holds:
    try:
        file = files.read(path)
    except UnreadableError:
        return _Holds.UNREADABLE
    ours = _OURS.search(file.data) is not None
    try:
        documents = [document.value for document in files.documents(file)]
    except UnreadableError:
        mistaken = ours and not is_helm_template(file.data)
        return _Holds.DEFINITIONS if mistaken else _Holds.UNREADABLE
    return _Holds.DEFINITIONS if ours and any(_defined(documents)) else _Holds.NOTHING


def _defined(documents: Iterable[Document]) -> Iterator[bool]:
    for document in documents:
        if isinstance(document, dict):
            items = document.get("items") if document.get("kind") == "List" else None
            yield from _defined(items if isinstance(items, list) else ())
            yield meaning_of(document).meaning is Meaning.DEFINITION


def _names(found: dict[PurePosixPath, _Holds], directory: PurePosixPath) -> Iterator[PurePosixPath]:
    """The directory itself where all in it can be read, else what it holds; the root is named only
    where definitions lie in it.
    """
    below = {path: holds for path, holds in found.items() if path.is_relative_to(directory)}
    ours = [path for path, holds in below.items() if holds is _Holds.DEFINITIONS]
    direct = [path for path in ours if path.parent == directory]
    if not ours:
        return
    readable = _Holds.UNREADABLE not in below.values()
    if readable and (direct or directory != _HERE):
        yield directory
        return
    yield from direct
    depth = len(directory.parts)
    for name in dict.fromkeys(path.parts[depth] for path in ours if path not in direct):
        yield from _names(below, directory / name)
