"""Releases that other environments pin, one by one or in a set: their documents are needed until they are deployed there."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from openchoreo.delivery import CHAINS, Ledger
from openchoreo.model import (
    ProjectReleaseBinding,
    ReleaseBinding,
    Resource,
    ResourceReleaseBinding,
)
from openchoreo.plan.scope import Scope


def pinned_elsewhere(scope: Scope, ledger: Ledger, names: Collection[str] = ()) -> frozenset[str]:
    """Digests of recorded releases that a binding of another environment names.

    `names` are pins from elsewhere, such as the config of other stacks, and sets.
    """
    sets = (one for one in ledger.whole_sets if one.digest in names)
    members = (release for one in sets for release in one.releases())
    pins = {pin.partition("@")[0] for pin in (*_in_bindings(scope), *names)}
    named = (
        entry.release
        for chain in CHAINS
        for record in ledger.records(chain).values()
        for entry in record.releases()
        if not pins.isdisjoint(entry.names)
    )
    return frozenset((*named, *members))


def _in_bindings(scope: Scope) -> Iterator[str]:
    kinds = ("ReleaseBinding", "ProjectReleaseBinding", "ResourceReleaseBinding")
    for binding in scope.catalog.of_kind(*kinds):
        environment, pin = _pin(binding)
        if pin and environment != scope.environment:
            yield pin


def _pin(binding: Resource) -> tuple[str, str | None]:
    if isinstance(binding, ReleaseBinding):
        return binding.spec.environment, binding.spec.release_name
    if isinstance(binding, ProjectReleaseBinding):
        return binding.spec.environment, binding.spec.project_release
    assert isinstance(binding, ResourceReleaseBinding)
    return binding.spec.environment, binding.spec.resource_release
