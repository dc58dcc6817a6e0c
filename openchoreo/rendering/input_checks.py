"""What can be wrong with a component's input before anything of it is evaluated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from openchoreo.document import Object
from openchoreo.errors import Path, Problem, Stage, nearest
from openchoreo.rendering.configurations import MissingSecret, missing_secrets
from openchoreo.rendering.inputs import RenderInput
from openchoreo.rendering.instances import TraitInstance
from openchoreo.rendering.shapes import mapping
from openchoreo.rendering.subjects import Subjects
from openchoreo.rendering.workload import Setting, keys_of, repeated_keys


class _Written(Struct, frozen=True):
    """Settings of a container where somebody wrote them."""

    holder: Object
    """A workload, or the overrides of a binding: both have a `container`."""
    subject: str
    path: Path


class InputChecks(Struct, frozen=True):
    _given: RenderInput
    _instances: Sequence[TraitInstance]
    _subjects: Subjects

    def missing_secrets(self) -> Iterator[Problem]:
        """Those of the workload count where the binding does not override them."""
        given = self._given
        workload, overrides = self._written()
        overridden = keys_of(overrides.holder)
        for written, left_out in ((workload, overridden), (overrides, frozenset[Setting]())):
            for missing in missing_secrets(written.holder, given.secret_references, left_out):
                yield self._missing_secret(missing, written)

    def _missing_secret(self, missing: MissingSecret, written: _Written) -> Problem:
        reference = self._given.secret_references.get(missing.reference)
        if reference is None:
            message = f"there is no SecretReference {missing.reference} in {self._given.namespace}"
            hint = nearest(missing.reference, self._given.secret_references)
        else:
            message = f"SecretReference {missing.reference} has no key {missing.key}"
            hint = nearest(missing.key, (entry.secret_key for entry in reference.spec.data))
        path = (*written.path, missing.field, missing.index, "valueFrom", "secretKeyRef")
        full = f"{self._subjects.during}\n{message}"
        return Problem(Stage.SECRETS, written.subject, path, full, hint)

    def repeated_keys(self) -> Iterator[Problem]:
        for written in self._written():
            for one in repeated_keys(written.holder):
                message = f"{self._subjects.during}\n{one.key} is there twice"
                path = (*written.path, one.field, one.index, "key")
                yield Problem(Stage.RENDER, written.subject, path, message, "write it once")

    def _written(self) -> tuple[_Written, _Written]:
        workload = mapping(self._given.release, "workload")
        overrides, subjects = self._given.workload_overrides, self._subjects
        path = ("spec", "workloadOverrides", "container")
        return (
            _Written(workload, subjects.workload, ("spec", "container")),
            _Written(overrides, subjects.binding, path),
        )

    def unknown_trait_configs(self) -> Iterator[Problem]:
        known = [one.instance_name for one in self._instances if one.bindings is None]
        embedded = [one.instance_name for one in self._instances if one.bindings is not None]
        for name in self._given.trait_environment_configs:
            if name in known:
                continue
            if name in embedded:
                message = (
                    f"the trait instance {name} belongs to the type, which gives it its values"
                )
                hint = "use componentTypeEnvironmentConfigs"
            else:
                message = f"the component has no trait instance {name}"
                hint = nearest(name, known)
            path = ("spec", "traitEnvironmentConfigs", name)
            yield Problem(
                Stage.RENDER,
                self._subjects.binding,
                path,
                f"{self._subjects.during}\n{message}",
                hint,
            )

    def missing_traits(self) -> Iterator[Problem]:
        for instance in self._instances:
            if instance.trait is None:
                message = f"{self._subjects.during}\nthe release does not hold {instance.kind} {instance.name}"
                yield Problem(Stage.RENDER, instance.owner, instance.path, message)
