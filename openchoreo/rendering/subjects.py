"""What problems of one component call the resources they are about."""

from __future__ import annotations

from msgspec import Struct

from openchoreo.model import label
from openchoreo.rendering.inputs import RenderInput
from openchoreo.rendering.shapes import mapping, text


class Subjects(Struct, frozen=True):
    component: str
    type: str
    workload: str
    binding: str
    during: str
    """What is being done, the first line of every message."""

    @classmethod
    def of(cls, given: RenderInput) -> Subjects:
        namespace, component = given.namespace, given.component
        workload = given.workload_subject or label("Workload", namespace, component)
        binding = f"{component}-{given.environment}"
        return cls(
            component=label("Component", namespace, component),
            type=_type_label(given),
            workload=workload,
            binding=given.binding_subject or label("ReleaseBinding", namespace, binding),
            during=f"while rendering {label('Component', namespace, component)}"
            f" for {given.environment}",
        )


def _type_label(given: RenderInput) -> str:
    """The name alone: a reference has the workload type before it."""
    frozen = mapping(given.release, "componentType")
    kind = text(frozen, "kind") or "ComponentType"
    namespace = "" if kind == "ClusterComponentType" else given.namespace
    return label(kind, namespace, text(frozen, "name").rpartition("/")[2])
