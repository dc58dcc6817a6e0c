"""Which resource a file belongs to during one run of the engine.

Resources are told apart by URN, files by the object they hold, so two resources can mean one file:
by mistake, or while one takes the place of the other (a new parent, a forced replacement). The
file belongs to the resource that the program registers now; removing its predecessor must leave
the file alone.
"""

from __future__ import annotations

import threading


class Claims:
    def __init__(self) -> None:
        self._owners: dict[str, str] = {}
        self._created: set[str] = set()
        self._lock = threading.Lock()

    def claim(self, file: str, urn: str) -> str:
        """Notes the owner; the answer is the URN that came first, the same one where all is well."""
        with self._lock:
            return self._owners.setdefault(file, urn)

    def created(self, file: str, urn: str) -> None:
        with self._lock:
            self._owners[file] = urn
            self._created.add(file)

    def may_remove(self, file: str, urn: str) -> bool:
        """Not what another resource owns, and not what this one has just created anew."""
        with self._lock:
            return file not in self._created and self._owners.get(file, urn) == urn
