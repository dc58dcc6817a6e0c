"""One cluster for all workers of a test run, which ends with the last of them, however it ends.

Each worker keeps a FIFO open for writing, from which the cluster's parts read: the system closes
it for a worker that is killed.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

from tools import control_plane
from tools.console import ROOT

Given = TypeVar("Given")


class NoClusterError(Exception):
    pass


@contextmanager
def started(folder: Path) -> Generator[Path]:
    """The kubeconfig of the cluster in `folder`, started where there is none."""
    place, pipe = folder / "cluster", folder / "pipe"

    def begin() -> BinaryIO:
        if not pipe.exists():
            os.mkfifo(pipe)
        writer = hold(pipe)
        if not control_plane.running(place):
            start(place, pipe)
        return writer

    with shared(folder, begin, lambda: control_plane.stop(place)) as writer, writer:
        yield place / "kubeconfig"


@contextmanager
def shared(
    folder: Path, begin: Callable[[], Given], finish: Callable[[], None]
) -> Generator[Given]:
    """Every worker begins, one at a time; the last one to leave finishes."""
    with (folder / "users").open("ab") as user:
        with locked(folder):
            fcntl.flock(user, fcntl.LOCK_SH)
            given = begin()
        try:
            yield given
        finally:
            with locked(folder):
                if is_last(user):
                    finish()


@contextmanager
def locked(folder: Path) -> Generator[None]:
    with (folder / "lock").open("ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def hold(pipe: Path) -> BinaryIO:
    # A FIFO opens for writing only while somebody reads, and a reader must not wait for us.
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        return os.fdopen(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK), "wb", buffering=0)
    finally:
        os.close(reader)


def is_last(user: BinaryIO) -> bool:
    try:
        fcntl.flock(user, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def start(place: Path, pipe: Path) -> None:
    command = ["start", f"--directory={place}", f"--while={pipe}"]
    done = subprocess.run(
        [sys.executable, "-m", "tools.cluster", *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NoClusterError(done.stderr.strip())
