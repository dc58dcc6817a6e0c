"""The network policy of a component: who may reach which of its endpoints.

Everyone in the project may reach all of them. Visibility `namespace` opens a port to the other
projects of the environment, `internal` and `external` open it to the platform's own pods, such
as gateways. Nothing is said of egress.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from openchoreo.document import Document, Object
from openchoreo.rendering.identity import LABEL_PREFIX
from openchoreo.rendering.service_ports import protocol_of
from openchoreo.rendering.shapes import mapping, number, text, texts
from openchoreo.template.names import SUBDOMAIN_LIMIT, generate_name

PROVIDER_ANNOTATION = f"{LABEL_PREFIX}networkpolicyprovider"

_SYSTEM_PODS: Object = {"key": f"{LABEL_PREFIX}system-component", "operator": "Exists"}
_ANY_NAMESPACE: Object = {"key": "k8s:io.kubernetes.pod.namespace", "operator": "Exists"}
_HTTP_TYPES = frozenset({"HTTP", "GraphQL", "Websocket", "gRPC"})


class _Port(Struct, frozen=True):
    number: int
    protocol: str
    is_http: bool
    visibility: tuple[str, ...]


def network_policy(
    *, component: str, metadata: Object, endpoints: Object, annotations: Mapping[str, str]
) -> Object:
    """In the flavour the data plane asks for by annotation; Kubernetes' own by default."""
    make = _cilium if annotations.get(PROVIDER_ANNOTATION) == "cilium" else _kubernetes
    return make(_name(component), metadata, endpoints)


def _name(component: str) -> str:
    name = f"openchoreo-{component}"
    fits = len(name.encode()) <= SUBDOMAIN_LIMIT
    return name if fits else generate_name(SUBDOMAIN_LIMIT, ("openchoreo", component))


def _kubernetes(name: str, metadata: Object, endpoints: Object) -> Object:
    ports = [_port(mapping(endpoints, endpoint)) for endpoint in sorted(endpoints)]
    system: Object = {
        "namespaceSelector": {},
        "podSelector": {"matchExpressions": [_SYSTEM_PODS]},
    }
    rules = _rules(
        ports,
        project={"podSelector": {}},
        namespace={"namespaceSelector": {"matchLabels": _same_environment(metadata)}},
        system=system,
        write=_kubernetes_rule,
    )
    selected: Object = {"podSelector": {"matchLabels": metadata["podSelectors"]}}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": metadata["namespace"]},
        "spec": {**selected, "policyTypes": ["Ingress"], **({"ingress": rules} if rules else {})},
    }


def _cilium(name: str, metadata: Object, endpoints: Object) -> Object:
    ports = sorted(
        (_port(mapping(endpoints, endpoint)) for endpoint in sorted(endpoints)),
        key=lambda port: str(port.number),
    )
    namespace: Object = {
        "matchLabels": _same_environment(metadata),
        "matchExpressions": [_ANY_NAMESPACE],
    }
    rules = _rules(
        ports,
        project={},
        namespace=namespace,
        system={"matchExpressions": [_SYSTEM_PODS, _ANY_NAMESPACE]},
        write=_cilium_rule,
    )
    return {
        "apiVersion": "cilium.io/v2",
        "kind": "CiliumNetworkPolicy",
        "metadata": {"name": name, "namespace": metadata["namespace"]},
        "spec": {
            "endpointSelector": {"matchLabels": metadata["podSelectors"]},
            "ingress": rules,
        },
    }


def _rules(
    ports: list[_Port],
    *,
    project: Object,
    namespace: Object,
    system: Object,
    write: Callable[[Object, list[_Port]], Object],
) -> list[Document]:
    """One rule for each circle of callers that has a port open to it."""
    within_namespace = _visible(ports, ("namespace",))
    within_platform = _visible(ports, ("internal", "external"))
    circles = ((project, ports), (namespace, within_namespace), (system, within_platform))
    return [write(callers, opened) for callers, opened in circles if opened]


def _visible(ports: Iterable[_Port], scopes: tuple[str, ...]) -> list[_Port]:
    """A port that lists two of the scopes is there twice, as in OpenChoreo."""
    return [port for port in ports for scope in port.visibility if scope in scopes]


def _kubernetes_rule(callers: Object, ports: list[_Port]) -> Object:
    return {
        "from": [callers],
        "ports": [{"protocol": port.protocol, "port": port.number} for port in ports],
    }


def _cilium_rule(callers: Object, ports: list[_Port]) -> Object:
    """Ports that speak HTTP go through Cilium's proxy, which is what makes them observable."""
    http = [_cilium_port(port) for port in ports if port.is_http]
    other = [_cilium_port(port) for port in ports if not port.is_http]
    opened: list[Document] = []
    if http:
        opened.append({"ports": http, "rules": {"http": [{}]}})
    if other:
        opened.append({"ports": other})
    return {"fromEndpoints": [callers], "toPorts": opened}


def _cilium_port(port: _Port) -> Document:
    return {"port": str(port.number), "protocol": port.protocol}


def _same_environment(metadata: Object) -> Object:
    """Labels of the namespaces that belong to this environment; its ProjectType writes them."""
    return {
        f"{LABEL_PREFIX}namespace": metadata["componentNamespace"],
        f"{LABEL_PREFIX}environment": metadata["environmentName"],
    }


def _port(endpoint: Object) -> _Port:
    """The port of the pods, since that is what a network policy looks at."""
    return _Port(
        number=int(number(endpoint, "targetPort") or number(endpoint, "port")),
        protocol=protocol_of(endpoint),
        is_http=text(endpoint, "type") in _HTTP_TYPES,
        visibility=tuple(texts(endpoint, "visibility")),
    )
