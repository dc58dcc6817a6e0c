"""Why nothing of a component runs in this environment, for those that depend on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openchoreo.plan.decisions import Decided
from openchoreo.plan.dependencies import unknown_provider
from openchoreo.plan.scope import Key, Scope
from openchoreo.rendering.connections import Target


@dataclass(frozen=True)
class AbsentHere:
    scope: Scope
    decided: Mapping[Key, Decided]

    def __call__(self, target: Target) -> tuple[str, str]:
        one = self.decided.get((target.namespace, target.component))
        if one is None or one.component is None or one.project != target.project:
            return unknown_provider(target, self.scope.catalog)
        if one.binding.undeploy:
            hint = "set its state to Active, or undeploy what needs it as well"
            return f"it is undeployed in {self.scope.environment}", hint
        hint = f"deploy it here first: {one.decision.hint}" if one.decision.hint else ""
        return f"it is not deployed in {self.scope.environment}", hint
