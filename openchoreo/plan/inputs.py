"""What a plan is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openchoreo.config import StackConfig
from openchoreo.document import Object
from openchoreo.errors import Problem
from openchoreo.plan.decisions import Pipelines, Recalled
from openchoreo.plan.scope import Key, Scope
from openchoreo.plan.state import ReadState
from openchoreo.plan.surroundings import ReadYaml


def _no_state() -> Mapping[str, Object]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What is the same for every component of a run.

    `problems` were found in definitions that concern only components, and are told at the end;
    of the components in `untrusted` nobody knows what is meant.
    """

    scope: Scope
    config: StackConfig
    recalled: Recalled
    pipelines: Pipelines
    relaxed: frozenset[int] = frozenset()
    read_yaml: ReadYaml | None = None
    read_state: ReadState = _no_state
    problems: tuple[Problem, ...] = ()
    untrusted: frozenset[Key] = frozenset()
