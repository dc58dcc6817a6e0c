"""policy.yaml: rules of the platform team, in a file that a promotion does not edit."""

from __future__ import annotations

from dataclasses import replace

from pydantic import Field

from openchoreo.document import Document
from openchoreo.errors import Collector, Problem, Stage
from openchoreo.model import Model, read
from openchoreo.model.base import Items

FILE = "policy.yaml"

RELAXABLE = frozenset({6, 7, 8, 10, 11, 12, 18, 24, 26})
"""Differences from OpenChoreo that refuse what it accepts, by their number in
docs/deviations.md. A relaxed one warns, and does as OpenChoreo does."""


class UpstreamStack(Model):
    """Where the ledger of an environment is, when its stack is not named after it."""

    stack: str


class Policy(Model):
    relaxed: Items[int] = ()
    upstreams: dict[str, UpstreamStack] = Field(default_factory=dict)

    @property
    def differences(self) -> frozenset[int]:
        return frozenset(self.relaxed)

    def stack_of(self, environment: str) -> str:
        """The full name that is set for an environment; empty for the usual one."""
        upstream = self.upstreams.get(environment)
        return upstream.stack if upstream else ""


def parse(document: Document) -> Policy:
    """The policy in `policy.yaml`. Raises OpenChoreoError with every problem."""
    found = Collector()
    policy = found.attempt(
        lambda: read(Policy, document if document is not None else {}, stage=Stage.CONFIG)[0]
    )
    for index, number in enumerate(policy.relaxed if policy else ()):
        if number not in RELAXABLE:
            known = ", ".join(str(one) for one in sorted(RELAXABLE))
            message = f"difference {number} cannot be relaxed"
            found.add(Problem(Stage.CONFIG, FILE, ("relaxed", index), message, f"known: {known}"))
    found.raise_if_any(lambda one: replace(one, resource=FILE))
    assert policy is not None
    return policy
