"""Who wrote the pins in a stack's file, where git tells."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from openchoreo.catalog import line_of, read_yaml
from openchoreo.document import Document
from openchoreo.errors import Path as FieldPath

_HEAD = re.compile(r"^[0-9a-f]{40} \d+ (\d+)")
_NOT_COMMITTED = "not.committed.yet"


class Authors:
    """Names and mail addresses, by the line of the file. Git is asked when it is first needed."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._lines: dict[int, frozenset[str]] | None = None

    def __call__(self, path: FieldPath) -> frozenset[str]:
        """Nobody where there is no git, or the line is not committed yet."""
        if self._lines is None:
            self._lines = _blamed(self._file)
        file, whole = Path(self._file), ("config", *path)
        if not self._lines or not file.is_file():
            return frozenset()
        text = file.read_text("utf-8")
        # A pin that is only thought of has no line, and the nearest one is somebody else's.
        if not _is_there(read_yaml(text, self._file), whole):
            return frozenset()
        return self._lines.get(line_of(text, whole), frozenset())


def _is_there(document: Document, path: FieldPath) -> bool:
    for step in path:
        if not isinstance(document, dict) or step not in document:
            return False
        document = document[str(step)]
    return True


def _blamed(file: str) -> dict[int, frozenset[str]]:
    git = shutil.which("git")
    if git is None:
        return {}
    command = [git, "blame", "--line-porcelain", "--", file]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        return {}
    found: dict[int, frozenset[str]] = {}
    line = 0
    names: set[str] = set()
    for text in done.stdout.splitlines():
        head = _HEAD.match(text)
        if head:
            line = int(head[1])
            names = set()
        elif text.startswith("author "):
            names.add(text.removeprefix("author "))
        elif text.startswith("author-mail "):
            names.add(text.removeprefix("author-mail ").strip("<>"))
        elif text.startswith("\t"):
            found[line] = frozenset() if _NOT_COMMITTED in names else frozenset(names)
    return found
