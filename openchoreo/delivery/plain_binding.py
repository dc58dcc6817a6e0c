"""Bindings of projects and Resources: a pin, values for their type, and little else.

As with components, stack config is laid over the document field by field.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from msgspec.structs import replace

from openchoreo.delivery.binding import Binding, Pin
from openchoreo.delivery.chains import PROJECTS, RESOURCES
from openchoreo.document import Object, merge
from openchoreo.errors import OpenChoreoError, Path, Problem, Stage
from openchoreo.model import (
    Model,
    ProjectBindingValues,
    ProjectReleaseBinding,
    ResourceBindingValues,
    ResourceReleaseBinding,
)


def project_binding_of(
    subject: str,
    key: str,
    documents: Sequence[ProjectReleaseBinding] = (),
    config: ProjectBindingValues | None = None,
    *,
    hold: bool = False,
) -> Binding:
    """The binding of a project; see `binding_of`. It is deployed with its components."""
    return _plain(Binding(key=key, words=PROJECTS, hold=hold), subject, documents, config)


def resource_binding_of(
    subject: str,
    key: str,
    documents: Sequence[ResourceReleaseBinding] = (),
    config: ResourceBindingValues | None = None,
    *,
    hold: bool = False,
) -> Binding:
    """The binding of a Resource; see `binding_of`. Without one it is not deployed."""
    return _plain(Binding(key=key, words=RESOURCES, hold=hold), subject, documents, config)


def _plain(
    binding: Binding,
    subject: str,
    documents: Sequence[ProjectReleaseBinding | ResourceReleaseBinding],
    config: Model | None,
) -> Binding:
    problems = list(_several(documents))
    if problems:
        raise OpenChoreoError(*problems)
    found = replace(binding, bound=bool(documents) or config is not None)
    for document in documents:
        found = replace(found, annotations=document.metadata.annotations)
        found = _with_plain(found, document.spec, (str(document), ("spec",)))
    return _with_plain(found, config, (subject, binding.path())) if config else found


_CONFIGS = ("environment_configs", "resource_type_environment_configs")


def _with_plain(binding: Binding, values: Model, place: tuple[str, Path]) -> Binding:
    """`values` laid over the binding; what they do not say stays."""
    resource, path = place
    said = {name: getattr(values, name) for name in values.model_fields_set}
    configs = next((said[name] for name in _CONFIGS if isinstance(said.get(name), dict)), None)
    merged = replace(
        binding,
        environment_configs=cast("Object", merge(binding.environment_configs, configs or {})),
        retain_policy=said.get("retain_policy") or binding.retain_policy,
    )
    if "state" in said:
        merged = replace(merged, undeploy=said["state"] == "Undeploy")
    pin = said.get("project_release", said.get("resource_release"))
    if pin is not None:
        found = Pin(pin, resource, (*path, binding.words.pin)) if pin else None
        merged = replace(merged, pin=found)
    return merged


def _several(
    documents: Sequence[ProjectReleaseBinding | ResourceReleaseBinding],
) -> Iterator[Problem]:
    for document in documents[1:]:
        owner = document.spec.owner
        name = getattr(owner, "resource_name", "") or owner.project_name
        message = f"{documents[0]} binds {name} to {document.spec.environment} as well"
        yield Problem(Stage.BINDING, str(document), ("spec",), message, "remove one of the two")
