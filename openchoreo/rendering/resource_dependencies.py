"""Dependencies on Resources: their outputs become variables, files and volumes."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from openchoreo.document import Document, Object
from openchoreo.template.names import fnv1a

_KINDS = {"secretKeyRef": "secret", "configMapKeyRef": "configmap"}


class Output(Struct, frozen=True):
    """A resolved output: a plain value, or a key of a Secret or ConfigMap in the data plane."""

    value: str = ""
    source: str = ""
    """secretKeyRef or configMapKeyRef; empty for a plain value."""
    name: str = ""
    key: str = ""

    @classmethod
    def from_document(cls, document: Object) -> Output:
        """From an entry of a ResourceReleaseBinding's `status.outputs`."""
        for source in _KINDS:
            reference = document.get(source)
            if isinstance(reference, dict):
                return cls(source=source, name=str(reference["name"]), key=str(reference["key"]))
        return cls(value=str(document.get("value", "")))


class ResourceDependency(Struct, frozen=True):
    """An entry of `dependencies.resources` together with the outputs of what it names."""

    ref: str
    outputs: Mapping[str, Output]
    env_bindings: Mapping[str, str] = field(default_factory=dict[str, str])
    """Output -> name of the variable."""
    file_bindings: Mapping[str, str] = field(default_factory=dict[str, str])
    """Output -> path of the file."""

    def unresolved(self) -> str:
        """Why the dependency is pending as a whole; empty where it is not."""
        for output in (*sorted(self.env_bindings), *sorted(self.file_bindings)):
            if output not in self.outputs:
                return f"output not resolved on resource release binding: {output}"
        for output in sorted(self.file_bindings):
            if not self.outputs[output].source:
                return f"output kind cannot be mounted as file: {output}"
        return ""

    def document(self) -> Object:
        """The entry of `dependencies.resources` in the context, everything in sorted order."""
        sources = {
            (_KINDS[self.outputs[output].source], self.outputs[output].name)
            for output in self.file_bindings
        }
        return {
            "ref": self.ref,
            "envVars": [
                _variable(name, self.outputs[output])
                for output, name in sorted(self.env_bindings.items())
            ],
            "volumeMounts": [
                self._mount(path, self.outputs[output])
                for output, path in sorted(self.file_bindings.items())
            ],
            "volumes": [_volume(self.ref, kind, name) for kind, name in sorted(sources)],
        }

    def _mount(self, path: str, output: Output) -> Document:
        name = volume_name(self.ref, _KINDS[output.source], output.name)
        return {"name": name, "mountPath": path, "subPath": output.key}


def volume_name(ref: str, kind: str, name: str) -> str:
    """One volume for each Secret or ConfigMap of a dependency."""
    return f"r-{fnv1a(f'{ref}:{kind}:{name}')}"


def _variable(name: str, output: Output) -> Document:
    if output.source:
        reference: Object = {"name": output.name, "key": output.key}
        return {"name": name, "valueFrom": {output.source: reference}}
    return {"name": name, "value": output.value} if output.value else {"name": name}


def _volume(ref: str, kind: str, name: str) -> Document:
    source: Object = (
        {"secret": {"secretName": name}} if kind == "secret" else {"configMap": {"name": name}}
    )
    return {"name": volume_name(ref, kind, name), **source}
