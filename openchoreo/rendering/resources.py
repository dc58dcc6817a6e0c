"""Templates of types and traits to manifests: includeWhen, forEach, and what must come out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from openchoreo.document import Document
from openchoreo.errors import Collector, OpenChoreoError, Problem
from openchoreo.rendering.manifests import Item
from openchoreo.rendering.parts import ResourceTemplate
from openchoreo.rendering.scope import Scope, kind_of


def rendered_templates(
    templates: Iterable[ResourceTemplate], scope: Scope, *, complete: bool = True
) -> list[Item]:
    """In the order of templates, then of items. Raises OpenChoreoError with all problems.

    What a trait creates may still be incomplete, as long as patches complete it.
    """
    found = Collector()
    items = [
        found.attempt(lambda one=one: list(_rendered(one, scope, complete))) for one in templates
    ]
    found.raise_if_any()
    return [item for some in items for item in some or ()]


def _rendered(template: ResourceTemplate, scope: Scope, complete: bool) -> Iterator[Item]:
    """`includeWhen` is asked once, before the loop and without its variable."""
    if template.include_when is not None and not scope.truth(template.include_when):
        return
    for each in scope.each(template.loop.for_each, template.loop.var):
        manifest = each.render(template.template)
        path = template.template.path
        if not isinstance(manifest, dict):
            message = f"the template must render to an object, not {kind_of(manifest)}{each.loop}"
            raise OpenChoreoError(scope.problem(path, message))
        item = Item(manifest, template.target_plane, scope.resource, path)
        problems = incomplete(item, each.during, each.loop) if complete else []
        if problems:
            raise OpenChoreoError(*problems)
        yield item


def incomplete(item: Item, during: str, loop: str = "") -> list[Problem]:
    """What a manifest lacks to be one."""
    missing = [key for key in ("apiVersion", "kind") if not _is_text(item.manifest.get(key))]
    metadata = item.manifest.get("metadata")
    if not isinstance(metadata, dict):
        missing.append("metadata")
    elif not _is_text(metadata.get("name")):
        missing.append("metadata.name")
    return [
        item.problem(
            during, tuple(key.split(".")), f"the manifest was rendered without {key}{loop}"
        )
        for key in missing
    ]


def _is_text(value: Document) -> bool:
    return isinstance(value, str) and value != ""
