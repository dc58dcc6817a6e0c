"""Projects that other stacks deploy to the same environment: what their ledgers say of endpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from openchoreo.delivery import Record, ReleaseStore, Upstream
from openchoreo.errors import Problem, Stage
from openchoreo.plan.dependencies import Need, Provider
from openchoreo.plan.running import provider_of
from openchoreo.plan.scope import Key, Scope, text
from openchoreo.rendering import Endpoint
from openchoreo.rendering.connections import Target
from openchoreo.rendering.shapes import mapping

CONFIG = "openchoreo:projectStacks"


class OtherStack(Struct, frozen=True):
    """A stack that deploys a project, what it recorded, and the documents of its releases."""

    recorded: Upstream
    documents: ReleaseStore


class Elsewhere(Struct, frozen=True):
    """By project, or namespace/project, as stack config writes them."""

    stacks: Mapping[str, OtherStack] = field(default_factory=dict[str, OtherStack])

    def of(self, key: Key) -> OtherStack | None:
        return self.stacks.get(text(key)) or self.stacks.get(key[1])

    def provider(self, need: Need) -> Provider | None:
        """What the component that is needed offers there; None where it does not run."""
        target = need.target
        other = self.of((target.namespace, target.project))
        if other is None:
            return None
        record = _record(other, target)
        if record is None or not record.running:
            return None
        release = other.documents.release(record.current.release, target.component)
        endpoints = tuple(map(Endpoint.from_document, record.endpoints.values()))
        return provider_of(record.project, mapping(release.spec, "workload"), endpoints)

    def absence(self, target: Target) -> tuple[str, str] | None:
        """Why it does not run there, and what would be right; None where no stack is named."""
        other = self.of((target.namespace, target.project))
        if other is None:
            return None
        stack = other.recorded.stack
        unusable = other.recorded.unusable(target.namespace, target.project)
        record = _record(other, target)
        deploy = other.recorded.hint or f"deploy it there first: pulumi up --stack {stack}"
        if unusable:
            return unusable, deploy
        if record is None:
            return f"stack {stack} has not deployed it", deploy
        return f"it is undeployed in stack {stack}", "set its state to Active there"

    def problems(self, scope: Scope) -> Iterator[Problem]:
        """Projects that this stack deploys itself."""
        for project in scope.projects:
            for name in (project.name, text((project.namespace, project.name))):
                if name in self.stacks:
                    message = f"project {name} is deployed by this stack itself"
                    hint = "remove the line, or narrow this stack with openchoreo:projects"
                    yield Problem(Stage.CONFIG, "stack config", (CONFIG, name), message, hint)


def _record(other: OtherStack, target: Target) -> Record | None:
    ledger = other.recorded.ledger
    if ledger is None or other.recorded.unusable(target.namespace, target.project):
        return None
    record = ledger.recorded(text((target.namespace, target.component)))
    return record if record and record.project == target.project else None
