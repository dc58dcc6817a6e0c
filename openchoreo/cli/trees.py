"""Folders of generated files that are written again and again, beside what people keep there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from msgspec import Struct

from openchoreo.cli.manifests import write_files
from openchoreo.errors import OpenChoreoError, Problem, Stage

INDEX = ".openchoreo-export"
"""Lists the files that were written here, so that those that are no longer needed can go."""


class Changes(Struct, frozen=True):
    """File names, relative to the folder."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]
    gone: tuple[str, ...]
    """Written before, and not needed any more."""


def changes(folder: Path, files: Mapping[str, str], *, whole: bool) -> Changes:
    """What writing the files would do; only where they are `whole` does anything go.

    Raises OpenChoreoError where that would write over a file that was not written by an export.
    """
    known = _index(folder)
    there = {name: _text(folder / name) for name in files if (folder / name).exists()}
    differing = [name for name, text in there.items() if text != files[name]]
    foreign = sorted(set(differing) - known)
    if foreign:
        raise OpenChoreoError(*(_foreign(folder / name) for name in foreign))
    surplus = sorted(known - files.keys()) if whole else []
    return Changes(
        new=tuple(sorted(files.keys() - there.keys())),
        changed=tuple(sorted(differing)),
        same=tuple(sorted(there.keys() - set(differing))),
        gone=tuple(name for name in surplus if (folder / name).is_file()),
    )


def write_tree(folder: Path, files: Mapping[str, str], found: Changes) -> None:
    """Raises OpenChoreoError where a file cannot be written."""
    kept = sorted((_index(folder) | files.keys()) - set(found.gone))
    listed = {INDEX: "".join(f"{name}\n" for name in kept)}
    write_files(folder, {name: files[name] for name in (*found.new, *found.changed)})
    for name in found.gone:
        _remove(folder, name)
    write_files(folder, listed)


def _index(folder: Path) -> set[str]:
    """Only names that lead to somewhere below the folder."""
    file = folder / INDEX
    lines = _text(file).splitlines() if file.exists() else []
    return {name for name in lines if name and _is_below(PurePosixPath(name))}


def _is_below(name: PurePosixPath) -> bool:
    return not name.is_absolute() and ".." not in name.parts


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OpenChoreoError(_problem(file, f"cannot be read: {error}")) from None


def _remove(folder: Path, name: str) -> None:
    """With the folders that it leaves empty."""
    try:
        (folder / name).unlink()
        for parent in _folders(name):
            if any((folder / parent).iterdir()):
                return
            (folder / parent).rmdir()
    except OSError as error:
        raise OpenChoreoError(_problem(folder / name, f"cannot be removed: {error}")) from None


def _folders(name: str) -> Iterable[PurePosixPath]:
    return list(PurePosixPath(name).parents)[:-1]


def _foreign(file: Path) -> Problem:
    message = "is there already, and no export has written it"
    return _problem(file, message, "move it away, or export to another folder")


def _problem(file: Path, message: str, hint: str = "") -> Problem:
    return Problem(Stage.RENDER, str(file), (), message, hint)
