"""Routes an endpoint's API description names: workload.toEndpointResources(name).

Best effort, as in OpenChoreo: what is no readable description has no routes, and the templates
fall back to whatever they do without.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import cast

from openchoreo.document import Document, Object
from openchoreo.errors import OpenChoreoError
from openchoreo.rendering.proto import proto_methods
from openchoreo.rendering.shapes import mapping, text

Reader = Callable[[str], Document]

_FORMATS = {
    **dict.fromkeys(("openapi", "openapiv3", "oas", "oas3", "swagger"), "openapi"),
    **dict.fromkeys(("proto", "protobuf", "grpc"), "proto"),
}
_BY_TYPE = {"HTTP": "openapi", "gRPC": "proto"}
_VERBS = frozenset(("connect", "delete", "get", "head", "options", "patch", "post", "put", "trace"))


def endpoint_resources(workload: Object, read_yaml: Reader | None = None) -> Object:
    """Endpoint -> its routes, sorted; endpoints without any are left out."""
    endpoints = mapping(workload, "endpoints")
    found = {name: _routes(mapping(endpoints, name), read_yaml or json_only) for name in endpoints}
    return {name: cast("Document", routes) for name, routes in found.items() if routes}


def json_only(content: str) -> Document:
    """Reads what needs no YAML reader."""
    return json.loads(content)


def _routes(endpoint: Object, read_yaml: Reader) -> list[Object]:
    schema = mapping(endpoint, "schema")
    content = text(schema, "content")
    declared = text(schema, "type").strip().lower()
    description = _FORMATS.get(declared) if declared else _BY_TYPE.get(text(endpoint, "type"))
    if not content.strip() or description is None:
        return []
    if description == "proto":
        routes = proto_methods(content)
        return [{"kind": "gRPC", "service": s, "method": m} for s, m in sorted(routes)]
    operations = _operations(content, read_yaml)
    return [{"kind": "HTTP", "method": verb, "path": path} for path, verb in sorted(operations)]


def _operations(content: str, read_yaml: Reader) -> list[tuple[str, str]]:
    """(path, VERB) of an OpenAPI description; nothing of it is validated."""
    try:
        description = read_yaml(content)
    except (OpenChoreoError, ValueError, RecursionError):
        return []
    paths = description.get("paths") if isinstance(description, dict) else None
    if not isinstance(paths, dict):
        return []
    return [
        (path, verb.upper())
        for path, item in paths.items()
        if isinstance(item, dict) and not path.startswith("x-")
        for verb, operation in item.items()
        if verb in _VERBS and isinstance(operation, dict)
    ]
