"""The one setting of the provider: the directory the manifests go to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from openchoreo.document import Object
from openchoreo.errors import nearest
from openchoreo.provider.folder import EFFECTIVE_IDS, is_link

DIRECTORY = "directory"

_OF_THE_ENGINE = frozenset({"version", "pluginDownloadURL", "__internal"})


def normal_directory(written: str) -> str:
    """The same directory is always written the same way, so that only a real change is one."""
    return os.path.normpath(written).replace(os.sep, "/")


def problems_of_settings(settings: Object, program: Path) -> tuple[str, ...]:
    """What is wrong with the provider's inputs, before anything is touched."""
    unknown = sorted(settings.keys() - {DIRECTORY} - _OF_THE_ENGINE)
    problems = [
        f"{key} is no setting of this provider; {nearest(key, [DIRECTORY])}" for key in unknown
    ]
    directory = settings.get(DIRECTORY)
    if not isinstance(directory, str) or not directory.strip():
        problems.append(
            "directory is missing: the folder for the manifests, such as manifests/development"
        )
    else:
        problems.extend(_problems_of_directory(normal_directory(directory), program))
    return tuple(problems)


def _problems_of_directory(directory: str, program: Path) -> Iterator[str]:
    for path in _own_parts(directory, program):
        if os.path.lexists(path) and is_link(os.lstat(path)):
            yield (
                f"{_named(directory, path, program)} is a link, and manifests go to real directories"
                " only; remove the link, or set directory to the folder it leads to"
            )
            return
    existing = _nearest_existing(program / directory)
    named = _named(directory, existing, program)
    if not existing.is_dir():
        yield f"{named} is not a directory; move it away, or set another directory"
    elif not os.access(existing, os.W_OK | os.X_OK, effective_ids=EFFECTIVE_IDS):
        yield (
            f"{named} is not writable for the user that runs this;"
            " change its permissions, or set another directory"
        )


def _own_parts(directory: str, program: Path) -> Iterator[Path]:
    """The folders that must not be links.

    Every part of a relative directory, since those come with the repository; of an absolute one
    the last, since what is above it belongs to the machine (/tmp is a link on macOS).
    """
    path = program / directory
    if Path(directory).is_absolute():
        yield path
        return
    parts = Path(directory).parts
    for count in range(1, len(parts) + 1):
        if parts[count - 1] != os.pardir:
            yield program.joinpath(*parts[:count])


def _nearest_existing(path: Path) -> Path:
    return next(each for each in (path, *path.parents) if os.path.lexists(each))


def _named(directory: str, path: Path, program: Path) -> str:
    """The directory, and the part of it that is the matter."""
    if path == program / directory:
        return f"directory {directory}"
    inside = path.is_relative_to(program) and path != program
    return f"directory {directory}: {path.relative_to(program).as_posix() if inside else path}"
