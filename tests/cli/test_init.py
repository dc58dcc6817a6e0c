"""openchoreo init: what is written, what is left, and what is told."""

import json
import os
import re
import sys
from pathlib import Path

import pytest
import yaml

from openchoreo.catalog import load
from openchoreo.cli import starter_texts
from openchoreo.cli.starting import EXAMPLE_ENVIRONMENTS
from openchoreo.errors import Collector
from openchoreo.plan import read_pipelines
from openchoreo.provider import launcher
from openchoreo.workspace.policy_file import read_policy
from openchoreo.workspace.stack_files import settings_of
from openchoreo.workspace.validating import validate_repository
from tests.plan.definitions import (
    component,
    component_type,
    data_plane,
    environment,
    pipeline,
    platform,
    project,
)

LAUNCHERS = [
    "plugins/openchoreo-files/pulumi-resource-openchoreo-files",
    "plugins/openchoreo-files/pulumi-resource-openchoreo-files.cmd",
]
ALWAYS = ["Pulumi.yaml", "__main__.py", "requirements.txt", *LAUNCHERS]
STACKS = [f"Pulumi.{name}.yaml" for name in EXAMPLE_ENVIRONMENTS]
EXAMPLE = [
    "definitions/hello/greeter.yaml",
    "definitions/hello/project.yaml",
    "definitions/platform/data-plane.yaml",
    "definitions/platform/environments.yaml",
    "definitions/platform/service.yaml",
]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty directory called shop, which no virtual environment lies in."""
    root = tmp_path / "shop"
    root.mkdir()
    monkeypatch.chdir(root)
    return root


def files():
    return sorted(str(path) for path in Path().rglob("*") if path.is_file())


def define(path, *documents):
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump_all(documents, sort_keys=False))


def sound(path="namespaces/all.yaml"):
    documents = [data_plane(), component_type(), *platform(), project("shop")]
    define(path, *documents, *component("greeter"))


@pytest.mark.usefixtures("here")
class TestAnEmptyDirectory:
    def test_what_is_written(self, run):
        done = run("init")
        assert (done.exit_code, done.stderr) == (0, "")
        written = [*ALWAYS, *STACKS, "policy.yaml", *EXAMPLE, ".gitignore"]
        assert done.stdout == (
            "".join(f"wrote {name}\n" for name in written)
            + "\n"
            + "Next:\n"
            + "  python3 -m venv .venv && .venv/bin/pip install -r requirements.txt\n"
            + "  pulumi stack init development\n"
            + "  pulumi up --stack development\n"
        )
        assert files() == sorted(written)
        for name in LAUNCHERS:
            assert os.access(name, os.X_OK)

    def test_it_is_sound(self, run):
        run("init")
        found = validate_repository()
        assert (found.findings, found.resources) == ((), 10)
        assert found.environments == EXAMPLE_ENVIRONMENTS

    def test_the_example_has_the_environments_for_which_files_are_written(self, run):
        run("init")
        pipelines = read_pipelines(load([Path("definitions")]), frozenset(), Collector())
        assert [one.environments for one in pipelines] == [EXAMPLE_ENVIRONMENTS]

    def test_pulumi_yaml(self, run):
        run("init")
        text = Path("Pulumi.yaml").read_text()
        assert launcher.is_named_in(text)
        assert yaml.safe_load(text)["name"] == "shop"
        assert launcher.write(Path()) == ()

    def test_stack_files(self, run):
        run("init")
        first, second, third = (Path(name).read_text() for name in STACKS)
        assert first == (
            "# The first environment: components with autoDeploy run what the definitions say now.\n"
            "config:\n"
            "  openchoreo:environment: development\n"
        )
        assert second == third.replace("production", "staging")
        assert settings_of("staging").definitions == ("definitions",)

    def test_a_policy_without_rules(self, run):
        run("init")
        assert read_policy().document() == {}
        lines = Path("policy.yaml").read_text().splitlines()
        rules = "\n".join(
            line.removeprefix("# ")
            for line in lines
            if re.match(r"# (environments|rejected|relaxed):|#   +[^ /]", line)
        )
        Path("policy.yaml").write_text(rules.replace("<64 hex digits>", "0" * 64))
        assert read_policy().environments["production"].soak == 24 * 3600
        assert read_policy().relaxed == (12,)

    def test_dry_run_writes_nothing(self, run):
        done = run("init", "--dry-run")
        assert done.exit_code == 0
        assert done.stdout.splitlines()[0] == "would write Pulumi.yaml"
        assert files() == []

    def test_again_nothing_is_touched(self, run):
        run("init")
        for name in files():
            Path(name).write_text(Path(name).read_text() + "# mine\n")
        before = {name: Path(name).read_text() for name in files()}
        done = run("init")
        assert done.exit_code == 0
        assert {line.split()[0] for line in done.stdout.split("\n\n")[0].splitlines()} == {"left"}
        assert {name: Path(name).read_text() for name in files()} == before

    def test_a_name(self, run):
        run("init", "--name", "123")
        assert yaml.safe_load(Path("Pulumi.yaml").read_text())["name"] == "123"

    def test_as_json(self, run):
        done = run("init", "--dry-run", "-o", "json")
        said = json.loads(done.stdout)
        assert said["files"][0] == {"path": "Pulumi.yaml", "action": "write", "note": ""}
        assert said["environments"] == [*EXAMPLE_ENVIRONMENTS]
        assert (said["dryRun"], said["definitions"], said["problems"]) == (
            True,
            ["definitions"],
            [],
        )
        assert said["next"][-1] == "pulumi up --stack development"


def test_the_name_of_the_directory_in_the_characters_of_pulumi(tmp_path, monkeypatch, run):
    root = tmp_path / "Müller & Söhne"
    root.mkdir()
    monkeypatch.chdir(root)
    run("init")
    assert yaml.safe_load(Path("Pulumi.yaml").read_text())["name"] == "M-ller-S-hne"


def test_the_virtual_environment_in_the_directory_is_named(here, run, monkeypatch):
    (here / "env").mkdir()
    monkeypatch.setattr(sys, "prefix", str(here / "env"))
    Path("README.md").write_text("")
    done = run("init", "--example")
    said = yaml.safe_load(Path("Pulumi.yaml").read_text())["runtime"]["options"]["virtualenv"]
    assert (said, "venv" in done.stdout) == ("env", False)
    assert Path(".gitignore").read_text() == "env/\n__pycache__/\n/manifests/\n"


@pytest.mark.usefixtures("here")
class TestARepository:
    def test_stack_files_name_the_definitions(self, run):
        sound()
        before = Path("namespaces/all.yaml").read_bytes()
        done = run("init")
        assert (done.exit_code, done.stderr) == (0, "")
        assert Path("namespaces/all.yaml").read_bytes() == before
        assert Path("Pulumi.production.yaml").read_text() == (
            "# Nothing runs here until it is pinned: `pulumi up --stack production` says what the"
            " environment\n"
            "# before has deployed, and what to type to have it here.\n"
            "config:\n"
            "  openchoreo:environment: production\n"
            "  openchoreo:definitions:\n"
            "    - namespaces\n"
        )
        assert not Path("definitions").exists()
        assert validate_repository().findings == ()

    def test_environments_of_every_pipeline(self, run):
        sound()
        lab = pipeline([("lab", "production")], name="other")
        define("namespaces/lab.yaml", lab, environment("lab"), environment("alone"))
        run("init")
        assert [name for name in files() if name.startswith("Pulumi.")] == [
            "Pulumi.development.yaml",
            "Pulumi.lab.yaml",
            "Pulumi.production.yaml",
            "Pulumi.staging.yaml",
            "Pulumi.yaml",
        ]
        assert Path("Pulumi.lab.yaml").read_text().startswith("# The first environment:")

    def test_data_planes_that_only_the_installation_defines(self, run):
        ours = environment("lab", dataPlaneRef={"kind": "DataPlane", "name": "edge"})
        documents = [component_type(), pipeline([("development", "lab")]), project("shop")]
        define("apps/all.yaml", *documents, environment("development"), ours)
        done = run("init")
        assert (done.exit_code, done.stderr) == (0, "")
        assert "wrote data-planes.yaml\n" in done.stdout
        assert settings_of("lab").definitions == ("apps", "data-planes.yaml")
        found = load([Path("data-planes.yaml")])
        assert [str(one) for one in found.resources.values()] == [
            "ClusterDataPlane default",
            "DataPlane default/edge",
        ]
        assert validate_repository().findings == ()

    def test_a_data_plane_beside_definitions_in_the_root(self, run):
        documents = [component_type(), *platform(), project("shop"), *component("greeter")]
        define("all.yaml", *documents)
        assert run("init").exit_code == 0
        assert settings_of("staging").definitions == (".",)
        assert Path("data-planes.yaml").exists()
        assert validate_repository().findings == ()

    def test_said_where_they_are(self, run):
        sound("a/all.yaml")
        sound("b/all.yaml")
        run("init", "--definitions", "b/all.yaml")
        assert settings_of("staging").definitions == ("b/all.yaml",)

    def test_as_stack_files_that_are_there_say(self, run):
        sound("a/all.yaml")
        define("b/all.yaml", {"apiVersion": "openchoreo.dev/v1alpha1", "kind": "Project"})
        Path("Pulumi.dev.yaml").write_text(
            "config:\n  openchoreo:environment: development\n  openchoreo:definitions: [a]\n"
        )
        done = run("init")
        assert done.exit_code == 0
        assert settings_of("staging").definitions == ("a",)
        assert (
            "left Pulumi.development.yaml: Pulumi.dev.yaml is for this environment\n" in done.stdout
        )

    def test_lines_of_gitignore_are_added(self, run):
        sound()
        Path("manifests").mkdir()
        Path(".gitignore").write_text("/.venv\nnode_modules")
        assert "extended .gitignore\n" in run("init").stdout
        assert Path(".gitignore").read_text() == "/.venv\nnode_modules\n__pycache__/\n"
        assert "left .gitignore: it is there already\n" in run("init").stdout

    def test_what_files_that_are_left_lack(self, run):
        sound()
        Path("Pulumi.yaml").write_text("name: x\nruntime: python\n")
        Path("__main__.py").write_text("print(1)\n")
        Path("requirements.txt").write_text("pulumi>=3\n")
        assert run("init").stdout.splitlines()[:3] == [
            (
                "left Pulumi.yaml: it is there already; it does not name the files provider:"
                " python -m openchoreo.provider.launcher ."
            ),
            "left __main__.py: it is there already; it has to call openchoreo.deploy()",
            "left requirements.txt: it is there already; it has to name openchoreo",
        ]

    def test_problems_are_told_with_their_places(self, run):
        sound()
        define("namespaces/page.yaml", *component("page", type_="servce"))
        done = run("init")
        assert done.exit_code == 1
        assert done.stderr == (
            "\n"
            "The definitions have problems:\n"
            "namespaces/page.yaml:11:5: error: Component default/page: spec.componentType.name:"
            " there is no ClusterComponentType servce (did you mean service?)\n"
        )
        assert "Next:\n  openchoreo validate\n" in done.stdout
        assert "Pulumi.development.yaml" in files()


class TestRefused:
    def refused(self, run, *arguments):
        before = files()
        done = run("init", *arguments)
        assert (done.exit_code, done.stdout) == (1, "")
        assert files() == before
        return done.stderr

    def test_another_directory(self, here, run):
        for name in ("a.txt", "b.txt", "c.txt", "d.txt"):
            Path(name).write_text("")
        assert self.refused(run) == (
            f"{here}\n"
            "  there are no OpenChoreo definitions here, only a.txt, b.txt, c.txt, ...\n"
            "  go to the repository that has them, name them with --definitions, or have an example"
            " written beside what is here: --example\n"
        )
        assert run("init", "--example").exit_code == 0

    @pytest.mark.usefixtures("here")
    def test_a_place_that_is_not_there(self, run):
        said = self.refused(run, "--definitions", "gitops")
        assert said == "gitops\n  there is no such file or directory\n"

    @pytest.mark.usefixtures("here")
    def test_no_environment_is_known(self, run):
        define("apps/a.yaml", project("shop"))
        assert self.refused(run) == (
            "definitions\n"
            "  there is no DeploymentPipeline among them, so no environment is known\n"
            "  define one, with an Environment for each stack that there is to be\n"
        )

    @pytest.mark.usefixtures("here")
    def test_the_pipeline_cannot_be_read(self, run):
        broken = pipeline()
        broken["spec"] = {"promotionPath": []}
        define("apps/a.yaml", broken)
        assert self.refused(run) == (
            "DeploymentPipeline default/standard: spec.promotionPath\n"
            "  unknown key\n"
            "  did you mean promotionPaths?\n"
            "  apps/a.yaml:7\n"
        )

    @pytest.mark.usefixtures("here")
    def test_stack_config_that_is_wrong(self, run):
        sound()
        Path("Pulumi.development.yaml").write_text("config:\n  openchoreo:onProblem: x\n")
        assert self.refused(run) == (
            "stack config: openchoreo:onProblem\n"
            '  must be one of stop, isolate, not the string "x"\n'
            "  Pulumi.development.yaml:2\n"
        )

    @pytest.mark.usefixtures("here")
    def test_a_file_in_the_way(self, run):
        sound()
        Path("plugins").write_text("")
        done = run("init")
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr == (
            "plugins/openchoreo-files/pulumi-resource-openchoreo-files\n"
            "  cannot be written: Not a directory\n"
        )


def test_every_text_of_the_example_is_packed():
    assert [*starter_texts.example()] == EXAMPLE
