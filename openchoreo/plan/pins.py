"""Releases that other environments pin: their documents are needed until they are deployed there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from openchoreo.delivery import Ledger
from openchoreo.model import ReleaseBinding
from openchoreo.plan.scope import Scope


def pinned_elsewhere(scope: Scope, ledger: Ledger, names: Iterable[str] = ()) -> frozenset[str]:
    """Digests of recorded releases that a ReleaseBinding of another environment names.

    `names` are pins from elsewhere, such as the config of other stacks.
    """
    pins = {pin.partition("@")[0] for pin in (*_in_bindings(scope), *names)}
    return frozenset(
        entry.release
        for record in ledger.components.values()
        for entry in record.releases()
        if not pins.isdisjoint(entry.names)
    )


def _in_bindings(scope: Scope) -> Iterator[str]:
    for binding in scope.catalog.of_kind("ReleaseBinding"):
        assert isinstance(binding, ReleaseBinding)
        if binding.spec.release_name and binding.spec.environment != scope.environment:
            yield binding.spec.release_name
