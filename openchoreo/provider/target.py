"""The one setting of the provider: the directory the manifests go to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from openchoreo.document import Object
from openchoreo.errors import nearest
from openchoreo.provider.folder import is_link

DIRECTORY = "directory"

_OF_THE_ENGINE = frozenset({"version", "pluginDownloadURL", "__internal"})
_EFFECTIVE = os.access in os.supports_effective_ids


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
        info = os.lstat(path) if os.path.lexists(path) else None
        if info is not None and is_link(info):
            yield (
                f"directory {directory}: {_shown(path, program)} is a link, and the manifests go to"
                " a real directory only. Remove the link, or set directory to the folder it leads to."
            )
            return
    existing = _nearest_existing(program / directory)
    if not existing.is_dir():
        yield (
            f"directory {directory}: {_shown(existing, program)} is not a directory."
            " Move it away, or set another directory."
        )
    elif not os.access(existing, os.W_OK | os.X_OK, effective_ids=_EFFECTIVE):
        shown = _shown(existing, program)
        yield (
            f"directory {directory}: {shown} is not writable for the user that runs this."
            f" Change its permissions (chmod u+rwx {shown}), or set another directory."
        )


def _own_parts(directory: str, program: Path) -> Iterator[Path]:
    """The folders that must not be links.

    Every part of a relative directory, since those come with the repository; of an absolute one
    the last, since what is above it belongs to the machine (/tmp is a link on macOS).
    """
    path = program / directory
    if os.path.isabs(directory):
        yield path
        return
    parts = Path(directory).parts
    for count in range(1, len(parts) + 1):
        if parts[count - 1] != os.pardir:
            yield program.joinpath(*parts[:count])


def _nearest_existing(path: Path) -> Path:
    return next(each for each in (path, *path.parents) if os.path.lexists(each))


def _shown(path: Path, program: Path) -> str:
    return path.relative_to(program).as_posix() if path.is_relative_to(program) else str(path)
