"""Endpoint dependencies: from what a provider offers to variables of the one that needs it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from openchoreo.document import Document, Object
from openchoreo.rendering.rendered import Endpoint, Url
from openchoreo.rendering.shapes import items, mapping, text

_SCHEMES_IN_ADDRESSES = frozenset({"http", "https", "ws", "wss", "tls"})


class Target(Struct, frozen=True):
    """What one entry of `dependencies.endpoints` asks for, in the consumer's environment."""

    namespace: str
    project: str
    component: str
    endpoint: str
    visibility: str


class Connection(Struct, frozen=True):
    """A dependency with the address it resolves to, or the reason why there is none."""

    target: Target
    env_bindings: tuple[tuple[str, str], ...] = ()
    """Which part of the address goes into which variable, in OpenChoreo's order of parts."""
    url: Url | None = None
    pending: str = ""

    @property
    def env_vars(self) -> list[Document]:
        if self.url is None:
            return []
        parts = address_parts(self.url)
        return [_variable(name, parts[part]) for part, name in self.env_bindings]

    def document(self) -> Object:
        """The entry of `dependencies.items`; without variables while it is pending."""
        return {
            "namespace": self.target.namespace,
            "project": self.target.project,
            "component": self.target.component,
            "endpoint": self.target.endpoint,
            "visibility": self.target.visibility,
            "envVars": [*self.env_vars],
        }


def connection_targets(namespace: str, project: str, workload: Object) -> tuple[Target, ...]:
    """What a workload depends on; without a project it is the consumer's own."""
    return tuple(
        Target(
            namespace=namespace,
            project=text(dependency, "project") or project,
            component=text(dependency, "component"),
            endpoint=text(dependency, "name"),
            visibility=text(dependency, "visibility"),
        )
        for dependency in endpoint_dependencies(workload)
    )


def endpoint_dependencies(workload: Object) -> list[Object]:
    return items(mapping(workload, "dependencies"), "endpoints")


def resolve_connection(
    target: Target, dependency: Object, endpoints: Iterable[Endpoint] | None
) -> Connection:
    """The connection to a provider with these endpoints; None where nothing of it runs."""
    bindings = mapping(dependency, "envBindings")
    named = tuple(
        (part, text(bindings, part))
        for part in ("address", "host", "port", "basePath")
        if bindings.get(part)
    )
    if endpoints is None:
        reason = f"ReleaseBinding not found for component {target.project}/{target.component}"
        return Connection(target, named, pending=reason)
    found = next((one for one in endpoints if one.name == target.endpoint), None)
    if found is None:
        reason = f'endpoint "{target.endpoint}" not yet resolved'
        return Connection(target, named, pending=reason)
    url = _url_for(target.visibility, found)
    reason = f'endpoint "{target.endpoint}" has no URL for visibility {target.visibility}'
    return Connection(target, named, url, "" if url else reason)


def address_parts(url: Url) -> dict[str, str]:
    """What can be bound to a variable, by the name of the binding.

    A base path is part of every address, also where the protocol knows no paths: that is what
    OpenChoreo's controller writes.
    """
    scheme = f"{url.scheme}://" if url.scheme in _SCHEMES_IN_ADDRESSES else ""
    port = f":{url.port}" if url.port else ""
    slash = "/" if url.path and not url.path.startswith("/") else ""
    return {
        "address": f"{scheme}{url.host}{port}{slash}{url.path}",
        "host": url.host,
        "port": str(url.port) if url.port else "",
        "basePath": url.path,
    }


def _url_for(visibility: str, endpoint: Endpoint) -> Url | None:
    if visibility in {"project", "namespace"}:
        return endpoint.service_url
    if visibility == "external" and endpoint.external_urls:
        urls = endpoint.external_urls
        return urls.https or urls.http or urls.tls
    return None


def _variable(name: str, value: str) -> Document:
    return {"name": name, "value": value} if value else {"name": name}
