"""Snapshots: the release that today's definitions of a component, project or Resource make."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeAlias, cast

from openchoreo.delivery import release
from openchoreo.delivery.release import Format, Release, release_of
from openchoreo.delivery.shape import NotInShape
from openchoreo.document import Document, Object
from openchoreo.errors import OpenChoreoError, Problem, Stage
from openchoreo.model import (
    Component,
    ComponentRelease,
    ComponentType,
    Model,
    Project,
    ProjectRelease,
    ProjectType,
    Resource_,
    ResourceRelease,
    ResourceType,
    Trait,
    Workload,
)
from openchoreo.model.base import fields

Part: TypeAlias = "ComponentType | Trait | ProjectType | ResourceType"
Document_: TypeAlias = "ComponentRelease | ProjectRelease | ResourceRelease"
Frozen: TypeAlias = "Component | Project | Resource_ | Workload | Part | Document_"


class Snapshots:
    """Makes releases of models. Types and traits that components share are written once."""

    def __init__(self, formats: Mapping[int, Format] | None = None) -> None:
        self._formats = release.FORMATS if formats is None else formats
        self._newest = self._formats[max(self._formats)]
        # A part is kept beside its spec, so that no other resource can ever have its id.
        self._parts: dict[tuple[int, int], tuple[Part, Object]] = {}

    def today(
        self,
        component: Component,
        component_type: ComponentType,
        traits: Iterable[Trait],
        workload: Workload,
        *,
        recorded: Sequence[tuple[int, str]] = (),
    ) -> Release:
        """The snapshot of today's definitions.

        `recorded` are format and digest of the releases that are recorded here, newest first:
        where the snapshot in the format of one is equal to it, it is that release, so that a
        program which knows a newer format never cuts a release by itself.
        """
        parts = (component_type, *sorted(traits, key=lambda trait: (trait.kind, trait.name)))
        return self._in_the_right_format(
            recorded, lambda form: self._snapshot(form, component, parts, workload)
        )

    def today_of_project(
        self, project: Project, type_: ProjectType, *, recorded: Sequence[tuple[int, str]] = ()
    ) -> Release:
        """The same of a project, whose type may be the built-in one."""
        return self._in_the_right_format(
            recorded, lambda form: self._plain(form, project, "projectType", type_)
        )

    def today_of_resource(
        self, resource: Resource_, type_: ResourceType, *, recorded: Sequence[tuple[int, str]] = ()
    ) -> Release:
        """The same of a Resource."""
        return self._in_the_right_format(
            recorded, lambda form: self._plain(form, resource, "resourceType", type_)
        )

    def _in_the_right_format(
        self, recorded: Sequence[tuple[int, str]], snapshot: Callable[[Format], Release]
    ) -> Release:
        for number in self._worth_trying(recorded):
            form = self._formats[number]
            kept = _found(lambda form=form: snapshot(form))
            if kept is not None and (number, kept.digest) in recorded:
                return kept
        return snapshot(self._newest)

    def _worth_trying(self, recorded: Sequence[tuple[int, str]]) -> list[int]:
        """The formats of what is recorded; none where there is only the newest one."""
        numbers = dict.fromkeys(number for number, _ in recorded)
        if numbers.keys() <= {self._newest.number}:
            return []
        return [number for number in numbers if number in self._formats]

    def imported(self, document: Document_, *, known: Collection[str] = frozenset()) -> Release:
        """The release that a release document of a repository holds; its name is an alias.

        `known` are the digests that are recorded here or upstream: a release that is known in
        an older format stays that release.
        """
        older = (form for form in self._formats.values() if form is not self._newest)
        for form in older:
            release = _found(lambda form=form: self._imported(form, document))
            if release is not None and release.digest in known:
                return release
        return self._imported(self._newest, document)

    def _imported(self, form: Format, document: Document_) -> Release:
        raw = as_written(document.spec)
        raw.pop("owner", None)
        spec = _write(form, document, lambda: form.release(raw))
        return release_of(_owner(document), form.number, spec, alias=document.name)

    def _plain(
        self, form: Format, owner: Project | Resource_, key: str, type_: ProjectType | ResourceType
    ) -> Release:
        """Projects and Resources are frozen as their type and their parameters."""
        spec: Object = {key: self._frozen(form, type_)}
        if owner.spec.parameters is not None:
            spec["parameters"] = owner.spec.parameters
        whole = _write(form, owner, lambda: form.release(spec))
        # The part that others share stays the same value, so that it is written once.
        return release_of(owner.name, form.number, {**whole, key: spec[key]})

    def _snapshot(
        self, form: Format, component: Component, parts: tuple[Part, ...], workload: Workload
    ) -> Release:
        frozen = [self._frozen(form, part) for part in parts]
        type_name = component.spec.component_type.name
        spec: Object = {
            "componentProfile": _write(form, component, lambda: form.profile(_profile(component))),
            "componentType": {**frozen[0], "name": type_name},
            "traits": cast("Document", frozen[1:]),
            "workload": _write(form, workload, lambda: form.workload(_template(workload))),
        }
        filled: Object = {key: value for key, value in spec.items() if value}
        return release_of(component.name, form.number, filled)

    def _frozen(self, form: Format, part: Part) -> Object:
        key = (form.number, id(part))
        if key not in self._parts:
            raw = as_written(part.spec)
            spec = _write(form, part, lambda: _written(form, part, raw))
            self._parts[key] = (part, {"kind": part.kind, "name": part.name, "spec": spec})
        return self._parts[key][1]


def _owner(document: Document_) -> str:
    if isinstance(document, ComponentRelease):
        return document.spec.owner.component_name
    if isinstance(document, ResourceRelease):
        return document.spec.owner.resource_name
    return document.spec.owner.project_name


def _written(form: Format, part: Part, raw: Object) -> Object:
    if isinstance(part, ComponentType):
        return form.component_type(part.kind, raw)
    if isinstance(part, ProjectType):
        return form.project_type(raw)
    if isinstance(part, ResourceType):
        return form.resource_type(raw)
    return form.trait(raw)


def snapshot(
    component: Component,
    component_type: ComponentType,
    traits: Iterable[Trait],
    workload: Workload,
) -> Release:
    """The release that these definitions make, in the newest format."""
    return Snapshots().today(component, component_type, traits, workload)


def _found(snapshot: Callable[[], Release]) -> Release | None:
    """None where the definitions use something that an older format has no place for."""
    try:
        return snapshot()
    except OpenChoreoError:
        return None


def as_written(model: Model) -> Object:
    """What users wrote, without the defaults that today's models fill in."""
    chosen = model.model_fields_set
    return {
        field.key: value if field.raw else _plain(value)
        for field in fields(type(model))
        if field.name in chosen and (value := getattr(model, field.name)) is not None
    }


def _plain(value: object) -> Document:
    if isinstance(value, Model):
        return as_written(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in cast("tuple[object, ...]", value)]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in cast("dict[str, object]", value).items()}
    return cast("Document", value)


def _profile(component: Component) -> Object:
    spec = as_written(component.spec)
    return {key: spec[key] for key in ("parameters", "traits") if key in spec}


def _template(workload: Workload) -> Object:
    return {key: value for key, value in as_written(workload.spec).items() if key != "owner"}


def _write(form: Format, resource: Frozen, writer: Callable[[], Object]) -> Object:
    """What the format makes of a resource, problems told as that resource's."""
    try:
        return writer()
    except NotInShape as found:
        message = f"cannot be part of a release of format {form.number}: {found.message}"
        path = ("spec", *found.path)
        raise OpenChoreoError(Problem(Stage.COMPONENT, str(resource), path, message)) from None
