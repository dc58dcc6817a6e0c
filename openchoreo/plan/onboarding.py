"""In which order the environments of a repository are deployed for the first time.

Bindings pin a release in each environment, and a later environment takes only what one before it
has deployed. Where pins differ, as they do in a repository that has been in use, the older releases
go through the earlier environments first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct, field

from openchoreo.catalog import Catalog
from openchoreo.catalog.checks import owner_of
from openchoreo.delivery import COMPONENTS, PROJECTS, RESOURCES, Words
from openchoreo.model import ProjectReleaseBinding, ReleaseBinding, ResourceReleaseBinding
from openchoreo.plan.scope import text

Owned: TypeAlias = tuple[Words, str]
"""A chain, and the namespace/name of what has releases in it."""

Pins: TypeAlias = Mapping[Owned, str]


class FirstRun(Struct, frozen=True):
    """One run of an environment, with what its stack config says for it: pins, and what is only
    there so that later environments could have it, and goes again.
    """

    environment: str
    pins: Pins = field(default_factory=dict[Owned, str])
    undeployed: frozenset[Owned] = frozenset()


def first_runs(
    catalog: Catalog, environments: Sequence[str], before: Mapping[str, Collection[str]]
) -> tuple[FirstRun, ...]:
    """Runs after which each environment runs what its bindings pin.

    `environments` are in an order in which each comes after those `before` it.
    """
    written = written_pins(catalog)
    runs: list[FirstRun] = []
    last: dict[str, FirstRun] = {}
    for target in reversed(environments):
        chain = [name for name in environments if name in before[target]] + [target]
        wanted = _wanted(written, chain)
        for index, name in enumerate(chain):
            own = written.get(name, {})
            pins = {
                owned: pin
                for owned, (pin, until) in wanted.items()
                if index <= until and own.get(owned) != pin
            }
            before_ = last.get(name, FirstRun(name))
            passed = before_.undeployed | (before_.pins.keys() - pins.keys() - own.keys())
            gone = frozenset(
                one for one in passed - pins.keys() if not _goes_on(catalog, one, before[name])
            )
            run = FirstRun(name, pins, gone)
            if last.get(name) != run:
                last[name] = run
                runs.append(run)
    return tuple(runs)


def _goes_on(catalog: Catalog, owned: Owned, before: Collection[str]) -> bool:
    """Whether it runs without a pin as well: by autoDeploy, or as every project does."""
    words, key = owned
    if words is not COMPONENTS:
        return words is PROJECTS
    namespace, _, name = key.partition("/")
    component = catalog.component(namespace, name)
    return bool(component and component.spec.auto_deploy and not before)


def written_pins(catalog: Catalog) -> dict[str, dict[Owned, str]]:
    """Environment -> what the bindings of the definitions pin there."""
    found: dict[str, dict[Owned, str]] = {}
    for environment, owned, pin in _pins(catalog):
        found.setdefault(environment, {})[owned] = pin
    return found


def _wanted(written: Mapping[str, Pins], chain: Sequence[str]) -> dict[Owned, tuple[str, int]]:
    """The pin of the last environment of the chain that has one, and its place there."""
    found: dict[Owned, tuple[str, int]] = {}
    for index, name in enumerate(chain):
        found |= {owned: (pin, index) for owned, pin in written.get(name, {}).items()}
    return found


def _pins(catalog: Catalog) -> Iterator[tuple[str, Owned, str]]:
    kinds = (words.binding_kind for words in (COMPONENTS, PROJECTS, RESOURCES))
    for binding in catalog.of_kind(*kinds):
        key = text((binding.namespace, owner_of(binding)[-1]))
        if isinstance(binding, ReleaseBinding) and binding.spec.release_name:
            yield binding.spec.environment, (COMPONENTS, key), binding.spec.release_name
        elif isinstance(binding, ProjectReleaseBinding) and binding.spec.project_release:
            yield binding.spec.environment, (PROJECTS, key), binding.spec.project_release
        elif isinstance(binding, ResourceReleaseBinding) and binding.spec.resource_release:
            yield binding.spec.environment, (RESOURCES, key), binding.spec.resource_release
