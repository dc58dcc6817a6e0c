import json

import pytest
import yaml

from openchoreo.rendering.api_routes import endpoint_resources
from openchoreo.rendering.proto import proto_methods

PROTO = """
syntax = "proto3"; // greetings
package greeter.v1;
import "google/protobuf/empty.proto";

/* service Nothing { rpc No (A) returns (B); } */
service Greeter {
  option (x) = "service Fake { rpc F (A) returns (B); }";
  rpc SayHello (HelloRequest) returns (stream Reply.Line) { option deprecated = true; }
  rpc Ping (google.protobuf.Empty) returns (.greeter.v1.HelloRequest);
}
message HelloRequest { string name = 1; }
message Reply { message Line { string text = 1; } }
"""


def routes(type_="HTTP", content="", schema_type=None, read=yaml.safe_load):
    schema = {"content": content, **({"type": schema_type} if schema_type else {})}
    workload = {"endpoints": {"main": {"type": type_, "schema": schema}}}
    return endpoint_resources(workload, read).get("main")


def test_a_proto_file_names_services_and_methods():
    assert routes("gRPC", PROTO) == [
        {"kind": "gRPC", "service": "greeter.v1.Greeter", "method": "Ping"},
        {"kind": "gRPC", "service": "greeter.v1.Greeter", "method": "SayHello"},
    ]


def test_without_a_package_a_service_has_its_bare_name():
    source = "service S { rpc M (A) returns (A); } message A {}"
    assert proto_methods(source) == [("S", "M")]


@pytest.mark.parametrize(
    "source",
    [
        "service S { rpc M (A) returns (A); }",
        'import "common/types.proto"; service S { rpc M (A) returns (A); } message A {}',
        "service S { rpc M (google.protobuf.Empty) returns (google.protobuf.Empty); }",
        "service S { rpc M (A) returns (A); message A {}",
        "service S { rpc M (A) returns (A); } } message A {}",
        "service S { rpc M (A) returns (A); } message A {} /* not closed",
        "package",
        "service S { rpc",
        "",
    ],
    ids=[
        "type nobody defines",
        "import that is not there",
        "well-known type not imported",
        "brace not closed",
        "brace not opened",
        "comment not closed",
        "ends early",
        "ends in a method",
        "empty",
    ],
)
def test_a_proto_file_that_does_not_compile_has_no_routes(source):
    assert proto_methods(source) == []


OPENAPI = """
openapi: 3.0.1
paths:
  /books:
    post: {}
    get: {}
    parameters: []
    summary: all
  /books/{id}:
    delete: {}
  x-extension: {get: {}}
"""


def test_an_openapi_file_names_paths_and_verbs():
    assert routes(content=OPENAPI) == [
        {"kind": "HTTP", "method": "GET", "path": "/books"},
        {"kind": "HTTP", "method": "POST", "path": "/books"},
        {"kind": "HTTP", "method": "DELETE", "path": "/books/{id}"},
    ]


def test_without_a_yaml_reader_json_is_read():
    content = json.dumps({"paths": {"/": {"get": {}}}})
    assert routes(content=content, read=None) == [{"kind": "HTTP", "method": "GET", "path": "/"}]
    assert routes(content=OPENAPI, read=None) is None


@pytest.mark.parametrize("name", ["openapi", "OpenAPIv3", " oas ", "oas3", "swagger"])
def test_a_type_that_is_written_goes_before_that_of_the_endpoint(name):
    assert len(routes("TCP", OPENAPI, name)) == 3


@pytest.mark.parametrize(
    ("type_", "schema_type"),
    [("HTTP", "graphql"), ("HTTP", "asyncapi"), ("HTTP", "wsdl"), ("TCP", None), ("GraphQL", None)],
)
def test_other_descriptions_have_no_routes(type_, schema_type):
    assert routes(type_, OPENAPI, schema_type) is None


@pytest.mark.parametrize("content", ["", " \n", "paths: 1", "[]", "paths: {/a: 1}", "text"])
def test_what_describes_nothing_has_no_routes(content):
    assert routes(content=content) is None
