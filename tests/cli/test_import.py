"""openchoreo import: what a repository needs, and nothing written."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from openchoreo.delivery import load_store
from openchoreo.workspace.recall import read_exported
from tests.cli.test_ledger import said
from tests.differential.cases import samples
from tests.engine.walking import SAMPLES
from tests.plan.definitions import (
    binding,
    component,
    database,
    database_type,
    project_binding,
    resource,
    resource_binding,
)

OWNER = {"projectName": "shop", "componentName": "greeter"}
HEADING = "ENVIRONMENT  COMPONENTS  RESOURCES  PROJECTS"


@pytest.fixture
def pinned(world):
    """greeter v2 in development and staging, v1 in production."""
    for number in (1, 2):
        world.define(*component("greeter", auto=False, image=f"app:{number}"))
        (offered,) = (one for one in world.offline().resources if one.component)
        config = {"bindings": {"greeter": {"releaseName": offered.release}}}
        spec = next(iter(world.plan(**config).components)).release.spec
        world.define(resource("ComponentRelease", f"v{number}", {"owner": OWNER, **spec}))
    for environment, number in (("development", 2), ("staging", 2), ("production", 1)):
        world.define(binding("greeter", environment, releaseName=f"v{number}"))
    world.write()
    return world


@pytest.mark.usefixtures("pinned")
def test_what_is_used_and_the_runs_that_are_to_be_made(run, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    done = run("import", "definitions")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        "14 documents are used as they are\n"
        "  1 ClusterComponentType, 1 ClusterDataPlane, 1 Component, 2 ComponentRelease,"
        " 1 DeploymentPipeline, 3 Environment, 1 Project, 3 ReleaseBinding, 1 Workload\n"
        "\n"
        f"{HEADING}\n"
        "development  1           0          1\n"
        "staging      1           0          1\n"
        "production   1           0          1\n"
        "\n"
        "Next:\n"
        "  openchoreo init --definitions definitions\n"
        "  pulumi config set --path 'openchoreo:bindings.greeter.releaseName' v1 --stack development\n"
        "  pulumi up --stack development\n"
        "  pulumi config set --path 'openchoreo:bindings.greeter.releaseName' v1 --stack staging\n"
        "  pulumi up --stack staging\n"
        "  pulumi up --stack production\n"
        "  pulumi config rm --path 'openchoreo:bindings.greeter.releaseName' --stack development\n"
        "  pulumi up --stack development\n"
        "  pulumi config rm --path 'openchoreo:bindings.greeter.releaseName' --stack staging\n"
        "  pulumi up --stack staging\n"
    )
    assert sorted(tmp_path.rglob("*")) == before


def test_the_commands_lead_where_they_should(pinned, run):
    """Typed as they are printed, no run is refused."""
    config = {name: {} for name in ("development", "staging", "production")}
    for step in json.loads(run("import", "definitions", "-o", "json").stdout)["next"][1:]:
        words = step.replace("'", "").split()
        stack = words[-1]
        if words[1] == "config":
            config[stack] = {"releaseName": words[5]} if words[2] == "set" else {}
        else:
            pinned.deploy(stack, bindings={"greeter": config[stack]})
    assert [pinned.current("default/greeter", stack) for stack in config] == ["v2", "v2", "v1"]


def test_problems_are_told_with_their_places_and_nothing_else_is_to_be_done(world, run):
    today = next(iter(world.plan().components)).release.name
    world.define(*component("page", type_="nothing"))
    world.define(binding("greeter", "development", releaseName="greeter-7ff7c68f97"))
    world.write()
    Path("definitions/broken.yaml").write_text(
        yaml.safe_dump(resource("Component", "x", {"owner": {"projectName": "shop"}}))
    )
    done = run("import", "definitions")
    assert done.exit_code == 1
    assert done.stdout == (
        "12 documents are used as they are\n"
        "  1 ClusterComponentType, 1 ClusterDataPlane, 2 Component, 1 DeploymentPipeline,"
        " 3 Environment, 1 Project, 1 ReleaseBinding, 2 Workload\n"
        "ComponentRelease greeter-7ff7c68f97, pinned in development, is not here;"
        " where OpenChoreo runs:\n"
        "  kubectl get componentrelease greeter-7ff7c68f97 -n default -o yaml\n"
        "\n"
        f"{HEADING}\n"
        "development  0           0          0\n"
        "staging      0           0          0\n"
        "production   0           0          0\n"
        "\n"
        "Next:\n"
        "  openchoreo init --definitions definitions\n"
        "  mend the problems, then ask again: openchoreo import definitions\n"
    )
    assert done.stderr == (
        "\n3 problems\n\n"
        "Component default/x: spec.componentType\n"
        "  is required, but missing\n"
        "  definitions/broken.yaml:6\n"
        "\n"
        "ReleaseBinding default/greeter-development: spec.releaseName\n"
        "  in development: no release of greeter is known as greeter-7ff7c68f97\n"
        f"  today's definitions make {today}\n"
        "  pulumi config set --path 'openchoreo:bindings.greeter.releaseName'"
        f" {today} --stack development\n"
        "  definitions/definitions.yaml:165\n"
        "\n"
        "Component default/page: spec.componentType.name\n"
        "  in development: there is no ClusterComponentType nothing\n"
        "  known: service\n"
        "  definitions/definitions.yaml:139\n"
    )


def test_what_policy_can_relax(world, run):
    world.define(
        binding("greeter", "development", traitEnvironmentConfigs={"x": {"a": 1}}),
        {**component("page")[0], "spec": {**component("page")[0]["spec"], "misspelt": True}},
        component("page")[1],
    )
    world.write()
    done = run("import", "definitions", "--output", "json")
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert found["relaxable"] == {"10": 1, "11": 1}
    assert found["next"][1:] == [
        "write relaxed: [10, 11] in policy.yaml",
        "mend the problems, then ask again: openchoreo import definitions",
    ]
    Path("policy.yaml").write_text("relaxed: [10, 11]\n")
    done = run("import", "definitions")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "development  2 " in done.stdout


def test_literals_that_look_like_credentials(world, run):
    owner, workload = component("greeter")
    secret = {"key": "GITHUB_TOKEN", "value": "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"}
    workload["spec"]["container"]["env"] = [secret]
    world.define(owner, workload)
    world.write()
    done = run("import", "definitions")
    assert done.exit_code == 1
    assert done.stderr.startswith(
        "\nComponent default/greeter: workload.container.env.GITHUB_TOKEN\n"
        "  in development: looks like a GitHub token, "
    )
    assert secret["value"] not in done.stderr + done.stdout


@pytest.mark.usefixtures("world")
def test_stack_files_that_do_not_read_it_yet(run):
    Path("Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    Path("Pulumi.development.yaml").write_text("config: {}\n")
    Path("Pulumi.staging.yaml").write_text("config:\n  openchoreo:definitions: [platform]\n")
    assert json.loads(run("import", "definitions", "-o", "json").stdout)["next"] == [
        "pulumi config set --path 'openchoreo:definitions[1]' definitions --stack staging",
        "pulumi up --stack development",
        "pulumi up --stack staging",
        "pulumi up --stack production",
    ]


def test_a_data_plane_that_is_not_there(world, run):
    world.forget("ClusterDataPlane /default")
    world.write()
    done = run("import", "definitions")
    assert done.exit_code == 0
    assert (
        "ClusterDataPlane default is not defined; the rehearsal went on with a stand-in for it\n"
        in done.stdout
    )
    assert "development  1 " in done.stdout


@pytest.mark.usefixtures("world")
def test_without_environments(run):
    Path("apps").mkdir()
    documents = list(component("page"))
    Path("apps/page.yaml").write_text(yaml.safe_dump_all(documents))
    assert "give the directory that has them as well" in run("import", "apps").stdout
    assert "development  2 " in run("import", "apps", "definitions").stdout


def test_pins_of_projects_and_resources(world, run):
    world.define(database_type(), database(), resource_binding("db", "development"))
    world.define(resource_binding("db", "production", resourceRelease="db-1"))
    world.define(project_binding("shop", "production", projectRelease="shop-1"))
    world.write()
    found = json.loads(run("import", "definitions", "-o", "json").stdout)
    assert [(one["kind"], one["name"]) for one in found["missingReleases"]] == [
        ("ProjectRelease", "shop-1"),
        ("ResourceRelease", "db-1"),
    ]


@pytest.mark.usefixtures("world")
def test_a_directory_that_is_not_there(run):
    assert run("import", "nowhere").exit_code == 2


class TestReleases:
    """Documents of releases as files that openchoreo:releases reads."""

    def test_what_export_wrote_is_read_back(self, world, pulumi, run):
        world.define(database_type(), database(), resource_binding("db", "development"))
        world.deploy()
        pulumi(said(world))
        run("export", "--output", "exported")
        told = "releases: 3 releases, 3 of them new"
        done = run("import", "exported", "--releases", "releases", "--dry-run")
        assert f"{told}; nothing was written (--dry-run)\n" in done.stdout
        assert not Path("releases").exists()
        assert f"{told}\n" in run("import", "exported", "--releases", "releases").stdout
        found = read_exported(["releases"])
        recorded = world.outputs[world.full("development")]["releases"]
        assert found.releases == load_store(recorded, source="x").releases
        done = run("import", "exported", "--releases", "releases")
        assert "releases: 3 releases, 0 of them new\n" in done.stdout

    def test_they_are_the_files_that_releases_export_writes(self, world, pulumi, run):
        world.deploy()
        pulumi(said(world))
        run("releases", "export", "--output", "there")
        run("export", "--output", "exported")
        run("import", "exported", "--releases", "here")
        there, here = (
            {file.relative_to(folder): file.read_text() for file in folder.rglob("*.json")}
            for folder in (Path("there"), Path("here"))
        )
        assert there == here


@pytest.mark.skipif(samples() is None, reason="no public samples here: differential: NOT RUN")
class TestSamples:
    def test_a_gitops_repository(self, run, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        shutil.copytree(SAMPLES / "sample-gitops", "repository")
        done = run("import", "repository")
        assert (done.exit_code, done.stderr) == (0, "")
        assert done.stdout == (
            "28 documents are used as they are\n"
            "  5 Component, 2 ComponentRelease, 4 ComponentType, 1 DeploymentPipeline,"
            " 3 Environment, 1 Project, 4 ReleaseBinding, 3 Trait, 5 Workload\n"
            "Left alone: 4 Workflow\n"
            "ClusterDataPlane default is not defined;"
            " the rehearsal went on with a stand-in for it\n"
            "\n"
            f"{HEADING}\n"
            "development  2           0          1         3 more to be had\n"
            "staging      2           0          1\n"
            "production   0           0          0         2 more to be had\n"
            "\n"
            "Next:\n"
            "  openchoreo init --definitions repository\n"
            "  pulumi up --stack development\n"
            "  pulumi up --stack staging\n"
            "  pulumi up --stack production\n"
        )

    def test_many_repositories_in_one(self, run, tmp_path, monkeypatch):
        """All samples at once define some things twice, and each time it is said where."""
        monkeypatch.chdir(tmp_path)
        done = run("import", SAMPLES / "openchoreo", "-o", "json")
        found = json.loads(done.stdout)
        assert done.exit_code == 1
        assert {one["message"].partition(" at ")[0] for one in found["problems"]} == {
            "is defined differently"
        }
        assert all(one["file"] and one["line"] for one in found["problems"])
        assert {one["refused"] for one in found["environments"]} == {True}
