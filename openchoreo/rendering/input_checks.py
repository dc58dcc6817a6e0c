"""What can be wrong with a component's input before anything of it is evaluated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openchoreo.document import Object
from openchoreo.errors import Problem, Stage, nearest
from openchoreo.rendering.configurations import missing_secrets
from openchoreo.rendering.inputs import RenderInput
from openchoreo.rendering.instances import TraitInstance
from openchoreo.rendering.subjects import Subjects
from openchoreo.rendering.workload import repeated_keys


@dataclass(frozen=True, slots=True)
class InputChecks:
    _given: RenderInput
    _workload: Object
    """With the overrides of the binding."""
    _instances: Sequence[TraitInstance]
    _subjects: Subjects

    def missing_secrets(self) -> Iterator[Problem]:
        given = self._given
        for missing in missing_secrets(self._workload, given.secret_references):
            path = ("spec", "container", missing.field, missing.index, "valueFrom", "secretKeyRef")
            reference = given.secret_references.get(missing.reference)
            if reference is None:
                message = f"there is no SecretReference {missing.reference} in {given.namespace}"
                hint = nearest(missing.reference, given.secret_references)
            else:
                message = f"SecretReference {missing.reference} has no key {missing.key}"
                hint = nearest(missing.key, (entry.secret_key for entry in reference.spec.data))
            yield Problem(
                Stage.SECRETS,
                self._subjects.workload,
                path,
                f"{self._subjects.during}\n{message}",
                hint,
            )

    def repeated_keys(self) -> Iterator[Problem]:
        for one in repeated_keys(self._workload):
            message = f"{self._subjects.during}\n{one.key} is there twice"
            path = ("spec", "container", one.field, one.index, "key")
            hint = "write it once, in the Workload or in the overrides"
            yield Problem(Stage.RENDER, self._subjects.workload, path, message, hint)

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
