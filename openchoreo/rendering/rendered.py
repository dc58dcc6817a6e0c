"""What rendering gives: manifests in their final order, and the addresses they offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from msgspec import Struct

from openchoreo.document import Document, Object

if TYPE_CHECKING:
    from openchoreo.errors import Problem

DATA_PLANE = "dataplane"
OBSERVABILITY_PLANE = "observabilityplane"


class RenderedManifest(Struct, frozen=True):
    target_plane: str
    manifest: Object


class Url(Struct, frozen=True):
    scheme: str
    host: str
    port: int = 0
    path: str = ""

    def document(self) -> Object:
        parts: Object = {
            "scheme": self.scheme,
            "host": self.host,
            "port": self.port,
            "path": self.path,
        }
        return {key: value for key, value in parts.items() if value}


class GatewayUrls(Struct, frozen=True):
    """By listener of the gateway; the scheme is that of the endpoint's protocol."""

    http: Url | None = None
    https: Url | None = None
    tls: Url | None = None

    def document(self) -> Object:
        urls = {"http": self.http, "https": self.https, "tls": self.tls}
        return {listener: url.document() for listener, url in urls.items() if url}


class Endpoint(Struct, frozen=True):
    """An entry of a ReleaseBinding's `status.endpoints`."""

    name: str
    type: str
    service_url: Url | None = None
    internal_urls: GatewayUrls | None = None
    external_urls: GatewayUrls | None = None

    def document(self) -> Object:
        urls = {
            "serviceURL": self.service_url,
            "internalURLs": self.internal_urls,
            "externalURLs": self.external_urls,
        }
        written = {key: value.document() for key, value in urls.items() if value}
        return {"name": self.name, "type": self.type, **written}

    @classmethod
    def from_document(cls, document: Object) -> Endpoint:
        return cls(
            name=str(document["name"]),
            type=str(document["type"]),
            service_url=_url(document.get("serviceURL")),
            internal_urls=_gateway_urls(document.get("internalURLs")),
            external_urls=_gateway_urls(document.get("externalURLs")),
        )


class Rendered(Struct, frozen=True):
    manifests: tuple[RenderedManifest, ...]
    endpoints: tuple[Endpoint, ...] = ()
    metadata: Object | None = None
    """The `metadata` variable the templates saw."""
    warnings: tuple[Problem, ...] = ()
    ids: tuple[str, ...] = ()
    """Of a Resource: the id of the template of each manifest."""


def _url(document: Document) -> Url | None:
    if not isinstance(document, dict):
        return None
    return Url(
        scheme=str(document.get("scheme", "")),
        host=str(document.get("host", "")),
        port=int(cast("float", document.get("port", 0))),
        path=str(document.get("path", "")),
    )


def _gateway_urls(document: Document) -> GatewayUrls | None:
    if not isinstance(document, dict):
        return None
    return GatewayUrls(*(_url(document.get(listener)) for listener in ("http", "https", "tls")))
