"""openchoreo status, with a program in Pulumi's place."""

import json

import pytest

from tests.plan.definitions import (
    component,
    component_type,
    data_plane,
    database,
    database_type,
    endpoint,
    manifest,
    resource_binding,
)

LIST = "stack ls --json --non-interactive"


def outputs_of(stack):
    return f"stack output --stack {stack} --json --non-interactive"


def answers(world, *others):
    """What Pulumi says of the stacks that were deployed, and of others that were not."""
    stacks = {name.rpartition("/")[2]: outputs for name, outputs in world.outputs.items()}
    found = {stack: (0, json.dumps(outputs)) for stack, outputs in stacks.items()}
    found.update(dict.fromkeys(others, (0, "{}")))
    listed = json.dumps([{"name": stack, "current": False} for stack in found])
    return {LIST: (0, listed), **{outputs_of(stack): said for stack, said in found.items()}}


@pytest.fixture
def deployed(world):
    """greeter and page in development, greeter in staging."""
    world.define(*component("page"))
    world.deploy()
    pin = {"greeter": {"releaseName": world.current("default/greeter")}}
    world.deploy("staging", bindings=pin)
    return world


def test_what_runs_where(deployed, pulumi, run):
    deployed.deploy(bindings={"page": {"state": "Undeploy"}})
    pulumi(answers(deployed, "production"))
    greeter, page = deployed.current("default/greeter"), deployed.current("default/page")
    done = run("status")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        f"COMPONENT        ENVIRONMENT  RELEASE               STATE       SINCE\n"
        f"default/greeter  development  {greeter}  deployed    2026-11-23 13:00 UTC\n"
        f"default/page     development  {page}     undeployed  2026-11-23 15:00 UTC\n"
        f"default/greeter  staging      {greeter}  deployed    2026-11-23 14:00 UTC\n"
    )


def test_one_stack(deployed, pulumi, run):
    pulumi(answers(deployed))
    lines = run("status", "--stack", "staging").stdout.splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [["default/greeter", "staging"]]


def test_a_stack_of_an_organization_is_shown_by_its_environment(deployed, pulumi, run):
    said = answers(deployed)
    said[LIST] = (0, json.dumps([{"name": "acme/shop/staging"}]))
    said[outputs_of("acme/shop/staging")] = said[outputs_of("staging")]
    pulumi(said)
    assert run("status").stdout.splitlines()[1].split()[1] == "staging"


def test_nothing_is_deployed_yet(world, pulumi, run):
    pulumi(answers(world, "development", "staging"))
    assert run("status").stdout == "Nothing is deployed yet in development, staging.\n"


def test_there_is_no_stack(world, pulumi, run):
    pulumi(answers(world))
    done = run("status")
    assert (done.exit_code, done.stdout) == (0, "There is no stack yet.\n")


def test_stacks_of_other_programs_are_left_out(deployed, pulumi, run):
    said = answers(deployed, "website")
    said[outputs_of("website")] = (0, json.dumps({"pipeline": {"url": "https://example.com"}}))
    pulumi(said)
    assert "website" not in run("status").stdout


def test_a_ledger_that_is_not_whole(deployed, pulumi, run):
    said = answers(deployed)
    for stack in ("development", "staging"):
        broken = {"pipeline": deployed.outputs[deployed.full(stack)]["pipeline"][:-1]}
        said[outputs_of(stack)] = (0, json.dumps(broken))
    pulumi(said)
    done = run("status")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("2 problems\n\nStack development\n  its ledger is not whole: ")


def test_pulumi_fails(pulumi, run):
    pulumi({outputs_of("x"): (255, "error: no stack named 'x' found")})
    done = run("status", "--stack", "x")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "pulumi\n  `pulumi stack output --stack x` failed: no stack named 'x' found\n"
    )


def test_pulumi_prints_something_else(pulumi, run):
    pulumi({LIST: (0, "Please log in")})
    assert run("status").stderr == (
        "pulumi\n  `pulumi stack ls` printed no JSON\n  is it Pulumi? see: pulumi version\n"
    )


def test_pulumi_is_not_there(run, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    done = run("status")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "pulumi\n"
        "  pulumi is not on PATH\n"
        '  install Pulumi, or use the engine that make built: eval "$(make -s env)"\n'
    )


def test_resources_and_addresses(world, pulumi, run):
    world.define(database_type(), database(), resource_binding("db", "development"))
    route = manifest(
        "HTTPRoute",
        "gateway.networking.k8s.io/v1",
        spec={
            "hostnames": ["page.example.test"],
            "rules": [{"matches": [{"path": {"type": "PathPrefix", "value": "/page"}}]}],
        },
    )
    route["metadata"]["labels"] = {
        "openchoreo.dev/endpoint-name": "http",
        "openchoreo.dev/endpoint-visibility": "external",
    }
    plane = data_plane()
    listener = {"host": "example.test", "port": 8443}
    gateway = {"name": "gateway", "namespace": "gateways", "https": listener}
    plane["spec"]["gateway"] = {"ingress": {"external": gateway}}
    world.define(plane, component_type("routed", route))
    world.define(*component("page", type_="routed", endpoints={"http": endpoint("external")}))
    world.deploy()
    assert world.outputs["organization/shop/development"]["urls"] == {
        "default/page": {"http": "https://page.example.test:8443/page"}
    }
    pulumi(answers(world))
    lines = [line.split() for line in run("status").stdout.splitlines()]
    assert [line[0] for line in lines[1:-3]] == [
        "default/greeter",
        "default/page",
        "resource/default/db",
    ]
    assert lines[-3:] == [
        [],
        ["ENDPOINT", "ENVIRONMENT", "URL"],
        ["default/page", "http", "development", "https://page.example.test:8443/page"],
    ]
