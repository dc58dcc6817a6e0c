from openchoreo.rendering.network_policy import network_policy

METADATA = {
    "namespace": "dp-1",
    "componentNamespace": "default",
    "environmentName": "development",
    "podSelectors": {"openchoreo.dev/component": "greeter"},
}
SAME_ENVIRONMENT = {
    "openchoreo.dev/namespace": "default",
    "openchoreo.dev/environment": "development",
}
SYSTEM = {"key": "openchoreo.dev/system-component", "operator": "Exists"}
ANYWHERE = {"key": "k8s:io.kubernetes.pod.namespace", "operator": "Exists"}
CILIUM = {"openchoreo.dev/networkpolicyprovider": "cilium"}


def policy(endpoints, annotations=None, component="greeter"):
    return network_policy(
        component=component,
        metadata=METADATA,
        endpoints=endpoints,
        annotations=annotations or {},
    )


def endpoint(port, *visibility, type_="HTTP", **extra):
    return {"type": type_, "port": port, "visibility": [*visibility], **extra}


def tcp(port):
    return {"protocol": "TCP", "port": port}


def test_without_endpoints_nothing_may_come_in():
    assert policy({}) == {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "openchoreo-greeter", "namespace": "dp-1"},
        "spec": {
            "podSelector": {"matchLabels": {"openchoreo.dev/component": "greeter"}},
            "policyTypes": ["Ingress"],
        },
    }


def test_each_circle_of_callers_has_a_rule_with_its_ports():
    endpoints = {
        "b": endpoint(81, "namespace"),
        "a": endpoint(80),
        "c": endpoint(82, "internal", "external"),
    }
    assert policy(endpoints)["spec"]["ingress"] == [
        {"from": [{"podSelector": {}}], "ports": [tcp(80), tcp(81), tcp(82)]},
        {
            "from": [{"namespaceSelector": {"matchLabels": SAME_ENVIRONMENT}}],
            "ports": [tcp(81)],
        },
        {
            "from": [{"namespaceSelector": {}, "podSelector": {"matchExpressions": [SYSTEM]}}],
            "ports": [tcp(82), tcp(82)],
        },
    ]


def test_the_port_of_the_pod_is_opened():
    ports = policy({"http": endpoint(80, targetPort=8080)})["spec"]["ingress"][0]["ports"]
    assert ports == [tcp(8080)]


def test_udp_is_opened_for_udp():
    ports = policy({"dns": endpoint(53, type_="UDP")})["spec"]["ingress"][0]["ports"]
    assert ports == [{"protocol": "UDP", "port": 53}]


def test_a_name_that_is_too_long_is_cut():
    name = policy({}, component="a" * 253)["metadata"]["name"]
    assert len(name) <= 253
    assert name.startswith("openchoreo-aaa")


def test_a_data_plane_can_ask_for_ciliums_flavour():
    endpoints = {
        "http": endpoint(8080, "namespace"),
        "tcp": endpoint(5432, "external", type_="TCP"),
    }
    made = policy(endpoints, CILIUM)
    http = {"ports": [{"port": "8080", "protocol": "TCP"}], "rules": {"http": [{}]}}
    plain = {"ports": [{"port": "5432", "protocol": "TCP"}]}
    assert (made["apiVersion"], made["kind"]) == ("cilium.io/v2", "CiliumNetworkPolicy")
    assert made["spec"] == {
        "endpointSelector": {"matchLabels": {"openchoreo.dev/component": "greeter"}},
        "ingress": [
            {"fromEndpoints": [{}], "toPorts": [http, plain]},
            {
                "fromEndpoints": [
                    {"matchLabels": SAME_ENVIRONMENT, "matchExpressions": [ANYWHERE]}
                ],
                "toPorts": [http],
            },
            {"fromEndpoints": [{"matchExpressions": [SYSTEM, ANYWHERE]}], "toPorts": [plain]},
        ],
    }


def test_ciliums_ports_are_in_the_order_of_their_text():
    endpoints = {"a": endpoint(9), "b": endpoint(80), "c": endpoint(443)}
    rule = policy(endpoints, CILIUM)["spec"]["ingress"][0]
    assert [port["port"] for port in rule["toPorts"][0]["ports"]] == ["443", "80", "9"]


def test_without_endpoints_ciliums_rules_are_an_empty_list():
    assert policy({}, CILIUM)["spec"]["ingress"] == []


def test_another_provider_means_kubernetes():
    other = {"openchoreo.dev/networkpolicyprovider": "Cilium"}
    assert policy({}, other)["kind"] == "NetworkPolicy"
