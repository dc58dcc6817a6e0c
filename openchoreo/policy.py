"""policy.yaml: rules of the platform team, in a file that a promotion does not edit."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, model_validator

from openchoreo.delivery.gates import Approvals, Check, Freeze, Rejected, Rules
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


_DURATION = re.compile(r"^([1-9]\d*)(m|h|d)$")
_UNITS = {"m": 60, "h": 3_600, "d": 86_400}


def _duration(value: object) -> object:
    found = _DURATION.match(value) if isinstance(value, str) else None
    if not found:
        raise refuse(f"{value!r} is no length of time", hint="write for example 30m, 24h or 7d")
    return int(found[1]) * _UNITS[found[2]]


Duration = Annotated[
    int,  # seconds
    BeforeValidator(
        _duration, json_schema_input_type=Annotated[str, Field(pattern="^[1-9][0-9]*[mhd]$")]
    ),
]

_DIGEST = re.compile(r"^sha256:[0-9a-f]{64}$")
_LOCAL = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d$")


class ApprovalsRule(Model):
    """How many people have to approve one digest, and who may."""

    count: Annotated[int, Field(ge=1)]
    by: Items[str] = ()


class FreezeRule(Model):
    """Nothing new from one moment to another, in the time of a zone."""

    from_: str = Field(alias="from")
    to: str
    time_zone: str = "UTC"
    reason: str = ""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            message = f"there is no time zone {self.time_zone}"
            raise refuse(message, path=("timeZone",), hint="write one like Europe/Berlin") from None
        for key, value in (("from", self.from_), ("to", self.to)):
            if not _LOCAL.match(value) or not _is_moment(value):
                message = f"{value!r} is no point in time"
                hint = "write it in quotes, like '2026-12-24T18:00'"
                raise refuse(message, path=(key,), hint=hint)
        if self.begin >= self.end:
            raise refuse("ends before it begins", path=("to",))
        return self

    @property
    def begin(self) -> datetime:
        return datetime.fromisoformat(self.from_).replace(tzinfo=ZoneInfo(self.time_zone))

    @property
    def end(self) -> datetime:
        return datetime.fromisoformat(self.to).replace(tzinfo=ZoneInfo(self.time_zone))


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


class RejectedRule(Model):
    """A release that nobody may run any more."""

    digest: str
    reason: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not _DIGEST.match(self.digest):
            message = f"{self.digest!r} is no digest"
            raise refuse(message, path=("digest",), hint="write sha256: and 64 hex digits")
        return self


class GateRules(Model):
    """What has to be so before something newly runs in an environment."""

    soak: Duration | None = None
    approvals: ApprovalsRule | None = None
    attestations: Items[str] = ()
    freezes: Items[FreezeRule] = ()
    proof: Literal["rendered", "applied"] = "rendered"
    upstreams: Literal["any", "all"] = "any"
    images: Literal["digest", "warn"] = "warn"
    forbidden: Items[Check] = ()
    forbidden_kinds: Items[str] = ()

    @property
    def rules(self) -> Rules:
        wanted = self.approvals
        return Rules(
            soak=timedelta(seconds=self.soak or 0),
            approvals=Approvals(wanted.count, wanted.by) if wanted else Approvals(),
            attestations=self.attestations,
            freezes=tuple(Freeze(one.begin, one.end, one.reason) for one in self.freezes),
            proof=self.proof,
            every_upstream=self.upstreams == "all",
            checks=(*self.forbidden, *(("imageByTag",) if self.images == "digest" else ())),
            kinds=self.forbidden_kinds,
        )


class EnvironmentRules(GateRules):
    """Those of an environment, and of single projects in it, which only add to them."""

    projects: dict[str, GateRules] = Field(default_factory=dict)


class ApprovalEntry(Model):
    """One person's approval."""

    by: Annotated[str, Field(min_length=1)]
    at: str = ""
    comment: str = ""


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


class Policy(Model):
    relaxed: Items[int] = ()
    upstreams: dict[str, UpstreamStack] = Field(default_factory=dict)
    environments: dict[str, EnvironmentRules] = Field(default_factory=dict)
    rejected: Items[RejectedRule] = ()

    def rules(self, environment: str, namespace: str, project: str) -> Rules:
        """What a project is asked in an environment."""
        found = Rules(rejected=tuple(Rejected(one.digest, one.reason) for one in self.rejected))
        said = self.environments.get(environment)
        if said is None:
            return found
        found = found.narrowed(said.rules)
        for name in (project, f"{namespace}/{project}"):
            if name in said.projects:
                found = found.narrowed(said.projects[name].rules)
        return found

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
