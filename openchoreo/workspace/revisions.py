"""Definitions as they were at another revision, from git."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from collections.abc import Iterable
from pathlib import Path

from openchoreo.errors import OpenChoreoError, Problem, Stage


def extract(revision: str, paths: Iterable[str], folder: Path) -> None:
    """Writes files and folders of this folder as they are in a revision below another folder.

    Raises OpenChoreoError where git is not there or does not know the revision.
    """
    git = shutil.which("git")
    if git is None:
        raise _refused("git", "is not on PATH", "install git")
    names = [name for name in paths if _has(git, revision, name)]
    if not names:
        message = f"revision {revision} has none of {', '.join(paths)}"
        raise _refused("git", message, "name a revision that has definitions there")
    archive = _run(git, "archive", "--format=tar", revision, "--", *names)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")


def _has(git: str, revision: str, name: str) -> bool:
    _run(git, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    found = _run(git, "ls-tree", "--name-only", revision, "--", f"./{name}")
    return bool(found.strip())


def _run(git: str, *arguments: str) -> bytes:
    done = subprocess.run([git, *arguments], capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        message = said or f"there is no revision {arguments[-1].removesuffix('^{commit}')}"
        raise _refused("git", message, "" if said else "see: git log --oneline")
    return done.stdout


def _refused(resource: str, message: str, hint: str) -> OpenChoreoError:
    return OpenChoreoError(Problem(Stage.LOAD, resource, (), message, hint))
