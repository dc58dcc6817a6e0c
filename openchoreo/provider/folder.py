"""Files inside the target directory, and nowhere else.

Every step goes from an open folder to an entry of it and refuses links on the way, so nothing that
somebody puts into the target directory can lead a write or a removal out of it. A file is replaced
in one step: a reader sees the old bytes or the new ones. There is no flush to the disk, because a
file lost to a power cut is shown by the next preview and put back by the next update.
"""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct

_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_DIRECTORY = getattr(os, "O_DIRECTORY", 0)
_BINARY = getattr(os, "O_BINARY", 0)
_CAN_ANCHOR = bool(_NOFOLLOW) and {os.open, os.stat, os.mkdir, os.rmdir, os.unlink, os.rename} <= (
    os.supports_dir_fd
)
EFFECTIVE_IDS = os.access in os.supports_effective_ids
_ATTEMPTS = 3


class FileError(Exception):
    """A file that cannot be read, written or removed: one sentence with its name and the reason."""


class _Place(Struct, frozen=True):
    """A folder, held open where the system can work relative to one (not on Windows)."""

    path: Path
    descriptor: int | None

    def entry(self, name: str) -> str:
        return name if self.descriptor is not None else str(self.path / name)

    def look(self, name: str) -> os.stat_result | None:
        try:
            return os.stat(self.entry(name), dir_fd=self.descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return None


class ManifestFolder:
    """The target directory. `shown` is how messages call it; files are `<folder>/<name>`."""

    def __init__(self, root: Path, shown: str, *, anchored: bool = _CAN_ANCHOR) -> None:
        self._root = root
        self._shown = shown
        self._anchored = anchored
        self._changing = threading.Lock()

    def shown(self, file: str) -> str:
        return f"{self._shown}/{file}"

    def read(self, file: str) -> bytes | None:
        """The bytes of the file, or None where it is missing."""
        folder, name = file.split("/")
        with self._naming("read", file), self._folder(folder) as place:
            info = place.look(name) if place else None
            if place is None or info is None:
                return None
            _refuse_unless_file(info)
            flags = os.O_RDONLY | _NOFOLLOW | _BINARY
            descriptor = os.open(place.entry(name), flags, dir_fd=place.descriptor)
            with os.fdopen(descriptor, "rb") as opened:
                return opened.read()
        return None

    def check(self, file: str) -> None:
        """Raises what writing the file would raise, as far as it can be seen without touching it."""
        folder, name = file.split("/")
        with self._naming("write", file), self._folder(folder) as place:
            if place is None:
                return
            info = place.look(name)
            if info is not None:
                _refuse_unless_file(info)
            if not os.access(place.path, os.W_OK | os.X_OK, effective_ids=EFFECTIVE_IDS):
                raise OSError(errno.EACCES, os.strerror(errno.EACCES))

    def write(self, file: str, content: bytes) -> None:
        folder, name = file.split("/")
        with self._naming("write", file), self._changing:
            for _ in range(_ATTEMPTS - 1):
                # Another process may remove the folder, empty for a moment, before it is used.
                with suppress(FileNotFoundError):
                    self._replace(folder, name, content)
                    return
            self._replace(folder, name, content)

    def remove(self, file: str) -> None:
        """Removes the file and its folder, where that is empty then. A missing file is no error."""
        folder, name = file.split("/")
        with self._naming("remove", file), self._changing, self._folder(folder) as place:
            if place is None:
                return
            info = place.look(name)
            if info is not None:
                _refuse_unless_file(info)
                os.unlink(place.entry(name), dir_fd=place.descriptor)
            _remove_leftover(place, _temporary(name))
            self._remove_empty(folder)

    def _replace(self, folder: str, name: str, content: bytes) -> None:
        with self._folder(folder, create=True) as place:
            assert place is not None
            info = place.look(name)
            if info is not None:
                _refuse_unless_file(info)
            temporary = _temporary(name)
            _remove_leftover(place, temporary)
            try:
                _create(place, temporary, content)
                os.replace(
                    place.entry(temporary),
                    place.entry(name),
                    src_dir_fd=place.descriptor,
                    dst_dir_fd=place.descriptor,
                )
            except OSError:
                with suppress(OSError):
                    os.unlink(place.entry(temporary), dir_fd=place.descriptor)
                raise

    @contextmanager
    def _folder(self, name: str, *, create: bool = False) -> Generator[_Place | None]:
        """The folder in the target directory, or None where it is missing."""
        if create:
            self._root.mkdir(parents=True, exist_ok=True)
        elif not os.path.lexists(self._root):
            yield None
            return
        with self._open(_Place(self._root.parent, None), self._root.name) as root:
            if root.look(name) is None:
                if not create:
                    yield None
                    return
                with suppress(FileExistsError):
                    os.mkdir(root.entry(name), dir_fd=root.descriptor)
            with self._open(root, name) as place:
                yield place

    @contextmanager
    def _open(self, above: _Place, name: str) -> Generator[_Place]:
        info = above.look(name)
        if info is not None:
            _refuse_unless_folder(info)
        path = above.path / name
        if not self._anchored:
            yield _Place(path, None)
            return
        flags = os.O_RDONLY | _DIRECTORY | _NOFOLLOW
        descriptor = os.open(above.entry(name), flags, dir_fd=above.descriptor)
        try:
            yield _Place(path, descriptor)
        finally:
            os.close(descriptor)

    def _remove_empty(self, folder: str) -> None:
        with self._open(_Place(self._root.parent, None), self._root.name) as root:
            try:
                os.rmdir(root.entry(folder), dir_fd=root.descriptor)
            except OSError as error:
                if error.errno not in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT}:
                    raise

    @contextmanager
    def _naming(self, action: str, file: str) -> Generator[None]:
        try:
            yield
        except OSError as error:
            message = f"cannot {action} {self.shown(file)}: {error.strerror or error}"
            raise FileError(message) from error


def is_link(info: os.stat_result) -> bool:
    """A symbolic link, or what Windows calls a junction."""
    return stat.S_ISLNK(info.st_mode) or bool(getattr(info, "st_reparse_tag", 0))


def _temporary(name: str) -> str:
    """One for each file, so that what a killed run left behind is found again."""
    return f".{name}.tmp"


def _create(place: _Place, name: str, content: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOFOLLOW | _BINARY
    descriptor = os.open(place.entry(name), flags, 0o666, dir_fd=place.descriptor)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)


def _remove_leftover(place: _Place, name: str) -> None:
    info = place.look(name)
    if info is not None and stat.S_ISREG(info.st_mode):
        os.unlink(place.entry(name), dir_fd=place.descriptor)


def _refuse_unless_file(info: os.stat_result) -> None:
    if is_link(info):
        raise OSError(errno.ELOOP, "it is a link, and links are never followed; remove it")
    if not stat.S_ISREG(info.st_mode):
        raise OSError(errno.EEXIST, "something else than a file is in its place; remove it")


def _refuse_unless_folder(info: os.stat_result) -> None:
    if is_link(info):
        raise OSError(errno.ELOOP, "its folder is a link, and links are never followed; remove it")
    if not stat.S_ISDIR(info.st_mode):
        raise OSError(errno.ENOTDIR, "something else than a folder is in the way; remove it")
