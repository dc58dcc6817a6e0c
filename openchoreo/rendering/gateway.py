"""The gateways templates see: those of the data plane, with the environment's laid over them."""

from __future__ import annotations

from openchoreo.document import Object
from openchoreo.model import Gateway, GatewayEndpoint, GatewayNetwork, Listener


def gateway_context(gateway: Gateway | None) -> Object | None:
    """`dataplane.gateway`: an empty ingress or egress stays, as `{}`."""
    if gateway is None:
        return None
    networks = {"ingress": gateway.ingress, "egress": gateway.egress}
    found: Object = {key: _network(network) for key, network in networks.items() if network}
    return found or None


def merged_gateway(environment: Gateway | None, data_plane: Gateway | None) -> Object | None:
    """`gateway`: each of the four endpoints from the environment, else from the data plane.

    An endpoint of the environment replaces the data plane's whole, listeners and all.
    """
    over, base = environment or Gateway(), data_plane or Gateway()
    networks = {
        "ingress": _merged_network(over.ingress, base.ingress),
        "egress": _merged_network(over.egress, base.egress),
    }
    found: Object = {key: network for key, network in networks.items() if network}
    return found or None


def _merged_network(over: GatewayNetwork | None, base: GatewayNetwork | None) -> Object:
    over, base = over or GatewayNetwork(), base or GatewayNetwork()
    return _network(
        GatewayNetwork(
            external=over.external or base.external,
            internal=over.internal or base.internal,
        )
    )


def _network(network: GatewayNetwork) -> Object:
    endpoints = {"external": network.external, "internal": network.internal}
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
