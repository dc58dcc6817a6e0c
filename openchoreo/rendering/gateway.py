"""The gateways templates see: those of the data plane, with the environment's laid over them."""

from __future__ import annotations

from openchoreo.document import Object
from openchoreo.model import Gateway, GatewayEndpoint, GatewayNetwork, Listener

_NO_GATEWAY = Gateway()
_NO_NETWORK = GatewayNetwork()


def gateway_context(gateway: Gateway | None) -> Object | None:
    """`dataplane.gateway`: an empty ingress or egress stays, as `{}`."""
    if gateway is None:
        return None
    networks = {"ingress": gateway.ingress, "egress": gateway.egress}
    found: Object = {
        key: _endpoints(network.external, network.internal)
        for key, network in networks.items()
        if network
    }
    return found or None


def merged_gateway(environment: Gateway | None, data_plane: Gateway | None) -> Object | None:
    """`gateway`: each of the four endpoints from the environment, else from the data plane.

    An endpoint of the environment replaces the data plane's whole, listeners and all.
    """
    over, base = environment or _NO_GATEWAY, data_plane or _NO_GATEWAY
    networks = {
        "ingress": _merged(over.ingress or _NO_NETWORK, base.ingress or _NO_NETWORK),
        "egress": _merged(over.egress or _NO_NETWORK, base.egress or _NO_NETWORK),
    }
    found: Object = {key: network for key, network in networks.items() if network}
    return found or None


def _merged(over: GatewayNetwork, base: GatewayNetwork) -> Object:
    return _endpoints(over.external or base.external, over.internal or base.internal)


def _endpoints(external: GatewayEndpoint | None, internal: GatewayEndpoint | None) -> Object:
    endpoints = {"external": external, "internal": internal}
    return {key: _endpoint(endpoint) for key, endpoint in endpoints.items() if endpoint}


def _endpoint(endpoint: GatewayEndpoint) -> Object:
    listeners = {"http": endpoint.http, "https": endpoint.https, "tls": endpoint.tls}
    named = {"name": endpoint.name, "namespace": endpoint.namespace}
    return {
        **{key: value for key, value in named.items() if value},
        **{key: _listener(listener) for key, listener in listeners.items() if listener},
    }


def _listener(listener: Listener) -> Object:
    values: Object = {
        "listenerName": listener.listener_name,
        "port": float(listener.port),
        "host": listener.host,
    }
    return {key: value for key, value in values.items() if value}
