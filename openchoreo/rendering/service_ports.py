"""Ports of a Service, from the endpoints of a workload: workload.toServicePorts()."""

from __future__ import annotations

from collections.abc import Container

from openchoreo.document import Document, Object
from openchoreo.rendering.shapes import mapping, number

_LONGEST = 15  # the limit of Kubernetes for names of ports


def service_ports(endpoints: Object) -> list[Document]:
    """One for each port and protocol, by name of the endpoint; the first name is taken."""
    ports: dict[tuple[float, str], Document] = {}
    names: set[str] = set()
    for endpoint_name in sorted(endpoints):
        endpoint = mapping(endpoints, endpoint_name)
        port, protocol = number(endpoint, "port"), protocol_of(endpoint)
        if (port, protocol) in ports:
            continue
        name = _unique(_port_name(endpoint_name) or f"port-{int(port)}", names)
        names.add(name)
        ports[port, protocol] = {
            "name": name,
            "port": port,
            "targetPort": number(endpoint, "targetPort") or port,
            "protocol": protocol,
        }
    return list(ports.values())


def protocol_of(endpoint: Object) -> str:
    return "UDP" if endpoint.get("type") == "UDP" else "TCP"


def _port_name(endpoint: str) -> str:
    kept = "".join(_kept(character) for character in endpoint.lower())
    return kept.strip("-")[:_LONGEST].rstrip("-")


def _kept(character: str) -> str:
    if character == "_":
        return "-"
    return character if character == "-" or (character.isascii() and character.isalnum()) else ""


def _unique(name: str, taken: Container[str]) -> str:
    """The name, or the name with the first number from 2 on that makes it new."""
    unique, count = name, 1
    while unique in taken:
        count += 1
        suffix = f"-{count}"
        unique = name[: _LONGEST - len(suffix)] + suffix
    return unique
