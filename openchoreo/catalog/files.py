"""Which files a list of paths means, and what is in them."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from openchoreo.catalog.json_reader import read_json
from openchoreo.catalog.positions import Places, positions
from openchoreo.catalog.syntax import UnreadableError, is_helm_template
from openchoreo.catalog.yaml_reader import Reader, YamlDocument
from openchoreo.errors import Problem, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_SUFFIXES = (".yaml", ".yml", ".json")
NO_SOURCES = frozenset({"__pycache__", "build", "dist", "node_modules", "target", "vendor", "venv"})
"""Directories that tools fill. Only looked for below a given path, never in it."""
_LARGEST = 16 * 2**20


class SourceFile(Struct, frozen=True, dict=True):
    """A file as it was read; `name` is how messages call it."""

    name: str
    data: bytes

    @property
    def is_json(self) -> bool:
        return self.name.endswith(".json")

    @cached_property
    def places(self) -> tuple[Places, ...]:
        """Where the fields of its documents stand."""
        return positions(self.data)


def find(paths: Sequence[Path]) -> tuple[list[Path], list[Problem]]:
    """The files below the paths, each once and in a stable order."""
    found: dict[str, Path] = {}
    problems: list[Problem] = []
    folders: dict[str, str] = {}
    for path in paths:
        if not path.exists():
            message = "there is no such file or directory"
            problems.append(Problem(Stage.LOAD, display_name(path), (), message))
            continue
        unreadable: list[OSError] = []
        for file in [path] if path.is_file() else _below(path, unreadable.append):
            found.setdefault(_real(file, folders), file)
        problems += [
            Problem(Stage.LOAD, str(error.filename), (), f"cannot be read: {error.strerror}")
            for error in unreadable
        ]
    return sorted(found.values()), problems


def read(path: Path) -> SourceFile:
    """Raises UnreadableError, as `documents` does."""
    try:
        if path.stat().st_size > _LARGEST:
            raise UnreadableError(0, f"is larger than {_LARGEST >> 20} MiB")
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableError(0, f"cannot be read: {error.strerror}") from error
    return SourceFile(display_name(path), data)


def documents(file: SourceFile) -> list[YamlDocument]:
    _check_encoding(file.data)
    if file.is_json:
        return read_json(file.data)
    try:
        return Reader(file.data).documents()
    except UnreadableError as error:
        if is_helm_template(file.data):
            message = "is a Helm template, not YAML"
            hint = "render the chart (helm template) and give the result"
            raise UnreadableError(error.line, message, hint, error.column) from error
        raise


def _real(file: Path, folders: dict[str, str]) -> str:
    """Where links lead; those of a folder are followed once for all of its files."""
    folder, name = os.path.split(file)
    if os.path.islink(file):  # noqa: PTH114 - of thousands of files
        return os.path.realpath(file)
    if folder not in folders:
        folders[folder] = os.path.realpath(folder)
    return os.path.join(folders[folder], name)  # noqa: PTH118 - as above


def display_name(path: Path) -> str:
    """Relative to the working directory where the file is below it."""
    # Of thousands of files: as text, which takes a tenth of the time.
    absolute, here = os.path.abspath(path), os.getcwd()  # noqa: PTH100, PTH109 - keeps links
    if absolute == here:
        return "."
    return absolute.removeprefix(here.rstrip(os.sep) + os.sep)


def _below(root: Path, failed: Callable[[OSError], None]) -> Iterator[Path]:
    seen: set[Path] = set()
    for directory, children, names in os.walk(root, onerror=failed, followlinks=True):
        here = Path(directory)
        if (resolved := here.resolve()) in seen:  # a link back to a directory above
            children.clear()
            continue
        seen.add(resolved)
        children[:] = sorted(
            child for child in children if child[0] != "." and child not in NO_SOURCES
        )
        yield from (
            here / name for name in sorted(names) if name[0] != "." and name.endswith(_SUFFIXES)
        )


def _check_encoding(data: bytes) -> None:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"is not UTF-8 text (byte 0x{data[error.start]:02x})"
        raise UnreadableError(line, message) from error
