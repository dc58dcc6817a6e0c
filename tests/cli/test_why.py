"""openchoreo why: each step of a decision."""

import json
from pathlib import Path

from tests.cli.stacks import answers


def steps(run, *arguments):
    done = run("why", *arguments, "-o", "json")
    assert done.exit_code == 0, done.output
    return {one["about"]: one["found"] for one in json.loads(done.stdout)["steps"]}


def test_what_follows_today(shop, pulumi, run):
    pulumi(answers(shop))
    web = shop.current("default/web")
    assert steps(run, "web", "--env", "development") == {
        "defined": ["Component default/web of project shop", "autoDeploy is on"],
        "pipeline": [
            "DeploymentPipeline default/standard: development, staging, production",
            "releases enter it in development: today's definitions count here",
        ],
        "binding": ["no pin"],
        "releases": [f"development runs {web}", f"today's definitions make {web}"],
        "decision": [f"keep {web}: autoDeploy"],
        "gates": ["not asked: nothing newly runs"],
    }


def test_what_is_pinned(shop, pulumi, run):
    web = shop.current("default/web")
    shop.run("staging", bindings={"web": {"releaseName": web}})
    Path("Pulumi.staging.yaml").write_text(
        f"config:\n  openchoreo:bindings: {{web: {{releaseName: {web}}}}}\n"
    )
    pulumi(answers(shop))
    found = steps(run, "web", "--env", "staging")
    assert found["binding"] == [
        f"pinned to {web} by Component default/web: openchoreo:bindings.web.releaseName"
    ]
    assert found["decision"] == [
        f"keep {web}: pinned",
        "development has had it since 2026-11-23T13:00:00Z (organization/shop/development)",
    ]


def test_what_gates_would_say(shop, pulumi, run):
    Path("policy.yaml").write_text("environments: {staging: {approvals: {count: 1}}}\n")
    pulumi(answers(shop, "staging"))
    web = shop.current("default/web")
    found = steps(run, "web", "--env", "staging")
    assert found["decision"] == [
        "nothing runs: no pin",
        (
            f"{web} is available; pulumi config set --path 'openchoreo:bindings.web.releaseName' {web}"
            " --stack staging"
        ),
    ]
    gates = found["gates, if promoted"]
    assert gates[0] == "open rejected: nobody has rejected it"
    assert gates[5].startswith(
        "closed approvals: not approved yet; needs 1 more approval in approvals/staging/"
    )


def test_what_is_refused(shop, pulumi, run):
    Path("Pulumi.staging.yaml").write_text(
        "config:\n  openchoreo:bindings: {web: {releaseName: web-0}}\n"
    )
    pulumi(answers(shop, "staging"))
    found = steps(run, "web", "--env", "staging")
    assert found["decision"][:2] == [
        "refused",
        "Component default/web: openchoreo:bindings.web.releaseName",
    ]
    assert found["gates"] == ["not asked"]


def test_a_project(shop, pulumi, run):
    pulumi(answers(shop))
    found = steps(run, "project/shop", "--env", "development")
    assert found["defined"] == ["Project default/shop"]
    assert found["decision"][0].startswith("keep shop-")


def test_for_people(shop, pulumi, run):
    pulumi(answers(shop))
    lines = run("why", "web", "--env", "development").stdout.splitlines()
    assert lines[:3] == [
        "default/web in development",
        "defined   Component default/web of project shop",
        "          autoDeploy is on",
    ]
