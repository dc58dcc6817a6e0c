"""Which components, in which environments, other definitions would make something else of.

Both are rendered as they are, without pins: what a release will be once it has come there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

from msgspec import Struct

from openchoreo.document import Document, Object
from openchoreo.forecast.changes import Field, Op
from openchoreo.forecast.fields import differences
from openchoreo.plan import RenderedResource
from openchoreo.rendering.shapes import mapping, text


class When(StrEnum):
    """When a change reaches an environment."""

    NEXT_RUN = "with the next run"
    PROMOTED = "once it is promoted"


class ObjectImpact(Struct, frozen=True):
    op: Op
    kind: str
    name: str
    fields: tuple[Field, ...] = ()

    def document(self) -> Object:
        fields: list[Document] = [one.document() for one in self.fields]
        return {
            "operation": self.op.value,
            "kind": self.kind,
            "name": self.name,
            "fields": fields,
        }


class Impact(Struct, frozen=True, kw_only=True):
    """On one component, Resource or project in one environment."""

    owner: str
    environment: str
    release_before: str
    release_after: str
    when: When
    objects: tuple[ObjectImpact, ...]

    def document(self) -> Object:
        objects: list[Document] = [one.document() for one in self.objects]
        return {
            "owner": self.owner,
            "environment": self.environment,
            "releaseBefore": self.release_before,
            "releaseAfter": self.release_after,
            "when": self.when.value,
            "objects": objects,
        }


def impact(
    before: Iterable[RenderedResource],
    after: Iterable[RenderedResource],
    *,
    follows: Callable[[RenderedResource], bool],
) -> tuple[Impact, ...]:
    """Of one environment. `follows` is whether today's definitions run there by themselves."""
    old, new = ({_owner(one): one for one in found} for found in (before, after))
    return tuple(
        one
        for owner in dict.fromkeys((*old, *new))
        if (one := _impact(owner, old.get(owner), new.get(owner), follows=follows))
    )


def _impact(
    owner: str,
    old: RenderedResource | None,
    new: RenderedResource | None,
    *,
    follows: Callable[[RenderedResource], bool],
) -> Impact | None:
    objects = tuple(_objects(old, new))
    either = new or old
    if not objects or either is None:
        return None
    before, after = old.release if old else "", new.release if new else ""
    same_release = before == after
    return Impact(
        owner=owner,
        environment=either.environment,
        release_before=before,
        release_after=after,
        when=When.NEXT_RUN if same_release or follows(either) else When.PROMOTED,
        objects=objects,
    )


def _objects(old: RenderedResource | None, new: RenderedResource | None) -> Iterator[ObjectImpact]:
    before, after = _manifests(old), _manifests(new)
    for kind, name in dict.fromkeys((*before, *after)):
        one, other = before.get((kind, name)), after.get((kind, name))
        if one is None:
            yield ObjectImpact(Op.CREATE, kind, name)
        elif other is None:
            yield ObjectImpact(Op.DELETE, kind, name)
        else:
            fields = tuple(Field(d.path, d.old, d.new) for d in differences(one, other))
            if fields:
                yield ObjectImpact(Op.UPDATE, kind, name, fields)


def _manifests(one: RenderedResource | None) -> dict[tuple[str, str], Object]:
    manifests = [found.manifest for found in one.manifests] if one else []
    return {(text(manifest, "kind"), _name(manifest)): manifest for manifest in manifests}


def _name(manifest: Object) -> str:
    metadata = mapping(manifest, "metadata")
    return "/".join(filter(None, (text(metadata, "namespace"), text(metadata, "name"))))


def _owner(one: RenderedResource) -> str:
    if one.chain == "component":
        return f"{one.namespace}/{one.component}"
    if one.chain == "resource":
        return f"resource/{one.namespace}/{one.resource}"
    return f"project/{one.namespace}/{one.project}" if one.chain == "project" else ""
