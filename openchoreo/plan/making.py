"""From what was decided and rendered to what is planned."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from openchoreo.delivery import Applied, MadeFrom, Release, applied
from openchoreo.document import Object, digest
from openchoreo.plan.decisions import Decided
from openchoreo.plan.managed import Managed, Observed, known_handed, observed
from openchoreo.plan.owners import DecidedOwner
from openchoreo.plan.planes import observability_of
from openchoreo.plan.planned import (
    PlannedComponent,
    PlannedObject,
    PlannedResource,
    manifests_digest,
)
from openchoreo.plan.running import Outputs
from openchoreo.plan.scope import text
from openchoreo.plan.settling import Settling
from openchoreo.plan.surroundings import Surroundings
from openchoreo.rendering import OBSERVABILITY_PLANE, Output, Rendered
from openchoreo.rendering.version import RENDERING


class Making(Struct, frozen=True):
    """Plans what has settled."""

    settling: Settling

    def _recorded(
        self, one: Decided | DecidedOwner, release: Release, rendered: Rendered
    ) -> Applied:
        done = done_of(one, release, rendered, self.settling.surroundings[one.namespace])
        return self.settling.inputs.gating.recorded(done, one.opened)

    def resource(self, one: Managed) -> PlannedResource:
        decided, around = one.decided, self.settling.surroundings[one.decided.namespace]
        ids = one.rendered.ids
        objects = tuple(
            replace(planned, id=id_, retained=one.retained)
            for planned, id_ in zip(
                objects_of(one.rendered, around.data_plane.name), ids, strict=True
            )
        )
        kept = self.settling.resources.keeps(decided.key)
        return PlannedResource(
            namespace=decided.namespace,
            project=decided.project,
            name=decided.name,
            environment=self.settling.inputs.scope.environment,
            release=one.release,
            objects=objects,
            outputs=one.offer.outputs,
            done=None if kept else self._recorded(decided, one.release, one.rendered),
            retained=one.retained,
            late=one.offer.late,
            observe=_observing(one),
        )

    def component(self, one: Decided) -> PlannedComponent:
        release, settling = one.decision.release, self.settling
        assert release is not None
        if one.key in settling.frozen:
            return PlannedComponent(
                namespace=one.namespace,
                project=one.project,
                name=one.name,
                environment=self.settling.inputs.scope.environment,
                release=release,
                objects=settling.frozen[one.key],
                endpoints={},
                done=None,
            )
        together = settling.together
        late = together.late.get(one.key)
        return self._rendered_component(
            one,
            release,
            together.rendered[one.key],
            needs=tuple(map(text, together.needs.get(one.key, ()))),
            complete=self._completing(one, release, late) if late else None,
        )

    def _rendered_component(
        self,
        one: Decided,
        release: Release,
        rendered: Rendered,
        *,
        needs: tuple[str, ...],
        complete: Callable[[Outputs], PlannedComponent] | None = None,
    ) -> PlannedComponent:
        plane = self.settling.surroundings[one.namespace].data_plane.name
        kept = self.settling.keeps(one.key)
        return PlannedComponent(
            namespace=one.namespace,
            project=one.project,
            name=one.name,
            environment=self.settling.inputs.scope.environment,
            release=release,
            objects=objects_of(rendered, plane),
            endpoints={endpoint.name: endpoint.document() for endpoint in rendered.endpoints},
            done=None if kept else self._recorded(one, release, rendered),
            needs=needs,
            complete=complete,
        )

    def _completing(
        self, one: Decided, release: Release, late: Callable[[Outputs], Rendered]
    ) -> Callable[[Outputs], PlannedComponent]:
        needs = tuple(map(text, self.settling.together.needs[one.key]))

        def complete(outputs: Outputs) -> PlannedComponent:
            return self._rendered_component(one, release, late(outputs), needs=needs)

        return complete


def _observing(one: Managed) -> Callable[[Mapping[str, Object], Mapping[str, Output]], Observed]:
    def observe(applied: Mapping[str, Object], handed: Mapping[str, Output]) -> Observed:
        return observed(one.given, known_handed(one.handed, handed), applied)

    return observe


def done_of(
    one: Decided | DecidedOwner, release: Release, rendered: Rendered, around: Surroundings
) -> Applied:
    """What is recorded once it has been applied, with what it was made from and the set that it
    was promoted with.
    """
    done = applied(
        release,
        proof="rendered",
        rendering=RENDERING,
        manifests=manifests_digest(rendered.manifests),
        upstream=one.decision.upstream,
    )
    pin = one.binding.pin
    made = MadeFrom(overrides=digest(one.binding.overrides), around=around.digest)
    return done.model_copy(update={"made_from": made, "set_": (pin and pin.set_) or None})


def objects_of(rendered: Rendered, plane: str) -> tuple[PlannedObject, ...]:
    return tuple(
        PlannedObject(
            observability_of(plane) if one.target_plane == OBSERVABILITY_PLANE else plane,
            one.manifest,
        )
        for one in rendered.manifests
    )
