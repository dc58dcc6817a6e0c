"""One risk, as a comparable record."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from openchoreo.document import Object

RiskName: TypeAlias = Literal[
    "pods-restart",
    "replacement",
    "route-removed",
    "network-policy-widened",
    "probe-dropped",
    "limit-dropped",
    "replicas-down",
    "image-by-tag",
    "secret-changed",
    "default-moved",
    "type-changed",
    "dependency-missing",
]


class Risk(Struct, frozen=True):
    """`where` is the object, or the resource, in which it is seen."""

    name: RiskName
    owner: str
    where: str
    said: str

    def document(self) -> Object:
        return {"risk": self.name, "owner": self.owner, "where": self.where, "message": self.said}
