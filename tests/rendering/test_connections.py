import pytest

from openchoreo.rendering import Connection, Endpoint, GatewayUrls, Target, Url, resolve_connection
from openchoreo.rendering.connections import address_parts, connection_targets

SERVICE = Url("http", "catalog.dp-1.svc.cluster.local", 8080, "/v1")


def target(visibility="project"):
    return Target("default", "shop", "catalog", "http", visibility)


def dependency(**bindings):
    return {"component": "catalog", "name": "http", "envBindings": bindings}


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (Url("http", "a", 80), "http://a:80"),
        (Url("https", "a", 443, "/v1"), "https://a:443/v1"),
        (Url("ws", "a", 80), "ws://a:80"),
        (Url("grpc", "a", 9090), "a:9090"),
        (Url("tcp", "a", 5432), "a:5432"),
        (Url("udp", "a", 53), "a:53"),
        (Url("grpc", "a", 9090, "/v1"), "a:9090/v1"),
        (Url("http", "a", 80, "v1"), "http://a:80/v1"),
        (Url("http", "a"), "http://a"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.scheme,
)
def test_an_address_is_what_a_client_of_the_protocol_needs(url, address):
    assert address_parts(url)["address"] == address


def test_without_a_port_its_variable_is_empty():
    assert address_parts(Url("http", "a"))["port"] == ""


def test_variables_are_bound_in_the_order_of_the_parts_of_an_address():
    bindings = dependency(basePath="P", port="N", address="A", host="H")
    connection = resolve_connection(target(), bindings, [Endpoint("http", "HTTP", SERVICE)])
    assert connection.env_vars == [
        {"name": "A", "value": "http://catalog.dp-1.svc.cluster.local:8080/v1"},
        {"name": "H", "value": "catalog.dp-1.svc.cluster.local"},
        {"name": "N", "value": "8080"},
        {"name": "P", "value": "/v1"},
    ]


def test_an_empty_part_leaves_a_variable_without_value():
    url = Url("http", "a", 80)
    found = resolve_connection(target(), dependency(basePath="P"), [Endpoint("http", "HTTP", url)])
    assert found.env_vars == [{"name": "P"}]


@pytest.mark.parametrize("visibility", ["project", "namespace"])
def test_within_the_cluster_the_service_is_used(visibility):
    endpoint = Endpoint("http", "HTTP", SERVICE)
    assert resolve_connection(target(visibility), dependency(), [endpoint]).url == SERVICE


@pytest.mark.parametrize(
    ("endpoints", "reason"),
    [
        (None, "ReleaseBinding not found for component shop/catalog"),
        ([], 'endpoint "http" not yet resolved'),
        (
            [Endpoint("http", "HTTP", external_urls=GatewayUrls(http=SERVICE))],
            'endpoint "http" has no URL for visibility project',
        ),
    ],
)
def test_what_cannot_be_resolved_is_pending(endpoints, reason):
    connection = resolve_connection(target(), dependency(address="A"), endpoints)
    assert (connection.pending, connection.url, connection.env_vars) == (reason, None, [])


def test_a_pending_connection_is_in_the_context_without_variables():
    assert Connection(target(), (("address", "A"),), pending="why").document() == {
        "namespace": "default",
        "project": "shop",
        "component": "catalog",
        "endpoint": "http",
        "visibility": "project",
        "envVars": [],
    }


def test_a_dependency_without_project_is_within_the_consumers():
    workload = {
        "dependencies": {
            "endpoints": [
                {"component": "a", "name": "http", "visibility": "project"},
                {"component": "b", "name": "ws", "project": "other", "visibility": "namespace"},
            ]
        }
    }
    assert connection_targets("default", "shop", workload) == (
        Target("default", "shop", "a", "http", "project"),
        Target("default", "other", "b", "ws", "namespace"),
    )
