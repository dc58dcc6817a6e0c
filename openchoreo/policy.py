"""policy.yaml: rules of the platform team, in a file that a promotion does not edit."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

from pydantic import Field, model_validator

from openchoreo.document import Document
from openchoreo.errors import Collector, Problem, Stage
from openchoreo.model import Model, read
from openchoreo.model.base import Items, refuse

FILE = "policy.yaml"

RELAXABLE = frozenset({6, 7, 8, 10, 11, 12, 18, 24, 26})
"""Differences from OpenChoreo that refuse what it accepts, by their number in
docs/deviations.md. A relaxed one warns, and does as OpenChoreo does."""


class UpstreamStack(Model):
    """Where the ledger of an environment is, when its stack is not named after it.

    `stack` is a full name, <organization>/<project>/<stack>. `file` is an exported ledger, for
    an environment that another backend keeps.
    """

    stack: str = ""
    file: str = ""

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if bool(self.stack) == bool(self.file):
            message = "needs one of stack and file" if not self.stack else "has both stack and file"
            raise refuse(message, hint="write {stack: <full name>} or {file: <exported ledger>}")
        return self


class Policy(Model):
    relaxed: Items[int] = ()
    upstreams: dict[str, UpstreamStack] = Field(default_factory=dict)

    @property
    def differences(self) -> frozenset[int]:
        return frozenset(self.relaxed)

    def upstream(self, environment: str) -> UpstreamStack | None:
        """Where the ledger of an environment is said to be; None for the usual stack."""
        return self.upstreams.get(environment)


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
