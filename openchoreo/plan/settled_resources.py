"""Resources of a run: decided and rendered before the components that use them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from openchoreo.delivery import Record, Release
from openchoreo.errors import OpenChoreoError, Problem, Stage, nearest
from openchoreo.plan.inputs import Inputs
from openchoreo.plan.isolation import Problems, cannot_be_kept
from openchoreo.plan.managed import HANDED, Managed, managed_of
from openchoreo.plan.offers import Handed, Offer
from openchoreo.plan.owners import DecidedOwner, DecidingOwners
from openchoreo.plan.planned import manifests_digest
from openchoreo.plan.scope import Key, text
from openchoreo.plan.surroundings import Surroundings


class SettledResources:
    """Where problems are isolated, one that has some keeps what is recorded of it."""

    def __init__(
        self,
        inputs: Inputs,
        owners: DecidingOwners,
        problems: Problems,
        of_set: Callable[[Key], bool],
    ) -> None:
        """`of_set` says whether the set that config names has a Resource."""
        self._inputs = inputs
        self._of_set = of_set
        self._owners = owners
        self._problems = problems
        self._kept: set[Key] = set()
        self._surroundings: Mapping[str, Surroundings] = {}
        self.decided: dict[Key, DecidedOwner] = {}
        self.managed: dict[Key, Managed] = {}

    def keeps(self, key: Key) -> bool:
        return key in self._kept

    def decide(self) -> None:
        for key in self._owners.resource_keys:
            self._decide(key)

    def render(self, surroundings: Mapping[str, Surroundings]) -> None:
        self._surroundings = surroundings
        for one in tuple(self.decided.values()):
            if one.decision.release:
                self._manage(one, one.decision.release)

    def unknown_handed(self) -> Iterable[Problem]:
        keys = self._owners.resource_keys
        for name in self._inputs.handed:
            known = [text(key) if "/" in name else key[1] for key in keys]
            if name not in known:
                message = f"there is no Resource {name} here"
                yield Problem(Stage.RESOURCE, HANDED, (name,), message, nearest(name, known))

    def _handed(self, key: Key) -> Mapping[str, Handed]:
        handed = self._inputs.handed
        return {**handed.get(key[1], {}), **handed.get(text(key), {})}

    def _decide(self, key: Key) -> None:
        try:
            self.decided[key] = self._owners.resource(key)
        except OpenChoreoError as error:
            self._tell(key, error)
            if self._problems.enabled:
                self._keep(key)

    def _tell(self, key: Key, error: OpenChoreoError) -> None:
        placed = self._inputs.scope.placed(error.problems)
        self._problems.add(placed, of_set=self._of_set(key))

    def _keep(self, key: Key) -> None:
        """What is recorded of a Resource stays; there is nothing to keep where it does not run."""
        kept = self._owners.keep_resource(key)
        if kept:
            self.decided[key] = kept
            self._kept.add(key)

    def _manage(self, one: DecidedOwner, release: Release) -> None:
        try:
            found = self._rendered(one, release)
        except OpenChoreoError as error:
            self._tell(one.key, error)
            if not self._problems.enabled:
                return
            if one.key in self._kept:
                self._cannot_keep(one.key)
            self._keep(one.key)
            kept = self.decided[one.key]
            if one.key in self._kept and kept.decision.release:
                self._manage(kept, kept.decision.release)
            return
        record = self._record(one.key)
        if one.key in self._kept and (
            record is None or manifests_digest(found.rendered.manifests) != record.current.manifests
        ):
            self._cannot_keep(one.key)
        self.managed[one.key] = found

    def _rendered(self, one: DecidedOwner, release: Release) -> Managed:
        around = self._surroundings[one.namespace]
        targets = self._inputs.config.data_planes
        target = targets.get(around.data_plane.name)
        found = managed_of(
            one,
            release,
            self._inputs.scope.catalog.project(one.namespace, one.project),
            around,
            live=bool(target and target.context),
            handed=self._handed(one.key),
        )
        if one.key not in self._kept:
            self._inputs.gating.check_overrides(
                (one.key, one.project, one.binding),
                self._record(one.key),
                lambda: manifests_digest(found.rendered.manifests),
            )
        return found

    def _cannot_keep(self, key: Key) -> None:
        told = self._inputs.scope.placed(self._problems.told)
        raise OpenChoreoError(*told, cannot_be_kept(key, "Resource"))

    def _record(self, key: Key) -> Record | None:
        return self._inputs.recalled.ledger.recorded(text(key), chain="resources")

    def offers(self) -> dict[Key, Offer]:
        broken = {
            one.key: Offer(project=one.project, broken=True)
            for one in self.decided.values()
            if one.decision.release
        }
        return {**broken, **{key: one.offer for key, one in self.managed.items()}}
