"""Names, namespaces and UIDs: what follows from who a resource is, in any environment."""

from __future__ import annotations

import uuid

from openchoreo.template.names import LABEL_LIMIT, SUBDOMAIN_LIMIT, generate_name

LABEL_PREFIX = "openchoreo.dev/"


def resource_uid(kind: str, namespace: str, name: str, explicit: str | None = None) -> str:
    """The UID labels and selectors carry.

    OpenChoreo takes those of the API server's objects. Here they follow from the name, so that
    a resource that is deleted and made again keeps it, unless `metadata.uid` says otherwise.
    """
    return explicit or str(uuid.uuid5(uuid.NAMESPACE_URL, f"openchoreo/{kind}/{namespace}/{name}"))


def object_name(component: str, environment: str) -> str:
    """`metadata.name` of a component's context."""
    return generate_name(SUBDOMAIN_LIMIT, (component, environment))


def data_plane_namespace(namespace: str, project: str, environment: str) -> str:
    """The namespace in the data plane, one for each project and environment."""
    return generate_name(LABEL_LIMIT, ("dp", namespace, project, environment))


def resource_object_name(resource: str, environment: str) -> str:
    """`metadata.name` of a Resource's context; the prefix keeps it apart from components."""
    return generate_name(SUBDOMAIN_LIMIT, (f"r_{resource}", environment))
