"""Who wrote the pins, where git tells."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from openchoreo.catalog import line_of, read_yaml
from openchoreo.config import is_in_config
from openchoreo.delivery import Pin
from openchoreo.document import Document
from openchoreo.errors import Path as FieldPath
from openchoreo.errors import Problem, Stage

_HEAD = re.compile(r"^[0-9a-f]{40,64} \d+ (\d+)")
_NOT_COMMITTED = "not.committed.yet"


class Authors:
    """Names and mail addresses, by the line that a pin stands in. Git is asked when it is needed.

    `file` is that of the stack's config; `placed` says where a ReleaseBinding of the definitions is.
    """

    def __init__(self, file: str, placed: Callable[[Problem], Problem]) -> None:
        self._file = file
        self._placed = placed
        self._blamed: dict[str, dict[int, frozenset[str]]] = {}

    def __call__(self, pin: Pin) -> frozenset[str]:
        """Nobody where there is no git, or the line is not committed yet."""
        file, line = self._place(Problem(Stage.DECIDE, pin.resource, pin.path, ""))
        if not line:
            return frozenset()
        if file not in self._blamed:
            self._blamed[file] = _blamed(file)
        return self._blamed[file].get(line, frozenset())

    def _place(self, pin: Problem) -> tuple[str, int]:
        """No line for a pin that is only thought of: the nearest one is somebody else's."""
        if not is_in_config(pin):
            found = self._placed(pin)
            return found.file, found.line
        file, whole = Path(self._file), ("config", *pin.path)
        text = file.read_text("utf-8") if file.is_file() else ""
        if not text or not _is_there(read_yaml(text, self._file), whole):
            return self._file, 0
        return self._file, line_of(text, whole)


def _is_there(document: Document, path: FieldPath) -> bool:
    for step in path:
        if not isinstance(document, dict) or step not in document:
            return False
        document = document[str(step)]
    return True


def _blamed(file: str) -> dict[int, frozenset[str]]:
    git = shutil.which("git")
    if git is None or not file:
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
