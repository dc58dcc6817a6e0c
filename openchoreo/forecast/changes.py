"""A plan against what a stack has, object by object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from openchoreo.delivery.deployed import Deployed, Identity
from openchoreo.document import Document, Object
from openchoreo.forecast.fields import Difference, Missing, Place, Value, differences, shown_path
from openchoreo.forecast.immutable import immutable
from openchoreo.plan import Plan, PlannedObject
from openchoreo.rendering.manifests import group_and_version
from openchoreo.rendering.shapes import mapping, text


class Op(StrEnum):
    """In the engine's words."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"


class Field(Struct, frozen=True):
    """One field that differs; `cause` is empty where nobody has looked for one."""

    path: Place
    old: Value
    new: Value
    cause: str = ""

    @property
    def shown(self) -> str:
        return shown_path(self.path)

    def document(self) -> Object:
        found: Object = {"path": self.shown, "cause": self.cause}
        for key, value in (("before", self.old), ("after", self.new)):
            if not isinstance(value, Missing):
                found[key] = value
        return found


class ObjectChange(Struct, frozen=True, kw_only=True):
    """What happens to one object. `owner` is told as in Deployed; `left` is one that stays where it
    is, and is no longer the stack's.
    """

    op: Op
    identity: Identity
    owner: str
    before: Object | None = None
    after: Object | None = None
    fields: tuple[Field, ...] = ()
    left: bool = False
    cause: str = ""

    @property
    def manifest(self) -> Object:
        found = self.after if self.after is not None else self.before
        return found if found is not None else {}

    @property
    def kind(self) -> str:
        return text(self.manifest, "kind")

    @property
    def name(self) -> str:
        """Namespace and name in the cluster."""
        metadata = mapping(self.manifest, "metadata")
        return "/".join(filter(None, (text(metadata, "namespace"), text(metadata, "name"))))

    @property
    def plane(self) -> str:
        return self.identity[1].partition("/")[0]

    def document(self) -> Object:
        fields: list[Document] = [one.document() for one in self.fields]
        found: Object = {
            "operation": self.op.value,
            "owner": self.owner,
            "apiVersion": text(self.manifest, "apiVersion"),
            "kind": self.kind,
            "name": self.name,
            "dataPlane": self.plane,
            "cause": self.cause,
            "fields": fields,
        }
        if self.left:
            found["left"] = True
        return found


Owned = tuple[str, PlannedObject]


def planned_in(plan: Plan) -> Iterator[Owned]:
    """Every object with its owner."""
    yield from (("", one) for one in plan.objects)
    for project in plan.projects:
        yield from ((project.removal, one) for one in project.objects)
        for resource in project.resources:
            yield from ((resource.removal, one) for one in resource.objects)
        for component in project.components:
            yield from ((component.key, one) for one in component.objects)


def identities(plan: Plan) -> dict[Identity, Owned]:
    clusters = {plane.name for plane in plan.planes if plane.cluster}
    return {_identity(one, one.plane in clusters): (owner, one) for owner, one in planned_in(plan)}


class Comparing(Struct, frozen=True):
    """`moved` are data planes whose directory changes: all their files are written anew."""

    deployed: Mapping[Identity, Deployed]
    moved: frozenset[str] = field(default_factory=frozenset[str])

    def changes(self, plan: Plan) -> tuple[ObjectChange, ...]:
        """What the plan changes, in the order of owners and names."""
        wanted = identities(plan)
        found = [
            change
            for identity, (owner, planned) in wanted.items()
            if (change := self._change(identity, owner, planned))
        ]
        found += [_gone(one) for key, one in self.deployed.items() if key not in wanted]
        return tuple(sorted(found, key=lambda one: (one.owner, one.kind, one.name, one.identity)))

    def _change(
        self, identity: Identity, owner: str, planned: PlannedObject
    ) -> ObjectChange | None:
        before = self.deployed.get(identity)
        change = ObjectChange(op=Op.CREATE, identity=identity, owner=owner, after=planned.manifest)
        if before is None:
            return change
        if planned.frozen:
            return None
        fields = tuple(map(_field, differences(before.manifest, planned.manifest)))
        moved = planned.plane in self.moved
        if not fields and not moved:
            return None
        replaced = moved or any(immutable(planned.manifest, one.path) for one in fields)
        on_cluster = identity[0].startswith("kubernetes:")
        op = Op.REPLACE if moved or (replaced and on_cluster) else Op.UPDATE
        return replace(change, op=op, before=before.manifest, fields=fields)


def _gone(one: Deployed) -> ObjectChange:
    return ObjectChange(
        op=Op.DELETE,
        identity=one.identity,
        owner=one.owner,
        before=one.manifest,
        left=one.retained,
    )


def _field(difference: Difference) -> Field:
    return Field(difference.path, difference.old, difference.new)


def _identity(planned: PlannedObject, on_cluster: bool) -> Identity:
    group, version = group_and_version(str(planned.manifest["apiVersion"]))
    package = "kubernetes" if on_cluster else "openchoreo-files"
    return f"{package}:{group or 'core'}/{version}:{planned.manifest['kind']}", planned.name


def owners(changes: Iterable[ObjectChange]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.owner for one in changes))
