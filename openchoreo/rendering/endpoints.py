"""`status.endpoints` of a ReleaseBinding: the addresses that rendered manifests offer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from openchoreo.document import Document, Object
from openchoreo.model import DataPlane, Environment, GatewayEndpoint, Listener
from openchoreo.rendering.identity import LABEL_PREFIX
from openchoreo.rendering.rendered import Endpoint, GatewayUrls, Url
from openchoreo.rendering.shapes import mapping, number, text

ENDPOINT_NAME = f"{LABEL_PREFIX}endpoint-name"
ENDPOINT_VISIBILITY = f"{LABEL_PREFIX}endpoint-visibility"
ENDPOINT_BASE_PATH = f"{LABEL_PREFIX}endpoint-base-path"

_HTTP_TYPES = frozenset({"HTTP", "GraphQL", "Websocket", "gRPC"})
_GATEWAY_API = "gateway.networking.k8s.io"
_SERVED_BY = {
    "HTTPRoute": _HTTP_TYPES,
    "GRPCRoute": frozenset({"gRPC"}),
    "TLSRoute": _HTTP_TYPES | {"TCP"},
}
_SCHEMES = {
    "HTTP": ("http", "https"),
    "GraphQL": ("http", "https"),
    "Websocket": ("ws", "wss"),
    "gRPC": ("grpc", "grpcs"),
    "TCP": ("", "tls"),
}
_IN_CLUSTER = {"Websocket": "ws", "gRPC": "grpc", "TCP": "tcp", "UDP": "udp"}


class Gateways(Struct, frozen=True):
    """The ingress gateways URLs are made with.

    Unlike the `gateway` of templates, an environment that has an ingress replaces the data
    plane's as a whole.
    """

    external: GatewayEndpoint | None = None
    internal: GatewayEndpoint | None = None

    @classmethod
    def of(cls, environment: Environment, data_plane: DataPlane) -> Gateways:
        over, base = environment.spec.gateway, data_plane.spec.gateway
        gateway = over if over and over.ingress else base
        ingress = gateway.ingress if gateway else None
        return cls(ingress.external, ingress.internal) if ingress else cls()


def resolve_endpoints(
    manifests: Sequence[Object], endpoints: Object, gateways: Gateways
) -> tuple[Endpoint, ...]:
    """Endpoints with a route first, then those a Service alone makes reachable; by name."""
    routed = dict(_routed(manifests, endpoints, gateways))
    service = _best_service(manifests, endpoints)
    urls = {name: _service_url(service, mapping(endpoints, name)) for name in sorted(endpoints)}
    return (
        *(replace(found, service_url=urls[name]) for name, found in routed.items()),
        *(
            Endpoint(name, text(mapping(endpoints, name), "type"), service_url=url)
            for name, url in urls.items()
            if url and name not in routed
        ),
    )


def _routed(
    manifests: Sequence[Object], endpoints: Object, gateways: Gateways
) -> Iterator[tuple[str, Endpoint]]:
    routes = {
        (text(_labels(route), ENDPOINT_NAME), _is_external(route)): route
        for route in manifests
        if _serves(route, endpoints)
    }
    for name in sorted({name for name, _ in routes}):
        kind = text(mapping(endpoints, name), "type")
        yield (
            name,
            Endpoint(
                name=name,
                type=kind,
                internal_urls=_urls(routes.get((name, False)), kind, gateways.internal),
                external_urls=_urls(routes.get((name, True)), kind, gateways.external),
            ),
        )


def _serves(manifest: Object, endpoints: Object) -> bool:
    types = _SERVED_BY.get(text(manifest, "kind"))
    if types is None or text(manifest, "apiVersion").partition("/")[0] != _GATEWAY_API:
        return False
    endpoint = mapping(endpoints, text(_labels(manifest), ENDPOINT_NAME))
    return endpoint.get("type") in types


def _labels(manifest: Object) -> Object:
    return mapping(mapping(manifest, "metadata"), "labels")


def _is_external(route: Object) -> bool:
    return _labels(route).get(ENDPOINT_VISIBILITY) == "external"


def _urls(
    route: Object | None, endpoint_type: str, gateway: GatewayEndpoint | None
) -> GatewayUrls | None:
    host = _host(route) if route else ""
    if route is None or gateway is None or not host:
        return None
    plain, secure = _SCHEMES[endpoint_type]
    path = _path(route)

    def url(listener: Listener | None, scheme: str) -> Url | None:
        return Url(scheme, host, listener.port, path) if listener else None

    if route["kind"] == "TLSRoute":
        urls = GatewayUrls(tls=url(gateway.tls, secure))
    else:
        urls = GatewayUrls(http=url(gateway.http, plain), https=url(gateway.https, secure))
    return urls if urls != GatewayUrls() else None


def _host(route: Object) -> str:
    hosts = mapping(route, "spec").get("hostnames")
    first = hosts[0] if isinstance(hosts, list) and hosts else None
    return first if isinstance(first, str) else ""


def _path(route: Object) -> str:
    """What the route says of itself, else the first path an HTTPRoute matches."""
    stated = text(mapping(mapping(route, "metadata"), "annotations"), ENDPOINT_BASE_PATH)
    if stated or route["kind"] != "HTTPRoute":
        return stated
    match = _first(_first(mapping(route, "spec").get("rules")).get("matches"))
    return text(mapping(match, "path"), "value")


def _first(entries: Document) -> Object:
    first = entries[0] if isinstance(entries, list) and entries else None
    return first if isinstance(first, dict) else {}


def _best_service(manifests: Iterable[Object], endpoints: Object) -> Object | None:
    """The Service with the most ports of endpoints; of equals the first."""
    wanted = {number(mapping(endpoints, name), "port") for name in endpoints}
    services = [
        manifest
        for manifest in manifests
        if manifest["apiVersion"] == "v1" and manifest["kind"] == "Service"
    ]
    return max(services, key=lambda s: len([p for p in _ports(s) if p in wanted]), default=None)


def _ports(service: Object) -> list[int]:
    ports = mapping(service, "spec").get("ports")
    found = [
        cast("Document", entry.get("port"))
        for entry in (ports if isinstance(ports, list) else ())
        if isinstance(entry, dict)
    ]
    return [port for port in found if isinstance(port, int) and not isinstance(port, bool)]


def _service_url(service: Object | None, endpoint: Object) -> Url | None:
    """Only where the Service has the endpoint's port, which need not be the pod's."""
    port = number(endpoint, "port")
    if service is None or port not in _ports(service):
        return None
    metadata = mapping(service, "metadata")
    host = f"{text(metadata, 'name')}.{text(metadata, 'namespace')}.svc.cluster.local"
    scheme = _IN_CLUSTER.get(text(endpoint, "type"), "http")
    return Url(scheme, host, int(port), text(endpoint, "basePath"))
