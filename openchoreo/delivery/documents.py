"""Releases and bindings as the documents that OpenChoreo's API has for them."""

from __future__ import annotations

from openchoreo.delivery.chains import COMPONENTS, RESOURCES, Words
from openchoreo.delivery.release import Release
from openchoreo.document import Object
from openchoreo.model import API_VERSION


def release_document(words: Words, namespace: str, project: str, release: Release) -> Object:
    """A ComponentRelease, ProjectRelease or ResourceRelease, by the name its users gave it."""
    owner = owner_document(words, project, release.component)
    return _document(words.release_kind, namespace, release.shown, {"owner": owner, **release.spec})


def owner_document(words: Words, project: str, name: str) -> Object:
    """Whose a release or a binding is."""
    if words is COMPONENTS:
        return {"projectName": project, "componentName": name}
    if words is RESOURCES:
        return {"projectName": project, "resourceName": name}
    return {"projectName": name}


def _document(kind: str, namespace: str, name: str, spec: Object) -> Object:
    metadata: Object = {"name": name, "namespace": namespace}
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": spec}
