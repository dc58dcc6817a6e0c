"""Releases and bindings as the documents that OpenChoreo's API has for them."""

from __future__ import annotations

from typing import cast

from openchoreo.delivery.binding import Binding
from openchoreo.delivery.chains import COMPONENTS, PROJECTS, RESOURCES, Words
from openchoreo.delivery.release import Release
from openchoreo.document import Document, Object
from openchoreo.model import API_VERSION


def release_document(words: Words, namespace: str, project: str, release: Release) -> Object:
    """A ComponentRelease, ProjectRelease or ResourceRelease, by the name its users gave it."""
    owner = owner_document(words, project, release.component)
    metadata: Object = {"name": release.shown, "namespace": namespace}
    return _document(words.release_kind, metadata, {"owner": owner, **release.spec})


def binding_document(
    binding: Binding, metadata: Object, owner: Object, environment: str, release: str
) -> Object:
    """A ReleaseBinding, ProjectReleaseBinding or ResourceReleaseBinding that runs `release`, with
    all that is said in documents and config together.
    """
    words = binding.words
    spec: Object = {"owner": owner, "environment": environment, words.pin: release}
    if binding.undeploy and words is COMPONENTS:
        spec["state"] = "Undeploy"
    said = {key: value for key, value in _values(binding).items() if value}
    return _document(words.binding_kind, metadata, {**spec, **said})


def owner_document(words: Words, project: str, name: str) -> Object:
    """Whose a release or a binding is."""
    if words is COMPONENTS:
        return {"projectName": project, "componentName": name}
    if words is RESOURCES:
        return {"projectName": project, "resourceName": name}
    return {"projectName": name}


def _values(binding: Binding) -> Object:
    """Those that a binding of this chain can have."""
    if binding.words is PROJECTS:
        return {"environmentConfigs": binding.environment_configs}
    if binding.words is RESOURCES:
        return {
            "retainPolicy": binding.retain_policy,
            "resourceTypeEnvironmentConfigs": binding.environment_configs,
        }
    return {
        "componentTypeEnvironmentConfigs": binding.component_type_environment_configs,
        "traitEnvironmentConfigs": cast("Document", binding.trait_environment_configs),
        "workloadOverrides": binding.workload_overrides,
    }


def _document(kind: str, metadata: Object, spec: Object) -> Object:
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": spec}
