"""Snapshots: the release that today's definitions of a component make."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeAlias, cast

from openchoreo.delivery import release
from openchoreo.delivery.release import Format, Release, release_of
from openchoreo.delivery.shape import NotInShape
from openchoreo.document import Document, Object
from openchoreo.errors import OpenChoreoError, Problem, Stage
from openchoreo.model import Component, ComponentRelease, ComponentType, Model, Trait, Workload
from openchoreo.model.base import fields

Part: TypeAlias = "ComponentType | Trait"
Frozen: TypeAlias = "Component | ComponentType | Trait | Workload | ComponentRelease"


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
        for number in self._worth_trying(recorded):
            form = self._formats[number]
            kept = _found(lambda form=form: self._snapshot(form, component, parts, workload))
            if kept is not None and (number, kept.digest) in recorded:
                return kept
        return self._snapshot(self._newest, component, parts, workload)

    def _worth_trying(self, recorded: Sequence[tuple[int, str]]) -> list[int]:
        """The formats of what is recorded; none where there is only the newest one."""
        numbers = dict.fromkeys(number for number, _ in recorded)
        if numbers.keys() <= {self._newest.number}:
            return []
        return [number for number in numbers if number in self._formats]

    def imported(
        self, document: ComponentRelease, *, known: Collection[str] = frozenset()
    ) -> Release:
        """The release that a ComponentRelease of a repository holds; its name is an alias.

        `known` are the digests that are recorded here or upstream: a release that is known in
        an older format stays that release.
        """
        older = (form for form in self._formats.values() if form is not self._newest)
        for form in older:
            release = _found(lambda form=form: self._imported(form, document))
            if release is not None and release.digest in known:
                return release
        return self._imported(self._newest, document)

    def _imported(self, form: Format, document: ComponentRelease) -> Release:
        raw = as_written(document.spec)
        raw.pop("owner", None)
        spec = _write(form, document, lambda: form.release(raw))
        owner = document.spec.owner
        return release_of(owner.component_name, form.number, spec, alias=document.name)

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
            if isinstance(part, ComponentType):
                spec = _write(form, part, lambda: form.component_type(part.kind, raw))
            else:
                spec = _write(form, part, lambda: form.trait(raw))
            self._parts[key] = (part, {"kind": part.kind, "name": part.name, "spec": spec})
        return self._parts[key][1]


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
