"""Definitions without what is known to be wrong, so that what follows from it is not told as well:
a component whose type cannot be read has no problem of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec import Struct

from openchoreo.catalog import Broken, Catalog, Survey
from openchoreo.errors import OpenChoreoError
from openchoreo.model import CLUSTER_SCOPED, Component
from openchoreo.model import Key as ResourceKey
from openchoreo.plan.isolation import isolate
from openchoreo.plan.scope import Key
from openchoreo.rendering import connection_targets

_FOLLOWED = frozenset(
    {
        "ClusterComponentType",
        "ClusterTrait",
        "Component",
        "ComponentRelease",
        "ComponentType",
        "Project",
        "ReleaseBinding",
        "Trait",
        "Workload",
    }
)
"""What is broken of these is followed to the components that need it."""


class Part(Struct, frozen=True):
    """What is left, and the components that are not."""

    catalog: Catalog
    dropped: frozenset[Key] = frozenset()


def sound_part(found: Survey) -> Part | None:
    """The definitions without those that are broken, and without the components that need them.

    None where it is not known what the broken ones mean to the others.
    """
    broken = tuple(found.broken.values())
    if any(one.kind not in _FOLLOWED for one in broken):
        return None
    try:
        catalog = isolate(found, "").catalog
    except OpenChoreoError:
        return None
    lost = {_key(one) for one in broken}
    gone = {(one.namespace, one.component) for one in broken if one.component}
    return without(catalog, gone, lost)


def without(
    catalog: Catalog, components: Collection[Key], lost: Collection[ResourceKey] = ()
) -> Part:
    """Without these components, those that need what is lost, and those that need them."""
    gone: set[ResourceKey] = {("Component", *key) for key in components}
    needed = {one.key: frozenset(_needed(catalog, one)) for one in catalog.components}
    while True:
        missing = gone.union(lost)
        more = {key for key, keys in needed.items() if key not in gone and keys & missing}
        if not more:
            dropped = frozenset((namespace, name) for _, namespace, name in gone)
            return Part(catalog.without(gone), dropped)
        gone |= more


def _key(one: Broken) -> ResourceKey:
    return _scoped(one.kind, one.namespace, one.name)


def _needed(catalog: Catalog, component: Component) -> Iterator[ResourceKey]:
    """The resources without which nothing can be said of a component."""
    namespace = component.namespace
    reference = component.spec.component_type
    type_ = catalog.component_type_of(component)
    yield _scoped(reference.kind, namespace, reference.type_name)
    yield "Project", namespace, component.project
    for trait in (*component.spec.traits, *(type_.spec.traits if type_ else ())):
        yield _scoped(trait.kind, namespace, trait.name)
    workload = catalog.workload_of(namespace, component.project, component.name)
    if workload:
        targets = connection_targets(namespace, component.project, workload.spec.document())
        yield from (("Component", one.namespace, one.component) for one in targets)


def _scoped(kind: str, namespace: str, name: str) -> ResourceKey:
    return kind, "" if kind in CLUSTER_SCOPED else namespace, name
