"""policy.yaml: rules of the platform team, in a file that a promotion does not edit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Self

from msgspec.structs import replace
from pydantic import Field, model_validator

from openchoreo.delivery.gates import Approvals, Freeze, Rejected, Rules
from openchoreo.document import Document
from openchoreo.errors import Collector, Path, Problem, Stage
from openchoreo.model import Model, read
from openchoreo.model.base import Items, refuse
from openchoreo.model.credential_rules import AllowedCredential, CredentialRules
from openchoreo.model.gate_rules import (
    ApprovalsRule,
    EnvironmentRules,
    GateRules,
    RejectedRule,
)

FILE = "policy.yaml"

RELAXABLE = frozenset({6, 7, 8, 10, 11, 12, 18, 24, 26})
"""Differences from OpenChoreo that refuse what it accepts, by their number in
docs/deviations.md. A relaxed one warns, and does as OpenChoreo does."""


class UpstreamStack(Model):
    """Where the ledger of an environment is, when its stack is not named after it, and which one
    it is.

    `stack` is a full name, <organization>/<project>/<stack>. `file` is an exported ledger, for
    an environment that another backend keeps. `lineage` is the only one that a release is newly
    taken from.
    """

    stack: str = ""
    file: str = ""
    lineage: str = ""

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        hint = "write {stack: <full name>} or {file: <exported ledger>}"
        if self.stack and self.file:
            raise refuse("has both stack and file", hint=hint)
        if not (self.stack or self.file or self.lineage):
            raise refuse("needs one of stack, file and lineage", hint=hint)
        return self


class ApprovalEntry(Model):
    """One person's approval."""

    by: Annotated[str, Field(min_length=1)]
    at: str = ""
    comment: str = ""
    signature: str = ""


class ApprovalFile(Model):
    """approvals/<environment>/<digest>.yaml: who approved one digest for one environment."""

    environment: str
    digest: str
    approvals: Items[ApprovalEntry]


class AttestationFile(Model):
    """attestations/<environment>/<digest>/<check>.yaml: what one check says of one digest."""

    environment: str
    digest: str
    check: str
    passed: bool = True
    by: str = ""
    at: str = ""
    signature: str = ""


def rules_from(said: GateRules) -> Rules:
    """As the gates take them."""
    wanted = said.approvals
    by_digest = ("imageByTag",) if said.images == "digest" else ()
    return Rules(
        soak=timedelta(seconds=said.soak or 0),
        approvals=Approvals(wanted.count, wanted.by, wanted.signed) if wanted else Approvals(),
        attestations=said.attestations,
        signed_attestations=said.signed_attestations,
        freezes=tuple(Freeze(one.begin, one.end, one.reason) for one in said.freezes),
        proof=said.proof,
        every_upstream=said.upstreams == "all",
        checks=(*said.forbidden, *by_digest),
        kinds=said.forbidden_kinds,
    )


def loosened(policy: Rules, said: GateRules) -> Iterator[tuple[Path, str]]:
    """Where stack config says less than the policy does, as a path and what the policy says."""
    if said.soak is not None and timedelta(seconds=said.soak) < policy.soak:
        yield ("soak",), f"the policy asks for {policy.soak}"
    if said.approvals:
        yield from _fewer_approvals(policy.approvals, said.approvals)
    less = {
        "proof": ("proof", said.proof == "rendered" and policy.proof == "applied", "applied"),
        "upstreams": ("upstreams", said.upstreams == "any" and policy.every_upstream, "all"),
        "images": ("images", said.images == "warn" and "imageByTag" in policy.checks, "digest"),
        "signed_attestations": (
            "signedAttestations",
            policy.signed_attestations and not said.signed_attestations,
            "signatures",
        ),
    }
    for field, (key, is_less, asked) in less.items():
        if field in said.model_fields_set and is_less:
            yield (key,), f"the policy asks for {asked}"


def _fewer_approvals(policy: Approvals, said: ApprovalsRule) -> Iterator[tuple[Path, str]]:
    if said.count < policy.count:
        yield ("approvals", "count"), f"the policy asks for {policy.count}"
    for index, name in enumerate(said.by if policy.by else ()):
        if name not in policy.by:
            who = ", ".join(policy.by)
            yield ("approvals", "by", index), f"the policy lets only {who} approve"
    if "signed" in said.model_fields_set and policy.signed and not said.signed:
        yield ("approvals", "signed"), "the policy asks for signatures"


class Policy(Model):
    relaxed: Items[int] = ()
    upstreams: dict[str, UpstreamStack] = Field(default_factory=dict)
    environments: dict[str, EnvironmentRules] = Field(default_factory=dict)
    rejected: Items[RejectedRule] = ()
    allowed_signers: Items[str] = ()
    credentials: CredentialRules | None = None

    def rules(self, environment: str, namespace: str, project: str) -> Rules:
        """What a project is asked in an environment."""
        found = Rules(rejected=tuple(Rejected(one.digest, one.reason) for one in self.rejected))
        said = self.environments.get(environment)
        if said is None:
            return found
        found = found.narrowed(rules_from(said))
        for name in (project, f"{namespace}/{project}"):
            if name in said.projects:
                found = found.narrowed(rules_from(said.projects[name]))
        return found

    @property
    def allowed_credentials(self) -> tuple[AllowedCredential, ...]:
        return self.credentials.allowed if self.credentials else ()

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
