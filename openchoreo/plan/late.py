"""Manifests of which a part is known only once something else has been applied.

They are made twice, with two different texts in place of what is not known: where the two
differ, the manifest is not known yet, whatever its templates do with it.
"""

from __future__ import annotations

from collections.abc import Mapping

from openchoreo.document import Document
from openchoreo.plan.offers import VALUE, Offer
from openchoreo.rendering import Output, RenderedManifest

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What stands in a manifest for text that is not known yet; Pulumi's own word for it."""

STAND_INS = ("openchoreo-not-known-1", "openchoreo-not-known-2")


def outputs_with(offer: Offer, stand_in: str) -> Mapping[str, Output]:
    """The outputs of an offer, with `stand_in` where they are not known."""
    late = {
        name: _stand_in(offer.declared[name], f"{stand_in}-{name}") for name in sorted(offer.late)
    }
    return {**offer.outputs, **late}


def _stand_in(kind: str, text: str) -> Output:
    return Output(value=text) if kind == VALUE else Output(source=kind, name=text, key=text)


def known_part(
    first: tuple[RenderedManifest, ...], second: tuple[RenderedManifest, ...]
) -> tuple[RenderedManifest, ...] | None:
    """What both have in common; None where not even the objects are known."""
    if [_identity(one) for one in first] != [_identity(one) for one in second]:
        return None
    pairs = zip(first, second, strict=True)
    return tuple(
        RenderedManifest(one.target_plane, _object(one.manifest, other.manifest))
        for one, other in pairs
    )


def _identity(rendered: RenderedManifest) -> tuple[object, ...]:
    manifest = rendered.manifest
    metadata = manifest["metadata"]
    assert isinstance(metadata, dict)
    names = (metadata.get("namespace"), metadata.get("name"))
    return (rendered.target_plane, manifest["apiVersion"], manifest["kind"], *names)


def _object(one: dict[str, Document], other: dict[str, Document]) -> dict[str, Document]:
    keys = dict.fromkeys((*one, *other))
    return {key: _common(one.get(key), other.get(key)) for key in keys}


def _common(one: Document, other: Document) -> Document:
    if isinstance(one, dict) and isinstance(other, dict):
        return _object(one, other)
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [_common(mine, theirs) for mine, theirs in zip(one, other, strict=True)]
    return one if one == other else UNKNOWN
