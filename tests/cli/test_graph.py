"""openchoreo graph: trees, flowcharts and JSON of what needs what."""

import json
from pathlib import Path

import pytest
import yaml

from tests.plan.definitions import (
    binding,
    component,
    database,
    database_type,
    endpoint,
    environment,
    needs,
    pipeline,
    project,
    resource_binding,
    uses,
)


@pytest.fixture
def graph(world, run):
    """What is printed of a repository with these definitions as well."""

    def show(*documents, code=0, arguments=()):
        world.define(*documents)
        world.write()
        done = run("graph", *arguments)
        assert done.exit_code == code, done.output
        return done.stdout if code == 0 else done.stderr

    return show


@pytest.fixture
def shop():
    """A page that needs an API and a database, and the API of another project."""
    page = uses(component("page"))
    page[1]["spec"]["dependencies"]["endpoints"] = [
        needs("api"),
        needs("pay", project="bank", visibility="namespace"),
    ]
    return [
        project("bank"),
        component("api", endpoints={"http": endpoint("external")}),
        component("pay", of="bank", endpoints={"http": endpoint("namespace", port=8080)}),
        page,
        database_type(),
        database(),
        *(resource_binding("db", name) for name in ("development", "staging", "production")),
    ]


def test_a_tree_of_each_project(graph, shop):
    assert graph(*shop) == (
        "Pipelines\n"
        "└── default/standard: development → staging → production  (bank, shop)\n"
        "\n"
        "Project default/bank\n"
        "└── pay  deployment/service\n"
        "    └── offers http: HTTP 8080, to project, namespace\n"
        "\n"
        "Project default/shop\n"
        "├── api  deployment/service\n"
        "│   └── offers http: HTTP 80, to project, external\n"
        "├── greeter  deployment/service\n"
        "├── page  deployment/service\n"
        "│   ├── needs http of bank/pay (namespace)\n"
        "│   ├── needs http of api (project)\n"
        "│   └── needs Resource db\n"
        "└── Resource db  database\n"
    )


def test_what_is_not_met_says_where_and_why(graph):
    page = component("page", needs=[needs("api"), needs("greetr"), needs("greeter")])
    away = binding("api", "production", state="Undeploy")
    text = graph(page, component("api", endpoints={"http": endpoint()}), away)
    assert text.partition("Project default/shop\n")[2] == (
        "├── api  deployment/service\n"
        "│   ├── undeployed in production\n"
        "│   └── offers http: HTTP 80, to project\n"
        "├── greeter  deployment/service\n"
        "└── page  deployment/service\n"
        "    ├── needs http of api (project); NOT MET in production: it is undeployed in production"
        " (set its state to Active)\n"
        "    ├── needs http of greeter (project); NOT MET: its release here has no such endpoint\n"
        "    └── needs http of greetr (project); NOT MET: there is no such component"
        " (did you mean greeter?)\n"
    )


def test_one_environment(graph):
    page = component("page", needs=[needs("api")])
    away = binding("api", "production", state="Undeploy")
    api = component("api", endpoints={"http": endpoint()})
    assert "NOT MET" not in graph(page, api, away, arguments=["--env", "staging"])
    assert "NOT MET: it is undeployed" in graph(arguments=["--env", "production"])


def test_a_resource_that_is_not_there(graph):
    text = graph(uses(component("page"), "cache"))
    assert text.endswith("    └── needs Resource cache; NOT MET: there is no such Resource\n")


def test_a_pipeline_with_branches(graph):
    ways = [("development", "staging"), ("development", "qa"), ("staging", "production")]
    text = graph(environment("qa"), pipeline([*ways, ("qa", "production")]))
    assert text.splitlines()[:6] == [
        "Pipelines",
        "└── default/standard  (shop)",
        "    ├── development",
        "    ├── staging  after development",
        "    ├── qa  after development",
        "    └── production  after staging, qa",
    ]


def test_what_another_stack_deploys_is_no_gap(graph):
    page = component("page", needs=[needs("pay", project="bank", visibility="namespace")])
    for name in ("development", "staging", "production"):
        keyed = {"openchoreo:projectStacks": {"bank": f"acme/bank/{name}"}}
        Path(f"Pulumi.{name}.yaml").write_text(yaml.safe_dump({"config": keyed}))
    assert graph(page).endswith("    └── needs http of bank/pay (namespace)\n")
    chart = graph(arguments=["-o", "mermaid"])
    assert '  n2["bank/pay"]:::elsewhere\n' in chart


def test_a_component_with_problems_is_there_with_what_it_needs(graph):
    text = graph(component("page", type_="servce", needs=[needs("greeter")]))
    assert text.splitlines()[-3:] == [
        "└── page  deployment/servce",
        "    ├── has problems: openchoreo validate",
        "    └── needs http of greeter (project)",
    ]


def test_definitions_that_cannot_be_read_are_missed(world, run):
    broken = component("page")
    broken[0]["spec"]["typo"] = 1
    world.define(broken)
    world.write()
    done = run("graph")
    assert done.exit_code == 1
    assert "greeter" in done.stdout
    assert done.stderr == (
        "1 problem of the definitions: something may be missing; openchoreo validate\n"
    )


def test_mermaid(graph, shop):
    shop.append(component("lonely", needs=[needs('a"b&c')]))
    assert graph(*shop, arguments=["-o", "mermaid"]) == (
        "flowchart LR\n"
        '  subgraph p0["default/bank"]\n'
        '    n4["pay<br/>deployment/service"]\n'
        "  end\n"
        '  subgraph p1["default/shop"]\n'
        '    n0["api<br/>deployment/service"]\n'
        '    n1["greeter<br/>deployment/service"]\n'
        '    n2["lonely<br/>deployment/service"]\n'
        '    n3["page<br/>deployment/service"]\n'
        '    n5[("db<br/>database")]\n'
        "  end\n"
        '  n6["shop/a#quot;b#amp;c"]:::elsewhere\n'
        '  n2 -.->|"http (project)<br/>not met: there is no such component"| n6\n'
        '  n3 -->|"http (namespace)"| n4\n'
        '  n3 -->|"http (project)"| n0\n'
        '  n3 -->|"outputs"| n5\n'
        '  subgraph w0["default/standard"]\n'
        '    w0e0(["development"])\n'
        '    w0e1(["staging"])\n'
        "    w0e0 --> w0e1\n"
        '    w0e2(["production"])\n'
        "    w0e1 --> w0e2\n"
        "  end\n"
        "  classDef elsewhere stroke-dasharray: 4\n"
    )


def test_json(graph, shop):
    said = json.loads(graph(*shop, arguments=["-o", "json"]))
    assert said["environments"] == ["development", "staging", "production"]
    assert said["pipelines"] == [
        {
            "namespace": "default",
            "name": "standard",
            "projects": ["bank", "shop"],
            "environments": [
                {"name": "development", "after": []},
                {"name": "staging", "after": ["development"]},
                {"name": "production", "after": ["staging"]},
            ],
        }
    ]
    assert said["components"][0] == {
        "namespace": "default",
        "project": "shop",
        "name": "api",
        "type": "deployment/service",
        "endpoints": [{"name": "http", "type": "HTTP", "port": 80, "visibility": ["external"]}],
        "undeployed": [],
        "rendered": True,
    }
    assert said["resources"] == [
        {"namespace": "default", "project": "shop", "name": "db", "type": "database"}
    ]
    page = {"project": "shop", "component": "page"}
    pay = {"project": "bank", "component": "pay", "endpoint": "http", "visibility": "namespace"}
    api = {"project": "shop", "component": "api", "endpoint": "http", "visibility": "project"}
    assert said["dependencies"] == [
        {"namespace": "default", "from": page, "to": needed, "unmet": []}
        for needed in (pay, api, {"project": "shop", "resource": "db"})
    ]


def test_json_says_what_is_not_met(graph):
    page = component("page", needs=[needs("greetr")])
    (one,) = json.loads(graph(page, arguments=["-o", "json"]))["dependencies"]
    reason = "there is no such component"
    assert one["unmet"] == [{"reason": reason, "hint": "did you mean greeter?", "environments": []}]


class TestRefused:
    def test_an_unknown_environment(self, graph):
        assert graph(code=1, arguments=["--env", "prodction"]) == (
            "Environment prodction\n"
            "  there is no such environment in a pipeline\n"
            "  did you mean production?\n"
        )

    def test_no_definitions(self, run, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        done = run("graph")
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr == "definitions\n  there is no such file or directory\n"

    def test_other_definitions(self, world, run):
        world.write()
        assert "greeter" in run("graph", "--definitions", "definitions/definitions.yaml").stdout
