"""openchoreo status, with a program in Pulumi's place."""

import json
import re

import pytest

from tests.cli.stacks import answers as of_shop
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

LIST = "stack ls --fully-qualify-stack-names --json --non-interactive"


def export_of(stack):
    return f"stack export --stack {stack} --non-interactive"


def exported(outputs, *resources):
    """A state with these outputs."""
    root = {"type": "pulumi:pulumi:Stack", "urn": "urn:root", "outputs": outputs}
    return json.dumps({"deployment": {"resources": [root, *resources]}})


def answers(world, *others):
    """What Pulumi says of the stacks that were deployed, and of others that were not."""
    stacks = {name.rpartition("/")[2]: outputs for name, outputs in world.outputs.items()}
    found = {stack: (0, exported(outputs)) for stack, outputs in stacks.items()}
    found.update(dict.fromkeys(others, (0, exported({}))))
    listed = json.dumps([{"name": f"organization/shop/{stack}"} for stack in found])
    return {LIST: (0, listed), **{export_of(stack): said for stack, said in found.items()}}


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
        f"COMPONENT        DEVELOPMENT                     STAGING\n"
        f"default/greeter  {greeter}            {greeter}\n"
        f"default/page     {page} (undeployed)  -\n"
    )


def test_what_is_behind(deployed, pulumi, run):
    before = deployed.current("default/greeter")
    deployed.define(*component("greeter", image="app:2"))
    deployed.deploy()
    pulumi(answers(deployed))
    cell = run("status").stdout.splitlines()[1].split("  ")[-1]
    assert re.fullmatch(rf"{before} \(behind development for \d+[dhms]\)", cell)


def test_one_stack(deployed, pulumi, run):
    pulumi(answers(deployed))
    greeter = deployed.current("default/greeter", "staging")
    assert run("status", "--stack", "staging").stdout == (
        "COMPONENT        ENVIRONMENT  RELEASE               STATE     SINCE                 BY   PROOF\n"
        f"default/greeter  staging      {greeter}  deployed  2026-11-23 14:00 UTC  ada  rendered\n"
    )


def test_what_is_attempted_and_held(deployed, pulumi, run, tmp_path):
    (tmp_path / "Pulumi.staging.yaml").write_text(
        "config:\n  openchoreo:bindings: {greeter: {hold: true}}\n"
    )
    said = answers(deployed)
    binding = {
        "type": "openchoreo:index:ReleaseBinding",
        "urn": "urn:pulumi:staging::shop::openchoreo:index:ReleaseBinding::default/greeter",
        "inputs": {"environment": "staging", "releaseName": "greeter-new"},
    }
    outputs = deployed.outputs[deployed.full("staging")]
    said[export_of("staging")] = (0, exported(outputs, binding))
    pulumi(said)
    greeter = deployed.current("default/greeter")
    cell = run("status").stdout.splitlines()[1].split("  ")[-1]
    assert cell == f"{greeter} (attempting greeter-new, held)"


def test_as_data(deployed, pulumi, run):
    pulumi(answers(deployed))
    found = json.loads(run("status", "--stack", "staging", "-o", "json").stdout)["components"]
    digest = found[0].pop("digest")
    assert digest.startswith("sha256:")
    assert found == [
        {
            "owner": "default/greeter",
            "environment": "staging",
            "stack": "staging",
            "release": deployed.current("default/greeter"),
            "state": "deployed",
            "since": "2026-11-23T14:00:00Z",
            "by": "ada",
            "proof": "rendered",
            "attempted": None,
            "behindSince": None,
            "held": False,
            "readiness": None,
            "urls": {},
        }
    ]


def test_nothing_is_deployed_yet(world, pulumi, run):
    pulumi(answers(world, "development", "staging"))
    assert run("status").stdout == "Nothing is deployed yet in development, staging.\n"


def test_there_is_no_stack(world, pulumi, run):
    pulumi(answers(world))
    done = run("status")
    assert (done.exit_code, done.stdout) == (0, "There is no stack yet.\n")


def test_stacks_of_other_programs_are_left_out(deployed, pulumi, run):
    said = answers(deployed, "website")
    said[export_of("website")] = (0, exported({"pipeline": {"url": "https://example.com"}}))
    pulumi(said)
    assert "website" not in run("status").stdout


def test_a_ledger_that_is_not_whole(deployed, pulumi, run):
    said = answers(deployed)
    for stack in ("development", "staging"):
        broken = {"pipeline": deployed.outputs[deployed.full(stack)]["pipeline"][:-1]}
        said[export_of(stack)] = (0, exported(broken))
    pulumi(said)
    done = run("status")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("2 problems\n\nStack development\n  its ledger is not whole: ")


def test_pulumi_fails(pulumi, run):
    pulumi({export_of("x"): (255, "error: it is on fire")})
    done = run("status", "--stack", "x")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "pulumi\n  `pulumi stack export --stack x` failed: it is on fire\n"


def test_a_stack_that_is_not_there(deployed, pulumi, run):
    said = answers(deployed)
    said[export_of("stagin")] = (255, "error: no stack named 'stagin' found")
    pulumi(said)
    done = run("status", "--stack", "stagin")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Stack stagin\n  there is no such stack\n  did you mean staging?\n"


def test_pulumi_prints_something_else(pulumi, run):
    pulumi({LIST: (0, "Please log in")})
    assert run("status").stderr == (
        "pulumi\n  `pulumi stack ls --fully-qualify-stack-names` printed no JSON\n  is it Pulumi? see: pulumi version\n"
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


def test_what_could_be_promoted(shop, pulumi, run, tmp_path):
    (tmp_path / "policy.yaml").write_text("environments: {staging: {approvals: {count: 1}}}\n")
    shop.run("staging", bindings={})
    pulumi(of_shop(shop))
    api, web = (shop.current(f"default/{name}") for name in ("api", "web"))
    lines = run("status", "--gates").stdout.splitlines()
    start = lines.index("COULD RUN    IN       RELEASE           FROM         GATES")
    assert [line.partition(" in approvals/")[0] for line in lines[start + 1 :]] == [
        f"default/{name}  staging  {release}  development  approvals: not approved yet;"
        " needs 1 more approval"
        for name, release in (("api", api), ("web", web))
    ]
    found = json.loads(run("status", "--gates", "-o", "json").stdout)["promotable"]
    assert [(one["owner"], one["environment"], len(one["closed"])) for one in found] == [
        ("default/api", "staging", 1),
        ("default/web", "staging", 1),
    ]


def test_nothing_could_be_promoted(shop, pulumi, run):
    pulumi(of_shop(shop))
    assert run("status", "--gates").stdout.splitlines()[-2:] == [
        "",
        "Nothing runs upstream in another release.",
    ]


def test_files_are_asked_nothing(shop, pulumi, run):
    pulumi(of_shop(shop))
    assert run("status", "--live").stdout == run("status").stdout
