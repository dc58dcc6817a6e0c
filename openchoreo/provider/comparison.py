"""What an update would change: the program's manifest against the state and against the file.

Three versions of a manifest meet here. `old` is the one in the state, the last that was written;
`new` is the one the program asks for; `file` is what the disk holds now. Pure.
"""

from __future__ import annotations

from msgspec import Struct

from openchoreo.document import Object
from openchoreo.errors import Path
from openchoreo.provider.differences import Change, differences, outside, property_path
from openchoreo.provider.yaml_reading import read_manifest
from openchoreo.provider.yaml_text import yaml_bytes

_NAMED = 3  # fields a sentence can hold


class Comparison(Struct, frozen=True):
    """`changes` by field; `note` says in words what happened to the file, if anything did."""

    changes: dict[Path, Change]
    note: str = ""

    @property
    def needs_update(self) -> bool:
        return bool(self.changes or self.note)


def compare(old: Object, new: Object, file: bytes | None) -> Comparison:
    if file is None:
        return Comparison(_everything(new), "is missing")
    if file == yaml_bytes(new) or file == yaml_bytes(old):
        return Comparison(differences(old, new))
    found = read_manifest(file)
    if found is None:
        return Comparison(_everything(new), "no longer holds one manifest")
    edits = differences(found, new)
    if not edits:
        return Comparison(differences(old, new), "was edited in its comments or layout")
    planned = differences(old, new)
    restored = {path: _restored(change) for path, change in outside(edits, planned).items()}
    return Comparison({**planned, **restored}, f"was edited: {_named(differences(old, found))}")


def _everything(manifest: Object) -> dict[Path, Change]:
    """The whole file is written again."""
    return {(key,): Change.ADDED for key in sorted(manifest)}


def _restored(change: Change) -> Change:
    """What the file has lost or shows otherwise is put back. The engine prints the values of the
    state beside a changed field, and those are equal, so such a field counts as added.
    """
    return Change.ADDED if change is Change.CHANGED else change


def _named(changes: dict[Path, Change]) -> str:
    paths = [property_path(path) for path in changes]
    shown = ", ".join(paths[:_NAMED])
    more = len(paths) - _NAMED
    return f"{shown} and {more} more" if more > 0 else shown
