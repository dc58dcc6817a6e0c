from openchoreo.model import Gateway
from openchoreo.rendering.gateway import gateway_context, merged_gateway


def gateway(**networks):
    return Gateway.model_validate(networks)


def endpoint(name, **listeners):
    return {"name": name, "namespace": "gateways", **listeners}


HTTP = {"port": 80, "host": "example.org"}
HTTP_CONTEXT = {"port": 80.0, "host": "example.org"}


def test_ports_are_doubles_and_empty_texts_are_left_out():
    found = gateway_context(
        gateway(ingress={"external": {"name": "g", "namespace": "", "http": HTTP}})
    )
    assert found == {"ingress": {"external": {"name": "g", "http": HTTP_CONTEXT}}}


def test_an_empty_egress_of_the_data_plane_stays():
    assert gateway_context(gateway(egress={})) == {"egress": {}}


def test_no_gateway_is_none():
    assert gateway_context(None) is None
    assert gateway_context(gateway()) is None
    assert merged_gateway(None, gateway(egress={})) is None


def test_each_endpoint_is_the_environments_or_else_the_data_planes():
    environment = gateway(ingress={"external": endpoint("env")})
    plane = gateway(
        ingress={"external": endpoint("plane", http=HTTP), "internal": endpoint("inside")},
        egress={"external": endpoint("out")},
    )
    assert merged_gateway(environment, plane) == {
        "ingress": {
            "external": {"name": "env", "namespace": "gateways"},
            "internal": {"name": "inside", "namespace": "gateways"},
        },
        "egress": {"external": {"name": "out", "namespace": "gateways"}},
    }
