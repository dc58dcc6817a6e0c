"""Channels for alerts: objects of the environment, in its observability plane."""

from __future__ import annotations

from openchoreo.config import StackConfig
from openchoreo.errors import Problem
from openchoreo.plan.planes import observability_of
from openchoreo.plan.planned import PlannedObject
from openchoreo.plan.scope import Scope
from openchoreo.rendering import render_channel


def channels_of(
    scope: Scope, config: StackConfig
) -> tuple[tuple[PlannedObject, ...], tuple[Problem, ...]]:
    """What this stack deploys of them, and what is told of that.

    Several stacks may share an environment, each with some of its projects; one of them has them.
    """
    if not has_channels(config):
        return (), ()
    objects: list[PlannedObject] = []
    warnings: list[Problem] = []
    for namespace in scope.namespaces:
        plane = scope.data_plane_of(namespace)
        if plane is None:
            continue  # whatever runs there is refused for it
        store = plane.spec.secret_store_ref.name if plane.spec.secret_store_ref else ""
        secrets = scope.catalog.secret_references(namespace)
        for channel in scope.catalog.notification_channels(namespace, scope.environment):
            found = render_channel(channel, secrets, store)
            warnings += found.warnings
            name = observability_of(plane.name)
            objects += (PlannedObject(name, manifest) for manifest in found.manifests)
    return tuple(objects), tuple(warnings)


def has_channels(config: StackConfig) -> bool:
    """Whether it is this stack that deploys them."""
    narrowed = bool(config.namespaces or config.projects)
    return not narrowed if config.notification_channels is None else config.notification_channels
