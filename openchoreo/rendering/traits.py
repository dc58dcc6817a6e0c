"""Traits: what an instance creates, changes and takes away, one way for all of them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from openchoreo.errors import OpenChoreoError
from openchoreo.rendering import patch as patching
from openchoreo.rendering.manifests import Item, is_about, matching
from openchoreo.rendering.parts import CompiledTrait, Operation, Patch, Removal
from openchoreo.rendering.resources import rendered_templates
from openchoreo.rendering.scope import Scope, kind_of
from openchoreo.template import Omit

_COPIES = 4  # what patching a manifest in a loop costs, in manifests


def with_trait(items: Sequence[Item], trait: CompiledTrait, scope: Scope) -> list[Item]:
    """The manifests after one trait instance: creates, then patches, then removes."""
    changed = [*items, *rendered_templates(trait.creates, scope, complete=False)]
    for patch in trait.patches:
        changed = _patched(changed, patch, scope)
    return _without_removed(changed, trait.removes, scope)


def _patched(items: list[Item], patch: Patch, scope: Scope) -> list[Item]:
    """Later items of a loop see what earlier ones changed."""
    for each in scope.each(patch.loop.for_each, patch.loop.var):
        items = _patched_once(items, patch, each)
    return items


def _patched_once(items: list[Item], patch: Patch, scope: Scope) -> list[Item]:
    """Operations are rendered once for all targets, and not at all where nothing is meant."""
    if not any(is_about(patch.target, item) for item in items):
        return items
    chosen = frozenset(matching(patch.target, items, scope))
    changes = [_rendered(operation, scope) for operation in patch.operations]
    return [
        _applied(item, patch, changes, scope) if index in chosen else item
        for index, item in enumerate(items)
    ]


def _rendered(operation: Operation, scope: Scope) -> patching.Change:
    path = scope.render(operation.where)
    if not isinstance(path, str):
        message = f"{operation.where.document} must evaluate to a string, not {kind_of(path)}"
        raise OpenChoreoError(scope.problem(operation.where.path, message))
    value = scope.render(operation.value)
    # A value that leaves itself out is written as {}, which is what OpenChoreo's marker becomes.
    return patching.Change(operation.op, path, {} if isinstance(value, Omit) else value)


def _applied(item: Item, patch: Patch, changes: Sequence[patching.Change], scope: Scope) -> Item:
    if scope.item is not None:
        scope.take(_COPIES * len(json.dumps(item.manifest)), patch.path)
    try:
        return item.changed(patching.apply(item.manifest, changes))
    except patching.PatchError as error:
        operation = patch.operations[error.index]
        message = f"{item.name}: cannot {operation.op} {error.path}: {error.message}{scope.loop}"
        raise OpenChoreoError(scope.problem(operation.where.path, message, error.hint)) from None


def _without_removed(items: list[Item], removals: Sequence[Removal], scope: Scope) -> list[Item]:
    """Everything is chosen among the same manifests, and then taken away together."""
    chosen = {
        index
        for removal in removals
        for each in scope.each(removal.loop.for_each, removal.loop.var)
        for index in matching(removal.target, items, each)
    }
    return [item for index, item in enumerate(items) if index not in chosen]
