"""What a plan is made from."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from openchoreo.config import StackConfig, Target
from openchoreo.document import Object
from openchoreo.plan.around import Pipelines, Recalled
from openchoreo.plan.elsewhere import Elsewhere
from openchoreo.plan.gating import Gating
from openchoreo.plan.isolation import Isolated
from openchoreo.plan.offers import Handed
from openchoreo.plan.planes import Identify
from openchoreo.plan.scope import Scope
from openchoreo.plan.state import ReadState
from openchoreo.plan.surroundings import ReadYaml


def _no_state() -> Mapping[str, Object]:
    return {}


def _no_cluster(target: Target) -> str:
    """Only an engine asks clusters who they are."""
    return target.context


class Inputs(Struct, frozen=True, kw_only=True):
    """What is the same for every component of a run."""

    scope: Scope
    config: StackConfig
    recalled: Recalled
    pipelines: Pipelines
    relaxed: frozenset[int] = frozenset()
    read_yaml: ReadYaml | None = None
    read_state: ReadState = _no_state
    identify: Identify = _no_cluster
    elsewhere: Elsewhere = field(default_factory=Elsewhere)
    handed: Mapping[str, Mapping[str, Handed]] = field(
        default_factory=dict[str, Mapping[str, Handed]]
    )
    """Resource, or namespace/Resource -> outputs that the program gives."""
    gating: Gating = field(default_factory=Gating)
    broken: Isolated | None = None
    """What is wrong in the definitions, where that does not stop everything."""
