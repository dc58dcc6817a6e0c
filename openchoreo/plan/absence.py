"""Why nothing of a component or Resource runs in this environment, for those that need it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from openchoreo.delivery import Binding, Decision
from openchoreo.errors import nearest
from openchoreo.model import Resource_
from openchoreo.plan.decisions import Decided
from openchoreo.plan.dependencies import unknown_provider
from openchoreo.plan.elsewhere import Elsewhere
from openchoreo.plan.owners import DecidedOwner
from openchoreo.plan.scope import Key, Scope
from openchoreo.rendering.connections import Target


class AbsentHere(Struct, frozen=True):
    scope: Scope
    decided: Mapping[Key, Decided]
    elsewhere: Elsewhere

    def __call__(self, target: Target) -> tuple[str, str]:
        one = self.decided.get((target.namespace, target.component))
        if one is None or one.component is None or one.project != target.project:
            there = self.elsewhere.absence(target)
            return there or unknown_provider(target, self.scope.catalog)
        return _not_here(one.binding, one.decision, self.scope.environment)


class NoResource(Struct, frozen=True):
    scope: Scope
    decided: Mapping[Key, DecidedOwner]

    def __call__(self, key: Key, project: str) -> tuple[str, str]:
        one = self.decided.get(key)
        if one is None or one.resource is None or one.project != project:
            return unknown_resource(self.scope, key, project)
        return _not_here(one.binding, one.decision, self.scope.environment)


def _not_here(binding: Binding, decision: Decision, environment: str) -> tuple[str, str]:
    if binding.undeploy:
        hint = "set its state to Active, or undeploy what needs it as well"
        return f"it is undeployed in {environment}", hint
    hint = f"deploy it here first: {decision.hint}" if decision.hint else ""
    return f"it is not deployed in {environment}", hint


def unknown_resource(scope: Scope, key: Key, project: str) -> tuple[str, str]:
    """What to say of a Resource that is none of this run."""
    found = scope.catalog.get("Resource", *key)
    if isinstance(found, Resource_) and found.project != project:
        message = f"{key[1]} belongs to project {found.project}"
        return message, f"a component can use Resources of its own project only, {project}"
    known = [one.name for one in scope.catalog.resources_of(key[0], project)]
    return "there is no such Resource", nearest(key[1], known)
