"""Why fields change: another release, another override, another environment, another program.

The release that runs is rendered again with all that is said today. What differs between that and
what is planned comes from the release; what differs between what is deployed and that, from the
rest. Of the rest the record tells which part was another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from openchoreo.delivery import Applied, Record
from openchoreo.delivery.deployed import Identity
from openchoreo.document import Object
from openchoreo.forecast.changes import Field, ObjectChange, Op, Owned
from openchoreo.forecast.fields import same, value_at

RELEASE = "release"
OVERRIDE = "override"
ENVIRONMENT = "environment"
PROGRAM = "program"
DEPENDENCY = "dependency"
UNDEPLOYED = "undeployed"


class Causes(Struct, frozen=True):
    """Of one owner. `again` are the objects of the release that runs, rendered today; None where
    it is the one that is planned, or none runs. `others` are causes beside the release.
    """

    again: Mapping[Identity, Owned] | None
    others: tuple[str, ...]

    def told(self, change: ObjectChange) -> ObjectChange:
        """The change with the cause of itself and of each field."""
        fields = tuple(replace(one, cause=self._of_field(change, one)) for one in change.fields)
        return replace(change, fields=fields, cause=self._of_object(change, fields))

    @property
    def _rest(self) -> str:
        return " or ".join(self.others) or DEPENDENCY

    def _of_object(self, change: ObjectChange, fields: tuple[Field, ...]) -> str:
        if change.op in {Op.UPDATE, Op.REPLACE}:
            return _joined(one.cause for one in fields) or ENVIRONMENT
        if self.again is None:
            return self._rest
        there = change.identity in self.again
        return RELEASE if there == (change.op is Op.DELETE) else self._rest

    def _of_field(self, change: ObjectChange, field: Field) -> str:
        if self.again is None:
            return self._rest
        found = self.again.get(change.identity)
        manifest: Object = found[1].manifest if found else {}
        value = value_at(manifest, field.path)
        if same(value, field.old):
            return RELEASE
        return self._rest if same(value, field.new) else f"{RELEASE} and {self._rest}"


def others_than_release(record: Record | None, done: Applied | None, rendering: int) -> list[str]:
    """What has been another one when it was deployed last."""
    if record is None or done is None or not record.running:
        return []
    if done.made_from is None or record.made_from is None:
        return [OVERRIDE, ENVIRONMENT]
    found = {
        OVERRIDE: record.made_from.overrides != done.made_from.overrides,
        ENVIRONMENT: record.made_from.around != done.made_from.around,
        PROGRAM: record.current.rendering != rendering,
    }
    return [name for name, other in found.items() if other]


def _joined(causes: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(causes))
