"""What a plan is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openchoreo.config import StackConfig
from openchoreo.document import Object
from openchoreo.plan.decisions import Pipelines, Recalled
from openchoreo.plan.isolation import Isolated
from openchoreo.plan.scope import Scope
from openchoreo.plan.state import ReadState
from openchoreo.plan.surroundings import ReadYaml


def _no_state() -> Mapping[str, Object]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What is the same for every component of a run."""

    scope: Scope
    config: StackConfig
    recalled: Recalled
    pipelines: Pipelines
    relaxed: frozenset[int] = frozenset()
    read_yaml: ReadYaml | None = None
    read_state: ReadState = _no_state
    broken: Isolated | None = None
    """What is wrong in the definitions, where that does not stop everything."""
