import pytest

from openchoreo.model import DataPlane, Environment
from openchoreo.rendering.endpoints import Gateways, resolve_endpoints


def network(name, **ports):
    listeners = {listener: {"port": port, "host": "x"} for listener, port in ports.items()}
    return {"name": name, "namespace": "gateways", **listeners}


def environment(gateway=None):
    return Environment.model_validate(
        {
            "kind": "Environment",
            "metadata": {"name": "dev", "namespace": "default"},
            "spec": {"gateway": gateway} if gateway else {},
        }
    )


def data_plane(gateway=None):
    return DataPlane.model_validate(
        {
            "kind": "ClusterDataPlane",
            "metadata": {"name": "default"},
            "spec": {
                "planeID": "default",
                "clusterAgent": {"clientCA": {"value": ""}},
                **({"gateway": gateway} if gateway else {}),
            },
        }
    )


GATEWAYS = Gateways.of(
    environment(),
    data_plane(
        {
            "ingress": {
                "external": network("out", http=80, https=443, tls=8443),
                "internal": network("in", http=8080),
            }
        }
    ),
)


def route(endpoint="http", *, kind="HTTPRoute", visibility="external", hosts=("a.org",), **spec):
    labels = {"openchoreo.dev/endpoint-name": endpoint}
    if visibility:
        labels["openchoreo.dev/endpoint-visibility"] = visibility
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": kind,
        "metadata": {"name": "route", "labels": labels},
        "spec": {"hostnames": [*hosts], **spec},
    }


def service(name="app", *ports, namespace="dp"):
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"ports": [{"port": port} for port in ports]},
    }


def endpoint(type_="HTTP", port=80, **extra):
    return {"type": type_, "port": port, **extra}


def resolved(manifests, endpoints, gateways=GATEWAYS):
    return [one.document() for one in resolve_endpoints(manifests, endpoints, gateways)]


@pytest.mark.parametrize(
    ("type_", "plain", "secure"),
    [
        ("HTTP", "http", "https"),
        ("GraphQL", "http", "https"),
        ("Websocket", "ws", "wss"),
        ("gRPC", "grpc", "grpcs"),
    ],
)
def test_a_route_gives_urls_with_the_scheme_of_the_endpoint(type_, plain, secure):
    assert resolved([route()], {"http": endpoint(type_)}) == [
        {
            "name": "http",
            "type": type_,
            "externalURLs": {
                "http": {"scheme": plain, "host": "a.org", "port": 80},
                "https": {"scheme": secure, "host": "a.org", "port": 443},
            },
        }
    ]


def test_a_tls_route_gives_the_tls_listener_only():
    found = resolved([route(kind="TLSRoute")], {"http": endpoint("TCP")})
    assert found[0]["externalURLs"] == {"tls": {"scheme": "tls", "host": "a.org", "port": 8443}}


@pytest.mark.parametrize("visibility", ["", "internal", "namespace"])
def test_what_is_not_called_external_is_internal(visibility):
    found = resolved([route(visibility=visibility)], {"http": endpoint()})
    assert found[0]["internalURLs"] == {"http": {"scheme": "http", "host": "a.org", "port": 8080}}


@pytest.mark.parametrize(
    ("manifest", "type_"),
    [
        (route(kind="GRPCRoute"), "HTTP"),
        (route(kind="HTTPRoute"), "TCP"),
        (route(kind="UDPRoute"), "UDP"),
        (route("other"), "HTTP"),
        ({**route(), "apiVersion": "example.org/v1"}, "HTTP"),
    ],
    ids=["grpc for http", "http for tcp", "udp", "unknown endpoint", "another group"],
)
def test_a_route_that_cannot_serve_the_endpoint_is_passed_over(manifest, type_):
    assert resolved([manifest], {"http": endpoint(type_)}) == []


def test_the_path_is_that_of_the_first_match():
    rules = [{"matches": [{"path": {"value": "/greeter"}}]}]
    found = resolved([route(rules=rules)], {"http": endpoint()})
    assert found[0]["externalURLs"]["http"]["path"] == "/greeter"


def test_an_annotation_tells_the_path_of_a_route_with_many():
    manifest = route(rules=[{"matches": [{"path": {"value": "/books"}}]}])
    manifest["metadata"]["annotations"] = {"openchoreo.dev/endpoint-base-path": "/app"}
    found = resolved([manifest], {"http": endpoint()})
    assert found[0]["externalURLs"]["http"]["path"] == "/app"


@pytest.mark.parametrize("rules", [[], [{}], [{"matches": []}], [{"matches": [{}]}], "x"])
def test_a_route_without_paths_has_none(rules):
    found = resolved([route(rules=rules)], {"http": endpoint()})
    assert "path" not in found[0]["externalURLs"]["http"]


def test_the_last_route_of_a_kind_counts():
    found = resolved([route(hosts=["a"]), route(hosts=["b"])], {"http": endpoint()})
    assert found[0]["externalURLs"]["http"]["host"] == "b"


def test_an_endpoint_with_a_route_is_listed_even_without_urls():
    assert resolved([route(hosts=[])], {"http": endpoint()}) == [{"name": "http", "type": "HTTP"}]


def test_an_environment_with_an_ingress_replaces_the_data_planes_whole():
    over = environment({"ingress": {"external": network("env", http=81)}})
    gateways = Gateways.of(over, data_plane({"ingress": {"internal": network("in", http=1)}}))
    assert gateways.external.name == "env"
    assert gateways.internal is None


def test_a_service_gives_an_address_in_the_cluster():
    found = resolved([service("app", 80)], {"http": endpoint(basePath="/v1")})
    assert found == [
        {
            "name": "http",
            "type": "HTTP",
            "serviceURL": {
                "scheme": "http",
                "host": "app.dp.svc.cluster.local",
                "port": 80,
                "path": "/v1",
            },
        }
    ]


def test_the_service_must_have_the_port_of_the_endpoint_not_of_the_pod():
    assert resolved([service("app", 8080)], {"http": endpoint(port=80, targetPort=8080)}) == []


def test_of_several_services_the_one_with_most_ports_is_taken_for_all():
    services = [service("admin", 9000), service("app", 80, 81), service("more", 80, 81)]
    endpoints = {"a": endpoint(port=80), "b": endpoint(port=81), "c": endpoint(port=9000)}
    hosts = [one["serviceURL"]["host"] for one in resolved(services, endpoints)]
    assert hosts == ["app.dp.svc.cluster.local"] * 2


def test_routed_endpoints_go_first():
    endpoints = {"a": endpoint("TCP", 5432), "http": endpoint(port=80)}
    found = resolved([route(), service("app", 80, 5432)], endpoints)
    assert [(one["name"], one["serviceURL"]["scheme"]) for one in found] == [
        ("http", "http"),
        ("a", "tcp"),
    ]
