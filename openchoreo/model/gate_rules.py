"""Rules for what may newly run in an environment, as policy.yaml and stack config write them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, model_validator

from openchoreo.document import DIGEST
from openchoreo.model.base import Items, Model, refuse

ManifestCheck = Literal[
    "privileged", "hostNamespaces", "missingLimits", "missingProbes", "openNetwork", "imageByTag"
]

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

_LOCAL = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d$")


class ApprovalsRule(Model):
    """How many people have to approve one digest, and who may."""

    count: Annotated[int, Field(ge=1)]
    by: Items[str] = ()
    signed: bool = False


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
        if not re.match(DIGEST, self.digest):
            message = f"{self.digest!r} is no digest"
            raise refuse(message, path=("digest",), hint="write sha256: and 64 hex digits")
        return self


class GateRules(Model):
    """What has to be so before something newly runs in an environment."""

    soak: Duration | None = None
    approvals: ApprovalsRule | None = None
    attestations: Items[str] = ()
    signed_attestations: bool = False
    freezes: Items[FreezeRule] = ()
    proof: Literal["rendered", "applied"] = "rendered"
    upstreams: Literal["any", "all"] = "any"
    images: Literal["digest", "warn"] = "warn"
    forbidden: Items[ManifestCheck] = ()
    forbidden_kinds: Items[str] = ()


class EnvironmentRules(GateRules):
    """Those of an environment, and of single projects in it, which only add to them."""

    projects: dict[str, GateRules] = Field(default_factory=dict)
