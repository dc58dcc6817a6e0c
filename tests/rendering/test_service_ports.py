import pytest

from openchoreo.rendering.service_ports import service_ports


def endpoint(port, type_="HTTP", target_port=None):
    extra = {} if target_port is None else {"targetPort": target_port}
    return {"type": type_, "port": port, **extra}


def names(endpoints):
    return [port["name"] for port in service_ports(endpoints)]


def test_an_endpoint_becomes_a_port():
    assert service_ports({"http": endpoint(80, target_port=8080)}) == [
        {"name": "http", "port": 80.0, "targetPort": 8080.0, "protocol": "TCP"}
    ]


def test_without_a_target_port_it_is_the_port():
    assert service_ports({"http": endpoint(80)})[0]["targetPort"] == 80.0


def test_ports_are_in_the_order_of_endpoint_names_by_code_point():
    assert names({"b": endpoint(1), "B": endpoint(2), "a": endpoint(3)}) == ["b", "a", "b-2"]


@pytest.mark.parametrize(
    ("endpoint_name", "port_name"),
    [
        ("-", "port-7000"),
        ("___", "port-7000"),
        ("My_Long-Endpoint.Name!!", "my-long-endpoin"),
        ("grpc", "grpc"),
        ("abcdefghijklmn-x", "abcdefghijklmn"),
        ("HTTP.2", "http2"),
    ],
)
def test_a_name_becomes_one_kubernetes_allows(endpoint_name, port_name):
    assert names({endpoint_name: endpoint(7000)}) == [port_name]


def test_names_that_become_equal_are_numbered():
    endpoints = {
        "My_Long-Endpoint.Name!!": endpoint(7001),
        "grpc": endpoint(7004),
        "my-long-endpoint-name": endpoint(7005),
        "___": endpoint(7002),
        "-": endpoint(7003),
    }
    assert names(endpoints) == [
        "port-7003",
        "my-long-endpoin",
        "port-7002",
        "grpc",
        "my-long-endpo-2",
    ]


def test_one_port_and_protocol_is_listed_once_under_the_first_name():
    endpoints = {
        "web": endpoint(8080),
        "web2": endpoint(8080),
        "udp": endpoint(8080, "UDP"),
    }
    listed = [(port["name"], port["protocol"]) for port in service_ports(endpoints)]
    assert listed == [("udp", "UDP"), ("web", "TCP")]
