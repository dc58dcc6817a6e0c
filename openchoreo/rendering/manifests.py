"""Manifests on their way: each with its plane and the template it came from."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from openchoreo.document import Object
from openchoreo.errors import Path, Problem, Stage, format_path
from openchoreo.rendering.parts import Target
from openchoreo.rendering.scope import Scope
from openchoreo.rendering.shapes import text

_LOOK = 200  # what looking at one manifest in a loop takes of the room there is


class Item(Struct, frozen=True):
    """A manifest, and where it came from."""

    manifest: Object
    target_plane: str
    resource: str
    """The type or trait whose template it is, as problems call it."""
    path: Path

    def changed(self, manifest: Object) -> Item:
        return replace(self, manifest=manifest)

    def on(self, target_plane: str) -> Item:
        return replace(self, target_plane=target_plane)

    def problem(self, during: str, path: Path, message: str, hint: str = "") -> Problem:
        """A problem with the manifest, at the template it is from."""
        full = f"{during}\n{message}"
        return Problem(Stage.RENDER, self.resource, (*self.path, *path), full, hint)

    @property
    def origin(self) -> str:
        return f"{self.resource}: {format_path(self.path)}"

    @property
    def name(self) -> str:
        """Such as Deployment/greeter, for messages."""
        metadata = self.manifest.get("metadata")
        named = text(metadata, "name") if isinstance(metadata, dict) else ""
        return f"{text(self.manifest, 'kind')}/{named}"


def group_and_version(api_version: str) -> tuple[str, str]:
    """("apps", "v1"); the core group is empty."""
    group, slash, version = api_version.partition("/")
    return (group, version) if slash else ("", api_version)


def is_about(target: Target, item: Item) -> bool:
    """Whether a target means a manifest, `where` left aside.

    An empty field means any: OpenChoreo does not take an empty group for the core group.
    """
    group, version = group_and_version(text(item.manifest, "apiVersion"))
    wanted = (
        (target.target_plane, item.target_plane),
        (target.kind, item.manifest.get("kind")),
        (target.group, group),
        (target.version, version),
    )
    return all(not due or due == found for due, found in wanted)


def matching(target: Target, items: Sequence[Item], scope: Scope) -> list[int]:
    """Indices of the manifests a target means and `where` lets through."""
    if scope.item is not None:
        scope.take(_LOOK * len(items), target.path)
    return [
        index
        for index, item in enumerate(items)
        if is_about(target, item)
        and (target.where is None or scope.binding("resource", item.manifest).truth(target.where))
    ]
