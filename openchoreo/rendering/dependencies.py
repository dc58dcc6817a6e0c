"""`dependencies`: what is connected, one by one and all together."""

from __future__ import annotations

from collections.abc import Iterable

from openchoreo.document import Document, Object
from openchoreo.rendering.connections import Connection
from openchoreo.rendering.resource_dependencies import ResourceDependency
from openchoreo.rendering.shapes import items as entries


def dependencies_context(
    connections: Iterable[Connection], resources: Iterable[ResourceDependency]
) -> Object:
    """Variables of endpoints go before those of Resources; a pending endpoint has none."""
    items = [connection.document() for connection in connections]
    held = [resource.document() for resource in resources]
    return {
        "items": [*items],
        "resources": [*held],
        "envVars": _together([*items, *held], "envVars"),
        "volumeMounts": _together(held, "volumeMounts"),
        "volumes": _together(held, "volumes"),
    }


def _together(documents: list[Object], key: str) -> list[Document]:
    return [entry for document in documents for entry in entries(document, key)]
